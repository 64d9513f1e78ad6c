# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make sanity``: the real ``ansible-test sanity`` without an ignore file.

ansible-test wants the collection in a git work tree at ``ansible_collections/oceanops/app_platform``; a checkout may
have any name, so the tests run on a copy of the tracked files. Their virtual environments are kept in ``.cache``.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools.house import BIN, CACHE, NAME, NAMESPACE, ROOT, alone, copy_tracked, run, say, surroundings, tool
from tools.interpreters import interpreter_directory

HOME = CACHE / "sanity"
TREE = CACHE / "sanity" / "ansible_collections" / NAMESPACE / NAME

# ansible-test makes its environments without pip and then runs a downloaded get-pip.py. Python's own ensurepip does the
# same with the pip that came with the interpreter, on machines that cannot reach that download too.
STAND_IN = '''\
"""Stands in for get-pip.py: installs the pip that came with this Python."""
import ensurepip

ensurepip.bootstrap(default_pip=True)
'''


def main(arguments: list[str]) -> int:
    """Run the sanity tests; ``arguments`` are handed to ansible-test (for example ``--test validate-modules``)."""
    with alone("sanity"):
        return _run(arguments)


def _run(arguments: list[str]) -> int:
    count = copy_tracked(TREE)
    git = ["git", "-c", "init.defaultBranch=main", "-c", "core.hooksPath=/dev/null"]
    subprocess.run([*git, "init", "--quiet"], cwd=TREE, check=True)
    subprocess.run([*git, "add", "--all", "--force"], cwd=TREE, check=True)
    ignores = sorted(TREE.glob("tests/sanity/ignore*"))
    if ignores:
        say(f"There must be no ignore file: {', '.join(path.name for path in ignores)}")
        return 1
    _offer_pip()
    _configure_pip()
    env = surroundings({"HOME": str(HOME)})
    env["PATH"] = os.pathsep.join((str(BIN), str(interpreter_directory()), env["PATH"]))
    del env["ANSIBLE_COLLECTIONS_PATH"]
    found = [path.name for path in sorted((CACHE / "interpreters").iterdir())]
    say(f"{count} tracked files; interpreters: {', '.join(found)}")
    for program, test in (("shellcheck", "shellcheck"), ("pwsh", "pslint")):
        if not shutil.which(program, path=env["PATH"]):
            needed = len(list(TREE.rglob("*.sh" if program == "shellcheck" else "*.ps1")))
            say(f"{program} is not installed: ansible-test skips {test} ({needed} files here would need it)")
    return run([tool("ansible-test"), "sanity", "--color", "no", *arguments], cwd=TREE, env=env)


def _offer_pip() -> None:
    """Put the stand-in where ansible-test keeps its download, under the name that this ansible-test will look for."""
    found = importlib.util.find_spec("ansible_test")
    home = Path(next(iter(found.submodule_search_locations))) if found and found.submodule_search_locations else ROOT
    source = home / "_internal" / "python_requirements.py"
    version = re.search(r"pip='([0-9.]+)'", source.read_text(encoding="utf-8")) if source.exists() else None
    if version is None:
        return  # another ansible-test, another way: let it download
    script = HOME / ".ansible" / "test" / "cache" / f"get_pip_{version[1].replace('.', '_')}.py"
    script.parent.mkdir(parents=True, exist_ok=True)
    if not script.exists():
        script.write_text(STAND_IN, encoding="utf-8")


def _configure_pip() -> None:
    """Keep the user's pip settings (an index mirror, certificates) in force, and pip quiet.

    ansible-test hands hardly any environment variables down, and HOME is another one here: pip reads its settings from
    two files in it.
    """
    own = Path(os.environ.get("PIP_CONFIG_FILE", Path.home() / ".config" / "pip" / "pip.conf"))
    link, plain = HOME / ".config" / "pip" / "pip.conf", HOME / ".pip" / "pip.conf"
    for path in (link, plain):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
    if own.is_file():
        link.symlink_to(own.resolve())
    settings = {
        name.removeprefix("PIP_").lower().replace("_", "-"): value
        for name, value in os.environ.items()
        if name.startswith("PIP_") and name != "PIP_CONFIG_FILE"
    }
    settings |= {"quiet": "2", "progress-bar": "off", "root-user-action": "ignore"}
    plain.touch(mode=0o600)  # an index's address may hold a password
    lines = [f"{name} = {value}" for name, value in settings.items()]
    plain.write_text("\n".join(["[global]", *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
