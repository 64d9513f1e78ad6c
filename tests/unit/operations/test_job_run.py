"""app_job_run: the job runs, is reported, and the app is what it was before, whatever happens."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.apps import AppsApi
from ansible_collections.oceanops.app_platform.plugins.module_utils._jobs import queue
from ansible_collections.oceanops.app_platform.plugins.module_utils._jobs.temporary_job import (
    AddTemporaryJob,
    TemporaryJob,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._system.locks import app_lock, lock_domain
from tests.platform import Platform
from tests.unit.editing.evaluate import evaluate
from tests.unit.operations.conftest import SHOP, Runner, writes

PUT = "apps_update"


def spec_of(platform: Platform) -> dict[str, Any]:
    found: dict[str, Any] = platform.apps()["shop"]["spec"]
    return found


@pytest.fixture
def before(platform: Platform, shop: dict[str, Any]) -> Iterator[str]:
    """The spec before the task, which is the spec after it, byte for byte."""
    found = json.dumps(spec_of(platform))
    yield found
    assert json.dumps(spec_of(platform)) == found


def other_copy(platform: Platform, shop: dict[str, Any], domain: str | None) -> TemporaryJob:
    """A copy that somebody else's run put into the app; its deployment has just begun."""
    found = TemporaryJob("migrate-run-beef", "beef" + "0" * 12, domain)
    spec = evaluate(AddTemporaryJob("migrate", found), spec_of(platform)).spec
    assert platform.call("PUT", f"/v2/apps/{shop['id']}", {"spec": spec}).status_code == 200
    platform.forget_requests()
    return found


# What it is for


def test_a_job_runs_and_the_app_is_what_it_was(platform: Platform, before: str, run: Runner) -> None:
    platform.outcome("migrate-run-*", "succeed", logs=["filled 1200 prices"])
    result = run("app_job_run", job="migrate", run_command="bin/fill", timeout="45m")
    assert result["changed"] is True
    told = result["run"]
    assert (told["job"], told["status"], told["reason"], told["exit_code"]) == ("migrate", "SUCCESS", None, None)
    assert told["name"].startswith("migrate-run-")
    assert told["duration"] > 0
    assert told["log"][-1].endswith("filled 1200 prices")
    assert result["deployment"]["phase"] == result["restore_deployment"]["phase"] == "ACTIVE"
    assert result["restored"] is True
    assert result["app"]["spec"]["jobs"][0]["name"] == "migrate"
    assert writes(platform) == [PUT, PUT]
    twin = platform.writes()[0]["body"]["spec"]["jobs"][0]
    assert (twin["kind"], twin["run_command"], twin["timeout"]) == ("PRE_DEPLOY", "bin/fill", "45m")
    assert run.warnings == []
    assert any("out of the app again" in line for line in run.progress)


def test_a_scheduled_job_runs_now(platform: Platform, before: str, run: Runner) -> None:
    result = run("app_job_run", job="nightly-report")
    assert result["run"]["status"] == "SUCCESS", result.get("msg")
    assert result["run"]["name"].startswith("nightly-report-run-")


def test_check_mode_foretells_it(platform: Platform, before: str, run: Runner) -> None:
    result = run("app_job_run", job="migrate", check=True)
    assert (result["changed"], result["run"], result["deployment"], result["restored"]) == (True, None, None, True)
    assert platform.writes() == []
    (asked,) = platform.requests(method="POST")
    assert asked["path"].endswith("/propose")
    assert asked["body"]["spec"]["jobs"][0]["name"].startswith("migrate-run-")


def test_the_second_deployment_need_not_be_waited_for(platform: Platform, before: str, run: Runner) -> None:
    result = run("app_job_run", job="migrate", wait_for_restore=False)
    assert result["deployment"]["phase"] == "ACTIVE"
    assert result["restore_deployment"]["phase"] == "PENDING_BUILD"


def test_secrets_go_to_the_platform_and_nowhere_else(platform: Platform, before: str, run: Runner) -> None:
    envs = [{"key": "API_KEY", "value": "CANARY-for-this-run", "type": "SECRET"}, {"key": "BATCH", "value": 500}]
    platform.outcome("migrate-run-*", "succeed", logs=["key CANARY-for-this-run"])
    result = run("app_job_run", job="migrate", envs=envs)
    assert result["run"]["status"] == "SUCCESS", result.get("msg")
    sent = {env["key"]: env["value"] for env in platform.writes()[0]["body"]["spec"]["jobs"][0]["envs"]}
    assert sent["API_KEY"] == "CANARY-for-this-run"
    assert sent["BATCH"] == "500"
    assert sent["DATABASE_URL"].startswith("EV[1:")
    assert "CANARY" not in json.dumps(result) + "".join(run.progress)


def test_the_image_is_the_deployed_one_unless_the_newest_is_wanted(platform: Platform, run: Runner) -> None:
    image = {"registry_type": "DOCR", "repository": "shop", "tag": "latest", "deploy_on_push": {"enabled": True}}
    platform.seed([{**SHOP, "jobs": [{**SHOP["jobs"][0], "image": image}]}])
    platform.advance(3600)
    run("app_job_run", job="migrate")
    run("app_job_run", job="migrate", newest_image=True)
    deployed, _back, newest, _again = (one["body"]["spec"]["jobs"][0]["image"] for one in platform.writes())
    assert deployed["digest"].startswith("sha256:")
    assert "tag" not in deployed
    assert "deploy_on_push" not in deployed
    assert newest == {"registry_type": "DOCR", "repository": "shop", "tag": "latest"}


def test_no_logs_are_read_when_none_are_wanted(platform: Platform, before: str, run: Runner) -> None:
    result = run("app_job_run", job="migrate", log_lines=0)
    assert (result["run"]["log"], result["run"]["log_note"]) == ([], "no logs were asked for")
    assert not [one for one in platform.requests() if one["path"].endswith("/logs")]


# The job fails, or does not run


def test_a_job_that_fails_fails_the_task_with_its_reason(platform: Platform, before: str, run: Runner) -> None:
    platform.outcome("migrate-run-*", exit_code=3, logs=["no such table: prices"])
    result = run("app_job_run", job="migrate")
    assert (result["failed"], result["changed"], result["restored"]) == (True, True, True)
    assert result["failure"]["code"] == "deployment_failed"
    told = result["run"]
    assert (told["status"], told["exit_code"]) == ("ERROR", 3)
    assert told["reason"]["code"] == "DeployContainerExitNonZero"
    assert "no such table: prices" in "\n".join(told["log"])
    first = result["msg"].splitlines()[0]
    assert first.startswith(f"The run of the job migrate, as {told['name']}: Deployment ")
    assert first.endswith("The copy is out of the app again.")
    assert "no such table: prices" in result["msg"]
    assert result["restore_deployment"]["phase"] == "PENDING_BUILD"


def test_a_run_that_went_well_is_no_failure_when_something_else_fails(
    platform: Platform, before: str, run: Runner
) -> None:
    platform.outcome("migrate", count=1)
    result = run("app_job_run", job="migrate", run_command="bin/resolve")
    assert result.get("failed") is None, result["msg"]
    assert result["run"]["status"] == "SUCCESS"
    assert result["deployment"]["phase"] == "ERROR"
    assert result["restore_deployment"]["phase"] == "ACTIVE"
    assert run.warnings[0].startswith("The job migrate ran well, but: Deployment ")


def test_a_failed_post_deploy_job_of_others_is_a_warning(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    warm = {**SHOP["jobs"][0], "name": "warm", "kind": "POST_DEPLOY"}
    platform.call("PUT", f"/v2/apps/{shop['id']}", {"spec": {**SHOP, "jobs": [SHOP["jobs"][0], warm]}})
    platform.advance(600)
    platform.outcome("warm")
    result = run("app_job_run", job="migrate")
    assert result["run"]["status"] == "SUCCESS", result.get("msg")
    assert any("POST_DEPLOY job" in text for text in run.warnings)


def test_the_deployment_without_the_copy_may_fail(platform: Platform, before: str, run: Runner) -> None:
    platform.outcome("migrate")
    result = run("app_job_run", job="migrate")
    assert result["failure"]["code"] == "deployment_failed"
    assert (result["run"]["status"], result["restored"], result["changed"]) == ("SUCCESS", True, True)
    assert "ran well" in result["msg"]
    assert "the deployment of the app without it" in result["msg"]
    assert result["restore_deployment"]["phase"] == "ERROR"


def test_a_job_that_runs_too_long(platform: Platform, before: str, run: Runner) -> None:
    platform.outcome("migrate-run-*", "hang")
    result = run("app_job_run", job="migrate", wait_timeout=120)
    assert result["failure"]["code"] == "wait_timeout"
    assert (result["restored"], result["run"]["status"]) == (True, "RUNNING")


def test_without_a_deployment_the_job_did_not_run(
    platform: Platform, before: str, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = "ansible_collections.oceanops.app_platform.plugins.module_utils._jobs.job_run"
    with monkeypatch.context() as patch:
        patch.setattr(f"{module}.follow_write", lambda *_given: None)
        result = run("app_job_run", job="migrate")
    assert result["failure"]["code"] == "no_deployment"
    assert "so it did not run. The copy is out of the app again." in result["msg"]


def test_a_deployment_in_which_it_did_not_run(platform: Platform, before: str, run: Runner) -> None:
    platform.assume(jobs_in_restart="skip")
    skipped = AppsApi.get_deployment

    def without_steps_of_jobs(api: AppsApi, app_id: str, deployment_id: str) -> dict[str, Any]:
        found = skipped(api, app_id, deployment_id)
        if found["phase"] == "ACTIVE":
            components = found["progress"]["steps"][1]["steps"][1]["steps"]
            components[:] = [one for one in components if "-run-" not in one["name"]]
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AppsApi, "get_deployment", without_steps_of_jobs)
        result = run("app_job_run", job="migrate")
    assert result["failure"]["code"] == "job_did_not_run"
    assert "status in it is SKIPPED" in result["msg"]
    assert result["restored"] is True


def test_an_active_deployment_without_steps_means_that_it_ran(platform: Platform, before: str, run: Runner) -> None:
    platform.fault("no_progress", operation="apps_get_deployment", count=None)
    result = run("app_job_run", job="migrate")
    assert result["run"]["status"] == "UNKNOWN"
    assert result.get("failed") is None, result["msg"]


def test_what_makes_no_sense_is_refused_before_any_write(platform: Platform, before: str, run: Runner) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"job": "migarte"}, "job: this app has no job 'migarte'; it has migrate, nightly-report"),
        ({"job": "migrate", "timeout": "soon"}, "timeout: "),
        ({"job": "migrate", "wait_interval": 0}, "wait_interval: "),
    ]
    for options, text in cases:
        for check in (True, False):
            result = run("app_job_run", check=check, **options)
            assert text in result["msg"]
            assert (result["failure"]["code"], result["changed"]) == ("usage", False)
    assert platform.writes() == []


def test_a_refused_write_is_told_as_it_is(platform: Platform, before: str, run: Runner) -> None:
    platform.fault("error", status=422, id="unprocessable", message="no more jobs", operation=PUT)
    result = run("app_job_run", job="migrate")
    assert (result["failure"]["status"], result["changed"], result["restored"]) == (422, False, True)
    assert "The run of the job" not in result["msg"]


def test_a_pinned_app_is_told_at_once(platform: Platform, before: str, run: Runner) -> None:
    run("app_deployment")
    run("app_rollback")
    platform.forget_requests()
    for check in (True, False):
        assert run("app_job_run", job="migrate", check=check)["failure"]["code"] == "app_pinned"
    assert platform.writes() == []


# Other writers


def test_what_others_write_meanwhile_stays(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    edit = {"workers": [{"name": "mailer", "instance_count": 2}]}
    run.clock.at(12, lambda: platform.happen("edit", "shop", edit=edit))
    result = run("app_job_run", job="migrate")
    # Their deployment took the place of the first one, with the copy in it.
    assert result["run"]["status"] == "SUCCESS", result.get("msg")
    assert result["deployment"]["superseded"]
    spec = spec_of(platform)
    assert spec["workers"][0]["instance_count"] == 2
    assert [job["name"] for job in spec["jobs"]] == ["migrate", "nightly-report"]


def test_another_writer_between_read_and_write_loses_nothing(
    platform: Platform, shop: dict[str, Any], run: Runner
) -> None:
    theirs = {"workers": [{"name": "mailer", "instance_count": 2}]}
    platform.fault("other_writer", method="PUT", when="before", edit=theirs)
    platform.fault("other_writer", method="PUT", when="before", skip=2, edit={"envs": [{"key": "A", "value": "1"}]})
    result = run("app_job_run", job="migrate")
    assert result["restored"] is True
    spec = spec_of(platform)
    assert spec["workers"][0]["instance_count"] == 2
    assert [job["name"] for job in spec["jobs"]] == ["migrate", "nightly-report"]


def test_somebody_writes_the_whole_spec_without_the_copy(platform: Platform, before: str, run: Runner) -> None:
    whole = json.loads(before)
    app_id = platform.apps()["shop"]["id"]
    run.clock.at(8, lambda: platform.call("PUT", f"/v2/apps/{app_id}", {"spec": whole}))
    result = run("app_job_run", job="migrate")
    assert result["failure"]["code"] == "deployment_superseded"
    assert (result["restored"], result["restore_deployment"]) == (True, None)
    assert writes(platform) == [PUT, PUT]


def test_the_app_is_deleted_meanwhile(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    run.clock.at(8, lambda: platform.call("DELETE", f"/v2/apps/{shop['id']}"))
    result = run("app_job_run", job="migrate")
    assert result["failure"]["code"] == "app_vanished"
    assert result["restored"] is True


def test_somebody_rolls_back_meanwhile(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    first = platform.apps()["shop"]["active_deployment"]["id"]
    run("app_deployment")
    back = {"deployment_id": first, "skip_pin": False}
    run.clock.at(8, lambda: platform.call("POST", f"/v2/apps/{shop['id']}/rollback", back))
    result = run("app_job_run", job="migrate")
    assert result["failure"]["code"] == "job_run_not_restored"
    assert (result["restored"], result["changed"]) == (False, True)
    name = result["run"]["name"]
    assert f"The copy {name} of the job migrate could not be taken out" in result["msg"]
    assert "Keep the rollback (commit) or undo it (revert)" in result["msg"]
    run("app_rollback", state="committed")
    run("app_job_run", job="migrate")
    assert [job["name"] for job in spec_of(platform)["jobs"]] == ["migrate", "nightly-report"]


# The API in trouble


def test_an_answer_that_is_lost_changes_nothing(platform: Platform, before: str, run: Runner) -> None:
    platform.fault("cut", operation=PUT, when="after", count=2)
    result = run("app_job_run", job="migrate", api_retries=0)
    assert result["run"]["status"] == "SUCCESS", result.get("msg")


def test_a_write_that_takes_effect_late_is_taken_out_as_well(
    platform: Platform, before: str, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    update, sent = AppsApi.update_app, []

    def late(api: AppsApi, app_id: str, spec: Any, sources: bool = False) -> dict[str, Any]:
        if sent:
            return update(api, app_id, spec, sources)
        sent.append(spec)
        run.clock.at(4, lambda: platform.call("PUT", f"/v2/apps/{app_id}", {"spec": spec}))
        platform.fault("cut", operation=PUT)
        return update(api, app_id, spec, sources)

    monkeypatch.setattr(AppsApi, "update_app", late)
    result = run("app_job_run", job="migrate", api_retries=0)
    assert result["failed"] is True
    assert result["restored"] is True
    run.clock.sleep(10)
    assert writes(platform)[-2:] == [PUT, PUT]


def test_the_copy_is_taken_out_after_minutes_of_trouble(platform: Platform, before: str, run: Runner) -> None:
    platform.fault("error", status=503, operation=PUT, skip=1, count=6)
    result = run("app_job_run", job="migrate", api_retries=0)
    assert (result["restored"], result["run"]["status"]) == (True, "SUCCESS"), result.get("msg")
    assert any("not possible yet" in line for line in run.progress)


def test_what_could_not_be_taken_out_is_told_and_taken_out_by_the_next_run(
    platform: Platform, before: str, run: Runner
) -> None:
    platform.fault("error", status=503, operation=PUT, skip=1, count=None)
    result = run("app_job_run", job="migrate", api_retries=0)
    platform.clear_faults()
    assert (result["failure"]["code"], result["restored"]) == ("job_run_not_restored", False)
    assert result["run"]["status"] == "SUCCESS"
    assert f"name: {result['run']['name']} and state: absent" in result["msg"]
    assert len(spec_of(platform)["jobs"]) == 3
    again = run("app_job_run", job="migrate")
    assert again["restored"] is True
    assert len(platform.writes()[-1]["body"]["spec"]["jobs"]) == 2


def test_an_api_that_is_gone_from_the_start_leaves_nothing_to_take_out(
    platform: Platform, before: str, run: Runner
) -> None:
    platform.fault("error", status=403, id="forbidden", operation=PUT, count=None)
    result = run("app_job_run", job="migrate", api_retries=0)
    platform.clear_faults()
    assert (result["failure"]["status"], result["restored"], result["changed"]) == (403, True, False)


def test_a_refused_write_after_which_nothing_can_be_read_left_nothing_behind(
    platform: Platform, before: str, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = AppsApi.update_app

    def last(api: AppsApi, *given: Any) -> dict[str, Any]:
        platform.fault("error", status=401, id="unauthorized", count=None)
        return update(api, *given)

    monkeypatch.setattr(AppsApi, "update_app", last)
    result = run("app_job_run", job="migrate")
    platform.clear_faults()
    assert (result["failure"]["code"], result["restored"], result["changed"]) == ("unauthorized", True, False)


# Interrupted


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("second", [3, 20, 35, 45])
def test_a_signal_ends_the_run_and_the_app_is_what_it_was(
    platform: Platform, before: str, run: Runner, number: signal.Signals, second: int
) -> None:
    # Whoever runs the tests may ignore it (nohup does), and then it would not interrupt.
    handler = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
    old = signal.signal(number, handler)
    try:
        run.clock.at(second, lambda: os.kill(os.getpid(), number))
        result = run("app_job_run", job="migrate")
        left = signal.getsignal(number)
    finally:
        signal.signal(number, old)
    assert result["failure"]["code"] == "interrupted"
    assert f"was interrupted ({number.name})" in result["msg"]
    assert (result["restored"], result["changed"]) == (True, True)
    assert left is handler


def test_a_second_signal_does_not_keep_the_app_from_being_put_back(
    platform: Platform, before: str, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = AppsApi.update_app

    def noisy(api: AppsApi, *given: Any) -> dict[str, Any]:
        os.kill(os.getpid(), signal.SIGTERM)
        return update(api, *given)

    def begin() -> None:
        monkeypatch.setattr(AppsApi, "update_app", noisy)
        os.kill(os.getpid(), signal.SIGINT)

    run.clock.at(10, begin)
    result = run("app_job_run", job="migrate")
    assert "was interrupted (SIGINT)" in result["msg"]
    assert result["restored"] is True


def test_a_signal_while_the_app_is_put_back_counts_afterwards(
    platform: Platform, before: str, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    update, calls = AppsApi.update_app, []

    def noisy(api: AppsApi, *given: Any) -> dict[str, Any]:
        calls.append(given)
        if len(calls) == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return update(api, *given)

    monkeypatch.setattr(AppsApi, "update_app", noisy)
    result = run("app_job_run", job="migrate")
    assert (result["failure"]["code"], result["restored"]) == ("interrupted", True)
    assert result["run"]["status"] == "SUCCESS"


def test_before_anything_is_written_nothing_is_to_be_undone(
    platform: Platform, shop: dict[str, Any], run: Runner
) -> None:
    other_copy(platform, shop, None)
    run.clock.at(2, lambda: os.kill(os.getpid(), signal.SIGTERM))
    result = run("app_job_run", job="migrate")
    assert "Before anything was changed" in result["msg"]
    assert result["changed"] is False
    assert platform.writes() == []


class TooLong(BaseException):
    """As the time-out of an Ansible task is."""


def alarm(_number: int, _frame: Any) -> None:
    raise TooLong


@pytest.fixture
def alarms() -> Iterator[None]:
    old = signal.signal(signal.SIGALRM, alarm)
    yield
    signal.signal(signal.SIGALRM, old)


def test_the_timeout_of_a_task_goes_on_when_the_app_is_put_back(
    platform: Platform, before: str, run: Runner, alarms: None
) -> None:
    run.clock.at(10, lambda: os.kill(os.getpid(), signal.SIGALRM))
    with pytest.raises(TooLong):
        run("app_job_run", job="migrate")
    assert writes(platform) == [PUT, PUT]
    assert signal.getsignal(signal.SIGALRM) is alarm


def test_the_timeout_of_a_task_does_not_interrupt_putting_back(
    platform: Platform, before: str, run: Runner, alarms: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    update, calls = AppsApi.update_app, []

    def noisy(api: AppsApi, *given: Any) -> dict[str, Any]:
        calls.append(given)
        if len(calls) == 2:
            os.kill(os.getpid(), signal.SIGALRM)
        return update(api, *given)

    monkeypatch.setattr(AppsApi, "update_app", noisy)
    with pytest.raises(TooLong):
        run("app_job_run", job="migrate", wait_for_restore=False)
    assert writes(platform) == [PUT, PUT]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, MemoryError])
def test_any_other_end_goes_on_when_the_app_is_put_back(
    platform: Platform, before: str, run: Runner, error: type[BaseException]
) -> None:
    def end() -> None:
        raise error

    run.clock.at(10, end)
    if issubclass(error, Exception):
        assert run("app_job_run", job="migrate")["failure"]["code"] == "unexpected_error"
    else:
        with pytest.raises(error):
            run("app_job_run", job="migrate")
    assert writes(platform) == [PUT, PUT]


def test_an_interrupted_run_whose_copy_stays_says_so(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    def end() -> None:
        platform.fault("error", status=403, id="forbidden", operation=PUT, count=None)
        os.kill(os.getpid(), signal.SIGTERM)

    run.clock.at(10, end)
    result = run("app_job_run", job="migrate")
    assert result["failure"]["code"] == "job_run_not_restored"
    assert result["msg"].startswith("Interrupted by SIGTERM.")


def test_ignored_signals_stay_ignored(platform: Platform, before: str, run: Runner) -> None:
    old = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        run.clock.at(10, lambda: os.kill(os.getpid(), signal.SIGHUP))
        assert run("app_job_run", job="migrate")["run"]["status"] == "SUCCESS"
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, old)


# One at a time


def test_a_copy_that_a_killed_run_left_behind_goes_out_at_once(
    platform: Platform, before: str, shop: dict[str, Any], run: Runner
) -> None:
    left = other_copy(platform, shop, lock_domain())
    run.clock.sleep(600)
    began = run.clock.passed
    result = run("app_job_run", job="nightly-report")
    assert result["run"]["status"] == "SUCCESS", result.get("msg")
    assert run.clock.passed - began < queue.FOREIGN_GRACE_SECONDS
    assert [one["name"] for one in platform.writes()[0]["body"]["spec"]["jobs"]][1:] == ["migrate", "nightly-report"]
    assert left.name not in json.dumps(platform.writes())


def test_what_was_left_behind_goes_out_though_the_run_is_refused(
    platform: Platform, before: str, shop: dict[str, Any], run: Runner
) -> None:
    other_copy(platform, shop, lock_domain())
    run.clock.sleep(600)
    platform.fault("error", status=422, id="unprocessable", message="no more jobs", operation=PUT)
    result = run("app_job_run", job="migrate")
    assert (result["failure"]["status"], result["restored"], result["changed"]) == (422, True, True)


def test_what_a_killed_run_began_comes_to_its_end_first(
    platform: Platform, before: str, shop: dict[str, Any], run: Runner
) -> None:
    other_copy(platform, shop, lock_domain())
    result = run("app_job_run", job="nightly-report")
    assert result["run"]["status"] == "SUCCESS"
    assert run.progress[0].startswith("waiting: shop has another run of a job, migrate-run-beef")
    (_copy, *others) = platform.call("GET", f"/v2/apps/{shop['id']}/deployments").json()["deployments"][::-1][1:]
    assert _copy["progress"]["steps"][-1]["status"] == "SUCCESS"
    assert len(others) == 2


@pytest.mark.parametrize("domain", ["ffffffff", None])
def test_a_copy_of_another_machine_is_left_alone_for_a_while(
    platform: Platform, before: str, shop: dict[str, Any], run: Runner, domain: str | None
) -> None:
    other_copy(platform, shop, domain)
    run.clock.sleep(600)
    began = run.clock.passed
    result = run("app_job_run", job="nightly-report")
    assert result["run"]["status"] == "SUCCESS", result.get("msg")
    assert run.clock.passed - began > queue.FOREIGN_GRACE_SECONDS
    assert len(platform.writes()) == 2


def test_a_run_on_another_machine_that_goes_on_is_waited_for(
    platform: Platform, before: str, shop: dict[str, Any], run: Runner
) -> None:
    other_copy(platform, shop, "ffffffff")
    run.clock.at(60, lambda: platform.call("PUT", f"/v2/apps/{shop['id']}", {"spec": json.loads(before)}))
    result = run("app_job_run", job="nightly-report")
    assert result["run"]["status"] == "SUCCESS", result.get("msg")
    assert run.clock.passed < 60 + queue.FOREIGN_GRACE_SECONDS


def test_a_run_elsewhere_that_does_not_end_is_told(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    other_copy(platform, shop, "ffffffff")
    result = run("app_job_run", job="migrate", wait_timeout=20)
    assert result["failure"]["code"] == "job_run_busy"
    assert "another run of a job, migrate-run-beef, is at work, still after 20 s" in result["msg"]
    assert (result["changed"], platform.writes()) == (False, [])


def test_an_api_that_goes_away_while_others_are_waited_for(
    platform: Platform, shop: dict[str, Any], run: Runner
) -> None:
    other_copy(platform, shop, "ffffffff")
    run.clock.at(5, lambda: platform.fault("error", status=503, count=None))
    result = run("app_job_run", job="migrate", api_retries=0)
    assert (result["failure"]["status"], result["changed"]) == (503, False)
    assert result["app_id"] == shop["id"]
    platform.clear_faults()
    assert platform.writes() == []


def test_an_app_that_goes_away_while_others_are_waited_for(
    platform: Platform, shop: dict[str, Any], run: Runner
) -> None:
    other_copy(platform, shop, "ffffffff")
    run.clock.at(5, lambda: platform.call("DELETE", f"/v2/apps/{shop['id']}"))
    result = run("app_job_run", job="migrate")
    assert (result["failure"]["status"], result["changed"]) == (404, False)


def test_in_a_thread_signals_are_the_business_of_others(platform: Platform, before: str, run: Runner) -> None:
    results: list[dict[str, Any]] = []
    thread = threading.Thread(target=lambda: results.append(run("app_job_run", job="migrate")))
    thread.start()
    thread.join(timeout=60)
    assert results[0]["run"]["status"] == "SUCCESS"


def test_runs_on_this_machine_take_turns(platform: Platform, before: str, shop: dict[str, Any], run: Runner) -> None:
    with app_lock(run.clock, platform.url, f"{shop['id']} run of a job") as held:
        assert held
        result = run("app_job_run", job="migrate", wait_timeout=25)
    assert result["failure"]["code"] == "job_run_busy"
    assert "another run of a job is at work on this machine" in result["msg"]
    assert any("on this machine" in line for line in run.progress)
    assert platform.writes() == []


def test_without_locks_it_works_as_well(
    platform: Platform, before: str, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ansible_collections.oceanops.app_platform.plugins.module_utils._system.locks.fcntl", None)
    assert lock_domain() is None
    assert run("app_job_run", job="migrate")["run"]["status"] == "SUCCESS"
