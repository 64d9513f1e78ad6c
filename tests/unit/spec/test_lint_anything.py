"""Laws of the lint: it never raises, shows no secret, says nothing wrong about good specs, and lets new things pass."""

from __future__ import annotations

import re
import zoneinfo
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.lint import jobs as lint_jobs
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.lint import structure
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.lint.check import (
    RULES,
    Finding,
    check_changes,
    check_spec,
    check_structure,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.lint.commands import shell_syntax
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema import ENV, JOB, SPEC
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema_types import (
    Listing,
    Node,
    Record,
    Scalar,
)

# Whole specs are slow to shrink, and easy to read as they are.
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
CANARY = "canary7hunter2"
LARGE = 10**400  # no float

junk = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.just(LARGE), st.floats(), st.text(max_size=12)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(st.text(max_size=8), st.sampled_from(["name", "envs", "env", "cron"])), inner, max_size=3
        ),
    ),
    max_leaves=8,
)
WORDS = (
    *("", "web", "db", "0", "1", "-1", "latest", "30m", "*/5 * * * *", "0 0 30 2 *", "@daily", "UTC", "Mars/X", "../x"),
    *("a && b", "${db.X}", "${web.a.b.c}", "${_self.X}", "${a..b}", "${.}", "example.com", "/", "(", "\x00", "nyc3"),
    *("[[:alpha:]]", "a" * 300, "SCHEDULED", "secret", "SECRET", "PG", "apps-s-1vcpu-1gb", "user:token", "EV[1:a:b]"),
)
words = st.sampled_from(WORDS)


@st.composite
def shaped(draw: st.DrawFn, node: Node) -> Any:
    """Something that is a spec here and there."""
    if draw(st.integers(0, 7)) == 0:
        return draw(junk)
    if isinstance(node, Listing):
        return [draw(shaped(node.item)) for _number in range(draw(st.integers(0, 2)))]
    if isinstance(node, Record):
        names = draw(st.lists(st.sampled_from([*node.fields, "x", "env", "port"]), max_size=6, unique=True))
        return {name: draw(shaped(node.fields[name])) if name in node.fields else draw(junk) for name in names}
    assert isinstance(node, Scalar)
    some = st.one_of(words, st.integers(-1, 300), st.just(LARGE), st.just(float("nan")), st.booleans())
    return draw(st.one_of(st.sampled_from(node.choices), some) if node.choices else some)


def lint(spec: Any, before: Any = None) -> list[Finding]:
    return [*check_structure(SPEC, spec), *check_spec(spec), *check_changes(before, spec), *check_changes(spec, before)]


@given(st.one_of(junk, shaped(SPEC)), st.one_of(st.none(), shaped(SPEC)))
def test_whatever_it_is_given_it_answers(spec: Any, before: Any) -> None:
    findings = lint(spec, before)
    assert findings == lint(spec, before)
    for one in findings:
        assert one.level == RULES[one.rule][0]
        assert one.message
        assert "\n" not in one.path + one.message
        assert len(one.path) < 1000


@given(shaped(JOB), st.sampled_from(["", "jobs[x]"]))
def test_a_part_of_a_spec_can_be_checked_alone(job: Any, path: str) -> None:
    assert all(one.path.startswith(path) for one in check_structure(JOB, job, path))
    assert all(one.path.startswith(path) for one in check_structure(Listing(JOB), job, path))


def everywhere(node: Node, value: Any) -> Any:
    """A spec with *value* in each of its fields."""
    if isinstance(node, Record):
        return {name: everywhere(child, value) for name, child in node.fields.items()}
    return [everywhere(node.item, value)] * 2 if isinstance(node, Listing) else value


@pytest.mark.parametrize(
    "value",
    [10**5000, -(10**400), float("inf"), float("nan"), *WORDS],
    ids=lambda one: re.sub(r"\W+", "_", f"value {one}")[:20] if isinstance(one, (str, float)) else "number",
)
def test_any_value_can_stand_in_every_field(value: Any) -> None:
    spec = everywhere(SPEC, value)
    assert "count_and_autoscaling" in {one.rule for one in lint(spec)} or value in ("", 0)
    assert lint(spec, {**spec, "jobs": []}) == lint(spec, {**spec, "jobs": []})


def test_lists_in_lists_do_not_end_it() -> None:
    deep: Any = []
    for _number in range(100_000):
        deep = [deep]
    spec = {"name": "shop", "x": deep, "jobs": [{"name": "a", "image": {"x": deep, "tag": deep}}]}
    other = {"name": "shop", "jobs": [{"name": "b", "image": {"x": [deep], "tag": deep}}]}
    assert "wrong_shape" in {one.rule for one in lint(spec, other)}


def poisoned(node: Node, value: Any, hide: str | dict[str, str] | list[str]) -> Any:
    """The same with the canary wherever a secret is."""
    if isinstance(node, Listing) and isinstance(value, list):
        return [poisoned(node.item, item, hide) for item in value]
    if isinstance(node, Record) and isinstance(value, dict):
        result = {}
        for name, inner in value.items():
            child = node.fields.get(name, Scalar())
            secret = name not in node.fields or (isinstance(child, Scalar) and child.secret)
            result[name] = hide if secret else poisoned(child, inner, hide)
        return {**result, "value": hide, "type": "SECRET"} if node is ENV else result
    # A list of scalars that are no secrets: its items may be shown.
    plain = isinstance(node, Scalar) or (isinstance(node, Listing) and isinstance(node.item, Scalar))
    return value if plain else hide


@given(
    shaped(SPEC),
    st.sampled_from(
        [
            CANARY,
            f"user:{CANARY}",
            f"${{{CANARY}.X}}",
            f"${{{CANARY}}}",
            f"a${{x.{CANARY}}}",
            f"p://u:{CANARY}@h:25061/",
        ]
    ),
    st.sampled_from(["text", "list", "mapping", "key"]),
)
def test_no_secret_is_in_a_message(spec: Any, text: str, shape: str) -> None:
    hide: Any = {"text": text, "list": [text], "mapping": {"x": text}, "key": {f"x={text}": 1}}[shape]
    findings = lint(poisoned(SPEC, spec, hide))
    assert [one for one in findings if CANARY in one.message or CANARY in one.path] == []


names = st.from_regex(r"\A[a-z][a-z0-9]{1,10}\Z")
sources = st.one_of(
    st.builds(
        lambda repository, tag: {"image": {"registry_type": "DOCR", "repository": repository, "tag": tag}},
        names,
        st.from_regex(r"\Av[0-9]{1,3}\.[0-9]\Z"),
    ),
    st.builds(lambda owner, repo: {"github": {"repo": f"{owner}/{repo}", "branch": "main"}}, names, names),
    st.builds(lambda repo: {"git": {"repo_clone_url": f"https://example.com/{repo}.git", "branch": "main"}}, names),
    st.builds(
        lambda repo, digest: {
            "image": {"registry_type": "GHCR", "registry": "acme", "repository": repo, "digest": f"sha256:{digest}"}
        },
        names,
        st.from_regex(r"\A[0-9a-f]{64}\Z"),
    ),
)
ports = st.integers(1, 65535)
crons = st.builds("{} {} * * {}".format, st.integers(0, 59), st.integers(0, 23), st.sampled_from(["*", "1-5", "SUN"]))
zones = st.sampled_from(sorted(zoneinfo.available_timezones() - {"localtime"}))


@st.composite
def good_specs(draw: st.DrawFn) -> dict[str, Any]:
    """A spec that nobody could object to."""
    all_names = draw(st.lists(names, min_size=6, max_size=6, unique=True))
    code = draw(sources)
    service = {
        "name": all_names[0],
        **code,
        "http_port": draw(ports.filter(lambda port: port != 1)),
        "internal_ports": [1],
        "health_check": {"port": 1, "http_path": "/health", "timeout_seconds": draw(st.integers(1, 120))},
        "envs": [
            {"key": "SELF", "value": "${_self.PRIVATE_URL}"},
            {"key": "DB", "value": f"${{{all_names[5]}.DATABASE_URL}}", "scope": "RUN_TIME"},
            {"key": "TOKEN", "value": draw(st.text(max_size=20)), "type": "SECRET"},
        ],
        "instance_size_slug": "apps-d-1vcpu-1gb",
        "autoscaling": {
            "min_instance_count": draw(st.integers(1, 5)),
            "max_instance_count": draw(st.integers(6, 200)),
            "metrics": {"cpu": {"percent": draw(st.integers(1, 100))}},
        },
    }
    jobs = [
        {"name": all_names[1], "kind": "PRE_DEPLOY", **code, "run_command": "sh -c 'a && b'"},
        {
            "name": all_names[2],
            "kind": "SCHEDULED",
            **draw(sources),
            "run_command": "report",
            "schedule": {"cron": draw(crons), "time_zone": draw(zones)},
            "timeout": draw(st.sampled_from(["30m", "1h30m", "90s", 600])),
            "alerts": [{"rule": "JOB_INVOCATION_FAILED"}],
        },
    ]
    return {
        "name": draw(names),
        "region": draw(st.sampled_from(["nyc", "fra"])),
        "services": [service],
        "jobs": jobs,
        "workers": [{"name": all_names[3], "bitbucket": {"repo": "acme/work"}, "run_command": "work"}],
        "static_sites": [{"name": all_names[4], "gitlab": {"repo": "acme/docs/site"}, "error_document": "e.html"}],
        "databases": [{"name": all_names[5], "engine": "PG", "production": True, "cluster_name": "main"}],
        "domains": [{"domain": "example.com", "type": "PRIMARY"}, {"domain": "example.org", "wildcard": True}],
        "ingress": {
            "rules": [
                {"match": {"path": {"prefix": "/docs"}}, "component": {"name": all_names[4]}},
                {
                    "match": {"path": {"prefix": "/"}, "authority": {"exact": "a.example.org"}},
                    "redirect": {"authority": "example.com", "redirect_code": 308},
                },
                {"match": {"path": {"prefix": "/"}}, "component": {"name": all_names[0]}},
            ]
        },
        "alerts": [{"rule": "DEPLOYMENT_FAILED"}, {"rule": "DOMAIN_FAILED"}],
    }


@settings(phases=UNSHRUNK)
@given(good_specs())
def test_nothing_is_said_about_a_good_spec(spec: dict[str, Any]) -> None:
    assert lint(spec, spec) == []


@settings(phases=UNSHRUNK)
@given(good_specs(), st.text(min_size=1, max_size=12), junk)
def test_what_is_not_known_passes(spec: dict[str, Any], word: str, value: Any) -> None:
    """A field or word that the platform learns tomorrow is no reason to stop a task."""
    new = f"zz_{word}"
    spec[new] = value
    spec["jobs"][0][new] = value
    spec["jobs"][0]["kind"] = "ZZ_NEW"
    spec["services"][0]["health_check"][new] = value
    found = lint(spec, spec)
    assert [one for one in found if one.level == "error"] == []
    assert [one.rule for one in found].count("unknown_field") == 3
    assert [one.rule for one in found].count("unknown_word") == 1


def test_null_is_not_said_to_be_anything() -> None:
    spec = {
        "name": "shop",
        "region": None,
        "jobs": None,
        "services": [{"name": "web", "github": {"repo": "a/b", "branch": None}}],
    }
    assert lint(spec) == []


def test_what_the_server_alone_writes_is_not_looked_at() -> None:
    assert check_structure(SPEC, {"vpc": {"egress_ips": "whatever"}}) == []


def test_without_a_time_zone_database_every_zone_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise zoneinfo.ZoneInfoNotFoundError(name)

    job = {
        "name": "j",
        "kind": "SCHEDULED",
        "github": {"repo": "a/b"},
        "schedule": {"cron": "0 3 * * *", "time_zone": "X"},
    }
    assert [one.rule for one in check_spec({"name": "shop", "jobs": [job]})] == ["time_zone"]
    monkeypatch.setattr(lint_jobs.zoneinfo, "ZoneInfo", missing)
    monkeypatch.setattr(lint_jobs.zoneinfo, "available_timezones", set)
    assert check_spec({"name": "shop", "jobs": [job]}) == []


@pytest.mark.parametrize(
    ("command", "syntax"),
    [
        ("", None),
        ("python manage.py migrate --noinput", None),
        ("sh -c 'a && b'", None),
        ("/bin/bash -lc 'a | b'", None),
        ("exec sh -e -c 'a; b'", None),
        ("/usr/bin/env bash -c 'a; b'", None),
        ("grep 'a|b' file", None),
        ('psql -c "select 1; select 2"', None),
        ("echo '$HOME'", None),
        ("rake db:migrate\n", None),
        ("run --each=a=b", None),
        ("a && b", "&&"),
        ("a || b", "||"),
        ("a | b", "|"),
        ("a; b", ";"),
        ("a > log", ">"),
        ("a &", "&"),
        ("a `b`", "`"),
        ('a "$B"', "a $VARIABLE"),
        ("a $(b)", "a $VARIABLE"),
        ("a ${B}", "a $VARIABLE"),
        ("a\nb", "several lines"),
        ("a \\\n  --b", None),
        ("A=1 b", "a variable set before the command"),
    ],
)
def test_shell_syntax_is_told_from_arguments(command: str, syntax: str | None) -> None:
    assert shell_syntax(command) == syntax


def test_bounds_that_are_open_or_alone_can_be_told() -> None:
    node = Record({"count": Scalar(type="int", maximum=3), "code": Scalar(min_length=3)})
    told = {one.path: one.message for one in check_structure(node, {"count": 4, "code": "ab"})}
    assert told == {
        "count": "4 is out of range: give 0 to 3",
        "code": "'ab' is too short: give 3 characters or more",
    }


def test_an_encrypted_value_at_a_wrong_place_is_not_shown() -> None:
    assert "EV[" not in check_structure(SPEC, {"region": "EV[1:a:b]"})[0].message


def test_every_word_that_is_translated_leads_to_one_that_exists() -> None:
    choices: set[str] = set()

    def collect(node: Node) -> None:
        if isinstance(node, Scalar):
            choices.update(node.choices)
        for child in [node.item] if isinstance(node, Listing) else getattr(node, "fields", {}).values():
            collect(child)

    collect(SPEC)
    told = {right for words_of in structure.ENUM_CORRECTIONS.values() for right in words_of.values()}
    assert told - choices == set()
