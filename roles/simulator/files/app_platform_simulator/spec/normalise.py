# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server makes of a submitted spec (API reference 8). The result is what GET shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..assumptions import Assumptions
from ..catalogue import DEFAULT_SIZE
from ..model import COMPONENT_LISTS
from ..wire import Json, without_zeros
from . import durations
from .ingress import routed
from .secrets import Vault, looks_encrypted
from .shape import Path, Problems

_CONTAINERS = ("services", "workers", "jobs")


@dataclass(frozen=True)
class Sealing:
    """How the secrets of one spec are sealed. `stored` is the app's present spec, None while it is being created."""

    vault: Vault
    app_id: str
    stored: Json | None
    seal: bool = True


def normalised(spec: Json, assume: Assumptions, sealing: Sealing, region: str, problems: Problems) -> Json:
    """A spec of known shape as the server stores it.

    What is wrong with its routing and secrets is added to the problems.
    """
    result: Json = routed(without_zeros(spec), assume, problems)
    if result.get("region") is None and assume["region_omitted"] == "write_spec":
        result["region"] = region
    _containers(result, assume)
    _jobs(result, assume)
    _domains(result, assume)
    _features(result, assume)
    _secrets(result, assume, sealing, problems)
    if result.get("vpc"):
        result["vpc"] = {**result["vpc"], "egress_ips": [{"ip": "203.0.113.10"}, {"ip": "203.0.113.11"}]}
    return result


def env_lists(spec: Json) -> Iterator[tuple[Path, list[Json]]]:
    """The app's own envs and those of each component, with their paths."""
    if spec.get("envs"):
        yield ("envs",), spec["envs"]
    for kind in COMPONENT_LISTS:
        for number, component in enumerate(spec.get(kind) or []):
            if component.get("envs"):
                yield (kind, number, "envs"), component["envs"]


def _containers(spec: Json, assume: Assumptions) -> None:
    for kind in _CONTAINERS:
        for component in spec.get(kind) or []:
            if kind == "services" and not component.get("http_port") and not component.get("internal_ports"):
                component["http_port"] = 8080
            if assume["instance_count_omitted"] == "fill" and "autoscaling" not in component:
                component.setdefault("instance_count", 1)
            if assume["instance_size_omitted"] == "fill":
                component.setdefault("instance_size_slug", DEFAULT_SIZE)
            image = component.get("image")
            if image is not None and assume["image_deploy_on_push"] == "empty":
                image.setdefault("deploy_on_push", {})


def _jobs(spec: Json, assume: Assumptions) -> None:
    for job in spec.get("jobs") or []:
        if job.get("kind", "UNSPECIFIED") == "UNSPECIFIED":
            job["kind"] = "POST_DEPLOY"
        if job.get("timeout") and assume["timeout_text"] == "seconds":
            job["timeout"] = durations.in_seconds(job["timeout"])
        if job.get("schedule") and assume["time_zone_omitted"] == "fill":
            job["schedule"].setdefault("time_zone", "UTC")


def _domains(spec: Json, assume: Assumptions) -> None:
    domains = spec.get("domains") or []
    for domain in domains:
        if domain.get("type") == "UNSPECIFIED":
            del domain["type"]
    if assume["domain_type_omitted"] == "fill":
        primary = any(domain.get("type") == "PRIMARY" for domain in domains)
        for domain in domains:
            if "type" not in domain:
                domain["type"] = "ALIAS" if primary else "PRIMARY"
                primary = True


def _features(spec: Json, assume: Assumptions) -> None:
    if assume["buildpack_features"] == "absent" or any(
        str(feature).startswith("buildpack-stack=") for feature in spec.get("features") or []
    ):
        return
    built = [item for kind in COMPONENT_LISTS if kind != "functions" for item in spec.get(kind) or []]
    if any("image" not in item and "dockerfile_path" not in item for item in built):
        spec["features"] = [*(spec.get("features") or []), "buildpack-stack=ubuntu-22"]


def _secrets(spec: Json, assume: Assumptions, sealing: Sealing, problems: Problems) -> None:
    kept = _stored_secrets(sealing.stored or {})
    for path, envs in env_lists(spec):
        for number, env in enumerate(envs):
            former = kept.get((_owner(spec, path), str(env.get("key"))))
            _env(env, (*path, number, "value"), former, assume, sealing, problems)
    for kind in _CONTAINERS:
        for number, component in enumerate(spec.get(kind) or []):
            image: dict[str, Any] = component.get("image") or {}
            value = image.get("registry_credentials")
            if value:
                where: Path = (kind, number, "image", "registry_credentials")
                image["registry_credentials"] = _sealed(str(value), where, assume, sealing, problems)


def _env(  # noqa: PLR0917 - all of it is needed
    env: Json, path: Path, kept: str | None, assume: Assumptions, sealing: Sealing, problems: Problems
) -> None:
    """Fill the scope, drop GENERAL, seal a secret."""
    if env.get("scope", "UNSET") == "UNSET":
        env["scope"] = "RUN_AND_BUILD_TIME"
    value = str(env.get("value", ""))
    if env.get("type") == "SECRET":
        without = assume["secret_without_value"]
        if value == "" and without == "reject":
            problems.add(path, "a secret needs a value")
        elif value == "" and without == "keep" and kept:
            env["value"] = kept
        else:
            env["value"] = _sealed(value, path, assume, sealing, problems)
        return
    env.pop("type", None)
    if looks_encrypted(value):
        plain = sealing.vault.decrypt(value, sealing.app_id)
        if assume["encrypted_general"] == "reject":
            problems.add(path, "an encrypted value needs type SECRET")
        elif assume["encrypted_general"] == "decrypt" and plain is not None:
            env["value"] = plain


def _sealed(value: str, path: Path, assume: Assumptions, sealing: Sealing, problems: Problems) -> str:
    """The EV value that is stored for what was sent."""
    if looks_encrypted(value):
        if sealing.stored is None:
            problems.add(path, "secret env value must not be encrypted before app is created")
        elif "reject" in assume["foreign_secret"] and not sealing.vault.knows(value, sealing.app_id):
            problems.add(path, "encrypted value could not be decrypted: it was not issued for this app")
        return value
    return sealing.vault.encrypt(value, sealing.app_id) if sealing.seal else value


def _owner(spec: Json, path: Path) -> str:
    """The component that an env list belongs to, "" for the app itself."""
    if len(path) == 1:
        return ""
    kind, number = path[0], path[1]
    return str(spec[str(kind)][int(number)]["name"])


def _stored_secrets(spec: Json) -> dict[tuple[str, str], str]:
    """(component, key) -> EV value of a stored spec."""
    return {
        (_owner(spec, path), str(env["key"])): str(env["value"])
        for path, envs in env_lists(spec)
        for env in envs
        if env.get("type") == "SECRET" and env.get("value")
    }
