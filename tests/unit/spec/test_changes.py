"""What a change looks like, where secrets stand, what is exported, and how another writer's change is kept."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given

from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.canonical import canonical, same_spec
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.diff import difference
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.export import export
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.merge import MERGE, merge
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.rebase import rebase
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema import ENVS, INGRESS, JOB, SPEC
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.secret_fields import (
    all_secret_fields,
    env_scope,
    mask_secrets,
    parts,
    plain_env_values,
    secret_fields,
    secret_keys,
    secret_urls,
)

from .strategies import server, specs


def diff(before: Any, after: Any, node: Any = SPEC) -> tuple[Any, Any]:
    return difference(node, before, after, unchanged="SECRET", changed="SECRET (changed)", removed="SECRET (removed)")


# --- difference -----------------------------------------------------------------------------------------------------


@given(specs(), specs())
def test_a_difference_is_empty_when_nothing_differs(one: dict[str, Any], other: dict[str, Any]) -> None:
    before, after = diff(one, other)
    assert (before == after == {}) == same_spec(one, other)
    assert diff(one, one) == ({}, {})


@given(specs(), specs())
def test_a_difference_shows_no_secret(one: dict[str, Any], other: dict[str, Any]) -> None:
    for index, spec in enumerate((one, other)):
        for number, place in enumerate(all_secret_fields(spec)):
            place.holder[place.field] = f"verysecret-{index}-{number}"
    assert "verysecret" not in json.dumps(diff(one, other))
    assert "verysecret" not in json.dumps([mask_secrets(SPEC, one, "*"), mask_secrets(SPEC, other, "*")])


def test_only_what_differs_is_shown_with_its_name() -> None:
    before = {"name": "a", "jobs": [{"name": "m", "kind": "PRE_DEPLOY", "run_command": "x"}, {"name": "n"}]}
    after = {
        "name": "a",
        "jobs": [{"name": "n"}, {"name": "m", "kind": "POST_DEPLOY", "run_command": "x"}, {"name": "o"}],
    }
    assert diff(before, after) == (
        {"jobs": [{"name": "m", "kind": "PRE_DEPLOY"}]},
        {"jobs": [{"name": "m", "kind": "POST_DEPLOY"}, {"name": "o"}]},
    )
    assert diff({"name": "a"}, {"name": "b"}) == ({"name": "a"}, {"name": "b"})
    assert diff({"jobs": [{"name": "m"}]}, {}) == ({"jobs": [{"name": "m"}]}, {})


ENV = {"key": "A", "type": "SECRET", "value": "EV[1:a:b]"}
MARKER = {"key": "ANSIBLE_SECRETS_FINGERPRINT", "value": "v1"}


@pytest.mark.parametrize(
    ("before", "after", "old", "new"),
    [
        ([ENV], [{**ENV, "value": "new"}, MARKER],
         {"key": "A", "value": "SECRET"}, {"key": "A", "value": "SECRET (changed)"}),
        ([ENV], [{**ENV, "scope": "RUN_TIME"}],
         [{"key": "A", "type": "SECRET", "value": "SECRET"}],
         [{"key": "A", "type": "SECRET", "value": "SECRET (changed)", "scope": "RUN_TIME"}]),
        ([ENV, {**ENV, "scope": "RUN_TIME"}], [ENV, {"key": "B", "value": "x"}],
         [{"key": "A", "type": "SECRET", "value": "SECRET (removed)", "scope": "RUN_TIME"}],
         [{"key": "B", "value": "x"}]),
        ([ENV], [], [{"key": "A", "type": "SECRET", "value": "SECRET (removed)"}], {}),
        ([ENV], [{**ENV, "future": 1}], {"key": "A"}, {"key": "A", "future": 1}),
        ([{"key": "A", "value": "x"}], [{"key": "A", "value": "x", "type": "SECRET"}],
         {"key": "A", "value": "SECRET"}, {"key": "A", "type": "SECRET", "value": "SECRET (changed)"}),
        ([{"key": "A", "value": "x"}], [{"key": "A", "value": "y", "type": "SECRET"}],
         {"key": "A", "value": "x"}, {"key": "A", "type": "SECRET", "value": "SECRET (changed)"}),
        ([{"key": "A", "type": "SECRET"}], [ENV], {"key": "A"}, {"key": "A", "value": "SECRET (changed)"}),
        ([ENV], [{"key": "A", "type": "SECRET"}], {"key": "A", "value": "SECRET"}, {"key": "A"}),
        ([{"key": "A", "value": "x"}], [{"key": "A", "value": "y"}],
         {"key": "A", "value": "x"}, {"key": "A", "value": "y"}),
    ],
)  # fmt: skip
def test_envs(before: Any, after: Any, old: Any, new: Any) -> None:
    def as_list(one: Any) -> Any:
        return one if isinstance(one, list) or not one else [one]

    assert diff(before, after, ENVS) == (as_list(old), as_list(new))


def test_the_fingerprint_is_not_shown() -> None:
    _before, after = diff({"name": "a"}, {"name": "a", "jobs": [{"name": "m", "envs": [ENV, MARKER]}]})
    assert "FINGERPRINT" not in json.dumps(after)
    assert diff([ENV], [ENV, MARKER], ENVS) == ({}, {})
    assert diff([ENV, MARKER], [ENV], ENVS) == ({}, {})


def test_of_two_with_one_key_each_is_shown() -> None:
    one, other = {"key": "A", "value": "1"}, {"key": "A", "value": "2"}
    assert diff([one, other], [one], ENVS) == ([other], {})
    assert diff([one], [one, other, other], ENVS) == ({}, [other, other])
    assert diff([one, other], [other, one], ENVS) == ([one, other], [other, one])


def test_another_order_of_rules_is_shown_whole() -> None:
    rules = [{"match": {"path": {"prefix": prefix}}} for prefix in ("/a", "/b")]
    assert diff({"rules": rules}, {"rules": rules[::-1]}, INGRESS) == ({"rules": rules}, {"rules": rules[::-1]})


def test_another_order_of_rules_shows_no_secret() -> None:
    rules = [{"match": {"path": {"prefix": one}}, "redirect": {"uri": "https://u:pass@h/"}} for one in ("/a", "/b")]
    before, after = diff({"rules": rules}, {"rules": rules[::-1]}, INGRESS)
    assert [rule["redirect"]["uri"] for rule in before["rules"] + after["rules"]] == ["https://u:SECRET@h/"] * 4


def test_shapes_that_nobody_expects_are_shown_as_they_are() -> None:
    assert diff({"jobs": "x"}, {"jobs": [{"name": "a"}]}) == ({"jobs": "x"}, {"jobs": [{"name": "a"}]})
    assert diff({"jobs": [{"name": "a"}, "x"]}, {"jobs": [{"name": "a"}, "y"]}) == ({"jobs": ["x"]}, {"jobs": ["y"]})


# --- places of secrets ----------------------------------------------------------------------------------------------

FULL = {
    "name": "shop",
    "envs": [{"key": "APP", "value": "a", "type": "secret"}, {"key": "OPEN", "value": "readable"}, "x"],
    "ingress": {"secure_header": {"key": "X", "value": "header-value"}},
    "services": [
        {
            "name": "web",
            "image": {"registry_credentials": "u:p"},
            "envs": [{"key": "K", "value": "v", "type": "SECRET", "scope": "RUN_TIME"}, {"key": "O", "value": 1}],
            "log_destinations": [
                {"name": "dd", "datadog": {"api_key": "k"}},
                {"name": "os", "open_search": {"basic_auth": {"user": "u", "password": "p"}}},
                {"headers": [{"key": "Auth", "value": "h"}]},
                "x",
            ],
        },
        "x",
    ],
    "jobs": "x",
    "databases": [{"name": "db"}],
}


def test_every_place_has_a_name_and_a_label() -> None:
    found = {
        place.name: (place.label, place.value, place.unencrypted) for place in all_secret_fields(copy.deepcopy(FULL))
    }
    assert found == {
        "envs/APP/RUN_AND_BUILD_TIME": ("envs[APP]", "a", False),
        "ingress/secure_header/value": ("ingress.secure_header.value", "header-value", True),
        "image/registry_credentials": ("services[web].image.registry_credentials", "u:p", False),
        "envs/K/RUN_TIME": ("services[web].envs[K]", "v", False),
        "log_destinations/dd/datadog/api_key": ("services[web].log_destinations[dd].datadog.api_key", "k", True),
        "log_destinations/os/open_search/basic_auth/password": (
            "services[web].log_destinations[os].open_search.basic_auth.password",
            "p",
            True,
        ),
        "log_destinations/2/headers/Auth/value": ("services[web].log_destinations[2].headers[Auth].value", "h", True),
    }


def test_addresses_with_a_secret() -> None:
    logs = [{"name": "os", "open_search": {"endpoint": "https://u:p@h"}}, {"name": "x", "endpoint": "https://h"}]
    job = {"name": "m", "log_destinations": logs, "git": {"repo_clone_url": 7}}
    found = [(one.name, one.label, one.value) for part in parts({"jobs": [job]}) for one in secret_urls(part)]
    path = "log_destinations[os].open_search.endpoint"
    assert found == [("log_destinations/os/open_search/endpoint", f"jobs[m].{path}", "https://u:p@h")]


def test_parts() -> None:
    assert [(part.section, part.name) for part in parts(FULL)] == [("", ""), ("services", "web"), ("databases", "db")]
    assert [place.name for part in parts({"name": "x", "jobs": [{"name": "a"}]}) for place in secret_fields(part)] == []


def test_keys_of_secrets() -> None:
    envs = [
        {"key": "URL", "value": "${db.DATABASE_URL}"},
        {"key": "HOST", "value": "${db.HOSTNAME}"},
        {"key": "T", "type": "SECRET"},
        {"value": "x", "type": "SECRET"},
    ]
    assert secret_keys({"envs": envs[:2], "jobs": [{"name": "m", "envs": envs[2:]}]}) == {"URL", "T"}


def test_readable_values() -> None:
    assert list(plain_env_values(FULL)) == ["readable"]
    assert env_scope({"scope": "UNSET"}) == "RUN_AND_BUILD_TIME"


def test_what_is_shown() -> None:
    seen = json.dumps(mask_secrets(SPEC, FULL, "*"))
    assert '"readable"' in seen
    assert not [secret for secret in ("header-value", '"u:p"', '"v"', '"k"', '"p"', '"h"') if secret in seen]
    assert mask_secrets(ENVS, [ENV], "*") == [ENV]
    assert mask_secrets(ENVS, [ENV], "*", encrypted=False) == [{**ENV, "value": "*"}]
    assert mask_secrets(ENVS, [{"key": "A", "type": "SECRET", "value": ""}], "*")[0]["value"] == ""


# --- export ---------------------------------------------------------------------------------------------------------


@given(specs())
def test_an_export_changes_nothing_where_it_comes_from(spec: dict[str, Any]) -> None:
    there = server(spec)
    clean = export(there)
    assert "EV[" not in json.dumps(clean)
    assert same_spec(merge(SPEC, there, clean, MERGE), there)


def test_an_export_is_short() -> None:
    there = {
        "name": "shop",
        "features": ["buildpack-stack=ubuntu-22"],
        "future": {"x": 1},
        "vpc": {"id": "v", "egress_ips": [{"ip": "1.2.3.4"}]},
        "envs": [{"key": "OPEN", "value": "readable", "type": "GENERAL"}],
        "services": [{"name": "web", "http_port": 8080, "instance_count": 1, "envs": [ENV, MARKER]}],
        "jobs": [
            {"name": "m", "kind": "PRE_DEPLOY", "envs": [MARKER],
             "image": {"registry_type": "DOCR", "repository": "r", "tag": "latest",
                       "registry_credentials": "EV[1:a:b]", "deploy_on_push": {}}},
        ],
        "domains": [],
    }  # fmt: skip
    assert export(there) == {
        "name": "shop",
        "features": ["buildpack-stack=ubuntu-22"],
        "future": {"x": 1},
        "vpc": {"id": "v"},
        "envs": [{"key": "OPEN", "value": "readable"}],
        "services": [{"name": "web", "envs": [{"key": "A", "type": "SECRET"}]}],
        "jobs": [{"name": "m", "kind": "PRE_DEPLOY", "image": {"registry_type": "DOCR", "repository": "r"}}],
    }
    assert export({}) == {}


# --- rebase ---------------------------------------------------------------------------------------------------------


@given(specs(), specs(), specs())
def test_laws_of_rebase(base: dict[str, Any], theirs: dict[str, Any], current: dict[str, Any]) -> None:
    assert rebase(SPEC, base, theirs, theirs) == theirs
    assert rebase(SPEC, base, base, current) == current
    assert rebase(SPEC, base, theirs, base) == theirs or same_spec(base, theirs)
    once = rebase(SPEC, base, theirs, current)
    assert canonical(SPEC, rebase(SPEC, base, theirs, once)) == canonical(SPEC, once)


def test_changes_of_both_are_kept() -> None:
    base = {"name": "a", "jobs": [{"name": "x"}, {"name": "gone"}], "region": "ams", "future": 1}
    theirs = {"name": "a", "jobs": [{"name": "x", "timeout": "1h"}, {"name": "new"}], "region": "ams", "future": 2}
    mine = {"name": "a", "jobs": [{"name": "x", "kind": "PRE_DEPLOY"}, {"name": "gone"}, {"name": "mine"}], "future": 1}
    assert rebase(SPEC, base, theirs, mine) == {
        "name": "a",
        "jobs": [{"name": "x", "kind": "PRE_DEPLOY", "timeout": "1h"}, {"name": "new"}, {"name": "mine"}],
        "future": 2,
    }


def test_a_key_that_stands_twice_is_not_lost() -> None:
    twice = [{"domain": "a.example.com"}, {"domain": "a.example.com", "zone": "z"}]
    base, theirs = {"domains": twice}, {"domains": [*twice, {"domain": "b.example.com"}]}
    mine = {"domains": [*twice, {"domain": "c.example.com"}]}
    assert [one["domain"][0] for one in rebase(SPEC, base, theirs, mine)["domains"]] == ["a", "a", "b", "c"]


def test_of_what_excludes_each_other_the_current_one_stays() -> None:
    base = {"name": "a", "image": {"repository": "r", "tag": "1"}}
    theirs = {"name": "a", "github": {"repo": "o/r"}}
    mine = {"name": "a", "image": {"repository": "r", "tag": "2"}}
    assert rebase(JOB, base, theirs, mine) == mine
    assert rebase(JOB, base, mine, theirs) == theirs
    assert rebase(JOB, base, theirs, base) == theirs
    digest = {"name": "a", "image": {"repository": "r", "digest": "sha256:b"}}
    assert rebase(JOB, base, digest, mine) == mine


@pytest.mark.parametrize(
    ("base", "theirs", "current", "expected"),
    [
        ("/", "/api /", "/x /", "/x /api /"),
        ("/a /", "/a /b /", "/a /c /", "/a /b /c /"),
        ("/a /b", "/b /a", "/a /x /b", "/b /a /x"),
        ("/a /b", "/a /b /c", "/b /a", "/b /c /a"),
        ("/a /b", "/b /a", "/x /b /a", "/x /b /a"),
        ("/", "/n", "/ /x", "/x /n"),
        ("", "/a", "/b", "/b /a"),
        ("/a /b", "/b", "/a /b /c", "/b /c"),
    ],
)
def test_rules_of_both_stand_where_they_stood(base: str, theirs: str, current: str, expected: str) -> None:
    def rules(paths: str) -> dict[str, Any]:
        return {
            "rules": [{"match": {"path": {"prefix": path}}, "component": {"name": "web"}} for path in paths.split()]
        }

    once = rebase(INGRESS, rules(base), rules(theirs), rules(current))
    assert [rule["match"]["path"]["prefix"] for rule in once["rules"]] == expected.split()
    assert rebase(INGRESS, rules(base), rules(theirs), once) == once


def counted(*numbers: int, **more: Any) -> dict[str, Any]:
    return {"jobs": [{"name": f"job-{number}"} for number in numbers], **more}


@pytest.mark.parametrize(
    ("origin", "base", "theirs", "current", "expected"),
    [
        # They wrote without having seen job 1, which came meanwhile: they did not remove it.
        (counted(), counted(1), counted(2), counted(1, 3), counted(1, 3, 2)),
        # Job 0 was there for everybody: they removed it.
        (counted(0), counted(0, 1), counted(2), counted(0, 1, 3), counted(1, 3, 2)),
        # They have a field as it was at the beginning, since they had not seen its change.
        ({"region": "ams"}, {"region": "fra"}, {"region": "ams", "x": 1}, {"region": "fra"}, {"region": "fra", "x": 1}),
        # They changed a field that nobody else did.
        ({"region": "ams"}, {"region": "ams", "x": 1}, {"region": "nyc"}, {"region": "ams", "x": 1},
         {"region": "nyc", "x": 1}),
        # What came and went before they wrote it again is theirs.
        ({}, {}, counted(1), {}, counted(1)),
        ({"region": "ams"}, {}, {"region": "nyc"}, {}, {"region": "nyc"}),
        ({"jobs": "odd"}, counted(1), counted(1, 2), counted(1), counted(1, 2)),
    ],
)  # fmt: skip
def test_what_others_had_not_seen_is_no_change_of_theirs(
    origin: Any, base: Any, theirs: Any, current: Any, expected: Any
) -> None:
    once = rebase(SPEC, base, theirs, current, origin)
    assert once == expected
    assert rebase(SPEC, base, theirs, once, origin) == once


@given(specs(), specs(), specs(), specs())
def test_laws_of_rebase_with_an_origin(
    origin: dict[str, Any], base: dict[str, Any], theirs: dict[str, Any], current: dict[str, Any]
) -> None:
    before = copy.deepcopy((origin, base, theirs, current))
    assert rebase(SPEC, base, theirs, current, base) == rebase(SPEC, base, theirs, current)
    assert rebase(SPEC, base, origin, current, origin) == current
    once = rebase(SPEC, base, theirs, current, origin)
    assert canonical(SPEC, rebase(SPEC, base, theirs, once, origin)) == canonical(SPEC, once)
    assert (origin, base, theirs, current) == before


def test_of_two_changes_to_one_thing_the_current_one_stays() -> None:
    assert rebase(JOB, {"name": "a"}, {"name": "a", "timeout": "1h"}, {"name": "a", "timeout": "2h"})["timeout"] == "2h"
    assert rebase(SPEC, {}, {"jobs": [{"name": "b"}]}, {"jobs": "odd"}) == {"jobs": "odd"}
    assert rebase(SPEC, {"jobs": "odd"}, {"jobs": [{"name": "b"}]}, {"jobs": [{"name": "c"}]}) == {
        "jobs": [{"name": "c"}, {"name": "b"}]
    }
    assert rebase(JOB, "odd", {"name": "a", "x": 1}, {"name": "a", "y": 2}) == {"name": "a", "y": 2, "x": 1}
