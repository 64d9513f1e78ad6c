# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a report to one HTML file that needs nothing else: no network, no script to be read, autoescaped throughout."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ..spec.cron import zone
from ..wire import timestamp
from . import diagram, lanes
from .model import AppReport, Release, Report, Shape
from .visible import shown

_TEMPLATES = Path(__file__).parent / "templates"
# More apps than this are listed, not told in full: nobody reads a page of hundreds.
MOST_IN_FULL = 50
_LOOKS = {
    "SUCCESS": "good", "SUCCEEDED": "good", "ACTIVE": "good",
    "ERROR": "bad", "FAILED": "bad",
    "RUNNING": "busy", "PENDING": "busy",
}  # fmt: skip
_ON_ITS_WAY = frozenset({"PENDING_BUILD", "BUILDING", "PENDING_DEPLOY", "DEPLOYING"})


def page(
    report: Report, *, detailed: bool | None = None, served: bool = False, back: bool = False, message: str = ""
) -> str:
    """The HTML. With several apps a list comes first. `detailed` tells whether each app is told in full (by default, up
    to MOST_IN_FULL of them); where it is false, the list leads to the pages that do. `served` adds links
    that only work where the simulator runs, `back` one to the list of all apps. `message` says what went wrong instead.
    """
    many = len(report.apps) != 1
    full = len(report.apps) <= MOST_IN_FULL if detailed is None else detailed
    environment = _environment()
    css, script = (Markup((_TEMPLATES / name).read_text("utf-8")) for name in ("report.css", "report.js"))  # noqa: S704
    apps = report.apps
    heading = report.title if many else f"{apps[0].app}: {report.title}"

    def link(app: AppReport, number: int) -> str:
        return f"#app-{number}" if full else f"/?app={quote(app.id)}"

    return environment.get_template("page.html.j2").render(
        report=report,
        heading=heading,
        listed=many and not message,
        listed_only=not full,
        served=served,
        back=back,
        message=message,
        link=link,
        css=css,
        script=script,
        policy=policy(str(css), str(script)),
    )


def policy(css: str, script: str) -> str:
    """The Content-Security-Policy: our own style and script, nothing else, above all no address to load from."""
    style, code = (f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in (css, script))
    return (
        f"default-src 'none'; style-src {style}; script-src {code}; img-src data:; base-uri 'none'; form-action 'none'"
    )


@cache
def page_policy() -> str:
    """That of our pages."""
    return policy(*((_TEMPLATES / name).read_text("utf-8") for name in ("report.css", "report.js")))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        finalize=shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., object]] = {
        "chart": lanes.chart,
        "connections": connections,
        "cost_difference": cost_difference,
        "cost_words": cost_words,
        "draw": diagram.draw,
        "duration": duration,
        "local": local,
        "look": lambda status: _LOOKS.get(status, "none"),
        "moment": moment,
        "moment_in": moment_in,
        "place": place,
        "plural": plural,
        "release_look": release_look,
        "usd": usd,
        "verdict_look": verdict_look,
    }
    environment.filters.update(filters)
    return environment


# Words.


def duration(seconds: float) -> str:
    """`0.4 s`, `7 s`, `1 min 5 s`, `2 h`, `1 d 3 h`: the two largest units."""
    if seconds < 10:
        return f"{round(seconds, 1):g} s"
    units = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
    rest, parts = round(seconds), []
    for name, size in units:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {name}")
        elif parts:
            break
    return " ".join(parts[:2])


def moment(seconds: float) -> str:
    """A time to the second, UTC."""
    return timestamp(seconds).replace("T", " ").replace("Z", " UTC")


def local(text: str) -> str:
    """An RFC 3339 time in its own zone, with the day of the week."""
    when = datetime.fromisoformat(text)
    offset = when.strftime("%z")
    return f"{when.strftime('%a %Y-%m-%d %H:%M')} UTC{offset[:3]}:{offset[3:]}"


def moment_in(seconds: float, time_zone: str) -> str:
    """A time in a zone, to the minute; UTC where the zone is not known."""
    try:
        known = zone(time_zone)
    except ValueError:
        known = zone("UTC")
    return local(datetime.fromtimestamp(seconds, known).isoformat())


def place(line: str) -> str:
    """What a part of a diff belongs to; the numbers of lines help nobody who reads."""
    return line.rpartition("@@")[2].strip() or "the app"


def plural(number: int, word: str) -> str:
    """`1 line`, `2 lines`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def usd(amount: float) -> str:
    """`$12.00`."""
    return f"${amount:,.2f}"


def cost_words(app: AppReport) -> str:
    """Before and after, once where they are the same."""
    if app.cost_before is None or app.cost_before == app.cost_after:
        return usd(app.cost_after)
    return f"{usd(app.cost_before)} → {usd(app.cost_after)}"


def cost_difference(app: AppReport) -> str:
    """With its sign."""
    difference = app.cost_after - (app.cost_before or 0)
    return "none" if difference == 0 else ("+" if difference > 0 else "-") + usd(abs(difference))


def release_look(release: Release) -> str:
    """Good, bad, busy, or none of these."""
    if release.phase in _ON_ITS_WAY:
        return "busy"
    return _LOOKS.get(release.phase, "none")


def verdict_look(app: AppReport) -> str:
    """As the verdict is."""
    if app.ok:
        return "good"
    return "busy" if app.phase in _ON_ITS_WAY else "bad"


def connections(shape: Shape, name: str) -> list[tuple[str, str]]:
    """What leads to a component, what it takes and what it gives, as (words, what)."""
    rules = [rule.match for rule in shape.rules if name and rule.component == name]
    found = [("reached at", ", ".join(rules))] if rules else []
    found += [(f"takes from {link.source}:", ", ".join(link.variables)) for link in shape.links if link.user == name]
    users = [link.user or "all components" for link in shape.links if link.source == name]
    return [*found, ("used by", ", ".join(users))] if users else found
