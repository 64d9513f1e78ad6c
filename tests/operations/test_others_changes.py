"""Each kind of change of another writer, between the read and the write of a task: it is there at the end, and so is
ours. `tests/unit/spec/test_rebase_law.py` has the law, this file the way over the platform.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.client import Client
from tests.operations.conftest import Run
from tests.platform import Platform
from tests.reliability.faults import APP

Spec = dict[str, Any]
ENVS = [{"key": key, "value": key, "scope": "RUN_TIME"} for key in ("A", "B", "C")]
TASKS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("app", {"spec": {"name": "shop", "workers": [{"name": "queue", "run_command": "ours"}]}}),
    ("app_worker", {"app": "shop", "name": "queue", "run_command": "ours"}),
)


def rename_app(spec: Spec) -> None:
    spec["name"] = "store"


def rename_component(spec: Spec) -> None:
    spec["services"][0]["name"] = "front"
    for rule in spec.get("ingress", {}).get("rules", ()):
        rule["component"]["name"] = "front"


def add(spec: Spec) -> None:
    spec["workers"].append({"name": "theirs", "image": spec["workers"][0]["image"], "run_command": "theirs"})


def remove(spec: Spec) -> None:
    spec["jobs"] = spec["jobs"][1:]


def remove_a_section(spec: Spec) -> None:
    del spec["jobs"]


def remove_a_field(spec: Spec) -> None:
    del spec["services"][0]["health_check"]


def zero(spec: Spec) -> None:
    spec["services"][0]["health_check"]["http_path"] = ""


def change(spec: Spec) -> None:
    spec["envs"][0]["value"] = "theirs"


def change_scope(spec: Spec) -> None:
    spec["envs"][1]["scope"] = "BUILD_TIME"


def change_type(spec: Spec) -> None:
    spec["envs"][2]["type"] = "SECRET"


def turn(spec: Spec) -> None:
    spec["envs"].reverse()
    spec["jobs"].reverse()


CHANGES = (
    rename_app,
    rename_component,
    add,
    remove,
    remove_a_section,
    remove_a_field,
    zero,
    change,
    change_scope,
    change_type,
    turn,
)


def alike(spec: Spec) -> Any:
    """The spec without what is another text each time."""
    result = copy.deepcopy(spec)
    for env in [*result["envs"], *result["services"][0]["envs"]]:
        if env.get("type") == "SECRET":
            env["value"] = "secret"
    return result


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task[0])
@pytest.mark.parametrize("theirs", CHANGES)
def test_both_are_there(
    theirs: Callable[[Spec], None], task: tuple[str, dict[str, Any]], run: Run, platform: Platform
) -> None:
    platform.seed([{**APP, "envs": ENVS}])
    app = platform.apps()["shop"]
    expected = copy.deepcopy(app["spec"])
    theirs(expected)
    send, done = Client._call, []

    def late(client: Client, method: str, path: str, *args: Any, **more: Any) -> Any:
        if method == "PUT" and not done:
            done.append(platform.call("PUT", path, {"spec": expected}))
            assert done[0].status_code == 200, done[0].text
            expected.update(done[0].json()["app"]["spec"])
        return send(client, method, path, *args, **more)

    if theirs is rename_app:
        platform.assume(rename_put="deploy")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "_call", late)
        result = run(task[0], wait=False, **task[1])
    assert result.get("failed") is None, result["msg"]
    (there,) = platform.apps().values()
    next(one for one in expected["workers"] if one["name"] == "queue")["run_command"] = "ours"
    assert alike(there["spec"]) == alike(expected)


def test_a_new_name_without_a_deployment_right_before_the_write_is_undone(run: Run, platform: Platform) -> None:
    """It leaves no trace: docs/concurrency.md says so. Where it makes a deployment, it stays (above)."""
    platform.assume(rename_put="skip")
    platform.seed([APP])
    platform.fault("other_writer", method="PUT", when="before", edit={"name": "store"})
    result = run("app_worker", wait=False, **TASKS[1][1])
    assert result.get("failed") is None, result["msg"]
    assert list(platform.apps()) == ["shop"]


@pytest.mark.parametrize("rename_put", ["skip", "deploy"])
def test_a_new_name_between_two_looks_of_the_module_app(rename_put: str, run: Run, platform: Platform) -> None:
    """The name in the task says which app is meant."""
    platform.assume(rename_put=rename_put)
    platform.seed([APP])
    platform.fault("other_writer", method="GET", operation="apps_get", when="after", edit={"name": "store"})
    result = run(TASKS[0][0], wait=False, **TASKS[0][1])
    assert result.get("failed") is None, result["msg"]
    (there,) = platform.apps().values()
    assert (there["spec"]["name"], there["spec"]["workers"][0]["run_command"]) == ("store", "ours")


@pytest.mark.parametrize(("seconds", "left"), [(0, ["A", "B"]), (120, ["A"])])
def test_a_removal_of_what_was_only_just_added(seconds: int, left: list[str], run: Run, platform: Platform) -> None:
    """Who writes within a minute may not have seen it: docs/concurrency.md says so."""
    app = platform.seed([{**APP, "envs": ENVS[:1]}])[0]
    run("app_env", app="shop", wait=False, envs=ENVS[:2])
    platform.advance(seconds)
    send, done = Client._call, []

    def late(client: Client, method: str, path: str, *args: Any, **more: Any) -> Any:
        if method == "PUT" and not done:
            spec = {**platform.apps()["shop"]["spec"], "envs": ENVS[:1]}
            done.append(platform.call("PUT", f"/v2/apps/{app['id']}", {"spec": spec}))
        return send(client, method, path, *args, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "_call", late)
        assert run("app_worker", wait=False, **TASKS[1][1])["changed"]
    assert [one["key"] for one in platform.apps()["shop"]["spec"]["envs"]] == left
