"""Edits: what a declaration and a removal do to a spec, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.declaration import (
    Declaration,
    Removal,
    declare_component,
    find_component,
    section_of,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.apply import SecretRules
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.canonical import same_spec
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.merge import PURGE, REPLACE_COMPONENT_LISTS
from tests.unit.editing.evaluate import evaluate

REPO = {"github": {"repo": "acme/shop", "branch": "main"}}
WEB = {"name": "web", **REPO, "http_port": 8080}
NIGHTLY = {"name": "nightly", **REPO, "kind": "SCHEDULED", "schedule": {"cron": "0 3 * * *"}}
FAILED_ALERT = {"rule": "JOB_INVOCATION_FAILED"}
CPU_ALERT = {"rule": "CPU_UTILIZATION", "operator": "GREATER_THAN", "value": 80, "window": "FIVE_MINUTES"}


def rule(prefix: str, to: str) -> dict[str, Any]:
    return {"match": {"path": {"prefix": prefix}}, "component": {"name": to}}


def app(**sections: Any) -> dict[str, Any]:
    return {"name": "shop", "services": [WEB], "ingress": {"rules": [rule("/", "web")]}, **sections}


def declared(section: str, component: dict[str, Any]) -> Declaration:
    return declare_component(section, component, SecretRules())


# --- jobs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["component", "app", "purge"])
def test_a_job_that_is_no_longer_scheduled(mode: str) -> None:
    current = app(jobs=[{**NIGHTLY, "alerts": [FAILED_ALERT, CPU_ALERT]}])
    wanted = {"name": "nightly", "kind": "PRE_DEPLOY"}
    if mode == "purge":
        whole = {**app(), "jobs": [{**wanted, **REPO, "alerts": [CPU_ALERT]}]}
        edited = evaluate(Declaration(whole, PURGE), current)
    elif mode == "app":
        edited = evaluate(Declaration({"name": "shop", "jobs": [{**wanted, "alerts": [CPU_ALERT]}]}), current)
    else:
        edited = evaluate(declared("jobs", wanted), current)
    assert edited.problems == ()
    assert find_component(edited.spec, "jobs", "nightly") == {
        "name": "nightly",
        **REPO,
        "kind": "PRE_DEPLOY",
        "alerts": [CPU_ALERT],
    }
    told = [warning for warning in edited.warnings if "no longer SCHEDULED" in warning]
    assert bool(told) is (mode != "purge")
    if mode == "component":
        assert "".join(told) == (
            "jobs[nightly].kind: the job is no longer SCHEDULED, so its schedule and its alert JOB_INVOCATION_FAILED "
            "are dropped; the history of its runs stays with the platform"
        )


def test_the_only_alert_goes_with_its_list() -> None:
    current = app(jobs=[{**NIGHTLY, "alerts": [FAILED_ALERT]}])
    edited = evaluate(declared("jobs", {"name": "nightly", "kind": "FAILED_DEPLOY"}), current)
    assert edited.spec["jobs"] == [{"name": "nightly", **REPO, "kind": "FAILED_DEPLOY"}]


def test_a_schedule_that_is_declared_beside_another_kind_is_refused() -> None:
    wanted = {"name": "nightly", "kind": "PRE_DEPLOY", "schedule": {"cron": "0 4 * * *"}, "alerts": [FAILED_ALERT]}
    problems = evaluate(declared("jobs", wanted), app(jobs=[NIGHTLY])).problems
    assert [problem.partition(":")[0] for problem in problems] == ["schedule", "alerts[JOB_INVOCATION_FAILED]"]


@pytest.mark.parametrize("kind", ["SCHEDULED", None])
def test_a_job_that_stays_scheduled_keeps_its_schedule(kind: str | None) -> None:
    current = app(jobs=[{**NIGHTLY, "alerts": [FAILED_ALERT]}])
    wanted = {"name": "nightly", "timeout": "1h", **({"kind": kind} if kind else {})}
    edited = evaluate(declared("jobs", wanted), current)
    assert edited.spec["jobs"] == [{**current["jobs"][0], "timeout": "1h"}]


# --- one component --------------------------------------------------------------------------------------------------


def test_a_component_is_added_and_nothing_else_changes() -> None:
    current = {**app(jobs=[NIGHTLY]), "x_future": {"a": 1}, "domains": [{"domain": "a.example.com"}]}
    edited = evaluate(declared("jobs", {"name": "warm", "kind": "POST_DEPLOY", **REPO}), current)
    assert edited.spec == {**current, "jobs": [NIGHTLY, {"name": "warm", "kind": "POST_DEPLOY", **REPO}]}
    assert edited.problems == ()


def test_messages_name_the_options_of_the_task() -> None:
    problems = evaluate(declared("jobs", {"name": "warm", "kind": "post_deploy", "http_port": 80}), app()).problems
    assert [problem.partition(":")[0] for problem in problems] == ["kind", "http_port", "it has no source"]
    whole = evaluate(Declaration({"name": "shop", "jobs": [{"name": "warm", "kind": "post_deploy"}]}), app()).problems
    assert whole[0].startswith("jobs[warm].kind: ")


def test_a_fault_that_was_there_already_stops_nobody() -> None:
    current = app(jobs=[{**NIGHTLY, "schedule": {"cron": "every day"}}])
    edited = evaluate(
        declared("services", {"name": "web", "instance_count": 2, "instance_size_slug": "apps-s-1vcpu-1gb"}), current
    )
    assert edited.problems == ()
    assert not [warning for warning in edited.warnings if "cron" in warning]
    again = evaluate(declared("jobs", {"name": "nightly", "timeout": "1h"}), current)
    assert again.problems == ()


def test_an_error_in_what_the_server_drops_stops_nobody_where_nothing_is_written() -> None:
    there = app(jobs=[NIGHTLY])
    found = evaluate(declared("jobs", {"name": "nightly", "git": {"branch": ""}}), there)
    assert found.problems == ()
    assert same_spec(found.spec, there)


def test_a_warning_about_the_thing_itself_is_said_each_time() -> None:
    image = {"image": {"registry_type": "DOCR", "repository": "warm", "tag": "latest"}}
    job = {"name": "warm", "kind": "POST_DEPLOY", "run_command": "bin/warm", **image}
    mine = evaluate(declared("jobs", job), app(jobs=[job]))
    assert any(warning.startswith("image.tag: it has the tag latest") for warning in mine.warnings)
    assert mine.spec == app(jobs=[job])
    others = evaluate(declared("services", {"name": "web"}), app(jobs=[job]))
    assert not [warning for warning in others.warnings if "latest" in warning]


def test_warnings_and_problems_are_told_once() -> None:
    current = app(jobs=[{"name": "a", **REPO, "kind": "PRE_DEPLOY"}, {"name": "b", **REPO, "kind": "PRE_DEPLOY"}])
    edited = evaluate(
        Declaration({"name": "shop", "jobs": [{"name": "a", "kind": "x"}, {"name": "b", "kind": "x"}]}), current
    )
    assert len(edited.problems) == len(set(edited.problems))


# --- routes and rules -----------------------------------------------------------------------------------------------


def test_routes_of_a_component_become_its_rules() -> None:
    edited = evaluate(declared("services", {"name": "api", **REPO, "routes": [{"path": "/api"}]}), app())
    assert edited.problems == ()
    assert edited.spec["ingress"]["rules"] == [rule("/api", "api"), rule("/", "web")]
    assert "routes" not in edited.spec["services"][1]


def test_a_path_of_another_component_is_refused() -> None:
    problems = evaluate(declared("services", {"name": "api", **REPO, "routes": [{"path": "/"}]}), app()).problems
    assert any("requests for '/' are taken by ingress.rules[0] already" in problem for problem in problems)


def test_cors_without_a_rule_are_refused() -> None:
    api = {"name": "api", **REPO, "cors": {"allow_methods": ["GET"]}}
    problems = evaluate(declared("services", api), app()).problems
    assert problems == (
        "api declares cors, which is a part of ingress rules, and none leads to it: give its routes too",
    )


def test_routes_beside_rules_are_refused() -> None:
    desired = {**app(), "services": [{**WEB, "routes": [{"path": "/"}]}]}
    problems = evaluate(Declaration(desired), None).problems
    assert any(
        problem.startswith("web declares routes or cors while ingress.rules is declared") for problem in problems
    )


def test_declared_rules_merge_by_their_match() -> None:
    docs = {"name": "docs", **REPO}
    current = app(static_sites=[docs])
    current["ingress"]["rules"] = [rule("/old", "docs"), rule("/", "web")]
    desired = {"name": "shop", "ingress": {"rules": [rule("/new", "docs"), rule("/", "docs")]}}
    edited = evaluate(Declaration(desired), current)
    assert edited.spec["ingress"]["rules"] == [rule("/old", "docs"), rule("/new", "docs"), rule("/", "docs")]
    assert evaluate(Declaration(desired), edited.spec).spec == edited.spec


def test_the_rule_that_the_platform_would_make_again_stays() -> None:
    edited = evaluate(declared("services", {"name": "web", "routes": []}), app())
    assert edited.spec == app()
    assert any(warning.startswith("ingress: the rule to the only component") for warning in edited.warnings)
    quiet = evaluate(declared("services", {"name": "web", "http_port": 8080}), app())
    assert not [warning for warning in quiet.warnings if warning.startswith("ingress")]


@pytest.mark.parametrize(
    ("desired", "gone"),
    [
        ({"domains": []}, "domains"),
        ({"envs": []}, "envs"),
        ({"egress": {}}, "egress"),
        ({"disable_edge_cache": False}, "disable_edge_cache"),
        ({"maintenance": {}}, "maintenance"),
        ({"alerts": []}, "alerts"),
        ({"jobs": []}, "jobs"),
    ],
)
def test_an_explicit_nothing_removes(desired: dict[str, Any], gone: str) -> None:
    current = app(
        domains=[{"domain": "a.example.com"}], envs=[{"key": "A", "value": "1"}], egress={"type": "DEDICATED_IP"},
        disable_edge_cache=True, maintenance={"enabled": True}, alerts=[{"rule": "DOMAIN_LIVE"}], jobs=[NIGHTLY],
    )  # fmt: skip
    assert evaluate(Declaration({"name": "shop"}), current).spec == current
    edited = evaluate(Declaration({"name": "shop", **desired}), current)
    assert edited.problems == ()
    assert edited.spec == {name: value for name, value in current.items() if name != gone}


# --- what goes ------------------------------------------------------------------------------------------------------

DB = {"name": "db", "engine": "PG"}


def test_a_database_goes_only_by_its_name() -> None:
    current = app(databases=[DB])
    desired = app()
    refused = evaluate(Declaration(desired, PURGE), current)
    assert "".join(refused.problems) == (
        "databases[db] would be removed, and a dev database with its data: name it in confirm_destroy if that is "
        "meant, else declare it"
    )
    assert evaluate(Declaration(desired, PURGE, confirm_destroy=frozenset({"db"})), current).problems == ()
    assert evaluate(Declaration({**desired, "databases": []}), current).problems == refused.problems
    assert evaluate(Declaration(desired), current).spec == current


def test_purge_takes_the_rules_of_a_component_with_it() -> None:
    current = app(static_sites=[{"name": "docs", **REPO}])
    current["ingress"]["rules"].insert(0, rule("/docs", "docs"))
    desired = {"name": "shop", "services": [WEB]}
    edited = evaluate(Declaration(desired, PURGE), current)
    assert edited.problems == ()
    assert edited.spec == app()


@pytest.mark.parametrize("mode", [PURGE, REPLACE_COMPONENT_LISTS])
def test_an_app_without_components_is_refused(mode: Any) -> None:
    current = {"name": "shop", "services": [WEB], "ingress": {"rules": [rule("/", "web")]}}
    problems = evaluate(Declaration({"name": "shop", "services": []}, mode), current).problems
    assert any("the app has no component" in problem for problem in problems)


def test_removal() -> None:
    current = app(jobs=[NIGHTLY], static_sites=[{"name": "docs", **REPO}])
    current["ingress"]["rules"].insert(0, rule("/docs", "docs"))
    assert evaluate(Removal("jobs", "nightly"), current).spec == {
        name: value for name, value in current.items() if name != "jobs"
    }
    docs = Removal("static_sites", "docs")
    assert evaluate(docs, current).spec == app(jobs=[NIGHTLY])
    assert docs.for_replay() is docs
    assert evaluate(docs, evaluate(docs, current).spec).spec == app(jobs=[NIGHTLY])
    assert evaluate(docs, None).spec == {}
    two = app(jobs=[NIGHTLY, {**NIGHTLY, "name": "weekly"}])
    assert [one["name"] for one in evaluate(Removal("jobs", "weekly"), two).spec["jobs"]] == ["nightly"]


def test_removal_of_something_else_with_that_name() -> None:
    edited = evaluate(Removal("jobs", "web"), app())
    assert edited.problems == ("name: web is a service of this app and not a job",)
    assert edited.spec == app()


@pytest.mark.parametrize("databases", [[], [DB]])
def test_the_last_component_stays(databases: list[Any]) -> None:
    problems = evaluate(Removal("services", "web"), app(databases=databases)).problems
    assert len(problems) == 1
    assert problems[0].startswith("web is the last component of this app")
    assert "state: absent" in problems[0]


def test_a_removal_tells_what_it_leaves_behind() -> None:
    def mail(reference: str) -> dict[str, Any]:
        return {"name": "mail", **REPO, "envs": [{"key": "URL", "value": reference}]}

    refused = evaluate(Removal("services", "web"), app(workers=[mail("${web.PRIVATE_URL}")]))
    assert [problem.partition(":")[0] for problem in refused.problems] == ["workers[mail].envs[URL]"]
    edited = evaluate(Removal("services", "web"), app(workers=[mail("${web.color}")]))
    assert edited.problems == ()
    assert any("workers[mail].envs[URL]" in warning for warning in edited.warnings)
    assert "ingress" not in edited.spec


# --- helpers --------------------------------------------------------------------------------------------------------


def test_find() -> None:
    assert section_of(app(jobs=[NIGHTLY]), "nightly") == "jobs"
    assert section_of(app(), "nightly") is None
    assert find_component(app(), "services", "web") == WEB
    assert find_component(app(), "jobs", "web") is None
    assert find_component({"jobs": ["web"]}, "jobs", "web") is None
