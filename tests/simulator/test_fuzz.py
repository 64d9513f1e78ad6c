"""Nonsense is refused, never answered with a fault of the server's own; what is accepted is stable."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator.world import NOWHERE, renewed, scheduled, service, shop

GIT = {"git": {"repo_clone_url": "https://example.com/x.git", "branch": "main"}}
RICH = shop(
    region="ams",
    services=[
        service(
            routes=[{"path": "/"}],
            cors={"allow_origins": [{"exact": "x"}]},
            health_check={"http_path": "/", "port": 8080},
            termination={"drain_seconds": 5},
            log_destinations=[{"name": "logs", "logtail": {"token": "t"}}],
            alerts=[{"rule": "CPU_UTILIZATION", "value": 80, "operator": "GREATER_THAN", "window": "FIVE_MINUTES"}],
        )
    ],
    workers=[
        service(
            "w1",
            instance_size_slug="apps-d-1vcpu-1gb",
            autoscaling={"min_instance_count": 1, "max_instance_count": 2, "metrics": {"cpu": {"percent": 5}}},
        )
    ],
    jobs=[scheduled(timeout="1h", envs=[{"key": "K", "value": "v", "type": "SECRET"}])],
    static_sites=[{"name": "site", **GIT, "routes": [{"path": "/site"}]}],
    functions=[{"name": "fn", **GIT, "routes": [{"path": "/fn"}]}],
    databases=[{"name": "db", "engine": "PG", "production": True, "cluster_name": "c"}],
    domains=[{"domain": "a.com", "type": "PRIMARY"}],
    ingress={"secure_header": {"key": "a", "value": "b"}},
    envs=[{"key": "A", "value": "1", "scope": "RUN_TIME"}],
    maintenance={"enabled": True},
    egress={"type": "DEDICATED_IP"},
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all values in a spec."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found.extend(places(item, (*path, key)))
    return found


PLACES = places(RICH)
TEXTS = [
    "",
    "x",
    "web",
    "shop",
    "EV[1:AA:AA]",
    "EV[",
    "0 3 * * *",
    "1h",
    "-1s",
    "nyc",
    "\x00",
    "ü" * 40,
    "SECRET",
    "PRE_DEPLOY",
]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(TEXTS),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "key", "value", "x"]), inner, max_size=3)
    ),
    max_leaves=4,
)
REMOVED = object()


def changed(places_and_values: list[tuple[tuple[Any, ...], Any]]) -> Any:
    """The rich spec with some values replaced or removed."""
    spec: Any = copy.deepcopy(RICH)
    for path, value in places_and_values:
        owner = spec
        try:
            for key in path[:-1]:
                owner = owner[key]
            if value is REMOVED:
                del owner[path[-1]]
            else:
                owner[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    return spec


SPECS = st.lists(st.tuples(st.sampled_from(PLACES), VALUES | st.just(REMOVED)), min_size=1, max_size=3).map(changed)
SWITCHES = st.fixed_dictionaries(
    {},
    optional={
        "unknown_field": st.sampled_from(["reject", "drop", "keep"]),
        "wrong_type": st.sampled_from(["reject", "coerce"]),
        "source_count": st.sampled_from(["reject", "accept"]),
        "schedule_rules": st.sampled_from(["reject", "accept"]),
        "foreign_secret": st.sampled_from(["reject", "keep"]),
    },
)


@settings(max_examples=50)
@given(SPECS, SWITCHES)
def test_specs(spec: Any, switches: dict[str, str]):
    world = renewed(**switches)
    world.check_contract = world.check_contract and switches.get("unknown_field") != "keep"

    answer = world.raw("POST", "/v2/apps", {"spec": spec})

    assert answer.status_code in {200, 400}, answer.get_data(as_text=True)
    if answer.status_code == 200:
        app = answer.get_json()["app"]
        again = world.raw("PUT", f"/v2/apps/{app['id']}", {"spec": app["spec"]})
        assert again.status_code == 200, again.get_data(as_text=True)
        assert again.get_json()["app"]["spec"] == app["spec"]
        world.advance(100_000)
        assert world.raw("GET", f"/v2/apps/{app['id']}").status_code == 200
        assert world.raw("GET", f"/v2/apps/{app['id']}/alerts").status_code == 200


PATHS = [
    ("POST", "/v2/apps"),
    ("POST", "/v2/apps/propose"),
    ("POST", "/v2/apps/detect"),
    ("POST", "/v2/apps/metrics/bandwidth_daily"),
    ("PUT", "/v2/apps/{app}"),
    ("POST", "/v2/apps/{app}/restart"),
    ("POST", "/v2/apps/{app}/deployments"),
    ("POST", "/v2/apps/{app}/rollback"),
    ("POST", "/v2/apps/{app}/rollback/validate"),
    ("POST", "/v2/apps/{app}/alerts/{alert}/destinations"),
    ("POST", "/v2/apps/{app}/components/db/trusted_sources"),
    ("POST", "/v2/apps/{app}/upgrade_buildpack"),
]
NAMES = ["spec", "project_id", "app_id", "app_ids", "components", "force_build", "deployment_id", "skip_pin", "emails",
         "slack_webhooks", "enable", "buildpack_id", "trigger_deployment", "git", "date",
         "update_all_source_versions"]  # fmt: skip
ANY = VALUES | st.just(NOWHERE) | st.lists(st.just({"url": "x"}), max_size=1)


@settings(max_examples=50)
@given(st.sampled_from(PATHS), st.dictionaries(st.sampled_from(NAMES), ANY, max_size=3) | VALUES)
def test_bodies(call: tuple[str, str], body: Any):
    world = renewed()
    app = world.seed(RICH)
    alert = world.get(f"/v2/apps/{app['id']}/alerts")["alerts"][0]

    answer = world.raw(call[0], call[1].format(app=app["id"], alert=alert["id"]), body)

    assert answer.status_code < 500, answer.get_data(as_text=True)


READS = ["", "/deployments", "/deployments/{deployment}", "/deployments/{deployment}/logs", "/logs", "/job-invocations",
         "/events", "/metrics/bandwidth_daily", "/components/web/exec"]  # fmt: skip
QUERY = st.sampled_from(["page", "per_page", "type", "tail_lines", "follow", "job_names", "deployment_id", "date",
                         "component_name", "deployment_types", "event_types", "instance_name"])  # fmt: skip
GIVEN = st.sampled_from(
    ["", "0", "1", "-1", "99999999999999999999", "x", "BUILD", "RUN", "DEPLOY", "web", "true", "²", NOWHERE]
)


@settings(max_examples=50)
@given(st.sampled_from(READS), st.dictionaries(QUERY, GIVEN, max_size=4))
def test_queries(path: str, query: dict[str, str]):
    world = renewed()
    app = world.seed(RICH)

    answer = world.raw(
        "GET", f"/v2/apps/{app['id']}{path}".format(deployment=app["active_deployment"]["id"]), query_string=query
    )

    assert answer.status_code < 500, answer.get_data(as_text=True)


CONTROL = ["reset", "seed", "outcomes", "faults", "clock", "assumptions", "settings", "tokens", "happen"]
FIELDS = ["keep", "apps", "spec", "component", "outcome", "count", "fault", "status", "headers", "edit", "advance",
          "to", "clock", "speed", "noop_put", "pace", "step", "what", "app", "job", "logs", "seconds",
          "path"]  # fmt: skip
WORDS = st.sampled_from(
    ["shop", "fail", "error", "rate_limit", "auto", "push", "edit", "run_job", "crash", "web", "skip"]
)


@settings(max_examples=50)
@given(st.sampled_from(CONTROL), st.dictionaries(st.sampled_from(FIELDS), WORDS | VALUES, max_size=4) | VALUES)
def test_control_plane(path: str, body: Any):
    world = renewed()
    world.seed()

    answer = world.client.post(f"/_simulator/{path}", json=body, headers=world.key)

    assert answer.status_code < 500, answer.get_data(as_text=True)
