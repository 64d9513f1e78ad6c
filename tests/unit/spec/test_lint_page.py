"""docs/lint.md is written from the rules: python -m tests.unit.spec.test_lint_page."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / ".venv" / "collections"))

from ansible_collections.oceanops.app_platform.plugins.module_utils._spec._lint import RULES  # noqa: E402

PAGE = ROOT / "docs" / "lint.md"
_HEAD = """# Lint: what is found before the platform sees it

Every task that declares a part of an app, and `app_proposal_info` for a spec alone, checks what it is about to send.
It needs neither network nor token, works in check mode too, and tells all faults at once. Each of them says where it
stands (`jobs[migrate].schedule.cron`), what was given, what is allowed and what to do; a secret is never shown.

- An **error** is what the platform refuses, or what cannot be meant. Nothing is written.
- A **warning** is what is doubtful. The task goes on. What the platform may learn tomorrow is a warning, not an error:
  fields and words that are not known here are sent as they are.

A fault that stands in the app already, and that a task does not touch, does not stop the task.
Paths name the items of lists by their position in what was declared, as far as a single value is wrong, and by their
name where values do not fit together: these can come from what is there already.

Where the computer that runs the task has no time zone database, names of time zones are not checked.

## Rules

| rule | level | what it finds |
|---|---|---|
"""


def document() -> str:
    """The page."""
    return _HEAD + "".join(f"| `{rule}` | {level} | {what} |\n" for rule, (level, what) in RULES.items())


def test_the_page_tells_the_rules() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), "run python -m tests.unit.spec.test_lint_page"


def test_the_rules_fit_into_a_table() -> None:
    for rule, (level, what) in RULES.items():
        assert level in {"error", "warning"}
        assert rule.replace("_", "").isalpha()
        assert "|" not in what
        assert not what.endswith(".")


if __name__ == "__main__":
    PAGE.write_text(document(), encoding="utf-8")
