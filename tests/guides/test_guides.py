"""Every example of every guide runs as it stands; what is idempotent does nothing the second time."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from ansible.release import __version__ as ansible_version

from tests.guides.blocks import ROOT, Example, every_example
from tests.guides.running import Outcome, for_all_workers, process_environment, run_all
from tests.platform import Platform, start_platform

EXAMPLES = every_example()
CANDIDATES = [one for one in EXAMPLES if not one.not_run and not one.file]
INVENTORIES = [one for one in CANDIDATES if one.is_inventory()]
REQUIREMENTS = [one for one in CANDIDATES if one.is_requirements()]
UNKNOWN = [one for one in CANDIDATES if one not in INVENTORIES + REQUIREMENTS and not one.playbook()]
PLAYED = [one for one in CANDIDATES if one not in INVENTORIES + REQUIREMENTS + UNKNOWN]
#: How many blocks are not run. Each has its reason above it; a new one is a decision.
NOT_RUN = 4

#: Older ones print failures in another form; the pages show what the ones since 2.19 print.
PRINTS_SO = (2, 19)

pytestmark = pytest.mark.both_paths


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with start_platform("--now", "2026-05-04T10:00:00Z") as started:
        yield started


#: Pages whose examples run in the fast tests, too.
FIRST = ("README.md", "docs/jobs.md", "docs/secrets.md", "docs/start.md", "roles/app/README.md")


@pytest.fixture(scope="module")
def played(
    platform: Platform, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> dict[str, Outcome]:
    """What became of each example that is wanted."""
    # An example may go on where the one before it on its page ended: all of a page are wanted, or none.
    pages = {item.callspec.params["example"].page for item in request.session.items if _plays(item)}
    wanted = [example for example in PLAYED if example.page in pages]
    outcomes = for_all_workers(tmp_path_factory, "guides", lambda folder: _run(folder / "project", wanted, platform))
    return {example.name: outcome for example, outcome in zip(wanted, outcomes, strict=True)}


def _plays(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and item.originalname == test_example.__name__


def _run(folder: Path, wanted: list[Example], platform: Platform) -> list[Outcome]:
    for example in EXAMPLES:
        if example.file:
            target = folder / example.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(example.text)
    try:
        outcomes, runs = run_all(folder, wanted, platform)
        print(f"{len(wanted)} examples in {runs} runs of ansible-playbook")
        return outcomes
    finally:
        for pid in folder.rglob(".simulator/pid"):
            with suppress(OSError, ValueError):
                os.kill(int(pid.read_text()), signal.SIGTERM)


def test_comments_are_understood() -> None:
    assert {one.name: one.unknown_words for one in EXAMPLES if one.unknown_words} == {}


def test_every_block_is_something_that_can_be_checked() -> None:
    advice = (
        "say above it why it is not run (<!-- not run: REASON -->), or which file it is (<!-- example: in FILE -->)"
    )
    assert [one.name for one in UNKNOWN] == [], advice


def test_blocks_that_are_not_run_are_few_and_say_why() -> None:
    skipped = {one.name: one.not_run for one in EXAMPLES if one.marker.startswith("not run:")}
    assert all(len(reason.split()) > 2 for reason in skipped.values()), skipped
    assert len(skipped) == NOT_RUN, skipped
    assert len(PLAYED) > 30


@pytest.mark.parametrize(
    "example",
    [pytest.param(one, id=one.name, marks=[] if one.page in FIRST else pytest.mark.slow) for one in PLAYED],
)
def test_example(example: Example, played: dict[str, Outcome]) -> None:
    outcome = played[example.name]
    assert "first" in outcome.passes, f"did not run: {outcome.output}"
    output = outcome.output.get("first", "")
    failed = outcome.failed("first")
    if example.failure:
        assert [(one["failure"] or {}).get("code") for one in failed] == [example.failure], output
    else:
        assert not failed, output
    if not example.once:
        again = outcome.passes["again"]
        assert again, outcome.output
        assert not outcome.failed("again"), outcome.output.get("again")
        assert [one["task"] for one in again if one["changed"]] == [], outcome.output["again"]
        assert outcome.writes["again"] == []
    if example.page.startswith("docs/recipes/") and not any("[WARNING]" in shown for shown in example.prints):
        assert "[WARNING]" not in output, output
    printed_so = tuple(map(int, ansible_version.split(".")[:2])) >= PRINTS_SO
    for shown in example.prints if printed_so else ():
        missing = _missing(shown, output)
        assert not missing, f"not printed: {missing}\nby:\n{output}"


def _missing(shown: str, output: str) -> str:
    """The first line of the page that is not in the output, after the ones before it; empty when all are."""
    place = 0
    for line in shown.splitlines():
        if not line.strip() or line.strip() == "[...]" or line.startswith("$ "):
            continue
        pattern = ".*".join(re.escape(part) for part in re.split(r"\[\.\.\.\]", re.sub(r"\*{5,}$", "", line.rstrip())))
        found = re.compile(f"^{pattern}", re.MULTILINE).search(output, place)
        if not found:
            return line
        place = found.end()
    return ""


@pytest.mark.parametrize("shown", [True, False])
def test_what_is_not_printed_is_found(shown: bool) -> None:
    output = "PLAY [One] ******\nok: 1f2e\nchanged: x\n"
    assert _missing("ok: [...]\nchanged: x" if shown else "changed: x\nok: 1f2e", output) == (
        "" if shown else "ok: 1f2e"
    )


def test_inventories(platform: Platform, tmp_path: Path) -> None:
    """One run reads them all; a file that can't be read is an error."""
    command = [sys.executable, "-m", "ansible.cli.inventory", "--graph"]
    for number, example in enumerate(INVENTORIES):
        file = tmp_path / f"{number}.app_platform.yml"
        file.write_text(example.text)
        command += ["--inventory", str(file)]
    (tmp_path / "examples.json").write_text("{}")
    env = {**process_environment(tmp_path, platform), "ANSIBLE_CALLBACKS_ENABLED": ""}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert INVENTORIES
    assert done.returncode == 0, done.stderr
    assert "Failed to parse" not in done.stderr


def test_requirements() -> None:
    """What Galaxy is asked for is this collection, in a version that this one satisfies."""
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text())
    assert REQUIREMENTS
    for example in REQUIREMENTS:
        for one in example.content()["collections"]:
            assert one["name"] == f"{galaxy['namespace']}.{galaxy['name']}", example.name
            assert one["version"] == f">={galaxy['version']}", example.name


def test_pages_are_found() -> None:
    pages = {one.page for one in EXAMPLES}
    recipes = {str(page.relative_to(ROOT)) for page in (ROOT / "docs" / "recipes").glob("*.md")} - {
        "docs/recipes/README.md"
    }
    assert recipes
    assert recipes <= pages
    assert "README.md" in pages
