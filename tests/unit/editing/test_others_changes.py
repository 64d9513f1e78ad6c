"""What another writer changes between our look and our write: each kind of change is there at the end, beside ours."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import (
    ConcurrentEditError,
    DeploymentError,
    TransportError,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.polling import SHORT_GRACE_PAUSES
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit import write as write_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.converge import converge
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.declaration import Declaration
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.elements import Elements
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.plan import Plan
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.merge import REPLACE_COMPONENT_LISTS
from ansible_collections.oceanops.app_platform.plugins.module_utils._system import locks

from .fake_platform import URL, FakeApps, context, lost_answer

Spec = dict[str, Any]
Change = Callable[[Spec], None]
REPO = {"github": {"repo": "acme/shop"}}
SHOP: Spec = {
    "name": "shop",
    "services": [
        {"name": "web", **REPO, "envs": [{"key": "A", "value": "1"}, {"key": "B", "value": "2", "scope": "RUN_TIME"}]}
    ],
    "jobs": [{"name": "warm", **REPO, "kind": "POST_DEPLOY"}, {"name": "cool", **REPO, "kind": "PRE_DEPLOY"}],
    "envs": [{"key": "X", "value": "1"}, {"key": "Y", "value": "2"}],
}
ADD = Declaration({"jobs": [{"name": "migrate", **REPO, "kind": "PRE_DEPLOY"}]})
CHANGE = Elements("envs", ({"key": "A", "value": "ours"},), "web")


@pytest.fixture(autouse=True)
def no_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "fcntl", None)


@pytest.fixture
def api() -> FakeApps:
    return FakeApps()


def during(api: FakeApps, edit: Any, change: Change, *more: Callable[[], None]) -> tuple[Spec, int]:
    """The spec at the end, and how often we wrote, where another writer makes the change right before our write."""
    app_id = api.add(SHOP)
    api.before["update_app"] = [lambda: api.write(app_id, change), *more]
    write_module.write(Plan(context(api), edit), api.get_app(app_id))
    return api.spec(app_id), sum(call.startswith("update_app") for call in api.calls)


def rename_web(spec: Spec) -> None:
    spec["services"][0]["name"] = "front"


def test_a_new_name_of_the_app_stays(api: FakeApps) -> None:
    spec, _puts = during(api, ADD, lambda spec: spec.update(name="store"))
    assert spec["name"] == "store"
    assert [one["name"] for one in spec["jobs"]][-1] == "migrate"


def test_a_name_that_only_says_which_app_is_meant_is_no_declaration(api: FakeApps) -> None:
    edit = Declaration({**ADD.desired, "name": "shop"}, keeps_name=True)
    spec, _puts = during(api, edit, lambda spec: spec.update(name="store"))
    assert spec["name"] == "store"
    app_id = api.add(SHOP)
    app = api.get_app(app_id)
    api.write(app_id, lambda spec: spec.update(name="store"))
    write_module.write(Plan(context(api), edit), app)
    assert api.spec(app_id)["name"] == "store"


def test_a_new_name_that_is_declared_stays_ours(api: FakeApps) -> None:
    edit = Declaration({"name": "ours"})
    assert during(api, edit, lambda spec: spec.update(name="theirs"))[0]["name"] == "ours"


def test_a_component_that_is_renamed_stays_one(api: FakeApps) -> None:
    spec, _puts = during(api, ADD, rename_web)
    assert [one["name"] for one in spec["services"]] == ["front"]
    assert len(spec["services"][0]["envs"]) == 2


def test_a_component_that_is_renamed_while_we_change_it_stays_one_and_the_task_says_so(api: FakeApps) -> None:
    app_id = api.add(SHOP)
    api.before["update_app"] = [lambda: api.write(app_id, rename_web)]
    with pytest.raises(ConcurrentEditError, match="no component 'web'") as caught:
        write_module.write(Plan(context(api), CHANGE), api.get_app(app_id))
    assert caught.value.details["changed"] is True
    (service,) = api.spec(app_id)["services"]
    assert (service["name"], service["envs"][0]["value"]) == ("front", "ours")


def test_a_lost_answer_to_the_way_back(api: FakeApps) -> None:
    """The platform took the write that puts the other writer's change back: it is not made again."""

    def lose() -> None:
        raise lost_answer()

    app_id = api.add(SHOP)
    api.before["update_app"] = [lambda: api.write(app_id, rename_web)]
    api.after["update_app"] = [None, lose]
    with pytest.raises(ConcurrentEditError, match="does not fit"):
        write_module.write(Plan(context(api), CHANGE), api.get_app(app_id))
    assert api.spec(app_id)["services"][0]["name"] == "front"
    assert sum(call.startswith("update_app") for call in api.calls) == 2


def test_what_another_writer_changed_is_put_back_before_the_task_fails(api: FakeApps) -> None:
    """Two of them, and the second one while the first one's change is put back."""
    app_id = api.add(SHOP)

    def later(spec: Spec) -> None:
        spec["disable_edge_cache"] = True

    api.before["update_app"] = [lambda: api.write(app_id, rename_web), lambda: api.write(app_id, later)]
    with pytest.raises(ConcurrentEditError, match="does not fit"):
        write_module.write(Plan(context(api), CHANGE), api.get_app(app_id))
    spec = api.spec(app_id)
    assert (spec["services"][0]["name"], spec["disable_edge_cache"]) == ("front", True)


def test_a_component_that_is_declared_whole_is_made_beside_the_renamed_one(api: FakeApps) -> None:
    whole = Declaration({"services": [{"name": "web", **REPO, "instance_count": 2}]}, REPLACE_COMPONENT_LISTS)
    spec, _puts = during(api, whole, rename_web)
    assert {one["name"]: one.get("instance_count") for one in spec["services"]} == {"front": 2, "web": 2}


def test_what_is_added_to_a_list_that_is_declared_whole_goes(api: FakeApps) -> None:
    ports = Declaration({"services": [{"name": "web", "internal_ports": [1]}]}, REPLACE_COMPONENT_LISTS)
    spec, _puts = during(api, ports, lambda spec: spec["services"][0].update(internal_ports=[2]))
    assert spec["services"][0]["internal_ports"] == [1]


def turn(spec: Spec) -> None:
    spec["envs"].reverse()
    spec["jobs"].reverse()


def test_a_new_order_stays(api: FakeApps) -> None:
    spec, puts = during(api, ADD, turn)
    assert [one["key"] for one in spec["envs"]] == ["Y", "X"]
    assert [one["name"] for one in spec["jobs"] if one["name"] != "migrate"] == ["cool", "warm"]
    assert puts == 2


def test_an_order_that_the_platform_does_not_keep_ends(api: FakeApps) -> None:
    """It is written once more, and not again and again."""

    def sort() -> None:
        api.keeps = lambda spec: {**spec, "envs": sorted(spec["envs"], key=lambda one: str(one["key"]))}

    assert during(api, ADD, turn, sort)[1] == 2


@pytest.mark.parametrize("tells", [True, False])
def test_a_list_of_deployments_without_ours(api: FakeApps, tells: bool) -> None:
    """It may come late. Where the answer told our deployment, a list that never has it tells nothing."""
    app_id = api.add(SHOP)
    api.tells = tells
    api.list_deployments = lambda *_args, **_more: iter(())  # type: ignore[method-assign]
    with pytest.raises(TransportError, match="does not list the deployment") as caught:
        write_module.write(Plan(context(api), ADD), api.get_app(app_id))
    assert caught.value.details["changed"] is True
    assert api.clock.slept == list(SHORT_GRACE_PAUSES)


def test_a_list_of_deployments_that_comes_late(api: FakeApps) -> None:
    app_id = api.add(SHOP)
    listed, empty = api.list_deployments, [1, 2]
    api.list_deployments = lambda *args, **more: iter(()) if empty and empty.pop() else listed(*args, **more)  # type: ignore[method-assign]
    api.before["update_app"] = [lambda: api.write(app_id, lambda spec: spec.update(disable_edge_cache=True))]
    write_module.write(Plan(context(api), ADD), api.get_app(app_id))
    assert api.spec(app_id)["disable_edge_cache"] is True


@pytest.mark.parametrize("spec", [None, {}, "x", []])
@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_spec_that_is_missing_is_never_an_empty_one(api: FakeApps, which: int, spec: Any) -> None:
    """In the look before the write, in the answer to it, and in the look after it: nothing is written on top of it."""
    app_id = api.add(SHOP)
    app = api.get_app(app_id)
    shown, calls = api.shown, []

    def bare(wanted: str) -> dict[str, Any]:
        calls.append(wanted)
        found = shown(wanted)
        # A PUT looks at the app itself before it answers.
        return {**found, "spec": spec} if len(calls) - 1 == (0, 2, 3)[which] else found

    api.shown = bare  # type: ignore[method-assign]
    before = copy.deepcopy(api.apps[app_id]["spec"])
    with pytest.raises(TransportError, match="without its spec") as caught:
        write_module.write(Plan(context(api), ADD), app)
    assert caught.value.code == "wrong_envelope"
    there = api.apps[app_id]["spec"]
    assert there == before if which == 0 else there["jobs"][:2] == before["jobs"]
    assert there["services"] == before["services"]


def shown(api: FakeApps, *answers: Change | None) -> str:
    """An app of which the next looks answer with these changes to its spec, all of them with the same times."""
    app_id = api.add(SHOP)
    show, rest = api.shown, list(answers)

    def odd(wanted: str) -> dict[str, Any]:
        found = copy.deepcopy(show(wanted))
        change = rest.pop(0) if rest else None
        if change is not None:
            change(found["spec"])
        return found

    api.shown = odd  # type: ignore[method-assign]
    return app_id


def without(section: str) -> Change:
    return lambda spec: spec.pop(section)


@pytest.mark.parametrize("answers", [(without("jobs"),), (None, without("jobs")), (None, without("envs"))])
def test_of_answers_that_contradict_each_other_two_decide(api: FakeApps, answers: tuple[Any, ...]) -> None:
    """A section that one answer lacks is not removed."""
    app_id = shown(api, *answers)
    write_module.write(Plan(context(api), CHANGE), api.get_app(app_id))
    spec = api.spec(app_id)
    assert ([one["name"] for one in spec["jobs"]], len(spec["envs"])) == (["warm", "cool"], 2)
    assert spec["services"][0]["envs"][0]["value"] == "ours"


def test_where_all_answers_contradict_each_other_nothing_is_written(api: FakeApps) -> None:
    app_id = shown(api, None, without("jobs"), without("envs"))
    with pytest.raises(TransportError, match="a different spec of the app shop each time") as caught:
        write_module.write(Plan(context(api), CHANGE), api.get_app(app_id))
    assert caught.value.code == "wrong_envelope"
    assert api.writes == []


def test_a_change_that_no_time_shows_is_looked_at_twice(api: FakeApps) -> None:
    """A new name makes no deployment, and may fall into the same second."""
    app_id = api.add(SHOP)
    app = api.get_app(app_id)
    api.apps[app_id]["spec"]["name"] = "store"
    api.calls.clear()
    write_module.write(Plan(context(api), ADD), app)
    assert api.spec(app_id)["name"] == "store"
    assert api.calls == ["get_app", "get_app", "update_app", "get_app", "reads deployments"]


def test_a_change_in_the_same_second_that_a_deployment_shows_is_looked_at_once(api: FakeApps) -> None:
    app_id = api.add(SHOP)
    api.put(app_id, SHOP)
    app = api.get_app(app_id)
    api.write(app_id, lambda spec: spec.update(region="ams"))
    api.calls.clear()
    write_module.write(Plan(context(api), ADD), app)
    assert api.calls[:2] == ["get_app", "update_app"]


def test_the_way_back_is_one_that_the_platform_tells_twice(api: FakeApps) -> None:
    """on_failure: restore_spec, and the app shows its active deployment without the jobs that it has."""
    params = {**context(api).params, "on_failure": "restore_spec", "api_url": URL, "wait_interval": 1.0}
    app_id = api.add(SHOP)
    app = api.get_app(app_id)
    api.fails = lambda spec: any(one["name"] == "migrate" for one in spec["jobs"])
    show = api.shown

    def bare(wanted: str) -> dict[str, Any]:
        found = copy.deepcopy(show(wanted))
        del found["active_deployment"]["spec"]["jobs"]
        return found

    api.shown = bare  # type: ignore[method-assign]
    with pytest.raises(DeploymentError, match="tells two different ones") as caught:
        converge(Plan(context(api, params), ADD), params, app)
    assert caught.value.details["restored"] is False
    assert len(api.spec(app_id)["jobs"]) == 3
