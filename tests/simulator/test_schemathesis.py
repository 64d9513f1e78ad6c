"""schemathesis makes requests from the published description: no answer is a fault of the server's own."""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.core import NotSet

from tests.simulator import contract
from tests.simulator.world import World, shop

pytestmark = [pytest.mark.contract, pytest.mark.slow]

schema = schemathesis.openapi.from_dict(contract.patched())
APP = "11111111-1111-4111-8111-111111111111"


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def real(world: World, parameters: dict[str, Any]) -> dict[str, Any]:
    """Path parameters that lead to what is there."""
    known = {
        "id": APP,
        "app_id": APP,
        "component_name": "web",
        "job_name": "nightly",
        "slug": "apps-s-1vcpu-1gb",
        "deployment_id": world.get(f"/v2/apps/{APP}/deployments")["deployments"][0]["id"],
    }
    return {name: known.get(name, value) for name, value in parameters.items()}


def plain(value: Any) -> Any:
    """A body as JSON can say it: bytes stand for a text."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.decode("latin-1") if isinstance(value, bytes) else value


# Whole specs take schemathesis minutes. test_fuzz makes such requests by other means, always.
WITH_SPECS = ["apps_create", "apps_update", "apps_validate_appSpec"]
quiet = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)


@schema.exclude(operation_id=WITH_SPECS).parametrize()
@settings(quiet, max_examples=10)
def test_no_fault_of_the_server(case: Any, world: World):
    ask(case, world)


@pytest.mark.skipif("SEEN" not in os.environ, reason="whole specs take minutes: make fidelity runs these")
@schema.include(operation_id=WITH_SPECS).parametrize()
@settings(quiet, max_examples=3)
def test_no_fault_of_the_server_whatever_the_spec(case: Any, world: World):
    ask(case, world)


def ask(case: Any, world: World) -> None:
    """The request as it was made, and the same of what is there."""
    for there in (False, True):
        if APP not in world.state.apps or len(world.state.apps) > 5:
            world.renew()
            world.seed(shop(), id=APP)
        path = case.operation.path.format(**real(world, case.path_parameters or {})) if there else case.formatted_path
        body = None if isinstance(case.body, NotSet) else plain(case.body)
        query = {key: str(value) for key, value in (case.query or {}).items()}
        answer = world.raw(case.method, path, body, query_string=query)
        assert answer.status_code < 500, answer.get_data(as_text=True)
