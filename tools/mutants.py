# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make mutants``: finds changes of the code that the fast tests do not notice.

mutmut changes one expression at a time in a copy of a room of ``plugins/module_utils`` and runs the room's fast unit
tests. ``python -m tools.mutants _spec --sample 200`` tries 200 mutants, the same ones each time. Results of unchanged
code are kept in ``.cache/mutants``; another run continues where one ended, and tries survivors again with ``--again``.
``--report`` writes ``docs/mutants.md`` from them and from ``tools/mutants.yaml``, which says why a survivor is left.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tools.house import CACHE, ROOT, process_environment, run, say, source_files, tool

WORK = CACHE / "mutants"
SITE = WORK / "site"
PINS = ROOT / "tools" / "mutants.txt"
REASONS = ROOT / "tools" / "mutants.yaml"
PAGE = ROOT / "docs" / "mutants.md"
COLLECTION = "ansible_collections/oceanops/app_platform"
UTILS = f"{COLLECTION}/plugins/module_utils"
#: room -> the unit tests that have to notice a change of it
ROOMS = {
    "_spec": ("spec",),
    "_edit": ("editing",),
    "_secrets": (
        *(f"secrets/test_{name}.py" for name in ("decide", "encrypted_values", "fingerprint", "overlapping")),
        *(f"execution/test_{name}.py" for name in ("redact", "param_secrets", "refused_options")),
        "secrets/test_randomness.py",
        "editing/test_secret_stage.py",
        "editing/test_elements.py",
    ),
    "_deployments": ("deployments",),
}
#: It runs when it is imported, which is before a mutant is chosen.
UNMUTATED = "_spec/schema.py"
_COPIED = ("plugins/", "docs/", "tests/unit/", "tests/simulator/", "tests/contract/", "roles/simulator/")
#: Exit codes of mutmut's workers: 0 is a survivor, 5 and 33 mean that no test runs the code.
_SURVIVED, _UNTESTED = (0,), (5, 33)

CONFIGURATION = """\
[tool.mutmut]
source_paths = ["{collection}/plugins"]
only_mutate = ["{utils}/{room}/*"]
do_not_mutate = ["*/{unmutated}"]
also_copy = ["{collection}/tests", "{collection}/docs", "{collection}/roles", "conftest.py"]
pytest_add_cli_args_test_selection = {tests}
use_git_change_detection = false
track_dependencies = false
timeout_multiplier = 30.0
timeout_constant = 20.0

[tool.pytest.ini_options]
pythonpath = [".", "{collection}", "{collection}/roles/simulator/files"]
addopts = ["--import-mode=importlib", "-p", "no:cacheprovider", "-m", "not slow"]
markers = ["slow", "law", "long", "both_paths", "contract"]
"""
#: Few examples, the same ones each time.
CONFTEST = """\
from hypothesis import settings


def pytest_collection(session):
    chosen = settings.get_profile("chosen")
    settings.register_profile("mutants", chosen, max_examples=15, derandomize=True, database=None)
    settings.load_profile("mutants")
"""
GENERATE = """\
from mutmut.__main__ import copy_also_copy_files, copy_src_dir, create_mutants, setup_source_paths
copy_src_dir(), copy_also_copy_files(), setup_source_paths(), create_mutants(1)
"""
SHOW = """\
import json, sys
from mutmut.mutation.diff_apply import find_mutant, get_diff_for_mutant
print(json.dumps({name: get_diff_for_mutant(name, path=find_mutant(name).path) for name in json.load(sys.stdin)}))
"""


@dataclass
class Outcome:
    """What became of a room's mutants: ``codes`` are mutmut's exit codes of those that were tried."""

    total: int
    codes: dict[str, int] = field(default_factory=dict)

    def survivors(self) -> list[str]:
        """The mutants that no test notices."""
        return sorted(name for name, code in self.codes.items() if code in (*_SURVIVED, *_UNTESTED))


def main(arguments: list[str]) -> int:
    """Run, or report; exit status 0 unless mutmut could not run."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("rooms", nargs="*", choices=[*ROOMS, []], help="default: all")
    parser.add_argument("--sample", type=int, help="how many mutants of each room (default: all)")
    parser.add_argument("--seed", type=int, default=1, help="another sample")
    parser.add_argument("--again", action="store_true", help="try survivors again")
    parser.add_argument("--report", action="store_true", help=f"only write {PAGE.relative_to(ROOT)}")
    options = parser.parse_args(arguments)
    _install()
    for room in options.rooms or ROOMS:
        if not options.report and _try(room, options):
            return 1
    _write_page()
    return 0


def _install() -> None:
    """Mutmut and what it needs, in a folder of its own: the development environment stays as it is pinned."""
    stamp = SITE / ".pins"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == PINS.read_text(encoding="utf-8"):
        return
    install = [tool("uv"), "pip", "install", "--quiet", "--python", sys.executable, "--target", str(SITE)]
    if run([*install, "--require-hashes", "--requirement", str(PINS)]):
        raise SystemExit("mutmut could not be installed")
    stamp.write_text(PINS.read_text(encoding="utf-8"), encoding="utf-8")


def _try(room: str, options: argparse.Namespace) -> int:
    """Try what is left of a room's mutants."""
    folder = _prepare(room)
    if _python(folder, "-c", GENERATE):
        return 1
    codes = _codes(room)
    sample = sorted(codes, key=lambda name: _rank(name, options.seed))[: options.sample]
    left = [name for name in sample if codes[name] is None]
    left += _outcome(room).survivors() if options.again else []
    say(f"{room}: {len(codes)} mutants, {len(sample)} in the sample, {len(left)} to try; log: {folder}/log.txt")
    status = _python(folder, "-m", "mutmut", "run", "--max-children", "1", *left) if left else 0
    outcome = _outcome(room)
    killed = len(outcome.codes) - len(outcome.survivors())
    say(f"{room}: {killed} of {len(outcome.codes)} are noticed")
    return status


def _rank(name: str, seed: int) -> str:
    """The position of a mutant in a random order, which does not depend on the other mutants."""
    return hashlib.sha256(f"{seed} {name}".encode()).hexdigest()


def _prepare(room: str) -> Path:
    """A folder with the collection under its full name; files that changed since are also renewed in mutmut's copy.

    Which tests reach which function is found out anew after any change; results of unchanged functions are kept.
    """
    folder, changed = WORK / room, False
    for name in source_files():
        if str(name).startswith(_COPIED) or (name.parts[0] == "tests" and len(name.parts) == 2):
            target, content = folder / COLLECTION / name, (ROOT / name).read_bytes()
            if not target.exists() or target.read_bytes() != content:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
                (folder / "mutants" / COLLECTION / name).unlink(missing_ok=True)
                changed = True
    if changed:
        (folder / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)
    for path in (folder / COLLECTION).rglob("*.py"):
        if not (ROOT / path.relative_to(folder / COLLECTION)).exists():
            path.unlink()
            (folder / "mutants" / path.relative_to(folder)).unlink(missing_ok=True)
    tests = json.dumps([f"{COLLECTION}/tests/unit/{one}" for one in ROOMS[room]])
    configuration = CONFIGURATION.format(
        collection=COLLECTION, utils=UTILS, unmutated=UNMUTATED, room=room, tests=tests
    )
    (folder / "pyproject.toml").write_text(configuration, encoding="utf-8")
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "mutants").mkdir(exist_ok=True)
    return folder


def _python(folder: Path, *arguments: str) -> int:
    """Run Python with mutmut at hand, in a room's folder; what it prints goes into a file beside."""
    with (folder / "log.txt").open("wb") as log:
        command = [sys.executable, *arguments]
        env = process_environment({"PYTHONPATH": str(SITE), "CI": "1"})
        return subprocess.run(command, cwd=folder, env=env, stdout=log, stderr=log, check=False).returncode


def _codes(room: str) -> dict[str, int | None]:
    """Mutant -> mutmut's exit code; None: not tried yet."""
    found: dict[str, int | None] = {}
    for path in sorted((WORK / room / "mutants").rglob("*.meta")):
        source = path.with_suffix("").relative_to(WORK / room / "mutants" / COLLECTION)
        if (ROOT / source).exists() and not str(source).endswith(UNMUTATED):
            found.update(json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"])
    return found


def _outcome(room: str) -> Outcome:
    codes = _codes(room)
    return Outcome(len(codes), {name: code for name, code in codes.items() if code is not None})


def _diffs(room: str, names: list[str]) -> dict[str, str]:
    """Mutant -> its change as a diff."""
    env = process_environment({"PYTHONPATH": str(SITE)})
    shown = subprocess.run(
        [sys.executable, "-c", SHOW], cwd=WORK / room, env=env, input=json.dumps(names), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    found: dict[str, str] = json.loads(shown.stdout.splitlines()[-1])
    return found


def _write_page() -> None:
    """docs/mutants.md: the numbers of each room that was tried, and its survivors with the reasons that are noted."""
    texts = yaml.safe_load(REASONS.read_text(encoding="utf-8"))
    rows, tables = [], []
    for room in ROOMS:
        outcome = _outcome(room)
        if not outcome.codes:
            continue
        left, tried = outcome.survivors(), len(outcome.codes)
        share = f"{100 * (tried - len(left)) / tried:.1f} %" if tried else "-"
        rows.append(f"| `{room}` | {outcome.total} | {tried} | {tried - len(left)} | {share} |\n")
        lines = [_row(name, diff, texts["reasons"]) for name, diff in _diffs(room, left).items()] if left else []
        tables += [f"\n### `{room}`\n\n| where | change | why it is left |\n|---|---|---|\n", *lines] if lines else []
    PAGE.write_text("".join((texts["head"], *rows, texts["survivors"], *tables)), encoding="utf-8")
    say(f"{PAGE.relative_to(ROOT)}: written")


def _row(name: str, diff: str, reasons: dict[str, dict[str, str]]) -> str:
    """One survivor: file and function, the changed line before and after, the reason."""
    module, _dot, function = name.rpartition(".")
    where = f"{module.rpartition('module_utils.')[2].replace('.', '/')}.py {_function(function)}"
    changed = [line[1:].strip() for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    change = " → ".join(f"`{line.replace('|', chr(92) + '|')}`" for line in changed)
    known = _reasons(where, reasons)
    return f"| `{where}` | {change} | {next((why for part, why in known if part in ' '.join(changed)), '')} |\n"


def _reasons(where: str, reasons: dict[str, dict[str, str]]) -> Iterator[tuple[str, str]]:
    """(a part of the changed lines, why): what is noted for the function, then for any."""
    yield from reasons.get(where, {}).items()
    yield from reasons["any"].items()


def _function(mangled: str) -> str:
    """The function of a mutant: x_merge__mutmut_3 is one of merge, xǁModeǁof__mutmut_1 one of Mode.of."""
    name = mangled.rpartition("__mutmut_")[0]
    return name.removeprefix("x_") if name.startswith("x_") else name.removeprefix("xǁ").replace("ǁ", ".")


if __name__ == "__main__":
    os.nice(10)
    sys.exit(main(sys.argv[1:]))
