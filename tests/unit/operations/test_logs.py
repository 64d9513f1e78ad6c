"""app_log_info: which log is meant, its text, and why there is none."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.apps import AppsApi
from tests.platform import Platform
from tests.unit.operations.conftest import Runner

NOBODY = "11111111-1111-4111-8111-111111111111"


def night(platform: Platform, run: Runner) -> None:
    """The nightly report runs."""
    run.clock.sleep(25 * 3600)


def test_what_a_job_said_in_the_newest_deployment(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    platform.outcome("migrate", "succeed", logs=["one", "two", "three"])
    made = run("app_deployment")["deployment"]["id"]
    platform.forget_requests()
    result = run("app_log_info", type="DEPLOY", components=["migrate"], tail_lines=2)
    (log,) = result["logs"]
    assert result["changed"] is False
    assert (log["component"], log["type"], log["deployment_id"], log["phase"]) == ("migrate", "DEPLOY", made, "ACTIVE")
    assert [line.split(" ", 2)[2] for line in log["lines"]] == ["two", "three"]
    assert log["text"] == "\n".join(log["lines"])
    assert (log["note"], log["invocation_id"]) == (None, None)
    assert platform.writes() == []


def test_without_a_spec_nobody_knows_what_is_secret(
    platform: Platform, shop: dict[str, Any], run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    get_app = AppsApi.get_app

    def without_spec(api: AppsApi, app_id: str) -> dict[str, Any]:
        return {name: value for name, value in get_app(api, app_id).items() if name != "spec"}

    platform.outcome("migrate", "succeed", logs=["API_KEY=CANARY"])
    run("app_deployment")
    monkeypatch.setattr(AppsApi, "get_app", without_spec)
    result = run("app_log_info", app_id=shop["id"], type="DEPLOY", components=["migrate"])
    assert result["failure"]["code"] == "wrong_envelope"
    assert "CANARY" not in str(result)


def test_an_older_deployment_by_its_id(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    platform.outcome("migrate", "succeed", logs=["first"], count=1)
    first = run("app_deployment")["deployment"]["id"]
    platform.outcome("migrate", "succeed", logs=["second"], count=1)
    run("app_deployment")
    by_id = run("app_log_info", type="DEPLOY", component="migrate", deployment_id=first)
    newest = run("app_log_info", type="DEPLOY", component="migrate")
    assert "first" in by_id["logs"][0]["text"]
    assert "second" in newest["logs"][0]["text"]


def test_the_log_of_a_deployment_that_failed(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    platform.outcome("migrate", logs=["no such table"])
    run("app_deployment", log_lines=0)
    (log,) = run("app_log_info", type="DEPLOY", component="migrate")["logs"]
    assert "no such table" in log["text"]
    assert log["phase"] == "ERROR"


def test_components_each_on_their_own_or_all_as_one(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    each = run("app_log_info", components=["web", "mailer", "web"])
    assert [log["component"] for log in each["logs"]] == ["web", "mailer"]
    (together,) = run("app_log_info")["logs"]
    assert together["component"] is None
    assert {line.split(" ")[0] for line in together["lines"]} == {"web", "mailer"}
    assert together["deployment_id"] == platform.apps()["shop"]["active_deployment"]["id"]


def test_a_crash_has_a_log_of_its_own(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    platform.happen("crash", "shop", component="web", logs=["out of memory"])
    (log,) = run("app_log_info", type="RUN_RESTARTED", component="web")["logs"]
    assert "out of memory" in log["text"]


def test_the_newest_run_of_a_job_is_found_by_its_name(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    platform.outcome("nightly-report", "succeed", logs=["sent 1"], count=1)
    night(platform, run)
    platform.outcome("nightly-report", "succeed", logs=["sent 2"], count=1)
    night(platform, run)
    for options in ({"component": "nightly-report"}, {}):
        (log,) = run("app_log_info", type="JOB_INVOCATION", **options)["logs"]
        assert (log["component"], log["phase"]) == ("nightly-report", "SUCCEEDED")
        assert "sent 2" in log["text"]
    runs = run("app_job_invocation_info")["invocations"]
    (older,) = run("app_log_info", type="JOB_INVOCATION", invocation_id=runs[1]["id"])["logs"]
    assert "sent 1" in older["text"]
    assert (older["component"], older["invocation_id"]) == ("nightly-report", runs[1]["id"])


def test_that_there_is_none_is_no_failure(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"type": "JOB_INVOCATION", "component": "nightly-report"}, "the job has not run yet"),
        ({"type": "JOB_INVOCATION", "component": "migrate"}, "whose type of logs is DEPLOY"),
        ({"type": "RUN_RESTARTED", "component": "web"}, "there are no such logs"),
    ]
    for options, why in cases:
        (log,) = run("app_log_info", **options)["logs"]
        assert (log["text"], log["lines"]) == ("", [])
        assert why in log["note"]
    platform.assume(logs_after_error="gone")
    platform.outcome("migrate")
    run("app_deployment")
    (log,) = run("app_log_info", type="DEPLOY", component="migrate")["logs"]
    assert "final_cleanup" in log["note"]


def test_an_app_that_never_ran(platform: Platform, run: Runner) -> None:
    spec = {
        "name": "new",
        "region": "ams",
        "services": [{"name": "web", "git": {"repo_clone_url": "https://x.y/z.git"}}],
    }
    platform.seed([{"spec": spec, "deployed": False}])
    (log,) = run("app_log_info", app="new")["logs"]
    assert log["note"] == "nothing of the app runs yet"
    assert log["deployment_id"] is None


def test_secrets_that_the_task_knows_are_masked(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    platform.outcome("migrate", "succeed", logs=[f"my token is {platform.token}"])
    run("app_deployment")
    result = run("app_log_info", type="DEPLOY", component="migrate")
    assert platform.token not in str(result)
    assert "my token is " in result["logs"][0]["text"]


def test_late_logs_are_waited_for(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    platform.settings(log_delay=2)
    platform.outcome("migrate", "succeed", logs=["late"])
    run("app_deployment")
    (log,) = run("app_log_info", type="DEPLOY", component="migrate")["logs"]
    assert "late" in log["text"]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"tail_lines": 0}, "tail_lines: 0 is not possible"),
        ({"tail_lines": 10001}, "give 1 to 10000"),
        ({"invocation_id": NOBODY}, "belongs to the type JOB_INVOCATION, not to RUN"),
        ({"type": "JOB_INVOCATION", "deployment_id": NOBODY}, "deployment_id: goes not with"),
        ({"type": "JOB_INVOCATION", "invocation_id": NOBODY, "components": ["a", "b"]}, "a run of one job"),
        (
            {"components": ["wbe"]},
            "shop has no component 'wbe'; it has mailer, migrate, nightly-report, web",
        ),
        ({"type": "JOB_INVOCATION", "component": "web"}, "shop has no job 'web'; it has migrate, nightly-report"),
        ({"type": "JOB_INVOCATION", "invocation_id": NOBODY}, "has no run '1111"),
        ({"type": "BUILD", "deployment_id": NOBODY}, "has no deployment '1111"),
    ],
)
def test_what_makes_no_sense_is_refused(shop: dict[str, Any], run: Runner, options: dict[str, Any], text: str) -> None:
    result = run("app_log_info", **options)
    assert text in result["msg"]
    assert result["failure"]["code"] == "usage"
