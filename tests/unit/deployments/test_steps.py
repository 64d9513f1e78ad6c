"""What the step tree tells: failing steps with their reasons, jobs, counts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.explain import (
    deployment_summary,
    find_failures,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.reason_codes import (
    EXIT_CODES,
    HARMLESS,
    HINTS,
    exit_code,
    hint,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.steps import (
    JOB_STATUSES,
    component_kinds,
    failed_steps,
    job_results,
    leaf_steps,
    running_components,
    step_counts,
    was_live,
)
from ansible_collections.oceanops.app_platform.tests.unit.deployments.fake import (
    APP,
    MADE,
    NON_ZERO,
    SPEC,
    bad,
    building,
    component,
    good,
    stamp,
    step,
    tree,
    unbuilt,
    warm,
)


def deployment(phase: str, progress: Any = None, **more: Any) -> dict[str, Any]:
    found = {"id": MADE, "phase": phase, "spec": SPEC, **more}
    return found if progress is None else {**found, "progress": progress}


def statuses(phase: str, progress: Any = None) -> dict[str, str]:
    return {job["name"]: job["status"] for job in job_results(deployment(phase, progress))}


def test_a_failed_job_is_the_one_failure() -> None:
    (failure,) = find_failures(deployment("ERROR", bad()))
    assert failure.subject == "job migrate (PRE_DEPLOY)"
    assert failure.step == "deploy > components > migrate > wait"
    assert (failure.code, failure.message, failure.log_type) == (NON_ZERO["code"], NON_ZERO["message"], "DEPLOY")


def test_the_reason_of_a_step_that_succeeded_is_no_failure() -> None:
    told = good()
    assert any(leaf.reason and leaf.reason.code == "PreBuiltImage" for leaf in leaf_steps({"progress": told}))
    assert find_failures(deployment("ACTIVE", told)) == []
    assert all(job["reason"] is None for job in job_results(deployment("ACTIVE", told)))


def test_only_the_second_of_two_jobs_is_named() -> None:
    parts = [component("migrate", "SUCCESS", "SUCCESS"), component("seed", "SUCCESS", "ERROR", reason=NON_ZERO)]
    spec = {"jobs": [{"name": "migrate", "kind": "PRE_DEPLOY"}, {"name": "seed", "kind": "PRE_DEPLOY"}]}
    found = find_failures(deployment("ERROR", tree("SUCCESS", parts, "PENDING", "ERROR"), spec=spec))
    assert [one.component for one in found] == ["seed"]


def test_a_reason_above_the_failed_step_counts_for_it() -> None:
    node = component("migrate", "SUCCESS", "ERROR")
    node["reason"] = NON_ZERO
    (failure,) = find_failures(deployment("ERROR", tree("SUCCESS", [node], "PENDING", "ERROR")))
    assert (failure.code, failure.step) == (NON_ZERO["code"], "deploy > components > migrate > wait")


def test_a_reason_above_counts_only_if_that_step_failed_too() -> None:
    told = {"steps": [step("migrate", "RUNNING", step("wait", "ERROR"), reason={"code": "PreBuiltImage"})]}
    assert [leaf.reason for leaf in leaf_steps({"progress": told})] == [None]


def test_a_failed_step_whose_own_steps_did_not_fail_is_the_failure() -> None:
    node = component("migrate", "SUCCESS", "PENDING", reason=NON_ZERO)
    node["status"] = "ERROR"
    (failure,) = find_failures(deployment("ERROR", tree("SUCCESS", [node], "PENDING", "ERROR")))
    assert (failure.code, failure.step) == (NON_ZERO["code"], "deploy > components > migrate")
    assert failure.component == "migrate"


def test_steps_without_the_status_error_explain_a_bad_end_by_their_reason() -> None:
    node = component("migrate", "SUCCESS", "UNKNOWN", reason=NON_ZERO)
    told = tree("SUCCESS", [node], "PENDING", "UNKNOWN")
    assert [leaf.component for leaf in failed_steps(deployment("ERROR", told))] == ["migrate"]
    assert failed_steps(deployment("DEPLOYING", told)) == []
    assert failed_steps(deployment("ACTIVE", told)) == []


def test_cancelled_neighbors_and_rescue_jobs_come_last() -> None:
    parts = [
        component("tidy", "SUCCESS", "ERROR", reason=NON_ZERO),
        component("web", "ERROR", "PENDING"),
        component("migrate", "SUCCESS", "ERROR", reason=NON_ZERO),
    ]
    parts[1]["steps"][0]["reason"] = {"code": "InternalError", "message": "stopped"}
    found = find_failures(deployment("ERROR", tree("SUCCESS", parts, "PENDING", "ERROR")))
    assert [one.component for one in found] == ["migrate", "web", "tidy"]


def test_the_component_of_a_step_is_known_without_component_name() -> None:
    told = {
        "steps": [step("deploy", "ERROR", step("components", "ERROR", step("web", "ERROR", step("wait", "ERROR"))))]
    }
    (failure,) = find_failures(deployment("ERROR", told))
    assert failure.subject == "service web"


def test_a_step_of_the_whole_app_has_no_component() -> None:
    told = {"steps": [step("build", "ERROR", step("initialize", "ERROR", reason={"code": "BuildRateLimit"}))]}
    (failure,) = find_failures(deployment("ERROR", told))
    assert (failure.subject, failure.step, failure.log_type) == ("", "build > initialize", "BUILD")
    assert failure.sentence() == "step build > initialize: BuildRateLimit"


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("services", "service x"),
        ("workers", "worker x"),
        ("static_sites", "static site x"),
        ("functions", "functions component x"),
        ("databases", "database x"),
        ("others", "component x"),
    ],
)
def test_the_kind_of_a_component(key: str, word: str) -> None:
    told = tree("SUCCESS", [component("x", "SUCCESS", "ERROR")], "PENDING", "ERROR")
    (failure,) = find_failures(deployment("ERROR", told, spec={key: [{"name": "x"}]}))
    assert failure.subject == word


def test_the_spec_of_the_app_helps_where_the_deployment_has_none() -> None:
    told = deployment("ERROR", bad())
    del told["spec"]
    assert find_failures(told)[0].subject == "component migrate"
    assert find_failures(told, SPEC)[0].subject == "job migrate (PRE_DEPLOY)"
    assert [job["name"] for job in deployment_summary(told, SPEC)["jobs"]] == ["migrate", "warm", "tidy", "nightly"]


def test_a_job_without_a_kind_is_post_deploy() -> None:
    assert component_kinds(SPEC) == {
        "web": "service",
        "migrate": "PRE_DEPLOY",
        "warm": "POST_DEPLOY",
        "tidy": "FAILED_DEPLOY",
        "nightly": "SCHEDULED",
    }
    assert component_kinds({"jobs": [{"name": "warm", "kind": "UNSPECIFIED"}]}) == {"warm": "POST_DEPLOY"}


@pytest.mark.parametrize(
    ("phase", "progress", "expected"),
    [
        ("ACTIVE", good(), ("SUCCESS", "SUCCESS", "NOT_TRIGGERED", "SCHEDULED")),
        ("ERROR", bad(), ("ERROR", "SKIPPED", "NOT_TRIGGERED", "SCHEDULED")),
        ("ERROR", unbuilt("BuildJobFailed"), ("SKIPPED", "SKIPPED", "NOT_TRIGGERED", "SCHEDULED")),
        ("PENDING_BUILD", None, ("PENDING", "PENDING", "PENDING", "SCHEDULED")),
        ("BUILDING", building(), ("PENDING", "PENDING", "PENDING", "SCHEDULED")),
        ("ACTIVE", warm("SUCCESS", "RUNNING"), ("SUCCESS", "RUNNING", "NOT_TRIGGERED", "SCHEDULED")),
        ("ACTIVE", warm("PENDING", "PENDING"), ("SUCCESS", "SKIPPED", "NOT_TRIGGERED", "SCHEDULED")),
        ("CANCELED", warm("SUCCESS", "RUNNING"), ("SUCCESS", "CANCELED", "NOT_TRIGGERED", "SCHEDULED")),
        ("SUPERSEDED", warm("SUCCESS", "PENDING"), ("SUCCESS", "CANCELED", "NOT_TRIGGERED", "SCHEDULED")),
        ("DEPLOYING", warm("SUCCESS", "PENDING"), ("SUCCESS", "RUNNING", "PENDING", "SCHEDULED")),
        ("ACTIVE", None, ("UNKNOWN", "UNKNOWN", "NOT_TRIGGERED", "SCHEDULED")),
        ("ERROR", None, ("UNKNOWN", "UNKNOWN", "UNKNOWN", "SCHEDULED")),
    ],
)
def test_how_jobs_ended(phase: str, progress: Any, expected: tuple[str, ...]) -> None:
    found = statuses(phase, progress)
    assert tuple(found.values()) == expected
    assert set(found.values()) <= set(JOB_STATUSES)


def test_a_job_whose_build_failed_has_failed() -> None:
    told = unbuilt("BuildJobFailed")
    node = told["steps"][0]["steps"][1]["steps"]
    node[0].update(status="ERROR", reason={"code": "BuildJobFailed", "message": "no"})
    job = job_results(deployment("ERROR", told))[0]
    assert (job["status"], job["reason"]) == ("ERROR", {"code": "BuildJobFailed", "message": "no"})


def test_a_rescue_job_that_ran() -> None:
    parts = [component("migrate", "SUCCESS", "ERROR"), component("tidy", "SUCCESS", "SUCCESS")]
    found = statuses("ERROR", tree("SUCCESS", parts, "PENDING", "ERROR"))
    assert (found["migrate"], found["tidy"]) == ("ERROR", "SUCCESS")


def test_how_long_a_job_ran() -> None:
    node = component("migrate", "SUCCESS", "SUCCESS", started_at="2026-01-01T00:00:05.123456789Z")
    node["steps"][0].update(started_at="2026-01-01T00:00:01Z", ended_at="2026-01-01T00:00:05Z")
    node["steps"][1].update(ended_at="2026-01-01T00:01:31.5Z")
    told = tree("SUCCESS", [node], "SUCCESS", "SUCCESS")
    assert job_results(deployment("ACTIVE", told))[0]["duration"] == 90.5
    node["steps"][1].update(status="RUNNING", ended_at="0001-01-01T00:00:00Z")
    assert job_results(deployment("DEPLOYING", told))[0]["duration"] is None


def test_a_job_that_ended_before_it_started_took_no_time() -> None:
    node = component("migrate", "SUCCESS", "SUCCESS", started_at=stamp(2), ended_at=stamp(0))
    assert job_results(deployment("ACTIVE", tree("SUCCESS", [node], "SUCCESS", "SUCCESS")))[0]["duration"] == 0.0


def test_a_job_without_an_end_has_no_duration() -> None:
    node = component("migrate", "SUCCESS", "ERROR", reason=NON_ZERO, started_at="2026-11-01T10:00:00Z")
    told = tree("SUCCESS", [node], "PENDING", "ERROR")
    assert job_results(deployment("ERROR", told))[0]["duration"] is None


def test_counts_are_told_or_counted() -> None:
    counted = {"success": 7, "running": 0, "pending": 7, "error": 1, "total": 15}
    assert step_counts(deployment("ERROR", bad())) == counted
    told = {**bad(), "success_steps": 6, "error_steps": 1, "pending_steps": 5, "total_steps": 12}
    assert step_counts(deployment("ERROR", told)) == {"success": 6, "running": 0, "pending": 5, "error": 1, "total": 12}
    assert step_counts(deployment("PENDING_BUILD")) == dict.fromkeys(counted, 0)


def test_what_runs() -> None:
    assert running_components(deployment("ACTIVE", warm("SUCCESS", "RUNNING"))) == ["warm (wait)"]
    assert running_components(deployment("BUILDING", building()))[:2] == ["build > initialize", "migrate (build)"]


def test_a_deployment_was_live_when_its_last_step_is_done() -> None:
    assert was_live(deployment("SUPERSEDED", good()))
    assert not was_live(deployment("SUPERSEDED", bad()))
    assert not was_live(deployment("SUPERSEDED"))


def test_the_summary() -> None:
    told = deployment(
        "ERROR",
        bad(),
        cause="app spec updated",
        created_at="2026-01-01T00:00:00Z",
        phase_last_updated_at="2026-01-01T00:01:40Z",
        jobs=[{"name": "migrate", "source_commit_hash": "9a4df0b"}],
        services=[{"name": "web", "source_image_digest": "sha256:1"}],
    )
    found = deployment_summary(told, app_id=APP)
    assert found["duration"] == 100.0
    assert found["console_url"] == f"https://cloud.digitalocean.com/apps/{APP}/deployments/{MADE}"
    assert found["jobs"][0] == {
        "name": "migrate",
        "kind": "PRE_DEPLOY",
        "status": "ERROR",
        "duration": None,
        "reason": NON_ZERO,
    }
    assert found["sources"] == [
        {"component": "web", "commit": None, "digest": "sha256:1"},
        {"component": "migrate", "commit": "9a4df0b", "digest": None},
    ]
    assert found["failures"][0]["hint"] == HINTS["DeployContainerExitNonZero"]
    assert found["logs"] == found["superseded"] == []


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["ERROR", "steps", "deploy"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["steps", "status", "name", "reason", "code", "message", "component_name", "started_at"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(progress=junk, phase=st.sampled_from(["ERROR", "ACTIVE", "DEPLOYING", "", "NEW"]), spec=junk)
def test_no_answer_is_too_strange(progress: Any, phase: str, spec: Any) -> None:
    found = deployment_summary(
        {"id": MADE, "phase": phase, "progress": progress, "spec": spec, "cause_details": progress}
    )
    assert found["id"] == MADE
    assert all(job["status"] in JOB_STATUSES for job in found["jobs"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("exit code 1", 1),
        ("Process exited with status: 137", 137),
        ("exit status 2", 2),
        ("container exited with a non-zero exit code (127)", 127),
        ("exited with 3", 3),
        ("npm exit 1", 1),
        ("exit_code=4", 4),
        ("Your deploy failed because your container exited with a non-zero exit code.", None),
        ("HTTP status 200", None),
        ("exit code 0", None),
        ("exited with status 1.5", None),
        ("exit 2 lanes to the left", None),
        ("exit code 999", None),
    ],
)
def test_exit_codes_in_texts(text: str, code: int | None) -> None:
    assert exit_code([text]) == code


def test_the_last_exit_code_counts() -> None:
    assert exit_code(["exit code 1", "nothing", "exit code 2"]) == 2


def test_hints_tell_what_to_do() -> None:
    assert set(HINTS).isdisjoint(HARMLESS)
    assert hint("SomethingNew") == ""
    assert all(text.endswith(".") and len(text) > 40 for text in HINTS.values())
    assert all(str(code) in text for code, text in EXIT_CODES.items())
