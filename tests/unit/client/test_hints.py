"""A sentence that helps, for every known cause; the API's own text stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.client import Client
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import ApiError
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.hints import hint
from ansible_collections.oceanops.app_platform.tests.unit.client.raw_server import RawServer, reply

CASES = [
    (400, "GitHub user not authenticated", "Authorize DigitalOcean"),
    (400, "GitHub user is not authenticated", "Authorize DigitalOcean"),
    (400, "GitHub user does not have access to acme/shop", "Authorize DigitalOcean"),
    (400, "Account does not have access to the repo", "Authorize DigitalOcean"),
    (
        400,
        'error validating app spec field "services.log_destinations.open_search.cluster_name": trusted sources found',
        "OpenSearch",
    ),
    (400, "secret env value must not be encrypted before app is created", "plain value"),
    (400, 'health check port "9090" not found in internal_ports', "`internal_ports`"),
    (400, "only one of jobs.image.tag or jobs.image.digest can be specified", "not both"),
    (400, "cannot create and delete a database in a single spec change", "two separate runs"),
    (400, "database user password is not accessible", "database:read"),
    (400, 'Authority "x" does not have a matching custom domain', "`domains`"),
    (400, "cannot get running logs from deployment x in phase final_cleanup", "logs do not exist"),
    (400, 'the deployment is past the maximum historical revision limit of 0 for the "starter" app tier', "newer one"),
    (401, "Unable to authenticate you.", "DIGITALOCEAN_ACCESS_TOKEN"),
    (401, "Unable to authenticate you.", "`token`"),
    (403, "You do not have permission to perform this action.", "app:read, app:create, app:update and app:delete"),
    (403, "You do not have permission to perform this action.", "regions:read, sizes:read and actions:read"),
    (403, "You do not have permission to perform this action.", "project:assign_resource"),
    (404, "The resource you requested could not be found.", "team"),
    (409, "App name already exists", "unique within a team"),
    (409, "The request could not be completed due to a conflict.", "pinned"),
]


@pytest.mark.parametrize(("status", "text", "help_"), CASES)
def test_known_causes(
    status: int, text: str, help_: str, serve: Callable[..., RawServer], client_for: Callable[..., Client]
) -> None:
    with pytest.raises(ApiError) as caught:
        client_for(serve(reply(status, {"id": "x", "message": text}))).get("/v2/apps/a1")
    assert text in caught.value.message
    assert help_ in caught.value.message
    assert caught.value.api_message == text
    assert "\n" not in caught.value.message
    assert "  " not in caught.value.message


@pytest.mark.parametrize(
    ("status", "text"),
    [(400, "something else"), (422, "request payload validation failed"), (500, "Server Error"), (429, "slow down")],
)
def test_nothing_is_made_up(status: int, text: str) -> None:
    assert hint(status, text) == ""
