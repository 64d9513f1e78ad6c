"""Specs as the API has them, drawn from the schema, and what the server does to them (API reference 8.1)."""

from __future__ import annotations

import base64
import copy
import os
from typing import Any

from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._spec._nodes import Listing, Node, Record, Scalar
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec._schema import (
    COMPONENTS,
    ENV,
    IMAGE,
    SPEC,
)

names = st.sampled_from(["web", "api", "db", "jobs", "warm", "mail", "x1"])
texts = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=6)


def scalars(name: str, node: Scalar) -> st.SearchStrategy[Any]:
    """Values that the server would keep as they are."""
    if node.choices:
        return st.sampled_from(node.choices)
    if node.type == "bool":
        return st.just(True)
    if node.type == "int":
        low, high = int(node.minimum or 1), int(node.maximum or 500)
        return st.integers(low, high)
    if node.type == "float":
        return st.floats(0.5, 100, allow_nan=False).map(lambda number: round(number, 2))
    if node.type == "duration":
        return st.sampled_from(["30m", "1h", "90s", "1h30m"])
    if name in ("name", "key", "rule"):
        return names
    if node.type == "hostname":
        return st.sampled_from(["a.example.com", "b.example.com", "example.org"])
    return texts


def values(node: Node, name: str = "", depth: int = 0) -> st.SearchStrategy[Any]:
    """A value for a node: as the API answers it, no zero values in it, no two items of one key."""
    if isinstance(node, Scalar):
        return scalars(name, node)
    if isinstance(node, Listing):
        items = values(node.item, name, depth + 1)
        if node.key:
            return st.lists(items, min_size=1, max_size=3, unique_by=lambda item: str(item.get(node.key[0])))
        return st.lists(items, min_size=1, max_size=3, unique_by=str)
    return records(node, depth)


@st.composite
def records(draw: st.DrawFn, node: Record, depth: int = 0) -> dict[str, Any]:
    """A record with some of its fields, at most one of each exclusive group, and sometimes one from the future."""
    wanted = [name for name, child in node.fields.items() if isinstance(child, Scalar) and child.required]
    optional = [name for name in node.fields if name not in wanted and name not in ("routes", "cors")]
    wanted += draw(st.lists(st.sampled_from(optional), max_size=4 if depth < 3 else 1, unique=True)) if optional else []
    for group in node.exclusive:
        present = [name for name in wanted if name in group]
        wanted = [name for name in wanted if name not in present[1:]]
    result = {name: draw(values(node.fields[name], name, depth + 1)) for name in dict.fromkeys(wanted)}
    if not result:
        name = optional[0]
        result[name] = draw(values(node.fields[name], name, depth + 1))
    if draw(st.integers(0, 6)) == 0:
        result["field_of_the_future"] = draw(st.one_of(texts, st.just({"inner": [1, {"deep": "x"}]})))
    return result


@st.composite
def specs(draw: st.DrawFn) -> dict[str, Any]:
    """An app spec; component names are unique in their section."""
    spec = draw(records(SPEC))
    for section in COMPONENTS:
        if section in spec and draw(st.booleans()):
            del spec[section]
    if not any(section in spec for section in COMPONENTS):
        spec["jobs"] = [draw(records(COMPONENTS["jobs"][1]))]
    return spec


def encrypted(value: str) -> str:
    """What the server makes of a secret: another text each time."""
    nonce = base64.b64encode(os.urandom(24)).decode()
    return f"EV[1:{nonce}:{base64.b64encode(os.urandom(len(value.encode()) + 16)).decode()}]"


def server(spec: dict[str, Any]) -> dict[str, Any]:
    """The spec as GET gives it after it was written: filled in, shortened, encrypted."""
    result = copy.deepcopy(spec)
    for section in COMPONENTS:
        for component in result.get(section) or ():
            for env in component.get("envs") or ():
                _env(env)
            image = component.get("image") or {}
            credentials = image.get("registry_credentials")
            if credentials and not credentials.startswith("EV["):
                image["registry_credentials"] = encrypted(credentials)
            if section == "services" and "internal_ports" not in component:
                component.setdefault("http_port", 8080)
            if section == "jobs" and component.get("kind") in (None, "UNSPECIFIED"):
                component["kind"] = "POST_DEPLOY"
            if image:
                image.setdefault("deploy_on_push", {})
    for env in result.get("envs") or ():
        _env(env)
    for domain in result.get("domains") or ():
        domain.setdefault("type", "ALIAS")
    result.setdefault("features", []).append("buildpack-stack=ubuntu-22") if "features" not in result else None
    return result


def _env(env: dict[str, Any]) -> None:
    if env.get("scope") in (None, "UNSET"):
        env["scope"] = "RUN_AND_BUILD_TIME"
    if env.get("type") == "GENERAL":
        del env["type"]
    if env.get("type") == "SECRET" and not str(env.get("value", "")).startswith("EV["):
        env["value"] = encrypted(str(env.get("value", "")))


def respelled(node: Node, value: Any) -> Any:
    """The same in another spelling: numbers and booleans as text, durations in seconds."""
    if isinstance(node, Record) and isinstance(value, dict):
        return {
            name: respelled(node.fields[name], inner) if name in node.fields else inner for name, inner in value.items()
        }
    if isinstance(node, Listing) and isinstance(value, list):
        items = [respelled(node.item, item) for item in value]
        return items if node.ordered or not node.key else items[::-1]
    if isinstance(node, Scalar) and node.type in ("int", "bool"):
        return str(value)
    if isinstance(node, Scalar) and node.type == "duration":
        return {"30m": "1800s", "1h": "60m", "90s": 90, "1h30m": "5400s"}.get(value, value)
    return value


__all__ = ["ENV", "IMAGE", "encrypted", "records", "respelled", "server", "specs", "values"]
