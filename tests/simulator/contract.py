"""DigitalOcean's published description of the API, patched where it is known to be wrong, as a check of answers."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema import Draft7Validator

#: Made by `make contract`.
DOCUMENT = Path(__file__).resolve().parents[1] / "contract" / "openapi-apps.json"
_ROOT = "urn:openapi"


def published() -> dict[str, Any]:
    """The description as it was published, without prose and samples; OpenAPI 3.0."""
    loaded: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    return loaded


def patched() -> dict[str, Any]:
    """The description, patched; OpenAPI 3.0."""
    loaded = published()
    _patch(loaded)
    return loaded


@cache
def document() -> dict[str, Any]:
    """The description, patched, its schemas in JSON Schema's words."""
    converted: dict[str, Any] = _converted(patched())
    return converted


def _patch(loaded: dict[str, Any]) -> None:
    """What the description lacks or has wrong, by DigitalOcean's own other sources (API reference 16)."""
    schemas = loaded["components"]["schemas"]
    job = _properties(schemas["app_job_spec"])
    job["kind"]["enum"].append("SCHEDULED")
    job["schedule"] = {"type": "object", "properties": {"cron": {"type": "string"}, "time_zone": {"type": "string"}}}
    job["timeout"] = {"type": "string"}
    job["alerts"] = {"type": "array", "items": {"$ref": "#/components/schemas/app_alert_spec"}}
    spec = _properties(schemas["app_spec"])
    spec["envs"] = {"type": "array", "items": {"$ref": "#/components/schemas/app_variable_definition"}}
    spec["alerts"] = {"type": "array", "items": {"$ref": "#/components/schemas/app_alert_spec"}}
    spec["features"] = {"type": "array", "items": {"type": "string"}}
    rules = schemas["app_alert_spec_rule"]["enum"]
    rules.extend(("DEPLOYMENT_STARTED", "DEPLOYMENT_CANCELED", "JOB_INVOCATION_FAILED"))
    schemas["app_job_invocation"]["properties"]["trigger"]["properties"]["type"]["enum"].append("SCHEDULED")
    routing = schemas["app_ingress_spec_rule_routing_component"]["properties"]
    routing["preserve_path_prefix"]["type"] = "boolean"
    # DigitalOcean's client in Go has one type for both, with either word; a null one, which the description allows, is
    # not told.
    for match in ("prefix", "exact"):
        schema = schemas[f"app_ingress_spec_rule_string_match_{match}"]
        del schema["required"]
        text = schema["properties"][match]
        schema["properties"] = {"prefix": text, "exact": text}
    schemas["app_log_destination_logtail_spec"]["required"] = ["token"]
    for name in ("get_job_invocation", "cancel_job_invocation"):
        loaded["components"]["responses"][name]["content"]["application/json"]["schema"] = {
            "type": "object",
            "required": ["job_invocation"],
            "properties": {"job_invocation": {"$ref": "#/components/schemas/app_job_invocation"}},
        }


def _properties(schema: dict[str, Any]) -> dict[str, Any]:
    """The properties of a schema, or of the part of an allOf that has them."""
    if "properties" in schema:
        return dict.__getitem__(schema, "properties")
    for part in schema["allOf"]:
        if "properties" in part:
            return part["properties"]  # type: ignore[no-any-return]
    raise AssertionError("a schema without properties")


def _converted(value: Any) -> Any:
    """OpenAPI 3.0's `nullable` in JSON Schema's words."""
    if isinstance(value, list):
        return [_converted(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = {key: _converted(item) for key, item in value.items()}
    if result.get("nullable") is True and isinstance(result.get("type"), str):
        result["type"] = [result["type"], "null"]
    return result


@cache
def _operations() -> dict[str, dict[str, Any]]:
    return {
        operation["operationId"]: operation
        for path in document()["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict) and "operationId" in operation
    }


def operations() -> list[str]:
    """All operations that are described."""
    return sorted(_operations())


def _resolved(value: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in value:
        found: Any = document()
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        value = found
    return value


@cache
def _validator(operation: str, status: int) -> Draft7Validator | None:
    """The check of one kind of answer, None where nothing is described."""
    # Slow to load, and programs that only start a simulator need none of it.
    from jsonschema import Draft7Validator
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT7

    described = _operations()[operation]["responses"]
    if status >= 400:
        schema: dict[str, Any] = {"$ref": f"{_ROOT}#/components/schemas/error"}
    else:
        answer = _resolved(described[str(status)])
        content = answer.get("content", {}).get("application/json")
        if content is None:
            return None
        schema = _with_root(content["schema"])
    resource = Resource.from_contents(_with_root(document()), default_specification=DRAFT7)
    registry: Registry[Any] = Registry().with_resource(_ROOT, resource)
    return Draft7Validator(schema, registry=registry)


def _with_root(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: f"{_ROOT}{item}" if key == "$ref" and isinstance(item, str) else _with_root(item)
            for key, item in value.items()
        }
    return [_with_root(item) for item in value] if isinstance(value, list) else value


def described() -> set[str]:
    """The operations that the description has."""
    return set(_operations())


def wrong(operation: str, status: int, content: Any) -> str:
    """What is wrong with an answer, "" when nothing is, or when this operation is not described."""
    if operation not in _operations():
        return ""
    from jsonschema.exceptions import best_match

    validator = _validator(operation, status)
    if validator is None:
        return ""
    error = best_match(validator.iter_errors(content))
    return "" if error is None else f"{operation} {status}: {error.json_path}: {error.message}"


def wrong_in(answers: Path) -> list[str]:
    """What is wrong with the answers in a file of tests.simulator.recorded."""
    if not answers.exists():
        return []
    # The last line of a simulator that was killed may be half a one.
    text = answers.read_text(encoding="utf-8").rpartition("\n")[0]
    lines = [json.loads(line) for line in text.splitlines()]
    found = {wrong(line["operation"], line["status"], line["content"]): None for line in lines}
    return [problem for problem in found if problem]
