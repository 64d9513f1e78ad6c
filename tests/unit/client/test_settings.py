"""Connection settings that make no sense are refused before any call, all at once and by their option's name."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.client import Client
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import UsageError
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.settings import (
    ClientSettings,
    base_url,
    is_loopback,
)
from ansible_collections.oceanops.app_platform.tests.unit.client.conftest import TOKEN


def problems(**settings: Any) -> list[str]:
    with pytest.raises(UsageError) as caught:
        Client(ClientSettings(**{"token": TOKEN, **settings}))
    assert TOKEN not in str(caught.value)
    return caught.value.problems


@pytest.mark.parametrize(
    "url",
    [
        "http://api.digitalocean.com",
        "http://10.0.0.1:8080",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://0.0.0.0:80",
        "http://[::2]:80",
        "http://2130706433",
    ],
)
def test_http_is_for_this_machine_only(url: str) -> None:
    found = problems(api_url=url)
    assert len(found) == 1
    assert found[0].startswith("api_url: ")
    assert "unencrypted" in found[0]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1",
        "http://127.9.9.9:8080",
        "http://[::1]:8080",
        "http://localhost:1",
        "http://LOCALHOST",
        "HTTPS://api.digitalocean.com",
        "https://api.example/prefix",
    ],
)
def test_good_addresses(url: str) -> None:
    assert base_url(ClientSettings(token=TOKEN, api_url=url + "/")) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.digitalocean.com",
        "ftp://127.0.0.1",
        "https://",
        "https:///v2",
        "https://[::1",
        "https://x:99999",
        "https://x:port",
        "https://x:0",
        "https://exa mple",
        "https://x/\n",
        "https://x\\y.example",
        "https://x?y=1",
        "https://x/#y",
    ],
)
def test_bad_addresses(url: str) -> None:
    found = problems(api_url=url)
    assert len(found) == 1
    assert found[0].startswith("api_url: ")
    assert "https://api.digitalocean.com" in found[0]


@pytest.mark.parametrize(
    "url", ["https://user:s3cr3t@x", "https://s3cr3t@x", "https://:s3cr3t@x", "http://s3cr3t@127.0.0.1"]
)
def test_credentials_in_the_address(url: str) -> None:
    found = problems(api_url=url)
    assert len(found) == 1
    assert "s3cr3t" not in found[0]
    assert "`token`" in found[0]


@pytest.mark.parametrize("token", ["", " ", "\n"])
def test_no_token(token: str) -> None:
    found = problems(token=token)
    assert len(found) == 1
    for name in ("`token`", "DIGITALOCEAN_ACCESS_TOKEN", "DIGITALOCEAN_TOKEN", "DO_API_TOKEN"):
        assert name in found[0]


@pytest.mark.parametrize("token", ["s3cr3t two", "s3cr3t\nX-Header: 1", "s3cr3t\u00e9", "s3cr3t\x00", "s3cr3t\u2028x"])
def test_strange_token(token: str) -> None:
    found = problems(token=token)
    assert len(found) == 1
    assert found[0].startswith("token: ")
    assert "s3cr3t" not in found[0]


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"timeout": 0}, "api_timeout"),
        ({"timeout": -1}, "api_timeout"),
        ({"timeout": float("nan"), "deadline": 1}, "api_timeout"),
        ({"timeout": float("inf"), "deadline": 1}, "api_timeout"),
        ({"connect_timeout": 0}, "api_connect_timeout"),
        ({"deadline": 0}, "api_deadline"),
        ({"retries": -1}, "api_retries"),
        ({"rate_limit_wait": -1}, "rate_limit_wait"),
        ({"rate_limit_wait": float("nan")}, "rate_limit_wait"),
        ({"ca_path": "/nowhere/ca.pem"}, "ca_path"),
    ],
)
def test_numbers_and_files(settings: dict[str, Any], name: str) -> None:
    assert any(one.startswith(f"{name}: ") for one in problems(**settings))


def test_all_problems_at_once() -> None:
    found = problems(token="", api_url="x", retries=-1, connect_timeout=-1)
    assert [one.partition(":")[0] for one in found] == ["token", "api_url", "api_connect_timeout", "api_retries"]


def test_defaults() -> None:
    settings = ClientSettings(token=TOKEN)
    assert base_url(settings) == "https://api.digitalocean.com"
    assert settings.response_deadline == 120
    assert settings.verify is True
    assert dataclasses.replace(settings, ca_path="/x").verify == "/x"
    assert dataclasses.replace(settings, ca_path="/x", validate_certs=False).verify is False
    assert dataclasses.replace(settings, deadline=7).response_deadline == 7


def test_ca_path_counts_only_when_certificates_are_checked() -> None:
    assert base_url(ClientSettings(token=TOKEN, ca_path="/nowhere", validate_certs=False))


def test_token_is_not_in_any_repr() -> None:
    settings = ClientSettings(token=TOKEN)
    assert TOKEN not in f"{settings} {settings!r} {Client(settings)!r} {Client(settings)}"


@pytest.mark.parametrize(
    ("host", "here"), [("127.0.0.1", True), ("localhost.", True), ("128.0.0.1", False), ("", False)]
)
def test_loopback(host: str, here: bool) -> None:
    assert is_loopback(host) is here
