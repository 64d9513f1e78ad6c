"""What the modules return is what they say that they return."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from ansible.release import __version__ as ansible_version

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import UsageError
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.explain import (
    Failure,
    deployment_summary,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.converge import Converged, app_summary
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.component import COMPONENT_KEYS
from tests.unit.docs.documented import (
    COLLECTION,
    DECLARING,
    MODULES,
    documentation,
    keys_of,
    manual,
    return_value,
    returned,
    words,
)

#: Methods of a dict: in a template, result.keys is the method and not the value.
UNUSABLE = {"items", "values", "keys", "update", "get", "copy", "pop", "clear", "setdefault", "popitem", "fromkeys"}
PYTHON: dict[str, Any] = {"str": str, "int": int, "float": (int, float), "bool": bool, "dict": dict, "list": list}


def every_value(values: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, value in values.items():
        here = f"{path}.{name}" if path else name
        yield here, value
        yield from every_value(value.get("contains") or {}, here)


@pytest.mark.parametrize("module", MODULES)
def test_every_value_is_described(module: str) -> None:
    for path, value in every_value(returned(module)):
        assert words(value).strip().endswith("."), path
        assert value["returned"], path
        assert value["type"] in PYTHON, path
        # An object inside of another one may be the API's own, as it is.
        whole = value["type"] == "dict" and "." in path
        assert whole or "sample" in value or "contains" in value, f"{path} has neither a sample nor parts"
        assert path.rpartition(".")[2] not in UNUSABLE, path
        assert (value["type"] == "list") == ("elements" in value), path


@pytest.mark.parametrize("module", MODULES)
def test_a_sample_is_of_its_type(module: str) -> None:
    for path, value in every_value(returned(module)):
        sample = value.get("sample")
        if sample is not None:
            assert isinstance(sample, PYTHON[value["type"]]), path
            if value["type"] == "list":
                assert all(isinstance(one, PYTHON[value["elements"]]) for one in sample), path


@pytest.mark.parametrize("module", DECLARING)
def test_the_shared_keys_are_those_of_the_code(module: str) -> None:
    told = returned(module)
    always = set(Converged({}, {}, {}, changed=False).result()) - {"changed", "diff"}
    assert always == {"app", "deployment"}
    assert always < set(told)
    assert set(told) >= {"failure", "conflict", "restored"}
    assert set(keys_of(module, "conflict")) == {"there", "wanted"}


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("app", app_summary({}, {})),
        ("deployment", deployment_summary({}, {})),
        ("deployments", deployment_summary({}, {}) | {"details": None}),
        ("restore_deployment", deployment_summary({}, {})),
        ("failure", UsageError("x").failure()),
    ],
)
def test_what_many_modules_return_has_the_keys_of_the_code(module: str, key: str, expected: dict[str, Any]) -> None:
    if key in returned(module):
        assert set(keys_of(module, key)) == set(expected)


def test_parts_of_a_deployment_in_its_sample() -> None:
    parts = returned("app")["deployment"]["contains"]
    (failure,) = parts["failures"]["sample"]
    assert set(failure) == set(Failure(None, None, "", "", "", "").as_dict())
    (log,) = parts["logs"]["sample"]
    assert set(log) == {"component", "type", "lines", "note"}
    (source,) = parts["sources"]["sample"]
    assert set(source) == {"component", "commit", "digest"}
    (job,) = parts["jobs"]["sample"]
    assert set(job) == {"name", "kind", "status", "duration", "reason"}


def test_a_component_is_returned_under_its_own_name() -> None:
    for key in COMPONENT_KEYS.values():
        assert key in returned(f"app_{key}")


# References


def _references(module: str) -> Iterator[tuple[str, str]]:
    """(module, path) of each ``RV(…)`` in the module's documentation."""
    doc = documentation(module)
    text = json.dumps([doc, returned(module)])
    for other, path in re.findall(rf"RV\((?!ignore:)(?:{re.escape(COLLECTION)}\.(\w+)#module:)?([\w.\[\]]+)", text):
        yield other or module, path


@pytest.mark.parametrize("module", MODULES)
def test_a_reference_leads_to_a_return_value(module: str) -> None:
    lost = {(other, path) for other, path in _references(module) if not _leads_somewhere(other, path)}
    assert lost == set()


def _leads_somewhere(module: str, path: str) -> bool:
    return module in MODULES and return_value(module, path) is not None


def test_a_lost_reference_would_be_found() -> None:
    assert list(_references("app_job")).count(("app", "deployment")) == 1
    assert not _leads_somewhere("app", "deployment.gone")
    assert not _leads_somewhere("app_gone", "deployment")


# Length

#: Lines of ``ansible-doc oceanops.app_platform.app_job`` in a terminal of 80 columns: in all, before the examples, and
#: of the return values. Its 96 options and sub-options take 411 lines with descriptions of a single line.
LINES, LINES_BEFORE_EXAMPLES, LINES_OF_RETURN = 840, 705, 70


@pytest.mark.skipif(ansible_version.startswith("2.16."), reason="its ansible-doc prints more lines for the same text")
def test_a_module_can_be_read_in_a_terminal() -> None:
    lines = manual("app_job").splitlines()
    begins = {line: number for number, line in enumerate(lines) if line in {"EXAMPLES:", "RETURN VALUES:"}}
    assert begins["EXAMPLES:"] <= LINES_BEFORE_EXAMPLES
    assert len(lines) - begins["RETURN VALUES:"] <= LINES_OF_RETURN
    assert len(lines) <= LINES
