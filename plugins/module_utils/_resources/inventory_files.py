# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Builds the files of an inventory for the role ``app`` from apps. Pure."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from .._ansible.host_names import host_name, quote_name
from .._api.errors import UsageError
from .._deployments.deployment import app_name, spec_of
from .._edit.app_input import APP_ENVS, CLONE_URL, CREDENTIALS, SECRETS_OF_DESTINATIONS
from .._edit.proposal import without_fingerprint
from .._spec.export import export
from .._spec.schema_types import objects
from .._spec.secret_fields import SecretField, parts, secret_fields, secret_urls
from .._types.api_objects import App, Spec

try:
    import yaml
except ImportError:
    HAS_YAML = False
else:
    HAS_YAML = True

#: The group of the exported hosts.
GROUP = "apps"
#: Strings that no ansible-core treats as a template, whatever delimiters a header sets: words, paths, URLs, times,
#: bindables. All others of the platform are written as `!unsafe`.
_NEVER_TEMPLATE = re.compile(r"(?:[A-Za-z0-9 _./:@+*,=~?&;()'\"|!^$<>\\-]|\$\{[A-Za-z0-9_.-]+\})*")
#: Characters that block style or single quotes would not preserve: such a string is written with escapes.
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
#: Fields of a spec that have a variable of the role ``app``. All others go into ``app_spec``.
VARIABLES = (
    "region",
    "envs",
    "services",
    "static_sites",
    "workers",
    "functions",
    "databases",
    "domains",
    "ingress",
    "egress",
    "vpc",
    "maintenance",
    "alerts",
    "features",
)

_HOSTS = """\
# One host for each app. Nothing is logged into: the tasks run here, on the controller.
"""
_APP = """\
# The app {name} as it was on the platform. Secrets have no value here: see vault.yml.
"""
_JOBS = """\
# The jobs of the app {name}.
"""
_VAULT = """\
# The secrets of the app {name}. An empty value means: keep what the platform has stored.
#
# 1. Fill in the values that this inventory is to manage from now on. Leave the others empty, or take them out.
# 2. Encrypt the file before it gets into version control:
#      ansible-vault encrypt host_vars/{host}/vault.yml
#
# The platform does not give stored secrets back, so a value that is filled in is sent once, which makes one deployment.
# After that it is sent only when it changes.
"""
_ELSEWHERE = """\
# These have no place in app_secrets. They stay as they are; to change one, set it in its place in app.yml.
"""


@dataclass(frozen=True)
class ExportedApp:
    """One app: its host name, the contents of its files by path, and the paths of secrets that are left out."""

    name: str
    host: str
    files: Mapping[str, str]
    left_out: tuple[str, ...]


def app_files(apps: Sequence[App]) -> list[ExportedApp]:
    """The files of all *apps*, sorted by name. Needs PyYAML, see ``HAS_YAML``.

    Raises UsageError for a string that YAML can't represent.
    """
    # Case-insensitive, since some file systems are.
    name_counts = Counter(app_name(app).lower() for app in apps)
    taken = {GROUP}
    found = []
    for app in sorted(apps, key=lambda one: (app_name(one), str(one.get("id")))):
        name, app_id = app_name(app), str(app.get("id") or "")
        shared = name_counts[name.lower()] > 1
        host = host_name(app_id if shared else name, app_id, lambda word: word.lower() in taken)
        taken.add(host.lower())
        found.append(_exported(app, host, by_id=shared))
    return found


def hosts_file(hosts: Sequence[str]) -> str:
    """The text of ``hosts.yml``."""
    variables = {
        "ansible_connection": "local",
        "ansible_python_interpreter": _Template("{{ ansible_playbook_python }}"),
    }
    return _file(_HOSTS, {GROUP: {"hosts": dict.fromkeys(hosts), "vars": variables}})


def vault_path(host: str) -> str:
    """The path of the file for a host's secrets."""
    return f"host_vars/{host}/vault.yml"


def _exported(app: App, host: str, *, by_id: bool) -> ExportedApp:
    name = app_name(app)
    spec = without_fingerprint(spec_of(app) or {})
    if _SURROGATE.search(json.dumps([spec, app.get("id")], ensure_ascii=False)):
        raise UsageError(
            f"The app {quote_name(name)} has a text with half of a character (a lone surrogate), which no YAML file "
            "can hold; mend it on the platform, or export the others with `apps`"
        )
    written = export(spec)
    variables: dict[str, Any] = {"app_name": name}
    if by_id:
        variables["app_id"] = str(app.get("id"))
    rest = {key: value for key, value in written.items() if key not in (*VARIABLES, "jobs", "name")}
    if rest:
        variables["app_spec"] = rest
    variables.update({f"app_{key}": written[key] for key in VARIABLES if key in written})
    files = {f"host_vars/{host}/app.yml": _file(_APP.format(name=quote_name(name)), variables)}
    if "jobs" in written:
        files[f"host_vars/{host}/jobs.yml"] = _file(_JOBS.format(name=quote_name(name)), {"app_jobs": written["jobs"]})
    secrets, elsewhere = _secrets(spec)
    addresses = {secret_field.label for part in parts(spec) for secret_field in secret_urls(part)}
    left_out = tuple(label for label in elsewhere if label in addresses)
    if secrets or elsewhere:
        comment = _VAULT.format(name=quote_name(name), host=host)
        if elsewhere:
            comment += "#\n" + _ELSEWHERE + "".join(f"#   {_label(label)}\n" for label in elsewhere)
        files[vault_path(host)] = _file(comment, {"app_secrets": secrets})
    return ExportedApp(name, host, files, left_out)


def _secrets(spec: Spec) -> tuple[dict[str, dict[str, None]], list[str]]:
    """The mapping of ``app_secrets`` with empty values, and the labels of secrets that it can't contain."""
    found: dict[str, dict[str, None]] = {}
    elsewhere: list[str] = []
    for part in parts(spec):
        dotted = {str(one.get("name")) for one in objects(part.value.get("log_destinations")) if _dotted(one)}
        for secret_field in (*secret_fields(part), *secret_urls(part)):
            key = _key(secret_field, dotted)
            if key:
                found.setdefault(part.name or APP_ENVS, {})[key] = None
            else:
                elsewhere.append(secret_field.label)
    return found, elsewhere


def _label(label: str) -> str:
    """A path in a spec, safe in a YAML comment. It contains names of components."""
    return label if re.fullmatch(r"[\x20-\x7e]*", label) else quote_name(label)


def _dotted(destination: Mapping[str, Any]) -> bool:
    return "." in str(destination.get("name"))


def _key(secret_field: SecretField, dotted: set[str]) -> str:
    """The key of a secret in ``app_secrets``; empty: it can't be set there. ``dotted``: see `_secrets`."""
    section, _slash, rest = secret_field.name.partition("/")
    if section == "envs":
        return rest.rpartition("/")[0]
    if secret_field.name.replace("/", ".") in (CREDENTIALS, CLONE_URL):
        return secret_field.name.replace("/", ".")
    if section == "log_destinations" and "/headers/" not in secret_field.name:
        # A destination's name may contain slashes, the fields after it don't. A name with a dot would be ambiguous.
        if any(rest.startswith(f"{name}/") for name in dotted):
            return ""
        for kind in SECRETS_OF_DESTINATIONS:
            if rest.endswith(kind):
                return f"log_destinations.{rest.removesuffix(kind)}{kind.replace('/', '.')}"
    return ""


class _Template(str):
    """A string that Ansible must read as a template."""

    __slots__ = ()


def _file(comment: str, content: Mapping[str, Any]) -> str:
    text = yaml.dump(
        dict(content), Dumper=_dumper(), sort_keys=False, allow_unicode=True, default_flow_style=False, width=2**20
    )
    return f"---\n{comment}{text}"


@cache
def _dumper() -> Any:
    """PyYAML's safe dumper in a style that yamllint accepts, with strings that Ansible does not template."""

    class Dumper(yaml.SafeDumper):
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
            super().increase_indent(flow, False)

        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
            return True

    def text(dumper: Any, value: str) -> Any:
        tag = "tag:yaml.org,2002:str"
        # A string that YAML would read as a number or a time is no template, and keeps its quotes instead of the tag.
        if not _NEVER_TEMPLATE.fullmatch(value) and dumper.resolve(yaml.ScalarNode, value, (True, False)) == tag:
            tag = "!unsafe"
        if _HIDDEN.search(value):
            style = '"'
        elif "\n" in value:
            style = "|"
        elif tag == "!unsafe":
            style = "'"
        else:
            style = None
        return dumper.represent_scalar(tag, value, style=style)

    def template(dumper: Any, value: _Template) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:str", str(value), style='"')

    def nothing(dumper: Any, _value: None) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:null", "")

    Dumper.add_representer(str, text)
    Dumper.add_representer(_Template, template)
    Dumper.add_representer(type(None), nothing)
    return Dumper
