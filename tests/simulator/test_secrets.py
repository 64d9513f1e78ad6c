"""Secrets: encrypted with a random nonce, bound to their app, wiped when sent without a value (API reference 8.5)."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest

from tests.simulator.world import World, service, shop


def with_secret(value: str | None = "s3cr3t", **more: Any) -> dict[str, Any]:
    env = {"key": "K", "type": "SECRET", **({} if value is None else {"value": value})}
    return shop(envs=[env], **more)


def parts(value: str) -> tuple[bytes, bytes]:
    assert value.startswith("EV[1:")
    assert value.endswith("]")
    nonce, sealed = value[5:-1].split(":")
    return b64decode(nonce, validate=True), b64decode(sealed, validate=True)


def secret(app: Any) -> str:
    return app["spec"]["envs"][0]["value"]


@pytest.mark.parametrize("plain", ["", "a", "s3cr3t", "ümläut", "x" * 500])
def test_form(world: World, plain: str):
    nonce, sealed = parts(secret(world.create(with_secret(plain))))

    assert len(nonce) == 24
    assert len(sealed) == len(plain.encode()) + 16


def test_an_empty_secret_has_63_characters(world: World):
    assert len(secret(world.create(with_secret("")))) == 63


def test_another_value_each_time(world: World):
    app = world.create(with_secret())

    updated = world.put(app, with_secret())

    assert secret(updated) != secret(app)


def test_an_encrypted_value_is_kept(world: World):
    app = world.create(with_secret())

    updated = world.put(app, app["spec"])

    assert updated["spec"] == app["spec"]


@pytest.mark.parametrize("env", [{}, {"value": ""}, {"value": None}])
def test_without_a_value_it_is_wiped(world: World, env: dict):
    app = world.create(with_secret())

    updated = world.put(app, shop(envs=[{"key": "K", "type": "SECRET", **env}]))

    assert len(parts(secret(updated))[1]) == 16


def test_encrypted_values_cannot_make_an_app(world: World):
    app = world.create(with_secret())

    message = world.refused("POST", "/v2/apps", {"spec": {**app["spec"], "name": "other"}})

    assert message == (
        'error validating app spec field "envs.value": secret env value must not be encrypted before app is created'
    )


def test_the_text_for_several_problems_has_indexes(world: World):
    app = world.create(with_secret())
    envs = [{"key": "A", "value": "1"}, *app["spec"]["envs"], {**app["spec"]["envs"][0], "key": "L"}]

    message = world.refused("POST", "/v2/apps", {"spec": {**app["spec"], "name": "other", "envs": envs}})

    assert message == (
        'errors validating app spec; first error in field "envs.1.value": '
        "secret env value must not be encrypted before app is created"
    )


def test_values_of_another_app_are_refused(world: World):
    first, second = world.create(with_secret()), world.create(with_secret(name="other"))

    answer = world.put(second, {**second["spec"], "envs": first["spec"]["envs"]}, status=400)

    assert "was not issued for this app" in answer["message"]


def test_damaged_values_are_refused(world: World):
    app = world.create(with_secret())
    value = secret(app)
    for damaged in (value[:-3] + "A=]", value[:-10] + "]", "EV[1:x:y]", "EV[2:AAAA:AAAA]", "EV[]"):
        spec = {**app["spec"], "envs": [{"key": "K", "type": "SECRET", "value": damaged}]}
        assert "was not issued for this app" in world.put(app, spec, status=400)["message"]


def test_an_encrypted_value_may_move_within_its_app(world: World):
    app = world.create(with_secret())
    moved = {**app["spec"], "envs": [], "services": [service(envs=[{**app["spec"]["envs"][0], "key": "L"}])]}

    updated = world.put(app, moved)

    assert updated["spec"]["services"][0]["envs"][0]["value"] == secret(app)


def test_from_general_to_secret(world: World):
    app = world.create(shop(envs=[{"key": "K", "value": "v"}]))

    updated = world.put(app, with_secret("v"))

    assert len(parts(secret(updated))[1]) == 17


def test_from_secret_to_general(world: World):
    app = world.create(with_secret())

    plain = world.put(app, shop(envs=[{"key": "K", "value": "v"}]))
    answer = world.put(app, shop(envs=[{"key": "K", "value": secret(app)}]), status=400)

    assert plain["spec"]["envs"] == [{"key": "K", "value": "v", "scope": "RUN_AND_BUILD_TIME"}]
    assert "needs type SECRET" in answer["message"]


def test_registry_credentials_are_encrypted(world: World):
    image = {"registry_type": "GHCR", "registry": "a", "repository": "b", "registry_credentials": "user:token"}
    app = world.create({"name": "shop", "workers": [{"name": "w1", "image": image}]})
    stored = app["spec"]["workers"][0]["image"]["registry_credentials"]

    assert len(parts(stored)[1]) == len("user:token") + 16
    assert world.put(app)["spec"] == app["spec"]


def test_bindables_are_encrypted_like_any_value(world: World):
    app = world.create(with_secret("${db.DATABASE_URL}"))

    assert len(parts(secret(app))[1]) == len("${db.DATABASE_URL}") + 16


def test_propose_encrypts(world: World):
    answer = world.call("POST", "/v2/apps/propose", {"spec": with_secret("")})

    assert len(answer["spec"]["envs"][0]["value"]) == 63


def test_values_of_a_real_app_can_be_seeded(world: World):
    foreign = "EV[1:" + "A" * 32 + ":" + "B" * 32 + "]"
    app = world.seed(with_secret(foreign))

    assert secret(app) == foreign
    assert world.put(app)["spec"] == app["spec"]
    other = world.create(shop(name="other"))
    assert "not issued" in world.put(other, {**other["spec"], "envs": app["spec"]["envs"]}, status=400)["message"]


def test_no_answer_has_the_plain_text(world: World):
    app = world.create(with_secret("plainly-visible"))
    world.advance(100)

    shown = [
        world.raw("GET", f"/v2/apps/{app['id']}{path}").get_data(as_text=True)
        for path in ("", "/deployments", "/events")
    ]

    assert "plainly-visible" not in "".join(shown)
