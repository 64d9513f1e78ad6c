# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx's settings for the documentation site. Nothing of it asks the network: the site builds and reads offline."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
GALAXY: dict[str, Any] = yaml.safe_load((HERE / "galaxy.yml").read_text(encoding="utf-8"))

project = f"{GALAXY['namespace']}.{GALAXY['name']}"
author = "oceanops.app_platform contributors"
copyright = f"2026, {author}"  # noqa: A001  # Sphinx's own name
version = release = str(GALAXY["version"])
html_title = f"{GALAXY['name']} {release}"
language = "en"

extensions = ["myst_parser", "sphinx_antsibull_ext"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
# What the repository shows in the place of the first page.
exclude_patterns = ["README.md", "docs/README.md"]
nitpicky = True
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
# Jinja in a YAML block is no YAML to a lexer; it is shown as it is.
suppress_warnings = ["misc.highlighting_failure"]
highlight_language = "none"

html_theme = "furo"
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {"navigation_with_keys": True}
templates_path: list[str] = []

_LINK = re.compile(r"\]\((?![a-z]+:|#)([^)\s#]+)(#[^)\s]*)?\)")
_SOURCES = f"{GALAXY['repository']}/blob/main"


def _links(_app: Any, docname: str, source: list[str]) -> None:
    """Lead to the repository what is no page of the site, and the repository's README to the site's first page."""
    folder = (HERE / docname).parent

    def lead(found: re.Match[str]) -> str:
        target = Path(folder, found[1]).resolve()
        if not target.is_relative_to(HERE):
            return found[0]
        name = target.relative_to(HERE).as_posix()
        if name in exclude_patterns:
            return f"](/index.md{found[2] or ''})"
        if target.suffix == ".md" or target.exists():
            return found[0]
        return f"]({_SOURCES}/{name}{found[2] or ''})"

    source[0] = _LINK.sub(lead, source[0])


def setup(app: Any) -> dict[str, Any]:
    """Sphinx calls this."""
    app.connect("source-read", _links)
    return {"parallel_read_safe": True}
