"""Writes docs/coverage.md from the rows of the test: python -m tests.operations.render."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / ".venv" / "collections"))

from tests.operations.fields import fields  # noqa: E402

PAGE = ROOT / "docs" / "coverage.md"
HEAD = """# Every field of an app spec

Each row is a test against the simulator. The app is made with one value of the field; the same task again changes
nothing and writes nothing; another value is a change, which is then there, and the same task again changes nothing.

The fields are those of the platform's published description and of its clients; a test compares them with that
description. Deprecated fields are left out: `routes` and `cors` live on as ingress rules, and are in the table.

| field | one value | another value |
|---|---|---|
"""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(
        f"| `{field.path}` | {_told(field.values[0])} | {_told(field.values[1])} |\n" for field in fields()
    )


def _told(value: object) -> str:
    text = str(value)
    return f"`{text if len(text) < 40 else text[:36] + '...'}`"


if __name__ == "__main__":
    PAGE.write_text(page())
