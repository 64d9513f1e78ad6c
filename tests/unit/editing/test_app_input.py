"""The options ``spec`` and ``secrets`` of the module app: what a task declares by them, and what is refused."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import UsageError
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.app_input import full_spec, with_secrets

IMAGE = {"registry_type": "GHCR", "registry": "acme", "repository": "shop", "tag": "1"}
CURRENT: dict[str, Any] = {
    "name": "shop",
    "services": [{"name": "web", "envs": [{"key": "OLD", "value": "1"}]}],
    "jobs": [{"name": "migrate"}, {"name": "tidy"}],
}
WEB: dict[str, Any] = {"name": "shop", "services": [{"name": "web", "envs": [{"key": "A", "value": "1"}]}]}


def secret(key: str, value: Any) -> dict[str, Any]:
    return {"key": key, "value": value, "type": "SECRET"}


@pytest.mark.parametrize(
    ("given", "name", "spec"),
    [
        ({"name": "shop", "region": "ams"}, None, {"name": "shop", "region": "ams"}),
        ({"region": "ams"}, "shop", {"name": "shop", "region": "ams"}),
        ({"name": "shop"}, "shop", {"name": "shop"}),
        ({"spec": {"name": "shop", "jobs": []}}, None, {"name": "shop", "jobs": []}),
        ({"spec": {"jobs": []}}, "shop", {"name": "shop", "jobs": []}),
        ({"name": "shop", "spec": {"name": "other"}}, None, {"name": "shop", "spec": {"name": "other"}}),
        ({"spec": "x"}, "shop", {"name": "shop", "spec": "x"}),
    ],
)
def test_a_spec_with_its_name(given: dict[str, Any], name: str | None, spec: dict[str, Any]) -> None:
    before = copy.deepcopy(given)
    assert full_spec(given, name) == spec
    assert given == before


@pytest.mark.parametrize(
    ("given", "name", "message"),
    [
        (
            {"name": "shop"},
            "store",
            "name: it is 'store' while spec.name is 'shop'; give one of them, or the same in both",
        ),
        (
            {},
            None,
            "spec.name: missing; an app is found by its name, which is also an option of its own: name",
        ),
        (
            {"name": ""},
            None,
            "spec.name: missing; an app is found by its name, which is also an option of its own: name",
        ),
        ({"name": 5}, None, "spec.name: 5 is not a text; put it in quotes"),
    ],
)
def test_a_spec_without_one_name(given: dict[str, Any], name: str | None, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        full_spec(given, name)
    assert list(caught.value.problems) == [message]


@pytest.mark.parametrize(
    ("desired", "secrets", "result"),
    [
        (WEB, {}, WEB),
        (WEB, {"web": {"A": "s"}}, {"name": "shop", "services": [{"name": "web", "envs": [secret("A", "s")]}]}),
        (
            WEB,
            {"web": {"B": "s"}},
            {"name": "shop", "services": [{"name": "web", "envs": [{"key": "A", "value": "1"}, secret("B", "s")]}]},
        ),
        (
            WEB,
            {"web": {"A": None}},
            {"name": "shop", "services": [{"name": "web", "envs": [secret("A", None)]}]},
        ),
        (
            {"name": "shop", "workers": [{"name": "w", "envs": [{"key": "A", "scope": "RUN_TIME"}, {"key": "A"}]}]},
            {"w": {"A": "s"}},
            {
                "name": "shop",
                "workers": [{"name": "w", "envs": [{**secret("A", "s"), "scope": "RUN_TIME"}, secret("A", "s")]}],
            },
        ),
        ({"name": "shop"}, {"_app": {"A": "s"}}, {"name": "shop", "envs": [secret("A", "s")]}),
        # A component that only the app has is declared by its name alone.
        (
            {"name": "shop"},
            {"tidy": {"A": "s"}},
            {"name": "shop", "jobs": [{"name": "tidy", "envs": [secret("A", "s")]}]},
        ),
        (
            {"name": "shop", "jobs": [{"name": "new"}]},
            {"tidy": {"A": "s"}},
            {"name": "shop", "jobs": [{"name": "new"}, {"name": "tidy", "envs": [secret("A", "s")]}]},
        ),
        (
            {"name": "shop", "jobs": [{"name": "x", "image": IMAGE}]},
            {"x": {"image.registry_credentials": "u:t"}},
            {"name": "shop", "jobs": [{"name": "x", "image": {**IMAGE, "registry_credentials": "u:t"}}]},
        ),
        (
            {"name": "shop", "jobs": [{"name": "x", "git": {"branch": "main"}}]},
            {"x": {"git.repo_clone_url": "https://u:p@x.org/r"}},
            {
                "name": "shop",
                "jobs": [{"name": "x", "git": {"branch": "main", "repo_clone_url": "https://u:p@x.org/r"}}],
            },
        ),
        (
            {"name": "shop", "jobs": [{"name": "x"}]},
            {"x": {"git.repo_clone_url": "https://u:p@x.org/r"}},
            {"name": "shop", "jobs": [{"name": "x", "git": {"repo_clone_url": "https://u:p@x.org/r"}}]},
        ),
        (
            {"name": "shop", "jobs": [{"name": "x"}]},
            {"x": {"git.repo_clone_url": None}},
            {"name": "shop", "jobs": [{"name": "x"}]},
        ),
        (
            {"name": "shop", "jobs": [{"name": "x", "log_destinations": [{"name": "l", "logtail": {"a": 1}}]}]},
            {"x": {"log_destinations.l.logtail.token": "t"}},
            {
                "name": "shop",
                "jobs": [{"name": "x", "log_destinations": [{"name": "l", "logtail": {"a": 1, "token": "t"}}]}],
            },
        ),
        (
            {"name": "shop", "jobs": [{"name": "x", "log_destinations": [{"name": "k"}, {"name": "l"}]}]},
            {"x": {"log_destinations.l.open_search.basic_auth.password": "p"}},
            {
                "name": "shop",
                "jobs": [
                    {
                        "name": "x",
                        "log_destinations": [
                            {"name": "k"},
                            {"name": "l", "open_search": {"basic_auth": {"password": "p"}}},
                        ],
                    }
                ],
            },
        ),
        (
            {"name": "shop", "jobs": [{"name": "x", "log_destinations": [{"name": "l"}]}]},
            {"x": {"log_destinations.l.endpoint": "e"}},
            {"name": "shop", "jobs": [{"name": "x", "log_destinations": [{"name": "l", "endpoint": "e"}]}]},
        ),
        (
            {"name": "shop", "jobs": [{"name": "x", "log_destinations": [{"name": "l"}]}]},
            {"x": {"log_destinations.l.logtail.token": None}},
            {"name": "shop", "jobs": [{"name": "x", "log_destinations": [{"name": "l"}]}]},
        ),
    ],
)
def test_secrets_at_their_places(desired: dict[str, Any], secrets: dict[str, Any], result: dict[str, Any]) -> None:
    before = copy.deepcopy((desired, CURRENT))
    assert with_secrets(desired, secrets, CURRENT) == result
    assert (desired, CURRENT) == before


def test_numbers_become_texts_where_yaml_cannot_have_changed_them() -> None:
    found = with_secrets(WEB, {"web": {"A": 12, "B": True}}, None)
    assert [env["value"] for env in found["services"][0]["envs"]] == ["12", True]


@pytest.mark.parametrize(
    ("secrets", "problem"),
    [
        ({"web": "x"}, "secrets[web]: give a mapping of keys to values"),
        ({"web": {"A": ["s"]}}, "secrets[web][A]: give a text"),
        ({"web": {"A": {"s": 1}}}, "secrets[web][A]: give a text"),
        (
            {"web": {"image.registry_credentials": "s"}},
            "secrets[web][image.registry_credentials]: this component declares no image",
        ),
        (
            {"web": {"log_destinations.l.logtail.token": "s"}},
            "secrets[web][log_destinations.l.logtail.token]: this component declares no log destination 'l'",
        ),
        (
            {"migrat": {"A": "s"}},
            "secrets[migrat]: no component has this name; did you mean migrate? (_app means the app's own envs)",
        ),
        (
            {"q": {"A": "s"}},
            "secrets[q]: no component has this name; there are migrate, tidy, web (_app means the app's own envs)",
        ),
    ],
)
def test_secrets_without_a_place(secrets: dict[str, Any], problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        with_secrets(WEB, secrets, CURRENT)
    assert list(caught.value.problems) == [problem]


def test_a_log_destination_is_no_secret_itself() -> None:
    desired = {"name": "shop", "jobs": [{"name": "migrate", "log_destinations": [{"name": "l"}]}]}
    for key in ("log_destinations.l", "log_destinations.l."):
        with pytest.raises(UsageError, match="declares no log destination 'l'"):
            with_secrets(desired, {"migrate": {key: "s"}}, None)


def test_all_problems_with_secrets_are_told_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        with_secrets({"name": "shop", "envs": "x"}, {"_app": {"A": "s"}, "q": {"A": "s"}}, None)
    assert list(caught.value.problems) == [
        "secrets[_app][A]: the envs here are no list",
        "secrets[q]: no component has this name; there are none (_app means the app's own envs)",
    ]
