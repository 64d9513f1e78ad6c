# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make release-check``: whether the archive of the last commit is fit to be published; one line a check.

Everything is looked at in the archive that is built here, or in the commit that it is built from; uncommitted changes
are in neither. The archive stays in ``build/release``. docs/releasing.md tells what each check is about.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from tools import get_pip
from tools.house import (
    BIN,
    CACHE,
    NAME,
    NAMESPACE,
    ROOT,
    VENV,
    alone,
    heading,
    interpreter_folders,
    process_environment,
    say,
    tool,
)

HOME = CACHE / "release"
TARGET = ROOT / "build" / "release"
IMPORTER = CACHE / "importer"
PINS = ROOT / "tools" / "importer.txt"
#: What a user of the collection needs at run time; everything else in it is to read.
RUNNING = ("meta", "playbooks", "plugins", "roles")
READING = (
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "LICENSES",
    "README.md",
    "bindep.txt",
    "docs",
    "inventory",
    "requirements.txt",
)
DEVELOPMENT = (
    "Makefile",
    "antsibull-nox.toml",
    "build",
    "changelogs/fragments",
    "extensions",
    "noxfile.py",
    "pyproject.toml",
    "tests",
    "tools",
)
TOKEN = "dop_v1_" + "e" * 64
PASSWORD = "example"  # of the example inventory's vault, as docs/start.md says
SHOWN = 25
#: What antsibull-changelog writes.
CHANGELOGS = ("CHANGELOG.md", "changelogs/changelog.yaml")
REFRESH = "docs/releasing.md tells how to list it"


class RefusedError(Exception):
    """A check that did not pass; its text says what is wrong, one thing a line."""


@dataclass(frozen=True)
class Check:
    """One line of the outcome. ``look`` returns what is worth a word, or raises RefusedError with what is wrong."""

    name: str
    look: Callable[[Release], str]


class Release:
    """The commit, the archive that is made of it, and where the archive is unpacked and installed; made when needed."""

    @cached_property
    def source(self) -> Path:
        """The files of the last commit."""
        folder = HOME / "source"
        _emptied(folder)
        packed = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x"], cwd=folder, input=packed, check=True)
        return folder

    @cached_property
    def galaxy(self) -> dict[str, Any]:
        """What galaxy.yml says."""
        content: dict[str, Any] = yaml.safe_load((self.source / "galaxy.yml").read_text(encoding="utf-8"))
        return content

    @property
    def version(self) -> str:
        """The version that is to be published."""
        return str(self.galaxy["version"])

    @cached_property
    def archive(self) -> Path:
        """What Galaxy would get."""
        _emptied(TARGET)
        command = [tool("ansible-galaxy"), "collection", "build", "--output-path", str(TARGET), str(self.source)]
        _done(command, cwd=TARGET)
        return TARGET / f"{NAMESPACE}-{NAME}-{self.version}.tar.gz"

    @cached_property
    def names(self) -> list[str]:
        """The files in the archive."""
        with tarfile.open(self.archive) as archive:
            return sorted(one.name for one in archive.getmembers() if one.isfile())

    @cached_property
    def installed(self) -> Path:
        """The collections path into which alone the archive is installed."""
        path = HOME / "installed"
        _emptied(path)
        command = [tool("ansible-galaxy"), "collection", "install", str(self.archive)]
        _done([*command, "--collections-path", str(path), "--no-deps", "--offline"], cwd=path, collections=path)
        return path

    def unpacked(self, name: str) -> Path:
        """The archive's files where Ansible looks for the collection, below a folder of this name."""
        path = HOME / name
        _emptied(path)
        tree = collection_in(path)
        tree.mkdir(parents=True)
        with tarfile.open(self.archive) as archive:
            archive.extractall(tree, filter="data")
        return path


def collection_in(path: Path) -> Path:
    """Where the collection is in a collections path."""
    return path / "ansible_collections" / NAMESPACE / NAME


# The checks


def one_version(release: Release) -> str:
    """galaxy.yml, the code, the changelog and the tag agree."""
    code = (release.source / "plugins" / "module_utils" / "_system" / "version.py").read_text(encoding="utf-8")
    found = re.search(r'^VERSION = "(.*)"$', code, re.MULTILINE)
    places = {
        "galaxy.yml": release.version,
        "plugins/module_utils/_system/version.py": found[1] if found else "none",
        "changelogs/changelog.yaml": max(releases(release.source), key=order, default="none"),
    }
    places |= {f"tag {tag}": tag.removeprefix("v") for tag in tags("--points-at", "HEAD")}
    wrong = {place: version for place, version in places.items() if version != release.version}
    if wrong:
        raise RefusedError(
            "\n".join(f"{place}: {version}, and galaxy.yml has {release.version}" for place, version in wrong.items())
        )
    if not re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}", release.version):
        raise RefusedError(f"{release.version} is no released version; it has three numbers")
    return f"{release.version}, in {len(places)} places"


def changelog(release: Release) -> str:
    """The changelog tells of this release, and of everything in it."""
    problems = []
    entry = releases(release.source).get(release.version, {})
    if not entry.get("changes", {}).get("release_summary"):
        problems.append(f"{release.version} has no release_summary in changelogs/changelog.yaml")
    if not entry.get("release_date"):
        problems.append(f"{release.version} has no date: run antsibull-changelog release")
    text = (release.source / "CHANGELOG.md").read_text(encoding="utf-8")
    if f"## v{release.version}".replace(".", "\\.") not in text:
        problems.append(f"CHANGELOG.md has no heading for {release.version}: run antsibull-changelog generate")
    left = sorted(path.name for path in (release.source / "changelogs" / "fragments").glob("*.y*ml"))
    problems += [f"changelogs/fragments/{name} is in no release: run antsibull-changelog release" for name in left]
    problems += [f"{name} is listed in no release: {REFRESH}" for name in unlisted(release.source)]
    since = last_tag(release.version)
    silent = silent_commits(since) if since else []
    problems += [f"{commit}: what ships has changed, and there is no fragment" for commit in silent]
    if problems:
        raise RefusedError("\n".join(problems))
    return f"every change since {since} has a fragment" if since else "no release before it"


def generated(release: Release) -> str:
    """The changelog is what antsibull-changelog makes of the tree; the diff where it is not."""
    path = HOME / "generated"
    _emptied(path)
    tree = collection_in(path)
    shutil.copytree(release.source, tree, symlinks=True)
    # antsibull-changelog asks git which files there are.
    git = ["git", "-c", "init.defaultBranch=main", "-c", "core.hooksPath=/dev/null"]
    _done([*git, "init", "--quiet"], cwd=tree)
    _done([*git, "add", "--all", "--force"], cwd=tree)
    # It does not find playbooks by itself, and would remove them without "prevent-removal".
    command = [tool("antsibull-changelog"), "generate", "--reload-plugins", "--refresh-plugins", "prevent-removal"]
    _done(command, cwd=tree, collections=path)
    lines: list[str] = []
    for name in CHANGELOGS:
        is_there, made = ((folder / name).read_text(encoding="utf-8").splitlines() for folder in (release.source, tree))
        lines += difflib.unified_diff(is_there, made, name, "generated", n=0, lineterm="")
    if lines:
        raise RefusedError("\n".join(["docs/releasing.md tells how to generate it", *lines[:SHOWN]]))
    return f"nothing to change in {len(CHANGELOGS)} files"


def contents(release: Release) -> str:
    """What users need is in the archive, and nothing of the development."""
    there = set(release.names)
    wrong = [name for name in there if any(part.startswith(".") for part in Path(name).parts)]
    wrong += [name for name in there for part in DEVELOPMENT if name == part or name.startswith(f"{part}/")]
    problems = [f"{name} does not belong into it (build_ignore in galaxy.yml)" for name in sorted(wrong)]
    wanted = [*RUNNING, *READING]
    problems += [f"{one} is missing" for one in wanted if not any(f"{name}/".startswith(f"{one}/") for name in there)]
    if problems:
        raise RefusedError("\n".join(problems))
    return f"{len(there)} files, {release.archive.stat().st_size // 1024} KiB"


def installs(release: Release) -> str:
    """It installs into an empty path, as it was built."""
    tree = collection_in(release.installed)
    listed = json.loads((tree / "FILES.json").read_text(encoding="utf-8"))["files"]
    files = [one for one in listed if one["ftype"] == "file"]
    wrong = [one["name"] for one in files if _checksum(tree / one["name"]) != one["chksum_sha256"]]
    if wrong:
        raise RefusedError("\n".join(f"{name} is not what was built" for name in wrong))
    return f"{len(files)} files have their checksums"


def runs(release: Release) -> str:
    """With what is needed at run time alone, the example site is made, and made again without a change."""
    path = release.unpacked("running")
    tree = collection_in(path)
    site = HOME / "site"
    _emptied(site)
    shutil.copytree(tree / "inventory", site / "inventory")
    for one in tree.iterdir():
        if one.name not in {*RUNNING, "MANIFEST.json", "FILES.json"}:
            shutil.rmtree(one) if one.is_dir() else one.unlink()
    (site / "password").write_text(PASSWORD, encoding="utf-8")
    simulator = subprocess.Popen(
        [sys.executable, "-m", "app_platform_simulator", "--port", "0"],
        cwd=site,
        env={**process_environment(), "PYTHONPATH": str(tree / "roles" / "simulator" / "files")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        line = simulator.stdout.readline() if simulator.stdout else ""
        if not line:
            raise RefusedError("the simulator of the archive did not start")
        api = {"DIGITALOCEAN_API_URL": json.loads(line)["url"], "DIGITALOCEAN_ACCESS_TOKEN": TOKEN}
        command = [tool("ansible-playbook"), "-i", "inventory", f"{NAMESPACE}.{NAME}.site"]
        command += ["--vault-password-file", "password"]
        for expected in ("changed=1", "changed=0"):
            output = _done(command, cwd=site, collections=path, extra=api)
            if expected not in output:
                raise RefusedError(f"{expected} was expected:\n{output}")
    finally:
        simulator.terminate()
        simulator.wait(timeout=30)
    return "the example site: changed=1, then changed=0"


def documentation(release: Release) -> str:
    """ansible-doc reads every module, plugin and role."""
    tree = collection_in(release.installed)
    kinds = {
        "module": [path.stem for path in (tree / "plugins" / "modules").glob("*.py")],
        "inventory": [path.stem for path in (tree / "plugins" / "inventory").glob("*.py")],
        "role": [path.name for path in (tree / "roles").iterdir() if path.is_dir()],
    }
    for kind, names in kinds.items():
        full = [f"{NAMESPACE}.{NAME}.{name}" for name in sorted(names)]
        command = [tool("ansible-doc"), "--json", "--type", kind, *full]
        told = json.loads(_done(command, cwd=release.installed, collections=release.installed, only_output=True))
        missing = [name for name in full if not told.get(name)]
        if missing:
            raise RefusedError("\n".join(f"{name}: no documentation for this {kind}" for name in missing))
    return ", ".join(f"{len(names)} of type {kind}" for kind, names in kinds.items())


def importer(release: Release) -> str:
    """What Galaxy itself runs when the archive is uploaded."""
    python = IMPORTER / "bin" / "python"
    stamp = IMPORTER / ".environment"
    pins = PINS.read_text(encoding="utf-8")
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != pins:
        _done([sys.executable, "-m", "venv", "--clear", str(IMPORTER)], cwd=ROOT)
        _done([str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "-r", str(PINS)], cwd=ROOT)
        stamp.write_text(pins, encoding="utf-8")
    folder = HOME / "importer"
    _emptied(folder)
    env = process_environment(bin_directory=IMPORTER / "bin")
    del env["ANSIBLE_COLLECTIONS_PATH"]
    command = [str(python), "-m", "galaxy_importer.main", str(release.archive)]
    output = _done(command, cwd=folder, env=env)
    errors = [line for line in output.splitlines() if re.match(r"(ERROR|WARNING)\b", line)]
    if errors or "Importer processing completed successfully" not in output:
        raise RefusedError("\n".join(errors) or output)
    return "no error, no warning"


def sanity_of_archive(release: Release) -> str:
    """ansible-test sanity on the archive's files."""
    with alone("sanity"):
        path = release.unpacked("sanity")
        tree = collection_in(path)
        # It tells ansible-test which versions of Python are supported, and ships with no collection.
        (tree / "tests").mkdir()
        shutil.copy2(release.source / "tests" / "config.yml", tree / "tests" / "config.yml")
        git = ["git", "-c", "init.defaultBranch=main", "-c", "core.hooksPath=/dev/null"]
        _done([*git, "init", "--quiet"], cwd=tree)
        _done([*git, "add", "--all", "--force"], cwd=tree)
        # On every Python of this machine, where the gate takes one.
        env = process_environment({"HOME": str(get_pip.offer(VENV, CACHE / "sanity"))})
        env["PATH"] = os.pathsep.join((str(BIN), *interpreter_folders(), env["PATH"]))
        del env["ANSIBLE_COLLECTIONS_PATH"]
        output = _done([tool("ansible-test"), "sanity", "--color", "no"], cwd=tree, env=env)
    return f"{len(set(re.findall(r'Running sanity test .([a-z0-9-]+).', output)))} tests"


def lint(release: Release) -> str:
    """ansible-lint's production profile on the archive's files."""
    path = release.unpacked("lint")
    command = [tool("ansible-lint"), "--offline", "--strict", "--profile", "production", "-q", "--nocolor"]
    _done(command, cwd=collection_in(path), collections=path)
    return "the production profile"


CHECKS = (
    Check("one-version", one_version),
    Check("changelog", changelog),
    Check("generated", generated),
    Check("builds", lambda release: str(release.archive.relative_to(ROOT))),
    Check("contents", contents),
    Check("installs", installs),
    Check("runs", runs),
    Check("documentation", documentation),
    Check("importer", importer),
    Check("sanity", sanity_of_archive),
    Check("ansible-lint", lint),
)


# What they stand on


def order(version: str) -> tuple[int, ...]:
    """A version as something that sorts; what is no version comes first."""
    return tuple(int(part) for part in version.split(".")) if re.fullmatch(r"\d+(\.\d+)*", version) else ()


def releases(source: Path) -> dict[str, Any]:
    """The releases in the changelog, by their version."""
    content = yaml.safe_load((source / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))
    found: dict[str, Any] = content.get("releases") or {}
    return found


def unlisted(source: Path) -> list[str]:
    """Modules, inventory plugins, roles and playbooks that no release in the changelog has as new."""
    known: dict[str, set[str]] = {"modules": set(), "inventory": set(), "role": set(), "playbook": set()}
    for entry in releases(source).values():
        for kind, listed in {
            **entry.get("plugins", {}),
            **entry.get("objects", {}),
            "modules": entry.get("modules", []),
        }.items():
            known.setdefault(kind, set()).update(one["name"] for one in listed)
    there = {
        "modules": source.glob("plugins/modules/*.py"),
        "inventory": source.glob("plugins/inventory/*.py"),
        "role": (path.parent for path in source.glob("roles/*/tasks")),
        "playbook": source.glob("playbooks/*.yml"),
    }
    return [
        f"{name} ({kind})"
        for kind, paths in there.items()
        for name in sorted({path.stem for path in paths} - known[kind])
    ]


def tags(*which: str) -> list[str]:
    """Tags that are versions."""
    found = _git("tag", "--list", *which).split()
    return [tag for tag in found if order(tag.removeprefix("v"))]


def last_tag(version: str) -> str:
    """The newest tag below this version in the history of the commit; empty when there is none."""
    before = [tag for tag in tags("--merged", "HEAD") if order(tag.removeprefix("v")) < order(version)]
    return max(before, key=lambda tag: order(tag.removeprefix("v")), default="")


def silent_commits(since: str) -> list[str]:
    """Commits after a tag that changed what ships and brought no fragment, and don't say `Changelog: none` either."""
    found = []
    for commit in _git("rev-list", "--no-merges", f"{since}..HEAD").split():
        changed = _git("show", "--pretty=format:", "--name-only", commit).split("\n")
        ships = any(name.split("/")[0] in RUNNING for name in changed)
        told = any(name.startswith("changelogs/") for name in changed)
        said = re.search(r"^Changelog: none$", _git("show", "--no-patch", "--pretty=%B", commit), re.MULTILINE)
        if ships and not told and not said:
            found.append(_git("show", "--no-patch", "--pretty=%h %s", commit).strip())
    return found


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=True, text=True).stdout


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _emptied(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _done(
    command: Sequence[str],
    *,
    cwd: Path,
    collections: Path | None = None,
    extra: Mapping[str, str] | None = None,
    env: Mapping[str, str] | None = None,
    only_output: bool = False,
) -> str:
    """Run a program and return what it said; RefusedError with the end of that when its exit status is not 0."""
    known = {"ANSIBLE_COLLECTIONS_PATH": str(collections)} if collections else {}
    done = subprocess.run(
        list(command),
        cwd=cwd,
        env=env or process_environment({**known, **(extra or {})}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if only_output else subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = (done.stdout + (done.stderr or "")).splitlines()
        telling = [line for line in lines if re.match(r"\W*(ERROR|FATAL)\b", line)]
        told = "\n".join((telling or lines)[-SHOWN:])
        raise RefusedError(f"{Path(command[0]).name} ended with {done.returncode}:\n{told}")
    return done.stdout


def main(names: Sequence[str]) -> int:
    """Run the checks of these names, or all; exit status 1 when one did not pass, 2 for an unknown name."""
    known = [check.name for check in CHECKS]
    unknown = [name for name in names if name not in known]
    if unknown:
        say(f"No check is called {', '.join(unknown)}; there are: {', '.join(known)}")
        return 2
    release = Release()
    heading(f"release check of {_git('rev-parse', '--short', 'HEAD').strip()}")
    if _git("status", "--porcelain", "--untracked-files=no").strip():
        say("There are uncommitted changes; they are not looked at.")
    passed = failed = 0
    for check in CHECKS:
        if names and check.name not in names:
            continue
        began = time.monotonic()
        try:
            word, status = check.look(release), "passed"
            passed += 1
        except RefusedError as refused:
            word, status = str(refused).replace("\n", "\n" + " " * 10), "FAILED"
            failed += 1
        say(f"{status:8}{check.name:15}{time.monotonic() - began:7.1f} s   {word}")
    say(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
