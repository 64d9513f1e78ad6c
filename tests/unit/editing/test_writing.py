"""One write of an app's spec, with other writers in scripted places and calls whose outcome nobody knows."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import (
    AppPlatformError,
    ConcurrentEditError,
    DeploymentError,
    NotFoundError,
    ServerError,
    TransportError,
    UsageError,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.deployment import Snapshot
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit import write as write_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.declaration import (
    Declaration,
    Removal,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.edit import Edit, Edited, Review
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.plan import Plan
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.written import (
    Written,
    common_ancestor,
    update_before,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.apply import SecretRules
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.merge import REPLACE_COMPONENT_LISTS
from ansible_collections.oceanops.app_platform.plugins.module_utils._system import locks
from ansible_collections.oceanops.app_platform.plugins.module_utils._system.clock import parse_time

from .fake_platform import FakeApps, context, lost_answer

REPO = {"github": {"repo": "acme/shop"}}
SHOP: dict[str, Any] = {
    "name": "shop",
    "services": [{"name": "web", **REPO}],
    "workers": [{"name": "mail", **REPO, "instance_size_slug": "apps-s-1vcpu-1gb"}],
    "jobs": [{"name": "warm", **REPO, "kind": "POST_DEPLOY"}],
}
ADD = Declaration({"jobs": [{"name": "migrate", **REPO, "kind": "PRE_DEPLOY"}]})


@pytest.fixture(autouse=True)
def no_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "fcntl", None)


@dataclass
class Stage:
    api: FakeApps
    app_id: str

    def write(self, edit: Any = ADD, **options: Any) -> Written | None:
        app = self.api.get_app(self.app_id)
        self.api.calls.clear()
        return write_module.write(Plan(context(self.api), edit), app, **options)

    def other(self, **sections: Any) -> Callable[[], None]:
        """Another writer, who sets these."""
        return lambda: self.api.write(self.app_id, lambda spec: spec.update(copy.deepcopy(sections)))

    def names(self, section: str = "jobs") -> list[str]:
        return [one["name"] for one in self.api.spec(self.app_id).get(section, ())]

    @property
    def puts(self) -> int:
        return sum(call.startswith("update_app") for call in self.api.calls)


@pytest.fixture
def stage() -> Stage:
    api = FakeApps()
    return Stage(api, api.add(SHOP))


def test_alone(stage: Stage) -> None:
    before = stage.api.spec(stage.app_id)
    written = stage.write()
    assert written is not None
    assert (written.before, written.after) == (before, stage.api.spec(stage.app_id))
    assert stage.api.calls == ["get_app", "update_app", "get_app", "reads deployments"]
    assert stage.api.sent == [{**before, "jobs": [*before["jobs"], *ADD.desired["jobs"]]}]
    assert written.response["pending_deployment"]["id"] not in written.snapshot.ids
    assert stage.api.clock.slept == []


def test_there_already(stage: Stage) -> None:
    stage.write()
    assert stage.write() is None
    assert stage.api.calls == ["get_app"]


def test_forced(stage: Stage) -> None:
    stage.write()
    written = stage.write(force=True, update_sources=True)
    assert written is not None
    assert stage.api.calls == ["get_app", "update_app with sources", "get_app", "reads deployments"]


def test_sources_are_updated_once(stage: Stage) -> None:
    stage.api.after["update_app"] = [stage.other(jobs=[])]
    stage.write(update_sources=True)
    assert [call for call in stage.api.calls if call.startswith("update")] == ["update_app with sources", "update_app"]


# --- other writers --------------------------------------------------------------------------------------------------


def test_who_wrote_before_our_look_is_seen(stage: Stage) -> None:
    """The app that the task found is older than the one that it edits."""
    app = stage.api.get_app(stage.app_id)
    stage.other(disable_edge_cache=True)()
    write_module.write(Plan(context(stage.api), ADD), app)
    assert stage.api.spec(stage.app_id)["disable_edge_cache"] is True
    assert stage.names() == ["warm", "migrate"]


def test_who_wrote_between_our_look_and_our_write_is_put_back(stage: Stage) -> None:
    theirs = {"workers": [{**SHOP["workers"][0], "instance_count": 3}], "domains": [{"domain": "a.example.com"}]}
    stage.api.before["update_app"] = [stage.other(**theirs)]
    written = stage.write()
    assert stage.puts == 2
    spec = stage.api.spec(stage.app_id)
    assert spec["workers"][0]["instance_count"] == 3
    assert spec["domains"][0]["domain"] == "a.example.com"
    assert stage.names() == ["warm", "migrate"]
    assert written is not None
    assert written.after == spec
    assert "domains" not in written.before


def test_several_in_between(stage: Stage) -> None:
    def three() -> None:
        stage.other(domains=[{"domain": "a.example.com"}])()
        stage.api.deploy(stage.app_id, cause="manual")
        stage.other(disable_edge_cache=True)()
        stage.api.deploy(stage.app_id, cause="manual")

    stage.api.before["update_app"] = [three]
    stage.write()
    spec = stage.api.spec(stage.app_id)
    assert spec["disable_edge_cache"] is True
    assert spec["domains"][0]["domain"] == "a.example.com"
    assert stage.names() == ["warm", "migrate"]


def test_more_in_between_than_stand_on_a_page(stage: Stage) -> None:
    numbers = iter(range(60))

    def many() -> None:
        for number in islice(numbers, 30):
            env = {"key": f"K{number}"}
            stage.api.write(stage.app_id, lambda spec, env=env: spec.setdefault("envs", []).append(env))

    stage.api.before["update_app"] = [many]
    stage.api.after["update_app"] = [many]
    stage.write()
    assert len(stage.api.spec(stage.app_id)["envs"]) == 60
    assert stage.names() == ["warm", "migrate"]


def test_what_they_removed_stays_removed(stage: Stage) -> None:
    stage.api.before["update_app"] = [stage.other(workers=[])]
    stage.write()
    assert stage.names("workers") == []
    assert stage.names() == ["warm", "migrate"]


def test_of_one_thing_the_declared_value_counts(stage: Stage) -> None:
    stage.api.before["update_app"] = [stage.other(workers=[{**SHOP["workers"][0], "instance_count": 3, "x": 1}])]
    stage.write(Declaration({"workers": [{"name": "mail", "instance_count": 2}]}))
    worker = stage.api.spec(stage.app_id)["workers"][0]
    assert (worker["instance_count"], worker["x"]) == (2, 1)


def test_who_overwrites_us_is_answered(stage: Stage) -> None:
    stage.api.after["update_app"] = [stage.other(jobs=SHOP["jobs"], disable_edge_cache=True)]
    written = stage.write()
    assert stage.puts == 2
    assert stage.names() == ["warm", "migrate"]
    assert stage.api.spec(stage.app_id)["disable_edge_cache"] is True
    assert written is not None
    assert stage.api.clock.slept == [0.2]


def test_who_does_the_same_spares_us_the_write(stage: Stage) -> None:
    stage.api.after["get_app"] = [stage.other(jobs=[*SHOP["jobs"], *ADD.desired["jobs"]])]
    app = stage.api.get_app(stage.app_id)
    assert write_module.write(Plan(context(stage.api), ADD), app) is None
    assert stage.puts == 0


def test_who_brings_our_change_back_spares_us_the_second_write(stage: Stage) -> None:
    stage.api.after["update_app"] = [stage.other(jobs=[])]
    stage.api.after["get_app"] = [None, None, stage.other(jobs=ADD.desired["jobs"])]
    written = stage.write()
    assert written is not None
    assert stage.puts == 1


def test_deployments_that_change_no_spec_are_no_writers(stage: Stage) -> None:
    def push() -> None:
        stage.api.deploy(stage.app_id, cause="commit 123 pushed to github.com/acme/shop")

    stage.api.before["update_app"] = [push]
    stage.write()
    assert stage.puts == 1


def test_what_a_rollback_deploys_is_nobodys_change(stage: Stage) -> None:
    """Its deployment has the spec of an older one, which no writer wants to have back."""

    def rollback() -> None:
        stage.api.deploy(stage.app_id, cause="rolled back to deployment 1")
        stage.api.deployments[stage.app_id][0]["spec"]["disable_edge_cache"] = True

    stage.api.before["update_app"] = [rollback]
    stage.write()
    assert stage.puts == 1
    assert "disable_edge_cache" not in stage.api.spec(stage.app_id)


def test_an_app_that_is_gone(stage: Stage) -> None:
    stage.api.after["update_app"] = [stage.api.apps.clear]
    with pytest.raises(ConcurrentEditError) as caught:
        stage.write()
    assert caught.value.message == "The app shop was deleted by another writer while this task changed it."
    assert caught.value.details == {"app_id": stage.app_id, "changed": True}


def test_it_gives_up_and_says_who_was_it(stage: Stage) -> None:
    stage.api.user = "stubborn@example.org"
    stage.api.after["update_app"] = [stage.other(jobs=[])] * 100
    with pytest.raises(ConcurrentEditError) as caught:
        stage.write()
    told = caught.value
    assert stage.puts == write_module.MAX_ATTEMPTS
    assert "after 25 attempts the change of this task is not in place" in told.message
    assert "The last deployment was made by stubborn@example.org (app spec updated, 2026-11-23T12:" in told.message
    assert told.details == {
        "app_id": stage.app_id,
        "changed": True,
        "conflict": {"there": {}, "wanted": {"jobs": ADD.desired["jobs"]}},
    }
    slept = stage.api.clock.slept
    assert slept[:5] == [0.2, 0.4, 0.8, 1.6, 2.0]
    assert sum(slept) < 60


def test_it_gives_up_where_little_is_known_of_the_others(stage: Stage) -> None:
    stage.api.after["update_app"] = [stage.other(jobs=[])] * 100
    listed = stage.api.list_deployments
    stage.api.list_deployments = lambda app_id, per_page=20: (  # type: ignore[method-assign,misc]
        iter([{"id": "x"}]) if per_page == 1 else listed(app_id)
    )
    with pytest.raises(ConcurrentEditError) as caught:
        stage.write()
    assert caught.value.message == (
        "Other writers kept changing the app shop: after 25 attempts the change of this task is not in place. The "
        "last deployment was made by an unknown writer (unknown cause, at an unknown time). Run the task again when "
        "they are done."
    )


def test_answers_that_contradict_each_other(stage: Stage) -> None:
    """Each has another spec, and all say that nothing has changed in between."""
    app = stage.api.get_app(stage.app_id)
    numbers = iter(range(2, 10))

    def another() -> None:
        spec = stage.api.apps[stage.app_id]["spec"]
        spec["workers"][0]["instance_count"] = next(numbers)

    stage.api.before["get_app"] = [another, another]
    with pytest.raises(TransportError) as caught:
        write_module.write(Plan(context(stage.api), ADD), app)
    assert caught.value.message == (
        "The platform tells a different spec of the app shop each time, and that nothing has changed. Nothing is "
        "decided by such answers: run the task again."
    )
    assert caught.value.code == "wrong_envelope"
    assert stage.puts == 0


def test_of_two_answers_that_contradict_each_other_a_third_one_decides(stage: Stage) -> None:
    app = stage.api.get_app(stage.app_id)

    def instances(count: int) -> Callable[[], None]:
        return lambda: stage.api.apps[stage.app_id]["spec"]["workers"][0].update(instance_count=count)

    stage.api.before["get_app"] = [instances(5), instances(1)]
    written = write_module.write(Plan(context(stage.api), ADD), app)
    assert written is not None
    assert stage.api.calls[:4] == ["get_app", "get_app", "get_app", "update_app"]
    assert written.before["workers"][0]["instance_count"] == 1


def test_before_is_what_was_there_before_the_first_of_several_writes(stage: Stage) -> None:
    before = stage.api.spec(stage.app_id)
    stage.api.after["update_app"] = [stage.other(jobs=[])]
    written = stage.write()
    assert stage.puts == 2
    assert written is not None
    assert written.before == before


def test_a_deployment_that_is_listed_late_is_waited_for(stage: Stage) -> None:
    hidden = stage.api.list_deployments
    looks = iter([[], [], None])
    stage.api.list_deployments = lambda *given, **more: (  # type: ignore[method-assign,misc]
        hidden(*given, **more) if next(looks, None) is None else iter(())
    )
    written = stage.write()
    assert written is not None
    assert stage.api.clock.slept == [0.5, 1.0]


# --- what the edit or the platform refuses --------------------------------------------------------------------------


def test_an_edit_is_refused_on_the_newest_spec(stage: Stage) -> None:
    app = stage.api.get_app(stage.app_id)
    stage.other(jobs=[], workers=[])()
    with pytest.raises(UsageError) as caught:
        write_module.write(Plan(context(stage.api), Removal("services", "web")), app)
    assert "last component" in caught.value.message
    assert stage.puts == 0
    assert "changed" not in caught.value.details


def test_a_refusal_of_a_replay_tells_what_was_written(stage: Stage) -> None:
    stage.api.after["update_app"] = [stage.other(services=[{"name": "migrate", **REPO}], jobs=[])]
    with pytest.raises(UsageError) as caught:
        stage.write()
    assert caught.value.details["changed"] is True
    assert caught.value.details["app_id"] == stage.app_id


def test_a_pinned_app_is_not_written(stage: Stage) -> None:
    stage.api.apps[stage.app_id]["pinned_deployment"] = {"id": "d-pinned"}
    with pytest.raises(DeploymentError) as caught:
        stage.write()
    assert caught.value.code == "app_pinned"
    assert stage.puts == 0


def test_what_the_platform_does_not_keep(stage: Stage) -> None:
    def without_commands(spec: dict[str, Any]) -> dict[str, Any]:
        for job in spec["jobs"]:
            job.pop("run_command", None)
        return spec

    stage.api.keeps = without_commands
    with pytest.raises(AppPlatformError) as caught:
        stage.write(Declaration({"jobs": [{"name": "warm", "run_command": "bin/warm"}]}))
    assert caught.value.code == "not_kept"
    assert caught.value.details == {
        "app_id": stage.app_id,
        "changed": True,
        "conflict": {
            "there": {"jobs": [{"name": "warm"}]},
            "wanted": {"jobs": [{"name": "warm", "run_command": "bin/warm"}]},
        },
    }
    assert caught.value.message == (
        "The platform took the new spec of the app shop, but did not keep all of it; what it has in its place is under "
        "conflict.there. Declare what it makes of it, or leave that out."
    )
    assert stage.puts == 1


# --- lost answers ---------------------------------------------------------------------------------------------------


def fail(error: AppPlatformError) -> Callable[[], None]:
    def action() -> None:
        raise error

    return action


SECRET = {"name": "warm", "envs": [{"key": "TOKEN", "value": "a-new-secret", "type": "SECRET"}]}


@pytest.mark.parametrize("policy", ["fingerprint", "always", "on_create"])
def test_a_write_whose_answer_was_lost_is_looked_for(stage: Stage, policy: Any) -> None:
    edit = Declaration({"jobs": [SECRET]}, REPLACE_COMPONENT_LISTS, SecretRules(policy))
    stage.api.after["update_app"] = [fail(lost_answer())]
    written = stage.write(edit)
    assert written is not None
    assert written.response["pending_deployment"]["id"] not in written.snapshot.ids
    assert stage.puts == 1


@pytest.mark.parametrize("policy", ["fingerprint", "always"])
def test_a_write_that_was_lost_is_an_error(stage: Stage, policy: Any) -> None:
    stage.write(Declaration({"jobs": [{**SECRET, "envs": [{**SECRET["envs"][0], "value": "its-old-value"}]}]}))
    edit = Declaration({"jobs": [SECRET]}, secrets=SecretRules(policy))
    stage.api.before["update_app"] = [fail(lost_answer())]
    with pytest.raises(ServerError):
        stage.write(edit)
    assert stage.puts == 1


def test_a_forced_write_that_was_lost_is_an_error(stage: Stage) -> None:
    stage.write()
    stage.api.clock.sleep(100)
    stage.api.before["update_app"] = [fail(lost_answer())]
    with pytest.raises(ServerError):
        stage.write(force=True)
    stage.api.after["update_app"] = [fail(lost_answer())]
    assert stage.write(force=True) is not None


def test_a_refused_write_is_an_error_at_once(stage: Stage) -> None:
    stage.api.before["update_app"] = [fail(lost_answer(400, maybe_applied=False))]
    with pytest.raises(ServerError):
        stage.write()
    assert stage.api.calls == ["get_app", "update_app"]


def test_after_a_write_every_error_says_that_there_was_one(stage: Stage) -> None:
    stage.api.before["get_app"] = [None, None, fail(lost_answer(503, maybe_applied=False))]
    with pytest.raises(ServerError) as caught:
        stage.write()
    assert caught.value.details == {"app_id": stage.app_id, "changed": True}


def test_a_lost_answer_and_a_lost_app(stage: Stage) -> None:
    stage.api.before["update_app"] = [fail(lost_answer())]
    stage.api.before["get_app"] = [None, None, stage.api.apps.clear]
    with pytest.raises(NotFoundError):
        stage.write()


# --- what a write replaced, when little is known --------------------------------------------------------------------


def test_without_a_deployment_nothing_is_known_of_others(stage: Stage) -> None:
    """Renaming an app makes no deployment (API reference 6.4)."""
    stage.api.deploy = lambda *_args, **_more: {}  # type: ignore[method-assign,assignment]
    written = stage.write()
    assert written is not None
    assert stage.puts == 1


def test_theirs_without_a_spec_is_told(stage: Stage) -> None:
    def bare() -> None:
        stage.other(disable_edge_cache=True)()
        stage.api.deployments[stage.app_id][0]["spec"] = None

    stage.api.before["update_app"] = [bare]
    with pytest.raises(TransportError, match=r"answered with the deployment .* without its spec") as caught:
        stage.write()
    assert caught.value.code == "wrong_envelope"
    assert caught.value.details["changed"] is True
    assert stage.puts == 1


def test_the_common_ancestor_is_the_last_spec_that_all_have_seen(stage: Stage) -> None:
    def row(*ages: float | None) -> list[dict[str, Any]]:
        return [
            {"spec": {"name": f"at{age}"}, **({} if age is None else {"created_at": f"2026-11-23T12:{age:02.0f}:00Z"})}
            for age in ages
        ]

    theirs = row(30)[0]
    assert common_ancestor(theirs, row(30, 29, 28, 27)) == {"name": "at28"}
    assert common_ancestor(theirs, row(30, 30)) == {"name": "at30"}
    with pytest.raises(TransportError, match=r"answered with the deployment . without its spec"):
        common_ancestor(theirs, [{"created_at": "2026-11-23T12:00:00Z"}, *row(5)])
    assert common_ancestor(theirs, []) is None
    assert common_ancestor(row(None)[0], row(30, 29)) == {"name": "at30"}
    assert common_ancestor(theirs, row(None, 29)) == {"name": "atNone"}


def written(own_id: str, snapshot: Snapshot) -> Written:
    return Written({}, {}, {"pending_deployment": {"id": own_id}}, snapshot)


def test_an_update_whose_cause_is_unknown_is_one_of_another_writer() -> None:
    own, theirs = {"id": "d-3", "created_at": stamp(2)}, {"id": "d-2", "created_at": stamp(1)}
    assert update_before(written("d-3", Snapshot(newest=parse_time(stamp(0)))), [own, theirs]) == (theirs, True)


def test_the_own_deployment_is_found_though_it_is_no_newer_than_a_failed_one_that_the_app_does_not_show() -> None:
    """Both are of the same second, and the snapshot has only the time of the failed one."""
    snapshot = Snapshot(frozenset({"d-1"}), newest=parse_time(stamp(0)), newest_is_known=False)
    assert update_before(written("d-3", snapshot), [{"id": "d-3", "created_at": stamp(0)}]) == (None, True)


def stamp(second: int) -> str:
    return f"2026-11-23T12:00:{second:02}Z"


def test_an_edit_is_evaluated_anew_for_each_spec(stage: Stage) -> None:
    asked: list[Any] = []

    class Counting(Edit):
        def apply(self, current: Any) -> Edited:
            asked.append(copy.deepcopy(current))
            return ADD.apply(current)

        def review(self, current: Any, edited: Edited, sizes: Any = None) -> Review:
            return Review(warnings=("look at this",))

    task_context = context(stage.api)
    stage.api.after["update_app"] = [stage.other(jobs=[])]
    write_module.write(Plan(task_context, Counting()), stage.api.get_app(stage.app_id))
    assert {len(spec.get("jobs", ())) for spec in asked} == {0, 1, 2}
    assert task_context.warnings == ["look at this"]


@pytest.mark.parametrize(
    ("size", "warned", "asked"),
    [("apps-s-1vcpu-1gb", False, 0), ("apps-z-new", False, 1), ("apps-z-neww", True, 1)],
)
def test_the_platform_is_asked_once_for_sizes_that_were_not_published(
    stage: Stage, size: str, warned: bool, asked: int
) -> None:
    edit = Declaration({"jobs": [{"name": "warm", "instance_size_slug": size}]})
    task_context = context(stage.api)
    write_module.write(Plan(task_context, edit), stage.api.get_app(stage.app_id))
    assert any("did you mean apps-z-new?" in one for one in task_context.warnings) is warned
    assert stage.api.calls.count("list_instance_sizes") == asked


def test_where_the_platform_does_not_tell_its_sizes_a_new_one_is_warned_about(stage: Stage) -> None:
    def refused() -> None:
        raise lost_answer(503, maybe_applied=False)

    stage.api.before["list_instance_sizes"] = [refused]
    task_context = context(stage.api)
    edit = Declaration({"jobs": [{"name": "warm", "instance_size_slug": "apps-z-new"}]})
    write_module.write(Plan(task_context, edit), stage.api.get_app(stage.app_id))
    assert any("'apps-z-new' is not known here" in one for one in task_context.warnings)
