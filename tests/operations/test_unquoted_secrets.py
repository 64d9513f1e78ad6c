"""Values of the option ``secrets`` that YAML has made numbers and booleans of: as in the spec itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.operations.conftest import Run
from tests.platform import Platform

IMAGE = {"registry_type": "DOCKER_HUB", "registry": "oceanops", "repository": "app", "tag": "1"}
SPEC: dict[str, Any] = {
    "name": "new",
    "workers": [
        {"name": "w1", "image": IMAGE, "log_destinations": [{"name": "bs", "logtail": {"token": "token-of-bs"}}]}
    ],
}


@pytest.mark.parametrize(("value", "sent"), [(1.5e20, "1.5e+20"), (True, "true"), (0.5, "0.5")])
def test_an_env_warns_and_does_not_show_it(value: Any, sent: str, run: Run, platform: Platform) -> None:
    result = run("app", spec=SPEC, secrets={"w1": {"K": value}})
    (warning,) = (one for one in result["warned"] if "envs[K]" in one)
    assert "quote it" in warning
    assert sent not in warning
    (write,) = platform.writes()
    assert json.dumps(write["body"])
    assert not run("app", spec=SPEC, secrets={"w1": {"K": value}})["changed"]
    assert not run("app", spec=SPEC, secrets={"w1": {"K": sent}})["changed"]


@pytest.mark.parametrize("key", ["image.registry_credentials", "log_destinations.bs.logtail.token"])
def test_another_place_refuses_it(key: str, run: Run, platform: Platform) -> None:
    result = run("app", spec=SPEC, secrets={"w1": {key: 12345.5}})
    assert result["failed"]
    assert "quote" in result["msg"]
    assert "12345" not in json.dumps({**result, "invocation": None})
    assert platform.writes() == []


def test_whole_numbers_are_texts(run: Run, platform: Platform) -> None:
    assert not run("app", spec=SPEC, secrets={"w1": {"K": 12345678}})["warned"]
