"""Where options hold secrets: found before validation, hidden by position."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import MASK
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.task_options import (
    hide_secrets,
    secrets_in,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.url_secrets import url_secrets

CANARY = "CANARY-0123456789"
POSSIBLE = {
    "an env without a type": {"envs": [{"key": "A", "value": CANARY}]},
    "an env of a component of a spec": {"spec": {"jobs": [{"envs": [{"key": "A", "value": CANARY}]}]}},
    "envs as a mapping": {"envs": {"A": CANARY}},
    "envs as a mapping of records": {"envs": {"A": {"value": CANARY}}},
    "envs as JSON": {"envs": json.dumps([{"key": "A", "value": CANARY}])},
}
CERTAIN = {
    "an env of the type SECRET": {"envs": [{"key": "A", "type": "SECRET", "value": CANARY}]},
    "the type in small letters": {"envs": [{"key": "A", "type": "secret", "value": CANARY}]},
    "a number": {"envs": [{"key": "A", "type": "SECRET", "value": 1234567890123}]},
    "envs as JSON with types": {"envs": json.dumps([{"key": "A", "type": "SECRET", "value": CANARY}])},
    "envs as key=value": {"envs": f"A={CANARY}"},
    "envs as a list of key=value": {"envs": [f"A={CANARY},B=x"]},
    "registry credentials": {"image": {"registry_credentials": CANARY}},
    "registry credentials of several lines": {"registry_credentials": f"{{\n{CANARY}"},
    "a mapping of secrets": {"secrets": {"web": {"A": CANARY}}},
    "secrets as key=value": {"secrets": f"A={CANARY}"},
    "an API key": {"log_destinations": [{"datadog": {"api_key": CANARY}}]},
    "a log token": {"log_destinations": [{"logtail": {"token": CANARY}}]},
    "a password": {"log_destinations": [{"open_search": {"basic_auth": {"user": "doadmin", "password": CANARY}}}]},
    "a header": {"log_destinations": [{"headers": [{"key": "X-Auth", "value": CANARY}]}]},
    "the secure header": {"spec": {"ingress": {"secure_header": {"key": "X-Auth", "value": CANARY}}}},
    "the token": {"token": CANARY},
    "the password of a clone URL": {"git": {"repo_clone_url": f"https://robot:{CANARY}@git.example.com/a.git"}},
    "the token of a clone URL": {"git": {"repo_clone_url": f"https://{CANARY}@git.example.com/a.git"}},
}
READABLE = {
    "a GENERAL env": {"envs": [{"key": "A", "type": "GENERAL", "value": CANARY}]},
    "a name": {"name": CANARY, "envs": [{"key": CANARY, "scope": CANARY, "type": CANARY}]},
    "an alert's value": {"alerts": [{"rule": "CPU_UTILIZATION", "value": CANARY}]},
    "a command": {"run_command": f"start {CANARY}"},
    "a clone URL without secrets": {"git": {"repo_clone_url": f"https://git@git.example.com/{CANARY}.git"}},
    "the policy for secrets": {"update_secrets": "fingerprint", "allow_empty_secrets": False},
}


def registered(params: Any, *, certain: bool) -> bool:
    return any("CANARY" in one or one == "1234567890123" for one in secrets_in(params, certain=certain).distinctive)


@pytest.mark.parametrize("params", CERTAIN.values(), ids=CERTAIN)
def test_certain_secrets(params: Any) -> None:
    assert registered(params, certain=True)
    assert registered(params, certain=False)
    shown = json.dumps(hide_secrets(params))
    assert "CANARY" not in shown
    assert "1234567890123" not in shown


@pytest.mark.parametrize("params", POSSIBLE.values(), ids=POSSIBLE)
def test_possible_secrets_are_hidden_and_masked_while_nothing_is_validated(params: Any) -> None:
    assert not registered(params, certain=True)
    assert registered(params, certain=False)
    assert "CANARY" not in json.dumps(hide_secrets(params))


@pytest.mark.parametrize("params", READABLE.values(), ids=READABLE)
def test_readable_values(params: Any) -> None:
    assert not registered(params, certain=False)
    assert hide_secrets(params) == params


def test_what_is_around_a_secret_stays() -> None:
    given_options = {
        "name": "web",
        "envs": [{"key": "A", "type": "SECRET", "value": "x"}, {"key": "B", "value": None}, {"key": "C", "value": ""}],
        "secrets": {"web": {"A": "x", "B": True}},
        "git": {"repo_clone_url": "https://robot:pass@git.example.com/a.git"},
    }
    assert hide_secrets(given_options) == {
        "name": "web",
        "envs": [{"key": "A", "type": "SECRET", "value": MASK}, {"key": "B", "value": None}, {"key": "C", "value": ""}],
        "secrets": {"web": {"A": MASK, "B": True}},
        "git": {"repo_clone_url": f"https://robot:{MASK}@git.example.com/a.git"},
    }


def test_encrypted_values_may_be_seen() -> None:
    given_options = {"envs": [{"key": "A", "type": "SECRET", "value": "EV[1:abc:def]"}]}
    assert hide_secrets(given_options) == given_options
    assert secrets_in(given_options).distinctive == frozenset()


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://u:p%40ss@host/x", ["p%40ss", "p@ss"]),
        ("https://0123456789abcdef@host/x", ["0123456789abcdef"]),
        ("https://git@host/x", []),
        ("git@host:x.git", []),
        ("https://[broken", []),
        ("", []),
    ],
)
def test_secrets_of_addresses(url: str, found: list[str]) -> None:
    assert url_secrets(url) == found


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["envs", "value", "type", "secrets", "headers", "repo_clone_url", "x"]), inner
        )
    ),
)


@given(JSON)
def test_nothing_makes_it_stumble_and_the_shape_stays(params: Any) -> None:
    secrets_in(params).mask_text("x")
    shown = hide_secrets(params)
    assert type(shown) is type(params) or shown == MASK
    if isinstance(params, dict):
        assert list(shown) == list(params)


def test_pairs_that_are_written_as_a_text() -> None:
    register = secrets_in({"envs": "ONE=first-of-two-values, TWO=second=of-two-values,word"})
    for text in ("first-of-two-values", "second=of-two-values"):
        assert register.mask_text(f"it is {text}") == f"it is {MASK}"
    assert register.mask_text("a word") == "a word"
