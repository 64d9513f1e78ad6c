"""What the modules return is what they say that they return."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import UsageError
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.explain import Failure, summary
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.converge import Converged, app_summary
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.component import RESULT_KEYS
from tests.unit.docs.documented import DECLARING, MODULES, returned, words

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
    assert set(told["app"]["contains"]) == set(app_summary({}, {}))
    assert set(told["deployment"]["contains"]) == set(summary({}, {}))
    assert set(told["failure"]["contains"]) == set(UsageError("x").failure())


@pytest.mark.parametrize("module", DECLARING)
def test_parts_of_a_deployment_in_its_sample(module: str) -> None:
    parts = returned(module)["deployment"]["contains"]
    (failure,) = parts["failures"]["sample"]
    assert set(failure) == set(Failure(None, None, "", "", "", "").as_dict())
    (log,) = parts["logs"]["sample"]
    assert set(log) == {"component", "type", "lines", "note"}
    (source,) = parts["sources"]["sample"]
    assert set(source) == {"component", "commit", "digest"}
    (job,) = parts["jobs"]["sample"]
    assert set(job) == {"name", "kind", "status", "duration", "reason"}


def test_a_component_is_returned_under_its_own_name() -> None:
    for key in RESULT_KEYS.values():
        assert key in returned(f"app_{key}")


def test_all_modules_tell_the_same_of_the_same() -> None:
    """The text of what all converging modules return is one text, in each of them."""
    for key in ("app", "deployment", "failure", "conflict", "restored"):
        assert [module for module in DECLARING if returned(module)[key] != returned("app_job")[key]] == []
