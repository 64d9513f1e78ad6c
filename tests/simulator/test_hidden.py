"""No secret is recorded or shown: by where it stands, in whatever shape, in whatever message."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_platform_simulator.spec.hidden import hidden_body, hidden_text, words_of
from tests.platform import start_platform
from tests.simulator.test_access import PAGES
from tests.simulator.test_process import run
from tests.simulator.world import World, service, shop

PEM = "-----BEGIN KEY-----\nCANARYfirstline0123\nCANARYsecondline0123\n-----END KEY-----"
SECRETS = (
    "CANARY-env", PEM, "robot:CANARY-registry", "CANARY-logtail", "CANARY-datadog", "CANARY-path", "CANARY-password",
    "CANARY-header", "CANARY-secure", "CANARY-hook", "CANARY-basic", "CANARY-query",
)  # fmt: skip
DESTINATIONS = [
    {"name": "one", "logtail": {"token": "CANARY-logtail"}},
    {"name": "two", "datadog": {"endpoint": "https://http-intake.example/v1/CANARY-path", "api_key": "CANARY-datadog"}},
    {"name": "three", "papertrail": {"endpoint": "syslog+tls://logs.example:1234?token=CANARY-query"}},
    {
        "name": "four",
        "open_search": {
            "endpoint": "https://user:CANARY-password@search.example:9200",
            "basic_auth": {"user": "u", "password": "CANARY-basic"},
        },
        "headers": [{"key": "Authorization", "value": "CANARY-header"}],
    },
]


def spec(**more: Any) -> dict[str, Any]:
    image = {
        "registry_type": "GHCR",
        "registry": "x",
        "repository": "y",
        "registry_credentials": "robot:CANARY-registry",
    }
    envs = [
        {"key": "A", "value": "CANARY-env", "type": "SECRET"},
        {"key": "PEM", "value": PEM, "type": "SECRET"},
        {"key": "PLAIN", "value": "shown, but for CANARY-env in it"},
    ]
    web = service(image=image, envs=envs, log_destinations=DESTINATIONS, http_port=80)
    ingress = {"secure_header": {"key": "X-Secure", "value": "CANARY-secure"}}
    return {"name": "shop", "services": [web], "ingress": ingress, **more}


def recorded(world: World) -> str:
    return json.dumps(world.control("GET", "requests"), ensure_ascii=False)


def test_recorded_bodies(world: World):
    app = world.create(spec())
    world.put(app, spec())
    world.raw("POST", "/v2/apps/propose", {"spec": spec()})
    world.raw("POST", "/v2/apps/x/alerts/y/destinations", {"slack_webhooks": [{"url": "https://h/CANARY-hook"}]})
    (env, pem, plain) = world.server.record.calls[0]["body"]["spec"]["services"][0]["envs"]

    assert "CANARY" not in recorded(world)
    assert env == {"key": "A", "value": "(secret)", "type": "SECRET"}
    assert pem["value"] == "(secret)"
    assert plain["value"] == "shown, but for (secret) in it"
    assert "https://http-intake.example/(secret)" in recorded(world)


@pytest.mark.parametrize(
    "body",
    [
        {"spec": "CANARY"}, {"spec": ["CANARY"]}, ["CANARY"], "CANARY",
        {"spec": {"name": "x", "servics": [{"envs": [{"key": "K", "value": "CANARY", "type": "SECRET"}]}]}},
        {"spec": {"name": "x", "envs": [{"key": "K", "val": "CANARY", "type": "SECRET"}]}},
        {"spec": {"name": "x", "envs": [{"key": "K", "value": ["CANARY"], "type": "SECRET"}]}},
        {"spec": {"name": "x", "envs": [{"key": "K", "value": {"a": "CANARY"}, "type": "secret"}]}},
        {"spec": {"name": "x", "envs": [{"value": "CANARY", "type": "SECRET"}]}},
        {"spec": {"name": "x", "envs": {"K": "CANARY"}}},
        {"spec": {"name": "x", "envs": "K=CANARY"}},
        {"spec": {"name": "x", "workers": [{"log_destinations": [{"logtail": "CANARY"}]}]}},
        {"spec": {"name": "x", "workers": [{"log_destinations": [{"open_search": {"basic_auth": "user:CANARY"}}]}]}},
        {"spec": {"name": "x", "workers": [{"image": {"registry_credential": "CANARY"}}]}},
        {"spec": {"name": "x", "workers": [{"image": {"registry_credentials": ["CANARY"]}}]}},
        {"slack_webhooks": [{"url": ["CANARY"]}]}, {"slack_webhooks": [{"webhook": "CANARY"}]},
        {"spec": {"name": "x", "workers": [{"git": {"repo_clone_url": "https://u:CANARY@git.example/x.git"}}]}},
    ],
)  # fmt: skip
def test_bodies_of_any_shape(world: World, body: Any):
    world.raw("POST", "/v2/apps", body)

    assert "CANARY" not in recorded(world)


def test_bodies_that_cannot_be_read(world: World):
    world.raw("POST", "/v2/apps", data="spec: [CANARY")
    world.raw("POST", "/v2/apps", data="spec: [CANARY", content_type="application/yaml")
    world.raw("POST", "/v2/apps", data=b'{"spec": \xffCANARY')
    world.raw("POST", "/v2/apps", data="spec: {name: x, envs: [{key: K, value: CANARY, type: SECRET}]}",
              content_type="application/yaml")  # fmt: skip

    assert "CANARY" not in recorded(world)
    assert '"key": "K"' in recorded(world)


def test_edits_of_faults(world: World):
    world.fault("other_writer", edit={"envs": [{"key": "K", "value": "CANARY", "type": "SECRET"}]})

    assert "CANARY" not in json.dumps(world.control("GET", "faults"))


def test_report_and_page(world: World):
    app = world.seed(spec(services=[service()]))
    log = [f"{word} {json.dumps(word)}" for word in SECRETS if word != "CANARY-hook"] + PEM.splitlines()
    world.outcome("web", "fail", logs=log, message="with CANARY-env")
    world.follow(app, world.put(app, spec())["pending_deployment"])
    changed = spec()
    changed["services"][0]["log_destinations"][1]["datadog"]["endpoint"] = "https://http-intake.example/v1/CANARY-other"
    world.put(app, changed)
    texts = [world.raw("GET", path).get_data(as_text=True) for path in PAGES]

    for text in texts:
        assert "CANARY" not in text
        assert "http-intake.example/(secret)" in text


@pytest.mark.parametrize(
    "content",
    [
        "name: shop\nenvs:\n- {key: K, value: CANARY, type: SECRET\n",
        "name: shop\n---\nname: CANARY\n",
        "- CANARY\n",
        "CANARY",
        "{name: shop, envs: [{key: K, value: CANARY, type: CANARY}]}",
        "{name: shop, services: [{name: web, image: {registry_credentials: CANARY, tag: CANARY CANARY}}]}",
        "!!python/object:CANARY {}",
    ],
)  # fmt: skip
def test_seed_files_that_are_wrong(tmp_path: Path, content: str):
    (tmp_path / "seed").write_text(content)

    answer = run("--port", "0", "--seed", str(tmp_path / "seed"))

    assert answer.returncode == 2
    assert "CANARY" not in answer.stdout + answer.stderr


def test_what_a_process_says(capfd: pytest.CaptureFixture[str]):
    with start_platform("--verbose", record_secrets=False) as platform:
        platform.seed(spec())
        platform.call("PUT", "/v2/apps/x\x1b[31m", {"spec": spec()})
        platform.ask("GET", "/", key="CANARY-argument")
        asked = json.dumps(platform.requests())
    said = capfd.readouterr()

    assert "CANARY" not in said.err + said.out + asked
    assert platform.key not in said.err
    assert "PUT /v2/apps/x" in said.err
    assert "\x1b" not in said.err


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
ANYTHING = st.recursive(
    SCALARS, lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=8), one, max_size=3)
)
SECRET = st.text(st.characters(exclude_categories=["Cs"]), min_size=8).filter(lambda text: len(text.strip()) >= 8)


@pytest.mark.law
@given(SECRET, st.text(max_size=20), st.text(max_size=20))
def test_law_no_secret_in_any_text(secret: str, before: str, after: str):
    words = words_of([secret])

    if "${" not in secret:
        assert secret not in hidden_text(before + secret + after, words).replace("(secret)", "\0")


@pytest.mark.law
@given(ANYTHING)
def test_law_any_body_is_recorded(body: Any):
    json.dumps(hidden_body(body))


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://user:CANARY@h/x.git", "https://user:(secret)@h/x.git"),
        ("https://me@example.com:CANARY@h/x.git", "https://me@example.com:(secret)@h/x.git"),
        ("https://user:CAN@ARY@h/x.git", "https://user:(secret)@h/x.git"),
        ("https://user:CAN$ARY@h/x.git", "https://user:(secret)@h/x.git"),
        ("https://user:${PASSWORD}@h:80/x.git", "https://user:${PASSWORD}@h:80/x.git"),
        ("https://h:80/x.git", "https://h:80/x.git"),
    ],
)
def test_a_password_in_an_address(address: str, shown: str):
    git = {"repo_clone_url": address}

    recorded = hidden_body({"spec": {"name": "x", "services": [{"name": "web", "git": git}]}})

    assert recorded["spec"]["services"][0]["git"]["repo_clone_url"] == shown


@pytest.mark.parametrize(
    "body",
    [
        {"slack_webhooks": "https://hooks.example/CANARY"},
        {"slack_webhooks": ["https://hooks.example/CANARY"]},
        {"slack_webhooks": {"url": "https://hooks.example/CANARY"}},
        {"no_field": "CANARY"},
        {"no_field": [{"value": "CANARY"}]},
    ],
)
def test_a_body_with_what_is_no_field(body: Any):
    assert "CANARY" not in json.dumps(hidden_body(body))


def test_alerts_are_shown_without_their_addresses():
    hook = {"url": "https://hooks.example/CANARY", "channel": "ops"}
    assert hidden_body({"emails": ["a@b.example"], "slack_webhooks": [hook]}) == {
        "emails": ["a@b.example"], "slack_webhooks": [{"url": "(secret)", "channel": "ops"}],
    }  # fmt: skip


def test_shop_is_shown_whole():
    """What has no secret is recorded as it came."""
    assert hidden_body({"spec": shop(), "update_all_source_versions": True}) == {
        "spec": shop(), "update_all_source_versions": True,
    }  # fmt: skip
