"""Each answer that can be given to an open question shows: two worlds that differ in it alone behave differently."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app_platform_simulator.assumptions import ASSUMPTIONS
from tests.simulator.world import World, job, renewed, scheduled, service, shop, statuses

GIT = {"git": {"repo_clone_url": "https://example.com/x.git", "branch": "main"}}
Look = Callable[[World], Any]


def created(world: World, spec: dict[str, Any]) -> Any:
    """The stored spec, or the status when it is refused."""
    answer = world.raw("POST", "/v2/apps", {"spec": spec})
    return answer.get_json()["app"]["spec"] if answer.status_code == 200 else answer.status_code


def of(look: Callable[[Any], Any], **spec: Any) -> Look:
    """What something becomes in the stored spec."""

    def looked(world: World) -> Any:
        found = created(world, {"name": "shop", **spec})
        return found if isinstance(found, int) else look(found)

    return looked


def end(world: World, **seed: Any) -> Any:
    """A redeployment of a seeded app, at its end."""
    app = world.seed(shop(**seed))
    return world.follow(app, world.put(app)["pending_deployment"])[0]


def count(world: World, app: Any) -> int:
    return len(world.get(f"/v2/apps/{app['id']}/deployments")["deployments"])


SECRET = {"key": "K", "value": "v", "type": "SECRET"}
LOOKS: dict[str, tuple[Look, dict[str, Any]]] = {}


def question(name: str, **expected: Any) -> Callable[[Look], Look]:
    """What is seen under each answer. Answers whose names are no identifiers are written with a leading x."""

    def register(look: Look) -> Look:
        answers = {key.removeprefix("x") if key[1:].isdigit() else key: value for key, value in expected.items()}
        LOOKS[name] = (look, answers)
        return look

    return register


question("unknown_field", reject=400, drop=None, keep="red")(
    of(lambda spec: spec.get("color"), workers=[service("w1")], color="red")
)
question("wrong_type", reject=400, coerce=[2, True])(
    of(
        lambda spec: [spec["workers"][0]["instance_count"], spec["disable_edge_cache"]],
        workers=[service("w1", instance_count="2", instance_size_slug="apps-s-1vcpu-1gb")],
        disable_edge_cache="true",
    )
)
question("source_count", reject=400, accept={"name": "once", "kind": "POST_DEPLOY"})(
    of(lambda spec: spec["jobs"][0], jobs=[{"name": "once"}])
)
question("image_build_fields", accept="/", reject=400)(
    of(lambda spec: spec["workers"][0]["source_dir"], workers=[service("w1", source_dir="/")])
)
question("schedule_rules", reject=400, accept=["PRE_DEPLOY", "SCHEDULED"])(
    of(
        lambda spec: [item["kind"] for item in spec["jobs"]],
        jobs=[job("once", "PRE_DEPLOY", schedule={"cron": "0 3 * * *", "time_zone": "Mars"}), job("two", "SCHEDULED")],
    )
)
question("cron_minimum_minutes", x15=400, x0="*/2 * * * *", x2="*/2 * * * *")(
    of(lambda spec: spec["jobs"][0]["schedule"]["cron"], jobs=[scheduled(cron="*/2 * * * *")])
)
question("timeout_text", verbatim="1h30m", seconds="5400s")(
    of(lambda spec: spec["jobs"][0]["timeout"], jobs=[job("once", timeout="1h30m")])
)
question("time_zone_omitted", absent=None, fill="UTC")(
    of(lambda spec: spec["jobs"][0]["schedule"].get("time_zone"), jobs=[scheduled(zone="")])
)
question("region_omitted", app_only=None, write_spec="nyc")(
    of(lambda spec: spec.get("region"), workers=[service("w1")])
)
question("instance_count_omitted", absent=None, fill=1)(
    of(lambda spec: spec["workers"][0].get("instance_count"), workers=[service("w1")])
)
question("instance_size_omitted", absent=None, fill="apps-s-1vcpu-0.5gb")(
    of(lambda spec: spec["jobs"][0].get("instance_size_slug"), jobs=[job("once")])
)
question("image_deploy_on_push", absent=None, empty={})(
    of(lambda spec: spec["workers"][0]["image"].get("deploy_on_push"), workers=[service("w1")])
)
question("domain_type_omitted", fill="PRIMARY", absent=None)(
    of(lambda spec: spec["domains"][0].get("type"), services=[service()], domains=[{"domain": "a.com"}])
)
question("buildpack_features", fill=["buildpack-stack=ubuntu-22"], absent=None)(
    of(lambda spec: spec.get("features"), workers=[{"name": "w1", **GIT}])
)
question("internal_only_ingress", empty={}, absent=None)(
    of(lambda spec: spec.get("ingress"), services=[service(internal_ports=[9000])])
)
question("several_public", by_name=["web", "api"], reject=400)(
    of(
        lambda spec: [rule["component"]["name"] for rule in spec["ingress"]["rules"]],
        services=[service("web"), service("api")],
    )
)
question("routes_and_ingress", reject=400, ingress=["/a"])(
    of(
        lambda spec: [rule["match"]["path"]["prefix"] for rule in spec["ingress"]["rules"]],
        services=[service(routes=[{"path": "/b"}])],
        ingress={"rules": [{"match": {"path": {"prefix": "/a"}}, "component": {"name": "web"}}]},
    )
)


@question("data_centre_slugs", reject=400, accept=["nyc3", "nyc"])
def data_centre(world: World) -> Any:
    answer = world.raw("POST", "/v2/apps", {"spec": shop(region="nyc3")})
    if answer.status_code != 200:
        return answer.status_code
    app = world.put(answer.get_json()["app"])
    return [app["spec"]["region"], app["region"]["slug"]]


@question("secret_without_value", wipe="empty", keep="kept", reject=400)
def secret_without_value(world: World) -> Any:
    app = world.create(shop(envs=[SECRET]))
    bare = {key: value for key, value in SECRET.items() if key != "value"}
    answer = world.raw("PUT", f"/v2/apps/{app['id']}", {"spec": shop(envs=[bare])})
    if answer.status_code != 200:
        return answer.status_code
    value = answer.get_json()["app"]["spec"]["envs"][0]["value"]
    return "kept" if value == app["spec"]["envs"][0]["value"] else "empty" if len(value) == 63 else "other"


@question("foreign_secret", reject=400, keep=200)
def foreign_secret(world: World) -> Any:
    first, second = world.create(shop(envs=[SECRET])), world.create(shop(name="other"))
    body = {"spec": {**second["spec"], "envs": first["spec"]["envs"]}}
    return world.raw("PUT", f"/v2/apps/{second['id']}", body).status_code


@question("encrypted_general", reject=400, keep="kept", decrypt="v")
def encrypted_general(world: World) -> Any:
    app = world.create(shop(envs=[SECRET]))
    sealed = app["spec"]["envs"][0]["value"]
    answer = world.raw("PUT", f"/v2/apps/{app['id']}", {"spec": shop(envs=[{"key": "K", "value": sealed}])})
    if answer.status_code != 200:
        return answer.status_code
    value = answer.get_json()["app"]["spec"]["envs"][0]["value"]
    return "kept" if value == sealed else value


@question("propose_secrets", encrypt="EV[1:", plain="v")
def propose_secrets(world: World) -> Any:
    return world.call("POST", "/v2/apps/propose", {"spec": shop(envs=[SECRET])})["spec"]["envs"][0]["value"][:5]


@question("propose_own_name", available=True, taken=None)
def propose_own_name(world: World) -> Any:
    app = world.seed()
    answer = world.call("POST", "/v2/apps/propose", {"spec": app["spec"], "app_id": app["id"]})
    return answer.get("app_name_available")


@question("noop_put", deploy=2, skip=1)
def noop_put(world: World) -> Any:
    app = world.seed()
    world.put(app)
    return count(world, app)


@question("rename_put", skip=1, deploy=2)
def rename_put(world: World) -> Any:
    app = world.seed()
    world.put(app, {**app["spec"], "name": "store"})
    return count(world, app)


@question("put_while_deploying", SUPERSEDED="SUPERSEDED", CANCELED="CANCELED", reject=409)
def put_while_deploying(world: World) -> Any:
    app = world.create()
    answer = world.raw("PUT", f"/v2/apps/{app['id']}", {"spec": shop(workers=[service("w1")])})
    if answer.status_code != 200:
        assert world.app(app)["spec"] == app["spec"]
        return answer.status_code
    return world.deployment(app, app["pending_deployment"])["phase"]


@question("put_while_pinned", x409=409, x400=400, accept=200)
def put_while_pinned(world: World) -> Any:
    app = world.seed()
    world.call("POST", f"/v2/apps/{app['id']}/rollback", {"deployment_id": app["active_deployment"]["id"]})
    return world.raw("PUT", f"/v2/apps/{app['id']}", {"spec": app["spec"]}).status_code


@question("spec_after_rollback", keep=True, rolled_back=False)
def spec_after_rollback(world: World) -> Any:
    app = world.seed()
    world.follow(app, world.put(app, shop(workers=[service("w1")]))["pending_deployment"])
    world.call("POST", f"/v2/apps/{app['id']}/rollback", {"deployment_id": app["active_deployment"]["id"]})
    kept = "workers" in world.app(app)["spec"]
    world.call("POST", f"/v2/apps/{app['id']}/rollback/revert")
    assert "workers" in world.app(app)["spec"]
    return kept


@question("post_deploy_failure", ACTIVE="ACTIVE", ERROR="ERROR")
def post_deploy_failure(world: World) -> Any:
    world.outcome("warm")
    return end(world)["phase"]


@question("post_deploy_timing", before_active="SUCCESS", after_active="PENDING")
def post_deploy_timing(world: World) -> Any:
    found = end(world)
    seen = statuses(found)["deploy/components/warm/wait"]
    world.advance(60)
    app = world.control("GET", "apps")["apps"][0]
    later = world.deployment(app, found)
    assert (later["phase"], statuses(later)["deploy/components/warm/wait"]) == ("ACTIVE", "SUCCESS")
    return seen


@question("scheduled_job_steps", none=15, build=16)
def scheduled_job_steps(world: World) -> Any:
    return end(world)["progress"]["total_steps"]


@question("failed_deploy_jobs", run="SUCCESS", skip="PENDING")
def failed_deploy_jobs(world: World) -> Any:
    world.outcome("migrate")
    return statuses(end(world))["deploy/components/tidy/wait"]


@question("failed_deploy_after_build", skip="PENDING", run="SUCCESS")
def failed_deploy_after_build(world: World) -> Any:
    world.outcome("web", step="build")
    return statuses(end(world))["deploy/components/tidy/wait"]


@question("job_order", list=False, parallel=True)
def job_order(world: World) -> Any:
    from tests.simulator.world import steps

    found = end(world, jobs=[job("one", "PRE_DEPLOY"), job("two", "PRE_DEPLOY")])
    one, two = (steps(found)[f"deploy/components/{name}/deploy"]["started_at"] for name in ("one", "two"))
    return one == two


@question("jobs_in_rollback", run="SUCCESS", skip="PENDING")
def jobs_in_rollback(world: World) -> Any:
    app = world.seed()
    body = {"deployment_id": app["active_deployment"]["id"]}
    made = world.call("POST", f"/v2/apps/{app['id']}/rollback", body)["deployment"]
    return statuses(world.follow(app, made)[0])["deploy/components/migrate/wait"]


@question("jobs_in_restart", skip="PENDING", run="SUCCESS")
def jobs_in_restart(world: World) -> Any:
    app = world.seed()
    made = world.call("POST", f"/v2/apps/{app['id']}/restart")["deployment"]
    return statuses(world.follow(app, made)[0])["deploy/components/migrate/wait"]


@question("jobs_in_autoscale", skip="PENDING", run="SUCCESS")
def jobs_in_autoscale(world: World) -> Any:
    scaling = {"min_instance_count": 1, "max_instance_count": 3, "metrics": {"cpu": {"percent": 80}}}
    app = world.seed(shop(workers=[service("w1", autoscaling=scaling, instance_size_slug="apps-d-1vcpu-1gb")]))
    made = world.control("POST", "happen", {"what": "autoscale", "app": "shop", "component": "w1"})
    return statuses(world.follow(app, {"id": made["deployment_id"]})[0])["deploy/components/migrate/wait"]


def phases_of_runs(world: World, app: Any) -> list[str]:
    runs = world.get(f"/v2/apps/{app['id']}/job-invocations")["job_invocations"]
    return sorted(run["phase"] for run in runs)


@question("overlapping_run", SKIPPED=["RUNNING", "SKIPPED"], run=["RUNNING", "RUNNING"])
def overlapping_run(world: World) -> Any:
    app = world.seed({"name": "shop", "jobs": [scheduled(cron="*/15 * * * *")]})
    world.outcome("nightly", "hang")
    world.until("2026-08-01T10:31:00Z")
    return phases_of_runs(world, app)


@question("run_outlives_deployment", keep=["RUNNING"], cancel=["CANCELED"])
def run_outlives_deployment(world: World) -> Any:
    app = world.seed()
    world.outcome("nightly", "hang")
    world.control("POST", "happen", {"what": "run_job", "app": "shop", "job": "nightly"})
    world.advance(5)
    world.follow(app, world.put(app)["pending_deployment"])
    return phases_of_runs(world, app)


@question("deploy_job_invocations", none=[], record=["FAILED", *["SUCCEEDED"] * 3])
def deploy_job_invocations(world: World) -> Any:
    world.outcome("warm")
    end(world)
    return phases_of_runs(world, world.control("GET", "apps")["apps"][0])


@question("trigger_type", SCHEDULED="SCHEDULED", SCHEDULE="SCHEDULE")
def trigger_type(world: World) -> Any:
    app = world.seed({"name": "shop", "jobs": [scheduled()]})
    world.advance(86400)
    return world.get(f"/v2/apps/{app['id']}/job-invocations")["job_invocations"][0]["trigger"]["type"]


@question("scheduled_delay_seconds", x0="2026-08-02T01:00:02Z", x30="2026-08-02T01:00:32Z")
def scheduled_delay(world: World) -> Any:
    app = world.seed({"name": "shop", "jobs": [scheduled()]})
    world.advance(86400)
    return world.get(f"/v2/apps/{app['id']}/job-invocations")["job_invocations"][0]["started_at"]


@question("invocation_envelope", wrapped=True, bare=False)
def invocation_envelope(world: World) -> Any:
    app = world.seed()
    made = world.control("POST", "happen", {"what": "run_job", "app": "shop", "job": "nightly"})
    return "job_invocation" in world.get(f"/v2/apps/{app['id']}/job-invocations/{made['job_invocation_id']}")


@question("cancel_finished", reject=400, ignore=200)
def cancel_finished(world: World) -> Any:
    app = world.seed()
    made = world.control("POST", "happen", {"what": "run_job", "app": "shop", "job": "nightly"})
    world.advance(60)
    path = f"/v2/apps/{app['id']}"
    run = world.raw("POST", f"{path}/job-invocations/{made['job_invocation_id']}/cancel").status_code
    deployment = world.raw("POST", f"{path}/deployments/{app['active_deployment']['id']}/cancel").status_code
    assert run == deployment
    return run


@question("automatic_rollback", off=2, on=3)
def automatic_rollback(world: World) -> Any:
    app = world.seed()
    world.outcome("migrate", count=1)
    world.follow(app, world.put(app)["pending_deployment"])
    return count(world, app)


@question("domain_ready", quiet=1, deploy=2)
def domain_ready(world: World) -> Any:
    app = world.seed(shop(domains=[{"domain": "a.com"}]))
    world.advance(100)
    return count(world, app)


@question("logs_after_error", kept=200, gone=400)
def logs_after_error(world: World) -> Any:
    world.outcome("migrate")
    found = end(world)
    app = world.control("GET", "apps")["apps"][0]
    path = f"/v2/apps/{app['id']}/deployments/{found['id']}/logs"
    return world.raw("GET", path, query_string={"type": "DEPLOY", "component_name": "migrate"}).status_code


@question("malformed_id", x400=400, x404=404)
def malformed_id(world: World) -> Any:
    return world.raw("GET", "/v2/apps/shop").status_code


@question("per_page_over_limit", reject=400, clamp=200)
def per_page_over_limit(world: World) -> Any:
    return world.raw("GET", "/v2/apps", query_string={"per_page": "500"}).status_code


@question("list_order", newest=["other", "shop"], oldest=["shop", "other"])
def list_order(world: World) -> Any:
    world.seed()
    world.seed(shop(name="other"))
    return [app["spec"]["name"] for app in world.get("/v2/apps")["apps"]]


@question("list_links", present=True, single_page_absent=False)
def list_links(world: World) -> Any:
    world.seed()
    world.seed(shop(name="other"))
    assert "links" in world.get("/v2/apps", per_page=1)
    return "links" in world.get("/v2/apps")


@question("deleted_app", x404=404, lingers=200)
def deleted_app(world: World) -> Any:
    app = world.seed()
    world.call("DELETE", f"/v2/apps/{app['id']}")
    status = world.raw("GET", f"/v2/apps/{app['id']}").status_code
    world.seed(shop())  # the name is free at once
    world.advance(2)
    world.call("GET", f"/v2/apps/{app['id']}", status=404)
    return status


# Some answers are not those of the published description; that is their point.
NOT_DESCRIBED = {"unknown_field", "data_centre_slugs", "invocation_envelope"}
CASES = [(name, answer, seen) for name, (_look, answers) in LOOKS.items() for answer, seen in answers.items()]


@pytest.mark.parametrize(("name", "answer", "seen"), CASES, ids=[f"{name}={answer}" for name, answer, _seen in CASES])
def test_answer(name: str, answer: str, seen: Any):
    world = renewed(**{name: answer})
    world.check_contract = world.check_contract and name not in NOT_DESCRIBED

    assert LOOKS[name][0](world) == seen


def test_every_question_is_looked_at():
    assert set(LOOKS) == set(ASSUMPTIONS)


@pytest.mark.parametrize("name", sorted(ASSUMPTIONS))
def test_every_answer_is_looked_at_and_the_default_is_first(name: str):
    answers = LOOKS[name][1]
    named = {value for value in ASSUMPTIONS[name].values if value != "N"}

    assert named <= set(answers)
    assert next(iter(answers)) == ASSUMPTIONS[name].default
    assert len({repr(seen) for seen in answers.values()}) > 1
