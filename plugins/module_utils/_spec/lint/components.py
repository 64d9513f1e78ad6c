# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Checks of ports, health checks and instances (API reference 4.3, 4.6, 4.7, 11.1)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ..schema import DEFAULT_HTTP_PORT
from ..schema_types import Scalar
from ..secret_fields import is_secret_env
from ..sizes import LEGACY_BASIC_SIZES, LEGACY_SHARED_SIZES, LEGACY_SIZES, SHARED_SIZES, SINGLE_INSTANCE_SIZES, SIZES
from .rules import Finding, finding
from .values import (
    Component,
    item_path,
    items,
    listed,
    mapping,
    mappings,
    number,
    quoted,
    read_scalar,
    suggestion,
    text,
)

_TEXT = Scalar()


def check_ports(part: Component) -> Iterator[Finding]:
    """Check the ports of a service and the paths and ports of health checks."""
    for name in ("health_check", "liveness_health_check"):
        path = text(mapping(part.fields.get(name)).get("http_path"))
        if path and not path.startswith("/"):
            message = f"{quoted(path)} is no path of a request: write {quoted(f'/{path}')}"
            yield finding("path_form", f"{part.path}.{name}.http_path", message)
    if part.section != "services":
        return
    internal = [port for port in map(number, items(part.fields.get("internal_ports"))) if port]
    public = http_port(part.fields)
    if len(set(internal)) < len(internal) or public in internal:
        message = "a port stands there twice, or is the http_port: remove it here"
        yield finding("port_twice", f"{part.path}.internal_ports", message)
    for name, rule in (("health_check", "health_check_port"), ("liveness_health_check", "liveness_port")):
        port = number(mapping(part.fields.get(name)).get("port"))
        if port and port != public and port not in internal:
            ports = listed((str(one) for one in (public, *internal) if one), "and")
            message = f"{quoted(port)} is not a port of this service, which has {ports}"
            advice = "take one of them, or add it to internal_ports"
            yield finding(rule, f"{part.path}.{name}.port", f"{message}: {advice}")
    yield from _port_env(part, public)


def http_port(fields: Mapping[str, Any]) -> int | None:
    """The public port of a service; None if it has only internal ports (API reference 8.1)."""
    return number(fields.get("http_port")) or (None if items(fields.get("internal_ports")) else DEFAULT_HTTP_PORT)


def _port_env(part: Component, public: int | None) -> Iterator[Finding]:
    for index, env in mappings(part.fields.get("envs")):
        value = text(read_scalar(_TEXT, env.get("value")))
        if env.get("key") != "PORT" or is_secret_env(env) or not value.isdecimal() or public is None:
            continue
        if value != str(public):
            message = f"the platform sends requests to http_port, which is {public}, and the value is another port: "
            message += "set http_port to it, or leave PORT to the platform"
            yield finding("port_env", item_path(f"{part.path}.envs", index, env, "key"), message)


def check_instances(part: Component, sizes: Collection[str] | None) -> Iterator[Finding]:
    """Check size and number of instances; *sizes*: the slugs that the API lists, None if they were not requested."""
    size, count = text(part.fields.get("instance_size_slug")), number(part.fields.get("instance_count")) or 1
    scaling = mapping(part.fields.get("autoscaling"))
    known = SIZES if sizes is None else (*sizes, *LEGACY_SIZES)
    if size and size not in known:
        message = f"{quoted(size)} is not known here and is sent as it is; {suggestion(size, known)}"
        yield finding("unknown_size", f"{part.path}.instance_size_slug", message)
    if count > 1 and size in SINGLE_INSTANCE_SIZES:
        message = (
            f"{size} takes one instance, and here are {quoted(count)}: take a larger size such as apps-s-1vcpu-1gb"
        )
        yield finding("single_instance", f"{part.path}.instance_count", message)
    elif count > 1 and size in ("", *LEGACY_BASIC_SIZES):
        given = f"{size} is a size" if size else "no size is given, and the default one is"
        message = f"{given} for one instance, and here are {quoted(count)}: give a size such as apps-s-1vcpu-1gb"
        yield finding("basic_size", f"{part.path}.instance_count", message)
    if scaling:
        yield from _autoscaling(part, scaling, size)


def _autoscaling(part: Component, scaling: Mapping[str, Any], size: str) -> Iterator[Finding]:
    path = f"{part.path}.autoscaling"
    low, high = number(scaling.get("min_instance_count")), number(scaling.get("max_instance_count"))
    for name, bound in (("min_instance_count", low), ("max_instance_count", high)):
        if bound is None:
            yield finding("autoscaling_bounds", f"{path}.{name}", "it is not there: give both bounds")
    if low and high and low > high:
        message = f"{quoted(low)} to {quoted(high)} is no range: min_instance_count must be below max_instance_count"
        yield finding("autoscaling_bounds", f"{path}.min_instance_count", message)
    elif low and high and low == high:
        message = (
            f"both bounds are {quoted(low)}, so nothing can be scaled: raise max_instance_count, or set instance_count"
        )
        yield finding("autoscaling_range", f"{path}.max_instance_count", message)
    metrics = mapping(scaling.get("metrics"))
    if not metrics:
        yield finding("autoscaling_metrics", f"{path}.metrics", "it is not there: give one, such as cpu: {percent: 80}")
    if size in SINGLE_INSTANCE_SIZES:
        yield finding(
            "single_instance", path, f"{size} takes one instance: take a dedicated size such as apps-d-1vcpu-1gb"
        )
    elif size in ("", *SHARED_SIZES, *LEGACY_SHARED_SIZES):
        given = f"{size} has shared CPUs" if size else "the default size has shared CPUs"
        message = f"{given}, and autoscaling is documented for dedicated ones: take one such as apps-d-1vcpu-1gb"
        yield finding("autoscaling_size", path, message)
