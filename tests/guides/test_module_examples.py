"""Every example of every module runs, and what is idempotent does nothing the second time."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.guides.blocks import Example
from tests.guides.running import Outcome, for_all_workers, run_all
from tests.guides.worlds import APP_ID
from tests.platform import Platform

MODULES = Path(__file__).resolve().parents[2] / "plugins" / "modules"
IMAGE = {"registry_type": "GHCR", "registry": "example", "repository": "shop", "tag": "2.4.0"}
SHOP: dict[str, Any] = {
    "name": "shop",
    "region": "ams",
    "services": [
        {"name": "web", "image": IMAGE, "instance_size_slug": "apps-s-1vcpu-1gb", "routes": [{"path": "/"}],
         "envs": [{"key": "OLD_FLAG", "value": "1"}],
         "log_destinations": [{"name": "papertrail", "papertrail": {"endpoint": "syslog+tls://example.com:12345"}}]},
    ],
    "workers": [{"name": "queue", "image": IMAGE, "run_command": "work", "instance_size_slug": "apps-s-1vcpu-1gb"}],
    "jobs": [
        {"name": "migrate", "kind": "PRE_DEPLOY", "image": IMAGE, "run_command": "bin/migrate"},
        {"name": "nightly-report", "kind": "SCHEDULED", "schedule": {"cron": "0 5 * * *"}, "image": IMAGE,
         "run_command": "bin/report"},
    ],
    "domains": [{"domain": "store.example.com", "type": "ALIAS"}],
}  # fmt: skip


def tasks_of(module: str) -> list[dict[str, Any]]:
    text = (MODULES / f"{module}.py").read_text()
    found = re.search(r'^EXAMPLES = r"""\n(.*?)^"""', text, re.DOTALL | re.MULTILINE)
    assert found, module
    tasks = yaml.safe_load(found[1])
    assert isinstance(tasks, list), module
    return tasks


#: They act in every run, which is what they are for.
ACTING = {"app_restart", "app_deployment", "app_rollback", "app_job_run"}
NAMES = sorted(path.stem for path in MODULES.glob("*.py"))

pytestmark = pytest.mark.both_paths


def example_of(module: str) -> Example:
    """The tasks of a module's examples, each of them twice."""
    tasks: list[dict[str, Any]] = []
    for number, task in enumerate(tasks_of(module)):
        assert task["name"], module
        again = {key: value for key, value in task.items() if key != "register"}
        tasks += [{**task, "name": f"{number} first"}, {**again, "name": f"{number} again"}]
    return Example(f"{module}.py", 0, yaml.safe_dump(tasks), "example: acts")


@pytest.fixture(scope="module")
def played(simulator: Platform, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """What became of each module's examples."""
    examples = [example_of(module) for module in NAMES]
    seed = {"id": APP_ID, "spec": SHOP}
    outcomes = for_all_workers(
        tmp_path_factory, "modules", lambda folder: run_all(folder, examples, simulator, seed)[0]
    )
    return dict(zip(NAMES, outcomes, strict=True))


@pytest.mark.parametrize("module", NAMES)
def test_examples(module: str, played: dict[str, Outcome]) -> None:
    outcome = played[module]
    results = outcome.passes["first"]
    assert [one["task"] for one in results if one["task"].endswith("again")], outcome.output
    assert [(one["task"], one["msg"]) for one in outcome.failed("first")] == []
    if module not in ACTING:
        assert [one["task"] for one in results if one["task"].endswith("again") and one["changed"]] == []
