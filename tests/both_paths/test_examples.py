"""Every example of every module runs, and what is idempotent does nothing the second time."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.both_paths.conftest import Play
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
#: They act in every run, which is what they are for.
ACTING = {"app_restart", "app_deployment", "app_rollback", "app_job_run"}


def tasks_of(module: str) -> list[dict[str, Any]]:
    text = (MODULES / f"{module}.py").read_text()
    found = re.search(r'^EXAMPLES = r"""\n(.*?)^"""', text, re.DOTALL | re.MULTILINE)
    assert found, module
    tasks = yaml.safe_load(found[1])
    assert isinstance(tasks, list), module
    return tasks


@pytest.fixture
def path() -> str:
    """One way is enough here: that both give the same result is another test's."""
    return "in_process"


#: Those whose examples run in the fast tests.
FIRST = {"app", "app_env", "app_info", "app_job"}


@pytest.mark.parametrize(
    "module",
    [
        pytest.param(name, marks=[] if name in FIRST else pytest.mark.slow)
        for name in sorted(path.stem for path in MODULES.glob("*.py"))
    ],
)
def test_examples(module: str, play: Play, platform: Platform) -> None:
    platform.seed([SHOP])
    # Two deployments before, so that there is something to go back to; and a night, so that the report has run.
    app_id = platform.apps()["shop"]["id"]
    for tag in ("2.3.0", "2.4.0"):
        spec = platform.apps()["shop"]["spec"]
        spec["services"][0]["image"]["tag"] = tag
        platform.call("PUT", f"/v2/apps/{app_id}", {"spec": spec})
        platform.advance(3600)
    platform.advance(26 * 3600)
    played = []
    for number, task in enumerate(tasks_of(module)):
        assert task["name"], module
        quick = {key: _hurried(key, value) for key, value in task.items()}
        again = {key: value for key, value in quick.items() if key != "register"}
        played += [{**quick, "name": f"{number} first"}, {**again, "name": f"{number} again"}]
    done = play(played)
    failed = [(one.name, one.result.get("msg")) for one in done.results if one.failed]
    assert not failed
    assert done.rc == 0, done.stdout[-2000:]
    if module not in ACTING:
        changed = [one.name for one in done.results if one.name.endswith("again") and one.result.get("changed")]
        assert not changed


def _hurried(key: str, options: Any) -> Any:
    """A module's options with a short pause between two looks, if it looks at all."""
    file = MODULES / f"{key.rpartition('.')[2]}.py"
    if not key.startswith("oceanops.app_platform.") or not isinstance(options, dict):
        return options
    text = file.read_text()
    waits = "app_platform.wait\n" in text or "app_platform.following\n" in text
    return {**options, "wait_interval": 0.1} if waits else options
