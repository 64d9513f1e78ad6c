# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make docs``: the documentation site in ``build/docs``, without a warning and without the network.

The pages are those of the checkout, at the same places, so that their links work here and there. What is new in
``docs/`` appears by itself. The manual of modules, roles and plugins comes from antsibull-docs.
"""

from __future__ import annotations

import re
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tools.house import COLLECTION, NAME, NAMESPACE, ROOT, process_environment, run, say, tool

SITE = ROOT / "tools" / "site"
SOURCE = ROOT / "build" / "docs-source"
TARGET = ROOT / "build" / "docs"

#: The order in which the pages are read. Pages of ``docs/`` that are named nowhere come at the end of the guides.
GUIDES = (
    "start",
    "jobs",
    "secrets",
    "waiting",
    "job-runs",
    "releases",
    "rehearsal",
    "concurrency",
    "adopting",
    "moving",
    "inventory",
    "awx",
    "lint",
    "simulator",
)
FIGURES = ("reliability", "fidelity", "speed", "faults", "coverage")
INSIDE = ("architecture", "execution", "api-reference", "mutants", "releasing")
#: No pages of the site: the index that the repository shows in its place.
INDEXES = ("README", "index")
PARTS = ("Guides", "Recipes", "Reference", "Figures", "For contributors")
INTRODUCTION = """\
# oceanops.app_platform

Manage DigitalOcean App Platform apps as code with Ansible, and above all their **jobs**: code that runs before a
deployment, after it, when it fails, or on a schedule.

- **New here**: [from nothing to an app with jobs](docs/start.md), then [jobs and their triggers](docs/jobs.md).
- **With a task at hand**: the [recipes](docs/recipes/README.md), whole playbooks that run as they stand.
- **With an option in mind**: the [manual of modules, roles and plugins](reference/index.rst).
- **With a failure on the screen**: [every way that a deployment can go](docs/waiting.md), [what happens when the API
  fails](docs/faults.md), [what is found wrong in a spec](docs/lint.md).
"""


def contents() -> dict[str, list[str]]:
    """The pages of each part of the site, as names without a suffix, in the order in which they are read."""
    there = {path.stem for path in (ROOT / "docs").glob("*.md")} - set(INDEXES)
    chosen = {"Guides": GUIDES, "Figures": FIGURES, "For contributors": INSIDE}
    rest = sorted(there - {name for names in chosen.values() for name in names})
    found = {part: [f"docs/{name}" for name in chosen.get(part, ()) if name in there] for part in PARTS}
    found["Guides"] += [f"docs/{name}" for name in rest]
    folder = ROOT / "docs" / "recipes"
    recipes = {path.stem for path in folder.glob("*.md")} - {"README"}
    named = re.findall(r"\]\(([\w-]+)\.md\)", (folder / "README.md").read_text(encoding="utf-8"))
    ordered = [*(name for name in named if name in recipes), *sorted(recipes - set(named))]
    found["Recipes"] = ["docs/recipes/README", *(f"docs/recipes/{name}" for name in ordered)]
    roles = sorted(path.parent.name for path in (ROOT / "roles").glob("*/README.md"))
    found["Reference"] = ["reference/index", *(f"roles/{name}/README" for name in roles), "reference/ansible"]
    found["For contributors"] += ["CONTRIBUTING", "CODE_OF_CONDUCT", "SECURITY", "CHANGELOG"]
    return found


def index() -> str:
    """The first page: what is where."""
    parts = [INTRODUCTION]
    for part, names in contents().items():
        shown = ":hidden:" if part == "Recipes" else ":maxdepth: 1"
        lines = ["```{toctree}", f":caption: {part}", shown, "", *(_entry(name) for name in names), "```"]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _entry(name: str) -> str:
    """A page in the list of pages, where its title alone would not tell what it is."""
    titles = {"reference/index": "Modules, roles and plugins", "docs/recipes/README": "All recipes"}
    if name.startswith("roles/"):
        titles[name] = f"The role {name.split('/')[1]}"
    return f"{titles[name]} <{name}>" if name in titles else name


def gather() -> None:
    """Copy the pages, and what they show, to where Sphinx reads them."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    SOURCE.mkdir(parents=True)
    for name in (
        "CHANGELOG.md",
        "CODE_OF_CONDUCT.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "README.md",
        "SECURITY.md",
        "galaxy.yml",
    ):
        shutil.copy2(ROOT / name, SOURCE / name)
    for path in [*(ROOT / "docs").rglob("*"), *(ROOT / "roles").glob("*/README.md")]:
        if path.is_file() and path.suffix in {".md", ".png", ".svg"}:
            target = SOURCE / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
    shutil.copy2(SITE / "conf.py", SOURCE / "conf.py")
    (SOURCE / "index.md").write_text(index(), encoding="utf-8")


def manual() -> int:
    """Write the manual of modules, roles and plugins; exit status of antsibull-docs."""
    target = SOURCE / "reference"
    target.mkdir()
    command = [tool("antsibull-docs"), "collection", "--use-current", "--squash-hierarchy", "--fail-on-error"]
    command += ["--no-add-antsibull-docs-version", "--dest-dir", str(target), f"{NAMESPACE}.{NAME}"]
    status = run(command, env=process_environment(), cwd=COLLECTION)
    for page in target.glob("*.rst"):
        # The theme has the contents of a page beside it.
        text = page.read_text(encoding="utf-8")
        page.write_text(re.sub(r"^\.\. contents::\n( +:\S.*\n)*", "", text, flags=re.MULTILINE), encoding="utf-8")
    shutil.copy2(SITE / "ansible.rst", target / "ansible.rst")
    return status


def main(arguments: Sequence[str]) -> int:
    """Build the site; exit status 1 when there is a warning."""
    began = time.monotonic()
    gather()
    if manual():
        return 1
    shutil.rmtree(TARGET, ignore_errors=True)
    # -E: a page that has not changed would keep its warnings to itself.
    command = [tool("python"), "-m", "sphinx", "-E", "-W", "-n", "--keep-going", "-q", "-b", "html", "-j", "2"]
    command += [*arguments, "-d", str(ROOT / "build" / "doctrees"), str(SOURCE), str(TARGET)]
    status = run(command, env=process_environment())
    pages = len(list(TARGET.rglob("*.html")))
    say(f"{pages} pages in {Path(TARGET).relative_to(ROOT)} after {time.monotonic() - began:.0f} s")
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
