"""Writes docs/lint.md from the rules of the lint and the tests' cases: python -m tests.unit.spec.render_lint."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "lint.md"
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / ".venv" / "collections"))

from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.lint.check import RULES  # noqa: E402
from ansible_collections.oceanops.app_platform.tests.unit.spec.lint_cases import cases  # noqa: E402

HEAD = """\
# What the lint finds

Before anything is sent, and in check mode too, the modules look at the spec themselves. They tell every fault at once,
each with its path, what was given, what is allowed and what to do. No token and no network is needed for that.

An **error** is what the platform refuses, or what cannot be meant: nothing is written. A **warning** is everything else
that is worth a look: the spec is sent as it is. Fields and words that are not known here only warn, since the platform
may have learned them since. A fault that the app has already, and that a task does not touch, stops no task.

No message holds a secret: values of environment variables, credentials, tokens and passwords are called "the value".

This page is made by `python -m tests.unit.spec.render_lint` from the rules and from the tests' own cases.

| rule | level | finds | example |
|---|---|---|---|
"""


def render() -> str:
    """The page."""
    examples = {}
    for case in reversed(cases()):
        finding = next(one for one in case.findings(case.wrong) if (one.rule, one.path) == (case.rule, case.path))
        examples[case.rule] = f"{finding.path}: {finding.message}" if finding.path else finding.message
    rows = [
        f"| `{rule}` | {level} | {what} | {_cell(examples[rule])} |\n" for rule, (level, what) in sorted(RULES.items())
    ]
    return HEAD + "".join(rows)


def _cell(text: str) -> str:
    return f"`{text.replace('|', chr(92) + '|')}`"


if __name__ == "__main__":
    PAGE.write_text(render())
