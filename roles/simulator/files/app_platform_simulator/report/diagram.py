# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of an app: traffic on the left, components in the middle, databases on the right. Pure geometry.

Boxes have fixed sizes, so that the picture of 25 components is as readable as that of one: it grows downwards.
"""

from __future__ import annotations

from dataclasses import dataclass

from .model import Component, Shape

_TOP = 2
_BOX = 44
_GAP = 8
_HEAD = 26  # room for the name of a group
_LEFT, _LEFT_WIDTH = 1, 250
_MIDDLE, _MIDDLE_WIDTH = 365, 310
_RIGHT, _RIGHT_WIDTH = 842, 250
_NARROW = 800
_WIDE = 1094
_LINES = 38  # letters that fit into a box
_RULE_LINES = 31
_GROUPS = {
    "service": "Services",
    "static site": "Static sites",
    "worker": "Workers",
    "function": "Functions",
    "job": "Jobs",
}
_TRIGGERS = ("PRE_DEPLOY", "POST_DEPLOY", "FAILED_DEPLOY", "SCHEDULED")
_APP_WIDE = "Variables of all components"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with a name and a line below it; `full` is what did not fit."""

    x: int
    y: int
    width: int
    height: int
    name: str
    about: str
    full: str
    look: str


@dataclass(frozen=True, slots=True)
class Head:
    """The name of a group or column."""

    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from box to box."""

    path: str
    look: str
    title: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """Everything to draw."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    heads: tuple[Head, ...]
    edges: tuple[Edge, ...]


class _Drawing:
    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.boxes: list[Box] = []
        self.heads: list[Head] = []
        self.edges: list[Edge] = []
        # Component or database -> its box. "" is the app as a whole.
        self.places: dict[str, Box] = {}

    def middle(self) -> int:
        """The components by kind; where the column ends."""
        y = _TOP
        groups: dict[str, list[Component]] = {kind: [] for kind in _GROUPS}
        for component in self.shape.components:
            if component.kind != "database":
                groups.setdefault("job" if component.kind.isupper() else component.kind, []).append(component)
        groups["job"].sort(key=lambda job: _TRIGGERS.index(job.kind) if job.kind in _TRIGGERS else len(_TRIGGERS))
        for kind, members in groups.items():
            if members:
                self.heads.append(Head(_MIDDLE, y + 17, _GROUPS.get(kind, kind)))
                y += _HEAD
                y = self._column(members, _MIDDLE, _MIDDLE_WIDTH, y) + _GAP
        if any(not link.user for link in self.shape.links):
            self.heads.append(Head(_MIDDLE, y + 17, "The app"))
            self._place(Component("", "app", "every component takes them"), _MIDDLE, _MIDDLE_WIDTH, y + _HEAD)
            y += _HEAD + _BOX + 2 * _GAP
        return y

    def _column(self, members: list[Component], x: int, width: int, y: int) -> int:
        for component in members:
            self._place(component, x, width, y)
            y += _BOX + _GAP
        return y

    def _place(self, component: Component, x: int, width: int, y: int) -> None:
        job = component.kind.isupper()
        name = component.name or _APP_WIDE
        about = f"{component.kind}: {component.about}" if job else component.about
        full = f"{name}: {about}" if about else name
        fits = _LINES * width // _MIDDLE_WIDTH
        look = "job" if job else component.kind.replace(" ", "-")
        box = Box(x, y, width, _BOX, _short(name, fits - 2), _short(about, fits + 5), full, look)
        self.boxes.append(box)
        self.places[component.name] = box

    def databases(self, height: int) -> int:
        """The databases, in the middle of the height."""
        members = [component for component in self.shape.components if component.kind == "database"]
        if not members:
            return height
        needed = len(members) * (_BOX + _GAP)
        y = _TOP + _HEAD + max(0, (min(height, 600) - _TOP - _HEAD - needed) // 3)
        self.heads.append(Head(_RIGHT, y - 9, "Databases"))
        return max(height, self._column(members, _RIGHT, _RIGHT_WIDTH, y) + _GAP)

    def traffic(self, height: int) -> int:
        """Domains and rules, each rule near what it leads to."""
        if not self.shape.rules and not self.shape.domains:
            return height
        y = _TOP
        self.heads.append(Head(_LEFT, y + 17, "Traffic from outside"))
        y += _HEAD
        domains = self.shape.domains
        about = domains[0] if domains else "the app's own address"
        more = f"and {len(domains) - 1} more" if len(domains) > 1 else "domain" if domains else "ondigitalocean.app"
        front = Box(
            _LEFT, y, _LEFT_WIDTH, _BOX, _short(about, _RULE_LINES - 3), more, "\n".join(domains) or about, "front"
        )
        self.boxes.append(front)
        y += _BOX + 3 * _GAP
        previous = front
        for rule in self.shape.rules:
            target = self.places.get(rule.component) if rule.component else None
            about = f"redirect {rule.redirect}" if rule.redirect else f"to {rule.component}"
            box = Box(_LEFT + 18, y, _LEFT_WIDTH - 18, _BOX, _short(rule.match, _RULE_LINES - 5),
                      _short(about, _RULE_LINES), f"{rule.match}: {about}", "rule")  # fmt: skip
            self.boxes.append(box)
            trunk = _LEFT + 8
            self.edges.append(
                Edge(
                    f"M{trunk} {previous.y + (_BOX if previous is front else _BOX // 2)}V{y + _BOX // 2}H{box.x}",
                    "trunk",
                    "",
                )
            )
            if target is not None:
                self.edges.append(self._across(box, target, "route", f"{rule.match} leads to {rule.component}"))
            previous = box
            y += _BOX + _GAP
        return max(height, y + _GAP)

    def bindings(self) -> bool:
        """Lines from what is offered to what takes it; whether there are any beside the components."""
        drawn = False
        for number, link in enumerate(self.shape.links):
            user, source = self.places.get(link.user), self.places.get(link.source)
            if user is None or source is None or user is source:
                continue
            title = f"{link.user or 'every component'} takes {', '.join(link.variables)} of {link.source}"
            if source.x > user.x:
                self.edges.append(self._across(user, source, "binding", title))
            else:
                self.edges.append(self._around(user, source, number, title))
            drawn = True
        return drawn

    @staticmethod
    def _across(left: Box, right: Box, look: str, title: str) -> Edge:
        x1, y1, x2, y2 = left.x + left.width, left.y + left.height // 2, right.x, right.y + right.height // 2
        bend = (x2 - x1) // 2
        return Edge(f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2 - 1} {y2}", look, title)

    @staticmethod
    def _around(user: Box, source: Box, number: int, title: str) -> Edge:
        """From a component to another one of the same column, around the right of those between."""
        x, y1, y2 = user.x + user.width, user.y + user.height // 2 + 6, source.y + source.height // 2 - 6
        out = min(28 + abs(y2 - y1) // 8 + number % 4 * 5, 118)
        return Edge(f"M{x} {y1}C{x + out} {y1} {x + out} {y2} {x + 1} {y2}", "binding", title)


def draw(shape: Shape) -> Diagram:
    """The picture of an app."""
    drawing = _Drawing(shape)
    height = drawing.middle()
    height = drawing.databases(height)
    height = drawing.traffic(height)
    drawing.bindings()
    wide = any(component.kind == "database" for component in shape.components)
    return Diagram(_WIDE if wide else _NARROW, height, tuple(drawing.boxes), tuple(drawing.heads), tuple(drawing.edges))


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
