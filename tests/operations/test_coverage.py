"""Every field of an app spec: it can be declared, comes back, is no change the second time, and its change is seen."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema import SPEC
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema_types import Listing, Record
from tests.operations.conftest import Run
from tests.operations.fields import Field, fields
from tests.operations.render import PAGE, page
from tests.platform import Platform
from tests.simulator import contract

pytestmark = pytest.mark.slow

FIELDS = list(fields())


@pytest.mark.parametrize("field", FIELDS, ids=[field.path for field in FIELDS])
def test_field(field: Field, run: Run, platform: Platform) -> None:
    made = run("app", spec=field.one, wait=False)
    assert made["changed"], made
    platform.forget_requests()
    again = run("app", spec=field.one, wait=False)
    assert again.get("failed") is None, again["msg"]
    assert not again["changed"], again["diff"]
    assert platform.writes() == []
    if field.one != field.other:
        confirmed = ["thing"] if field.path.startswith("databases") else []
        other = run("app", spec=field.other, wait=False, purge=True, confirm_destroy=confirmed)
        assert other.get("failed") is None, other["msg"]
        assert other["changed"]
        assert not run("app", spec=field.other, wait=False, purge=True, confirm_destroy=confirmed)["changed"]


def test_the_page_has_every_row() -> None:
    assert PAGE.read_text() == page(), "run make pages"


#: In the published description by the reuse of schemas alone (API reference 4.2); not a field of these components.
ARTEFACTS = ("static_sites.image", "static_sites.run_command", "static_sites.log_destinations")


@pytest.mark.contract
def test_every_published_field_is_known() -> None:
    document = contract.published()
    missing = [path for path in _published(document, {"$ref": "#/components/schemas/app_spec"}, "") if not _known(path)]
    assert [path for path in missing if not path.startswith(ARTEFACTS)] == []


def _published(document: dict[str, Any], schema: dict[str, Any], path: str) -> set[str]:
    while "$ref" in schema:
        found: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    result: set[str] = set()
    for part in ("allOf", "oneOf", "anyOf"):
        for inner in schema.get(part, ()):
            result |= _published(document, inner, path)
    if "items" in schema:
        result |= _published(document, schema["items"], path)
    for name, inner in schema.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        result |= {here} | _published(document, inner, here)
    return result


def _known(path: str) -> bool:
    node: Any = SPEC
    for step in path.split("."):
        while isinstance(node, Listing):
            node = node.item
        if not isinstance(node, Record) or step not in node.fields:
            return False
        node = node.fields[step]
    return True
