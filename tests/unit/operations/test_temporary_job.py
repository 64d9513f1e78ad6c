"""The copy of a job that runs once: into a spec and out of it again. Pure."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._jobs import temporary_job
from ansible_collections.oceanops.app_platform.plugins.module_utils._jobs.temporary_job import (
    AddTemporaryJob,
    RemoveTemporaryJobs,
    TemporaryJob,
)
from tests.unit.editing.evaluate import evaluate
from tests.unit.operations.conftest import IMAGE, SHOP

NAME = re.compile(r"[a-z][a-z0-9-]{0,30}[a-z0-9]")
TOKEN = "4f1c" + "0" * 12
MINE = TemporaryJob("migrate-run-4f1c", TOKEN, "0123abcd")
EV = "EV[1:Kfcs+QCozAz3Ss09jtPHHdtVWF70ybHE:2T2exrsL1UAh0All3nE8QqiwRZtNdRzUigKxM4dCoJE+2TB+JtCesaOB1+cd5icB53XB+yY=]"
DIGEST = "sha256:" + "a" * 64
jobs = st.from_regex(NAME, fullmatch=True)


def spec(**job: Any) -> dict[str, Any]:
    found = copy.deepcopy(SHOP)
    found["jobs"][0]["envs"][1]["value"] = EV
    found["jobs"][0].update(job)
    return found


def added(current: dict[str, Any], **more: Any) -> dict[str, Any]:
    edited = evaluate(AddTemporaryJob("migrate", MINE, **more), current)
    assert edited.problems == ()
    twin: dict[str, Any] = edited.spec["jobs"][0]
    assert twin["name"] == MINE.name
    return twin


@given(job=jobs, token=st.from_regex(r"[0-9a-f]{16}", fullmatch=True))
def test_the_name_is_one_that_the_platform_takes(job: str, token: str) -> None:
    name = temporary_job.temporary_name(job, token)
    assert NAME.fullmatch(name)
    assert name.endswith(f"-run-{token[:4]}")
    assert name.startswith(job[:20].rstrip("-"))


def test_the_name_is_free_and_the_token_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = iter([TOKEN, TOKEN, "beef" + "0" * 12])
    monkeypatch.setattr("secrets.token_hex", lambda _bytes: next(tokens))
    taken = {"workers": [{"name": "migrate-run-4f1c"}]}
    assert temporary_job.new_temporary_job("migrate", taken, "d") == TemporaryJob(
        "migrate-run-beef", "beef" + "0" * 12, "d"
    )


def test_what_is_no_object_stays_among_the_jobs() -> None:
    current = spec()
    edited = evaluate(AddTemporaryJob("migrate", MINE), current).spec
    edited["jobs"].insert(1, 5)
    assert evaluate(RemoveTemporaryJobs(frozenset({TOKEN})), edited).spec["jobs"] == [5, *current["jobs"]]


def test_the_copy_runs_first_in_the_surroundings_of_the_job() -> None:
    twin = added(spec())
    assert twin == {
        "name": "migrate-run-4f1c",
        "kind": "PRE_DEPLOY",
        "image": IMAGE,
        "run_command": "bin/migrate",
        "envs": [
            {"key": "MODE", "value": "safe"},
            {"key": "DATABASE_URL", "value": EV, "type": "SECRET"},
            {"key": "ANSIBLE_JOB_RUN", "value": f"{TOKEN}.0123abcd", "scope": "RUN_TIME"},
        ],
    }


def test_what_a_single_run_has_no_use_for_is_left_out() -> None:
    marker = {"key": "ANSIBLE_SECRETS_FINGERPRINT", "value": "v1", "scope": "RUN_TIME"}
    twin = added(
        spec(
            kind="SCHEDULED",
            schedule={"cron": "0 5 * * *"},
            alerts=[{"rule": "JOB_INVOCATION_FAILED"}],
            envs=[marker],
            github={"repo": "a/b", "branch": "main", "deploy_on_push": True},
            image={**IMAGE, "deploy_on_push": {"enabled": True}},
        ),
        digest=DIGEST,
    )
    assert "schedule" not in twin
    assert "alerts" not in twin
    assert twin["github"] == {"repo": "a/b", "branch": "main"}
    assert twin["image"] == {**{key: value for key, value in IMAGE.items() if key != "tag"}, "digest": DIGEST}
    assert [env["key"] for env in twin["envs"]] == ["ANSIBLE_JOB_RUN"]


def test_what_the_run_changes() -> None:
    envs = [{"key": "MODE", "value": True}, {"key": "TOKEN", "value": "a-plain-secret", "type": "SECRET"}]
    twin = added(spec(), overrides={"run_command": "bin/fill", "timeout": "45m"}, envs=envs)
    assert (twin["run_command"], twin["timeout"]) == ("bin/fill", "45m")
    values = {env["key"]: env["value"] for env in twin["envs"]}
    assert values["DATABASE_URL"] == EV
    assert str(values["MODE"]).lower() == "true"
    assert values["TOKEN"] == "a-plain-secret"
    assert "ANSIBLE_SECRETS_FINGERPRINT" not in values


def test_another_value_for_a_secret_of_the_job() -> None:
    twin = added(spec(), envs=[{"key": "DATABASE_URL", "value": "postgres://other", "type": "SECRET"}])
    assert [env["value"] for env in twin["envs"] if env["key"] == "DATABASE_URL"] == ["postgres://other"]


def test_the_copy_is_added_once() -> None:
    edit = AddTemporaryJob("migrate", MINE)
    once = evaluate(edit, spec()).spec
    assert evaluate(edit, once).spec == once
    assert evaluate(edit.for_replay(), once).spec == once


def test_an_unknown_job_is_told_with_those_that_there_are() -> None:
    edited = evaluate(AddTemporaryJob("migarte", MINE), spec())
    assert edited.problems == ("job: this app has no job 'migarte'; it has migrate, nightly-report",)
    assert "it has none" in evaluate(AddTemporaryJob("x", MINE), {"name": "a"}).problems[0]


def test_what_is_wrong_with_the_run_is_told_by_its_option() -> None:
    edited = evaluate(AddTemporaryJob("migrate", MINE, overrides={"timeout": "soon"}), spec())
    assert any(problem.startswith("timeout: ") for problem in edited.problems)


@given(job=st.sampled_from(["migrate", "nightly-report"]), token=st.from_regex(r"[0-9a-f]{16}", fullmatch=True))
def test_out_again_leaves_the_spec_as_it_was(job: str, token: str) -> None:
    before = spec()
    mine = TemporaryJob(temporary_job.temporary_name(job, token), token)
    during = evaluate(AddTemporaryJob(job, mine), before).spec
    assert [one.token for one in temporary_job.temporary_jobs(during)] == [token]
    assert evaluate(RemoveTemporaryJobs(frozenset({token})), during).spec == before
    assert evaluate(RemoveTemporaryJobs(frozenset({"other"})), during).spec == during
    assert evaluate(RemoveTemporaryJobs(frozenset({token})).for_replay(), None).spec == {}


def test_copies_of_killed_runs_go_out_with_the_write_that_adds_one() -> None:
    dead = TemporaryJob("migrate-run-dead", "dead" + "0" * 12)
    alive = TemporaryJob("migrate-run-beef", "beef" + "0" * 12)
    left = evaluate(AddTemporaryJob("migrate", dead), evaluate(AddTemporaryJob("migrate", alive), spec()).spec).spec
    names = [
        job["name"]
        for job in evaluate(AddTemporaryJob("migrate", MINE, abandoned=frozenset({dead.token})), left).spec["jobs"]
    ]
    assert names == ["migrate-run-4f1c", "migrate-run-beef", "migrate", "nightly-report"]


def test_the_last_job_may_be_a_copy() -> None:
    only = {"name": "a", "jobs": [{"name": "x-run-4f1c", "envs": [{"key": "ANSIBLE_JOB_RUN", "value": TOKEN}]}]}
    assert evaluate(RemoveTemporaryJobs(frozenset({TOKEN})), only).spec == {"name": "a"}


@pytest.mark.parametrize("value", [None, 7, "", "4f1c", "x" * 16, TOKEN + ".", TOKEN + ".zz", TOKEN + "\n"])
def test_only_a_marker_marks_a_copy(value: Any) -> None:
    assert (
        temporary_job.temporary_jobs({"jobs": [{"name": "a", "envs": [{"key": "ANSIBLE_JOB_RUN", "value": value}]}]})
        == []
    )


def test_odd_specs_have_no_copies() -> None:
    for odd in (None, {}, {"jobs": None}, {"jobs": [None, "x", {}, {"envs": "x"}, {"envs": [None]}]}):
        assert temporary_job.temporary_jobs(odd) == []


def app(live: dict[str, Any] | None = None, **told: Any) -> dict[str, Any]:
    listed = [{"name": "migrate", "source_image_digest": DIGEST, **told}, "odd"]
    return {"spec": spec(), "active_deployment": {"id": "d", "spec": live or spec(), "jobs": listed}}


def test_the_image_is_the_one_that_the_app_was_deployed_with() -> None:
    assert temporary_job.deployed_digest(app(), "migrate") == DIGEST
    other = spec(image={**IMAGE, "tag": "older"})
    assert temporary_job.deployed_digest(app(live=other), "migrate") is None
    assert temporary_job.deployed_digest(app(source_image_digest=None), "migrate") is None
    assert temporary_job.deployed_digest(app(source_image_digest="latest"), "migrate") is None
    assert temporary_job.deployed_digest(app(), "nightly-report") is None
    assert temporary_job.deployed_digest({"spec": spec()}, "migrate") is None
