"""The examples in the guides: every fenced YAML block, and what its comment says about it.

A comment directly above a block tells what is not in it, words separated by semicolons:

    <!-- example: empty account; migrate fails once; fails with deployment_failed -->

| words | meaning |
|---|---|
| `empty account` | there is no app yet; otherwise there is the one of `worlds.py` |
| `acts` | it does something in every run; otherwise its second run must change and write nothing |
| `continues` | goes on where the example before it ended |
| `26h later` | the same, after that time |
| `JOB fails`, `JOB fails once` | what the platform lets happen to runs of this job |
| `fails with CODE` | the run ends with a task that fails with this `failure.code` |
| `in FOLDER/FILE` | not run by itself: it is this file, beside the examples that follow |

`<!-- not run: REASON -->` takes a block out, and is counted. `<!-- prints -->` above a block of another language says
that its lines are, in this order, in what the first run of the example before it printed; `[...]` stands for anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(
    r"^(?:<!-- (?P<marker>[^\n]*?) -->\n+)?^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
UNIT = {"h": 3600, "d": 86400, "m": 60}
ROLES = {"app": "app_", "jobs": "jobs_", "release": "release_", "preview": "preview_", "simulator": "simulator_"}


@dataclass
class Example:
    """One block. ``prints``: what the page shows of its output."""

    page: str
    line: int
    text: str
    marker: str
    prints: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def words(self) -> list[str]:
        return [word.strip() for word in self.marker.removeprefix("example:").split(";") if word.strip()]

    def _found(self, pattern: str) -> re.Match[str] | None:
        return next((found for word in self.words if (found := re.fullmatch(pattern, word))), None)

    @property
    def not_run(self) -> str:
        """Why it does not run; empty when it does."""
        return self.marker.removeprefix("not run:").strip() if self.marker.startswith("not run:") else ""

    @property
    def file(self) -> str:
        found = self._found(r"in (\S+)")
        return found[1] if found else ""

    @property
    def continues(self) -> bool:
        return "continues" in self.words or bool(self.later)

    @property
    def later(self) -> int:
        """Seconds that pass before it begins."""
        found = self._found(r"(\d+)([hdm]) later")
        return int(found[1]) * UNIT[found[2]] if found else 0

    @property
    def failure(self) -> str:
        found = self._found(r"fails with (\w+)")
        return found[1] if found else ""

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        """What is scripted at the simulator, as its control plane takes it."""
        found = [re.fullmatch(r"(?!fails)(\S+) fails( once)?", word) for word in self.words]
        return [{"component": one[1], "outcome": "fail", **({"count": 1} if one[2] else {})} for one in found if one]

    @property
    def once(self) -> bool:
        """Whether a second run says nothing."""
        return "acts" in self.words or bool(self.failure)

    @property
    def unknown_words(self) -> list[str]:
        known = r"empty account|acts|continues|\d+[hdm] later|fails with \w+|\S+ fails( once)?|in \S+"
        return [] if self.not_run else [word for word in self.words if not re.fullmatch(known, word)]

    def content(self) -> Any:
        return yaml.load(self.text, Loader=_Loader)

    def is_inventory(self) -> bool:
        content = self.content()
        return isinstance(content, dict) and content.get("plugin") == "oceanops.app_platform.apps"

    def is_requirements(self) -> bool:
        content = self.content()
        return isinstance(content, dict) and set(content) == {"collections"}

    def playbook(self) -> str:
        """What ansible-playbook runs: the block as it stands, or with a play around its tasks or variables.

        Empty for a block that is none of these.
        """
        content = self.content()
        if isinstance(content, list) and all(isinstance(one, dict) for one in content):
            if all(
                "hosts" in one or "import_playbook" in one or "ansible.builtin.import_playbook" in one
                for one in content
            ):
                return self.text
            return "- hosts: localhost\n  gather_facts: false\n  tasks:\n" + _indented(self.text, 4)
        role = _role(content)
        if role:
            vars_ = "" if f"{role}_name" in content or role != "app" else "    app_name: shop\n"
            vars_ += "" if {"jobs_app", "jobs_app_id"} & set(content) or role != "jobs" else "    jobs_app: shop\n"
            play = f"- hosts: localhost\n  gather_facts: false\n  roles: [oceanops.app_platform.{role}]\n  vars:\n"
            return play + vars_ + _indented(self.text, 4)
        return ""


class _Loader(yaml.SafeLoader):
    """Reads what Ansible reads; its own tags are just text here."""


_Loader.add_constructor("!vault", lambda loader, node: loader.construct_scalar(node))
_Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def _indented(text: str, by: int) -> str:
    return "".join(" " * by + line if line.strip() else line for line in text.splitlines(keepends=True))


def _role(content: Any) -> str:
    if not isinstance(content, dict) or not content:
        return ""
    return next((role for role, prefix in ROLES.items() if all(str(key).startswith(prefix) for key in content)), "")


def pages() -> list[Path]:
    """Every page that a user reads."""
    found = [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("roles/*/README.md"), *ROOT.glob("awx/**/*.md")]
    return sorted(found)


def examples(page: Path) -> Iterator[Example]:
    """The YAML blocks of a page, with what the page says that they print."""
    text = page.read_text(encoding="utf-8")
    last: Example | None = None
    for found in FENCE.finditer(text):
        marker = (found["marker"] or "").strip()
        body = re.sub(f"^{found['indent']}", "", found["text"], flags=re.MULTILINE)
        if found["language"] in {"yaml", "yml"}:
            if last:
                yield last
            line = text.count("\n", 0, found.start("text"))
            known = marker if marker.startswith(("example:", "not run:")) else ""
            last = Example(str(page.relative_to(ROOT)), line, body, known)
        elif marker == "prints":
            if not last:
                raise ValueError(f"{page.name}: a block is said to be printed, and there is no example before it")
            last.prints.append(body)
    if last:
        yield last


def every_example() -> list[Example]:
    """All of them, page after page."""
    return [example for page in pages() for example in examples(page)]
