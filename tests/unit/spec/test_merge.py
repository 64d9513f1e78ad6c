"""Merge: what is declared goes in, the rest stays, and what means the same is not touched."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.canonical import canonical, same_spec
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.merge import (
    MERGE,
    PURGE,
    REPLACE_COMPONENT_LISTS,
    REPLACE_LISTS,
    merge,
    replacing_lists,
    without_nulls,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema import (
    DOMAIN,
    ENVS,
    IMAGE,
    INGRESS,
    JOB,
    SERVICE,
    SPEC,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema_types import Scalar

from .strategies import FUTURE, respelled, server, specs

IMAGE_1 = {"registry_type": "DOCR", "repository": "web", "tag": "1"}


@given(specs())
def test_a_spec_merged_into_itself_keeps_its_text(spec: dict[str, Any]) -> None:
    assert merge(SPEC, spec, spec) == spec


@given(specs(), specs())
def test_the_second_merge_changes_nothing(current: dict[str, Any], desired: dict[str, Any]) -> None:
    before = copy.deepcopy((current, desired))
    for mode in (MERGE, REPLACE_LISTS, REPLACE_COMPONENT_LISTS, PURGE):
        once = merge(SPEC, current, desired, mode)
        assert merge(SPEC, once, desired, mode) == once
    assert (current, desired) == before


@given(specs())
def test_what_the_server_makes_of_a_declaration_is_no_change(spec: dict[str, Any]) -> None:
    there = server(spec)
    plain = _without_secrets(spec)
    for mode in (MERGE, REPLACE_COMPONENT_LISTS):
        assert same_spec(merge(SPEC, there, plain, mode), there)
        assert merge(SPEC, there, respelled(SPEC, plain), mode) == there


@given(specs(), st.data())
def test_what_is_not_declared_stays(spec: dict[str, Any], data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(spec)), min_size=1, unique=True))
    desired = {name: spec[name] for name in names}
    assert merge(SPEC, spec, desired) == spec
    other = {"name": "other-name", "jobs": [{"name": "brand-new", "kind": "PRE_DEPLOY"}]}
    merged = merge(SPEC, spec, other, REPLACE_COMPONENT_LISTS)
    assert {key: merged[key] for key in spec if key not in other} == {
        key: spec[key] for key in spec if key not in other
    }
    assert merged["jobs"][:-1] == spec.get("jobs", [])


@given(specs(), specs())
def test_purge_leaves_what_is_declared_and_what_it_does_not_know(
    current: dict[str, Any], desired: dict[str, Any]
) -> None:
    merged = merge(SPEC, current, desired, PURGE)
    meant = canonical(SPEC, merged)
    assert set(meant) <= {*desired, FUTURE, "region", "features", "ingress"}
    if FUTURE in current and FUTURE not in desired:
        assert merged[FUTURE] == current[FUTURE]


def _without_secrets(spec: dict[str, Any]) -> dict[str, Any]:
    """Secrets are another layer's: here they are declared without a value, which leaves them."""
    plain = copy.deepcopy(spec)
    holders = [plain, *(one for section in plain.values() if isinstance(section, list) for one in section)]
    for holder in (one for one in holders if isinstance(one, dict)):
        for env in holder.get("envs") or ():
            if env.get("type") == "SECRET":
                env.pop("value", None)
        (holder.get("image") or {}).pop("registry_credentials", None)
    return plain


# --- single cases ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("node", "current", "desired", "expected"),
    [
        (JOB, {"name": "a", "timeout": "1h30m"}, {"name": "a", "timeout": "90m"}, {"name": "a", "timeout": "1h30m"}),
        (JOB, {"name": "a", "timeout": "21600s"}, {"name": "a", "timeout": 21600}, {"name": "a", "timeout": "21600s"}),
        (JOB, {"name": "a", "kind": "POST_DEPLOY"}, {"kind": "UNSPECIFIED"}, {"name": "a", "kind": "POST_DEPLOY"}),
        (JOB, {"name": "a"}, {"kind": "POST_DEPLOY"}, {"name": "a"}),
        (JOB, {"name": "a", "run_command": "x\n"}, {"run_command": "x"}, {"name": "a", "run_command": "x\n"}),
        (JOB, {"name": "a", "run_command": "x"}, {"run_command": ""}, {"name": "a"}),
        (JOB, {"name": "a", "source_dir": "/"}, {"source_dir": "."}, {"name": "a", "source_dir": "/"}),
        (JOB, {"name": "a", "instance_count": 2}, {"instance_count": "2"}, {"name": "a", "instance_count": 2}),
        (JOB, {"name": "a"}, {"instance_count": 1}, {"name": "a"}),
        (JOB, {"name": "a", "termination": {"grace_period_seconds": 5}}, {"termination": {}}, {"name": "a"}),
        (JOB, None, {"name": "a", "kind": "POST_DEPLOY"}, {"name": "a", "kind": "POST_DEPLOY"}),
        (JOB, {"name": "a", "x": 1}, {"x": {"y": 2}}, {"name": "a", "x": {"y": 2}}),
        (JOB, {"name": "a"}, {"instance_count": "many"}, {"name": "a", "instance_count": "many"}),
        (JOB, {"name": "a"}, {"schedule": "often"}, {"name": "a", "schedule": "often"}),
        (JOB, {"name": "a"}, {"run_command": ["x"]}, {"name": "a", "run_command": ["x"]}),
        (SERVICE, {"name": "w", "http_port": 8080}, {"http_port": 8080}, {"name": "w", "http_port": 8080}),
        (SERVICE, {"name": "w"}, {"http_port": 8080}, {"name": "w"}),
        (SERVICE, {"internal_ports": [1]}, {"http_port": 8080}, {"internal_ports": [1], "http_port": 8080}),
        (SERVICE, {"internal_ports": [1, 2]}, {"internal_ports": ["2", "1"]}, {"internal_ports": [1, 2]}),
        (SERVICE, {"internal_ports": [1, 2]}, {"internal_ports": [3]}, {"internal_ports": [3]}),
        (SERVICE, {"autoscaling": {"min_instance_count": 1}}, {"instance_count": 2}, {"instance_count": 2}),
        (SERVICE, {"instance_count": 4}, {"autoscaling": {"min_instance_count": 2}},
         {"autoscaling": {"min_instance_count": 2}}),
        (DOMAIN, {"domain": "a.example.com"}, {"domain": "A.Example.com."}, {"domain": "a.example.com"}),
        # "Not set" leaves the choice to the server, which may have made it.
        (DOMAIN, {"type": "PRIMARY"}, {"type": "UNSPECIFIED"}, {"type": "PRIMARY"}),
        (DOMAIN, {"type": "PRIMARY", "wildcard": True}, {"type": "", "wildcard": False}, {"type": "PRIMARY"}),
        (JOB, {"instance_size_slug": "basic-xxs"}, {"instance_size_slug": ""}, {"instance_size_slug": "basic-xxs"}),
        # What is empty on both sides keeps its spelling.
        (IMAGE, {"deploy_on_push": {}}, {"deploy_on_push": {"enabled": False}}, {"deploy_on_push": {}}),
        (IMAGE, {"deploy_on_push": {"enabled": True}}, {"deploy_on_push": {}}, None),
        (JOB, {"envs": [], "run_command": ""}, {"envs": [], "run_command": ""}, {"envs": [], "run_command": ""}),
        (SERVICE, {"name": "w", "http_port": 8080}, {"http_port": 0}, {"name": "w", "http_port": 8080}),
        (SERVICE, {"name": "w", "http_port": 9090}, {"http_port": 0}, {"name": "w"}),
        # A group is decided by what is given in it, not by what is said to be empty.
        (SERVICE, {"instance_count": 4}, {"autoscaling": {"min_instance_count": 0}}, {"instance_count": 4}),
    ],
)  # fmt: skip
def test_fields(node: Any, current: Any, desired: Any, expected: Any) -> None:
    assert merge(node, current, desired) == expected


@pytest.mark.parametrize(
    ("current", "desired", "expected"),
    [
        ({"tag": "1"}, {"tag": 1.0}, {"tag": "1.0"}),
        ({"tag": "1"}, {"digest": "sha256:a"}, {"digest": "sha256:a"}),
        ({"digest": "sha256:a"}, {"tag": "2"}, {"tag": "2"}),
        ({"repository": "web", "tag": "1"}, {"repository": "api"}, {"repository": "api"}),
        ({"repository": "web", "tag": "1", "registry_credentials": "EV[x]"}, {"repository": "api", "tag": "2"},
         {"repository": "api", "tag": "2", "registry_credentials": "EV[x]"}),
        ({"registry": "a", "registry_credentials": "EV[x]"}, {"registry": "b"}, {"registry": "b"}),
        ({"repository": "web"}, {"repository": "web", "tag": "latest"}, {"repository": "web"}),
        ({"repository": "web", "digest": "sha256:a"}, {"tag": "latest"}, {"repository": "web"}),
    ],
)  # fmt: skip
def test_images(current: Any, desired: Any, expected: Any) -> None:
    assert merge(IMAGE, current, desired) == expected


def test_another_source_takes_the_place_of_the_first() -> None:
    job = {"name": "a", "github": {"repo": "o/r", "branch": "main"}}
    assert merge(JOB, job, {"image": IMAGE_1}) == {"name": "a", "image": IMAGE_1}
    assert merge(JOB, job, {"github": {"repo": "o/other"}}) == {"name": "a", "github": {"repo": "o/other"}}


MARKER = {"key": "ANSIBLE_SECRETS_FINGERPRINT", "value": "v1"}
SECRET_A = {"key": "A", "value": "EV[1:a:b]", "type": "SECRET", "scope": "RUN_AND_BUILD_TIME"}


@pytest.mark.parametrize(
    ("current", "desired", "expected"),
    [
        ([SECRET_A], [{"key": "A", "value": "new"}], [{**SECRET_A, "value": "new"}]),
        ([SECRET_A], [{"key": "A", "scope": "RUN_TIME"}], [{**SECRET_A, "scope": "RUN_TIME"}]),
        ([SECRET_A], [{"key": "B", "value": True}], [SECRET_A, {"key": "B", "value": "true"}]),
        ([{"key": "A", "scope": "RUN_TIME", "value": "1"}, {"key": "A", "scope": "BUILD_TIME", "value": "2"}],
         [{"key": "A", "scope": "BUILD_TIME", "value": "3"}],
         [{"key": "A", "scope": "RUN_TIME", "value": "1"}, {"key": "A", "scope": "BUILD_TIME", "value": "3"}]),
        ([{"key": "A", "value": "1"}], [{"key": "A", "value": ""}], [{"key": "A"}]),
        ([SECRET_A], [], None),
        ([SECRET_A, MARKER], [], [MARKER]),
        (None, [], None),
        ("what", [{"key": "A"}], [{"key": "A"}]),
    ],
)  # fmt: skip
def test_envs(current: Any, desired: Any, expected: Any) -> None:
    assert merge(ENVS, current, desired) == expected


def test_a_whole_list_drops_the_others_but_not_the_fingerprint() -> None:
    current = [{"key": "B", "value": "2"}, MARKER, {"key": "A", "value": "1"}]
    assert merge(ENVS, current, [{"key": "A", "value": "1"}], REPLACE_LISTS) == [MARKER, {"key": "A", "value": "1"}]


def test_a_declared_component_has_the_lists_that_it_declares_and_leaves_the_other_components_alone() -> None:
    jobs = [{"name": "a", "envs": [{"key": "X"}, {"key": "Y"}]}, {"name": "b", "envs": [{"key": "Z"}]}]
    merged = merge(SPEC, {"jobs": jobs}, {"jobs": [{"name": "a", "envs": [{"key": "Y"}]}]}, REPLACE_COMPONENT_LISTS)
    assert merged == {"jobs": [{"name": "a", "envs": [{"key": "Y"}]}, jobs[1]]}


def test_purge_keeps_stored_secrets_and_what_the_server_fills_in() -> None:
    current = {
        "name": "shop",
        "region": "ams",
        "features": ["a"],
        "egress": {"type": "DEDICATED_IP"},
        "vpc": {"id": "v", "egress_ips": [{"ip": "1.2.3.4"}]},
        "jobs": [{"name": "a", "run_command": "x", "image": {**IMAGE_1, "registry_credentials": "EV[1:a:b]"}}],
    }
    merged = merge(
        SPEC, current, {"name": "shop", "vpc": {"id": "v"}, "jobs": [{"name": "a", "image": IMAGE_1}]}, PURGE
    )
    assert merged == {
        "name": "shop",
        "region": "ams",
        "features": ["a"],
        "vpc": {"id": "v", "egress_ips": [{"ip": "1.2.3.4"}]},
        "jobs": [{"name": "a", "image": {**IMAGE_1, "registry_credentials": "EV[1:a:b]"}}],
    }
    assert merge(SPEC, {"jobs": [{"name": "a"}], "name": "x"}, {"name": "x", "jobs": []}, PURGE) == {"name": "x"}


def test_purge_does_not_touch_what_says_nothing() -> None:
    job = {"name": "a", "kind": "POST_DEPLOY", "instance_count": 1, "image": {"repository": "r", "tag": "latest"}}
    env = {"key": "A", "scope": "RUN_AND_BUILD_TIME"}
    current = {"jobs": [{**job, "envs": [env]}], "egress": {"type": "AUTOASSIGN"}}
    desired = {"jobs": [{"name": "a", "image": {"repository": "r"}, "envs": [{"key": "A"}]}]}
    assert merge(SPEC, current, desired, PURGE) == current


def test_what_the_server_alone_writes_is_never_declared() -> None:
    current = {"vpc": {"id": "v", "egress_ips": [{"ip": "1.2.3.4"}]}}
    assert merge(SPEC, current, {"vpc": {"id": "v", "egress_ips": [{"ip": "9.9.9.9"}]}}) == current
    assert merge(SPEC, {"vpc": {"id": "v"}}, {"vpc": {"egress_ips": [{"ip": "9.9.9.9"}]}}) == {"vpc": {"id": "v"}}


@pytest.mark.parametrize(
    ("current", "desired", "expected"),
    [
        (["a=1", "b"], ["a=2"], ["b", "a=2"]),
        (["a=1", "b"], ["b"], ["a=1", "b"]),
        (["a=1"], [], ["a=1"]),
        (None, ["a"], ["a"]),
    ],
)
def test_features_are_added_to_those_of_the_server(current: Any, desired: Any, expected: Any) -> None:
    assert merge(SPEC.fields["features"], current, desired) == expected


def rules(*prefixes: str, to: str = "web") -> dict[str, Any]:
    return {"rules": [{"match": {"path": {"prefix": prefix}}, "component": {"name": to}} for prefix in prefixes]}


@pytest.mark.parametrize(
    ("current", "desired", "expected"),
    [
        ("a x b /", "b n a z", "b n x a z /"),
        ("/", "a /", "a /"),
        ("/", "/ a", "/ a"),
        ("x y", "n", "n x y"),
        ("x", "x", "x"),
        ("", "a b", "a b"),
    ],
)
def test_rules_are_known_by_their_match_and_ordered(current: str, desired: str, expected: str) -> None:
    merged = merge(INGRESS, rules(*current.split()), rules(*desired.split()))
    assert [rule["match"]["path"]["prefix"] for rule in merged["rules"]] == expected.split()
    assert merge(INGRESS, merged, rules(*desired.split())) == merged


def test_a_rule_that_says_nothing_is_none() -> None:
    assert merge(INGRESS, rules("/"), {"rules": [{}, *rules("/a")["rules"]]}) == rules("/a", "/")
    assert merge(INGRESS, None, {"rules": [{}]}) is None


def test_a_rule_for_another_component_starts_anew() -> None:
    current = {"rules": [{"match": {"path": {"prefix": "/"}}, "component": {"name": "a", "rewrite": "/x"}, "new": 1}]}
    merged = merge(INGRESS, current, rules("/", to="b"))
    assert merged == {"rules": [{"match": {"path": {"prefix": "/"}}, "component": {"name": "b"}, "new": 1}]}


def test_positions_that_belong_together_are_replaced_together() -> None:
    origins = [{"exact": "https://a"}, {"regex": "b.*"}]
    rule = {"match": {"path": {"prefix": "/"}}, "cors": {"allow_origins": origins, "max_age": "1h"}}
    desired = {"match": {"path": {"prefix": "/"}}, "cors": {"allow_origins": [{"regex": "b.*"}, {}], "max_age": "60m"}}
    merged = merge(INGRESS, {"rules": [rule]}, {"rules": [desired]})
    assert merged["rules"][0]["cors"] == {"allow_origins": [{"regex": "b.*"}], "max_age": "1h"}


def test_the_empty_prefix_is_a_value() -> None:
    current = {"rules": [{"match": {"path": {"prefix": "/"}}, "component": {"name": "a"}}]}
    merged = merge(INGRESS, current, {"rules": [{"match": {"path": {"prefix": ""}}, "component": {"name": "a"}}]})
    assert [rule["match"]["path"]["prefix"] for rule in merged["rules"]] == ["", "/"]


def test_another_representation_of_a_repository_keeps_what_depends_on_it() -> None:
    image = {"repository": "7", "tag": "1"}
    assert merge(IMAGE, image, {"repository": 7}) == image
    assert merge(IMAGE, image, {"repository": 8}) == {"repository": "8"}


def test_a_field_that_the_schema_does_not_have_keeps_its_type() -> None:
    assert merge(SPEC, {"name": "a"}, {"future": 5}) == {"name": "a", "future": 5}
    assert merge(SPEC, {"future": 5}, {"future": "5"}) == {"future": "5"}


def test_nothing_declared_is_a_copy() -> None:
    current = {"name": "a", "jobs": [{"name": "b"}]}
    copied = merge(SPEC, current, None)
    assert copied == current
    assert copied["jobs"] is not current["jobs"]
    assert merge(Scalar(read_only=True), "theirs", "mine") == "theirs"


def test_without_nulls() -> None:
    given_options = {"a": None, "b": {"c": None, "d": [{"e": None, "f": 0}]}, "g": False}
    assert without_nulls(given_options) == {"b": {"d": [{"f": 0}]}, "g": False}


def test_an_env_takes_another_scope_only_where_its_key_is_there_once() -> None:
    run, build = {"key": "A", "value": "1", "scope": "RUN_TIME"}, {"key": "A", "value": "2", "scope": "BUILD_TIME"}
    both = {"key": "A", "value": "3"}
    assert merge(ENVS, [run], [both]) == [{**run, "value": "3"}]
    assert merge(ENVS, [run, build], [both]) == [run, build, both]
    assert merge(ENVS, [both], [run, build]) == [both, run, build]


def test_keys_that_stand_twice_pass_one_by_one() -> None:
    twice = [{"key": "A", "value": "1"}, {"key": "A", "value": "2"}]
    assert merge(ENVS, twice, twice) == twice
    assert canonical(ENVS, twice) != canonical(ENVS, twice[:1])


def test_named_lists_of_a_component_are_whole_and_no_others() -> None:
    one, two = {"rule": "CPU_UTILIZATION", "value": 1.0}, {"rule": "MEM_UTILIZATION", "value": 2.0}
    logs = [
        {"name": "logs", "endpoint": "https://x", "headers": [{"key": "A", "value": "1"}, {"key": "B", "value": "2"}]}
    ]
    there = {
        "envs": [{"key": "APP", "value": "1"}],
        "jobs": [
            {"name": "a", "envs": [{"key": "X", "value": "1"}, MARKER], "alerts": [one, two], "log_destinations": logs},
            {"name": "b", "envs": [{"key": "X", "value": "1"}]},
        ],
    }
    fewer = [{"name": "logs", "headers": [{"key": "A", "value": "1"}]}]
    desired = {
        "jobs": [{"name": "a", "envs": [{"key": "Y", "value": "2"}], "alerts": [one], "log_destinations": fewer}]
    }
    job = dict(there["jobs"][0])
    assert merge(SPEC, there, desired, replacing_lists([])) == merge(SPEC, there, desired, MERGE)
    assert merge(SPEC, there, desired, replacing_lists(["envs"])) == {
        **there,
        "jobs": [{**job, "envs": [MARKER, {"key": "Y", "value": "2"}]}, there["jobs"][1]],
    }
    both = [job["envs"][0], MARKER, {"key": "Y", "value": "2"}]
    assert merge(SPEC, there, desired, replacing_lists(["alerts", "log_destinations"])) == {
        **there,
        "jobs": [
            {**job, "envs": both, "alerts": [one], "log_destinations": [{**logs[0], **fewer[0]}]},
            there["jobs"][1],
        ],
    }
