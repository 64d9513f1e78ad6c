"""Secrets in addresses: found in every form that people write, and nothing else taken for one."""

from __future__ import annotations

import json
import string
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import SecretRegister
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.redact import redact, register_secrets
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.task_options import (
    hide_secrets,
    secrets_in,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.diff import difference
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.export import export
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema import SPEC
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema_types import Listing, Record
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.secret_fields import url_field_names
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.url_secrets import (
    is_secret_field,
    is_secret_name,
    looks_random,
    mask_url,
    url_secrets,
)

HEX = "abcdef0123456789abcdef0123456789"
SHOWN = {
    "https://user:pass@host/x": "https://user:*@host/x",
    "https://user:p%40ss@host/x": "https://user:*@host/x",
    "https://user:p/ss@host/x": "https://user:*@host/x",
    "https://user:p?s#s@host": "https://user:*@host",
    "https://user:p@ss@host": "https://user:*@host",
    "user:pass@host:9200": "user:*@host:9200",
    "user:pa/ss@host:9200": "user:*@host:9200",
    "//user:pass@host": "//user:*@host",
    "//user:pa/ss@host": "//user:*@host",
    "https://0123456789abcdef@host/x": "https://*@host/x",
    "https://tok:x-oauth-basic@host/x": "https://*:x-oauth-basic@host/x",
    "https://tok:@host/x": "https://*:@host/x",
    f"https://{HEX}:pass@host": "https://*:*@host",
    "https://:pass@host": "https://:*@host",
    "logs.example.com:514?token=x": "logs.example.com:514?token=*",
    "https://host/x?level=info&api_key=x;y=1": "https://host/x?level=info&api_key=*;y=1",
    "https://host/x?X-Amz-Signature=x": "https://host/x?X-Amz-Signature=*",
    "https://host/x?apiKey=a=b": "https://host/x?apiKey=*",
    f"https://host/x?q={HEX}": "https://host/x?q=*",
    f"https://host/x?{HEX}": "https://host/x?*",
    "https://host/x#access_token=x&a=b": "https://host/x#access_token=*&a=b",
    f"https://host/v1/input/{HEX}/x": "https://host/v1/input/*/x",
    "/health?token=x": "/health?token=*",
    "https://host/x;token=abc/y": "https://host/x;token=*/y",
    "https://host/%74oken=abc": "https://host/%74oken=*",
    "https://host/x?next=https://u:pw@h2/": "https://host/x?next=*",
    "https://host/x?next=https%3A%2F%2Fu%3Apw%40h2%2F": "https://host/x?next=*",
}
READABLE = (
    "",
    "https://host/x;v=1/y?next=https://h2/",
    "logs.papertrailapp.com:12345",
    "https://http-intake.logs.datadoghq.eu",
    "https://git@git.example.com/team/shop.git",
    "git@host:team/shop.git",
    "https://registry.example.com:8080/@scope/package",
    "https://localhost:8080/healthz",
    "https://github.com/digitalocean/sample-monorepo",
    "https://host/release-2024-01-15-build-1234/MyVeryLongRepositoryName",
    "https://host/x?level=info&empty=&token=",
    "https://[broken",
    "/healthz",
)


@pytest.mark.parametrize(("text", "shown"), SHOWN.items(), ids=SHOWN)
def test_a_secret_is_hidden_and_what_is_around_it_stays(text: str, shown: str) -> None:
    assert mask_url(text, "*") == shown
    assert url_secrets(text)


@pytest.mark.parametrize("text", READABLE)
def test_what_carries_no_secret_stays(text: str) -> None:
    assert mask_url(text, "*") == text
    assert url_secrets(text) == []


def test_a_secret_is_known_as_written_and_as_meant() -> None:
    assert url_secrets("https://u:p%40ss@host/x") == ["p%40ss", "p@ss"]


@pytest.mark.parametrize("name", ["token", "accessToken", "X-Api-Key", "sig", "client_secret", "password"])
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["level", "monkey", "design", "source", "author"])
def test_names_of_other_things(name: str) -> None:
    assert not is_secret_name(name)


def test_fields_whose_names_say_it() -> None:
    assert all(map(is_secret_field, ("token", "do_token", "clientSecret", "registry_credentials")))
    assert all(map(is_secret_field, ("passwort", "secert", "db_pasword", "do_tokenn")))
    assert not any(map(is_secret_field, ("secrets", "update_secrets", "key", "basic_auth", "value")))
    assert not any(map(is_secret_field, ("taken", "section", "sector", "broken", "server", "tokens", "tags")))


TOKENS = st.text(string.ascii_letters + string.digits, min_size=32, max_size=80)
PASSWORDS = st.text(string.printable.replace("@", ""), min_size=8, max_size=60)


@pytest.mark.law
@given(PASSWORDS.filter(lambda one: not one[:1].isspace() and one != "x-oauth-basic"), st.booleans())
def test_no_password_is_shown(password: str, escaped: bool) -> None:
    written = quote(password, safe="") if escaped else password
    assert mask_url(f"https://user:{written}@h.example.com/logs", "*") == "https://user:*@h.example.com/logs"


@pytest.mark.law
@given(TOKENS, st.sampled_from(["https://h/{}", "https://h/v1/{}/x", "h:1?a={}", "https://{}@h/x", "https://h/?{}#x"]))
def test_no_long_token_is_shown(token: str, where: str) -> None:
    assert looks_random(token)
    assert mask_url(where.format(token), "*") == where.format("*")


@given(st.text())
def test_nothing_makes_it_stumble(text: str) -> None:
    mask_url(text, "*")
    assert all(url_secrets(text))


# Wherever the schema has an address.

CANARY = "CANARYpassword"
URL = f"https://user:{CANARY}@example.com/x"


def addresses(node: Any, path: str = "") -> Any:
    """(path, a spec with a secret in just this address) for each address of the schema."""
    if isinstance(node, Record):
        for name, child in node.fields.items():
            for where, inner in addresses(child, f"{path}.{name}"):
                yield where, {"name": "x", name: inner} if "name" in node.fields else {name: inner}
    elif isinstance(node, Listing):
        for where, inner in addresses(node.item, path):
            yield where, [inner]
    elif node.url:
        yield path, URL


CASES = dict(addresses(SPEC))


def test_every_field_with_an_address_is_marked() -> None:
    """All fields of the published document whose names or descriptions speak of an address, and paths with a query."""
    assert set(url_field_names()) == {
        "custom_error_page_url",
        "custom_url",
        "endpoint",
        "http_path",
        "offline_page_url",
        "repo_clone_url",
        "uri",
    }
    assert ".jobs.log_destinations.open_search.endpoint" in CASES
    assert ".ingress.rules.redirect.uri" in CASES


@pytest.mark.parametrize("path", CASES)
def test_it_is_hidden_wherever_a_spec_is_shown(path: str) -> None:
    spec = CASES[path]
    register = SecretRegister()
    assert CANARY not in json.dumps(redact(register, {"spec": spec, "active_deployment": {"spec": spec}}))
    assert CANARY not in register.mask_text(f"can't reach {CANARY}")
    other = json.loads(json.dumps(spec).replace(CANARY, "CANARYother"))
    told = json.dumps(difference(SPEC, spec, other, unchanged="SECRET", changed="SECRET (changed)", removed="-"))
    assert "CANARY" not in told
    assert "SECRET (changed)" in told
    assert "CANARY" not in json.dumps(export(spec))
    if "health_check.path" not in path:
        # A deprecated name, which is no option and means something else elsewhere.
        assert CANARY not in json.dumps(hide_secrets({"spec": spec}))
        assert CANARY in secrets_in({"spec": spec}, certain=True).distinctive


def test_a_field_that_is_not_known_is_a_secret_by_its_name() -> None:
    spec = {"name": "x", "jobs": [{"name": "m", "cloud": {"of": [{"access_token": CANARY, "region": "ams"}]}}]}
    register = SecretRegister()
    register_secrets(register, spec)
    assert register.distinctive == {CANARY}
    assert CANARY not in json.dumps(redact(register, {"spec": spec}))
    assert export(spec)["jobs"] == [{"name": "m", "cloud": {"of": [{"region": "ams"}]}}]
