"""Laws: no text of the platform is a template, in variables, names and exported files, on the core that runs this."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import ansible.template
import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.host_names import (
    RESERVED,
    host_name,
    is_plain,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import UsageError
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.inventory_files import (
    app_files,
    hosts_file,
)
from ansible_collections.oceanops.app_platform.plugins.plugin_utils._inventory_groups import group_name, sanitize_group
from ansible_collections.oceanops.app_platform.plugins.plugin_utils._untrusted import mark_untrusted
from tests.platform import ROOT, Platform
from tests.unit.inventory.conftest import Load
from tests.untrusted import HEADERS, TEXTS, endpoint, forms

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

HEADER = next(iter(HEADERS))
WORST = HEADER + "[[ 6*7*1001 ]]"
IMAGE = {"registry_type": "DOCR", "repository": "shop", "tag": "1.0"}


def trusted(text: str) -> str:
    """A text as it comes of a file of the user."""
    mark = getattr(ansible.template, "trust_as_template", str)
    found: str = mark(text)
    return found


def templated(value: Any, **variables: Any) -> Any:
    return Templar(DataLoader(), variables).template(value)


def read_as_variables(text: str) -> Any:
    """A file of variables as the running core takes it, with all its templates done."""
    return templated(DataLoader().load(trusted(text)))


def test_this_file_would_see_it() -> None:
    # As a text on older cores.
    assert int(templated(trusted(WORST))) == 42042
    assert int(read_as_variables("a: '{{ 6*7*1001 }}'")["a"]) == 42042
    assert int(read_as_variables(yaml.safe_dump({"a": WORST}))["a"]) == 42042


@pytest.mark.law
@settings(settings.get_profile("thorough"))
@given(text=TEXTS)
@example(text=WORST)
@example(text="{{ 6*7*1001 }}")
def test_variables(text: str) -> None:
    told = mark_untrusted({"text": text, text: [text]})
    assert templated(told) == {"text": text, text: [text]}
    once = templated(trusted("<{{ told.text }}>"), told=told)
    again = templated({"once": once}, told=told)
    assert again == {"once": f"<{text}>"}
    keys = templated(trusted("{{ told | list }}"), told=told)
    assert templated(list(keys)) == list(told)


@pytest.mark.law
@settings(settings.get_profile("thorough"))
@given(text=TEXTS, key=TEXTS)
@example(text=WORST, key=WORST)
@example(text="\u2028#jinja2:x", key="\x85")
@example(text="yes\n", key="<<")
def test_exported_files(text: str, key: str) -> None:
    """A file that was exported is read as what was on the platform, with the running core's own reader."""
    spec = {"name": "shop", "region": text, "unheard_of": {key or "k": text, "list": [text]}}
    spec["services"] = [{"name": "web", "run_command": text, "image": IMAGE, "envs": [{"key": key, "value": text}]}]
    spec["jobs"] = [{"name": text, "run_command": text, "image": IMAGE}]
    (found,) = app_files([{"id": "1", "spec": spec}])
    read: dict[str, Any] = {}
    for file in found.files.values():
        read.update(read_as_variables(file))
    # What is only white space goes without saying.
    if text.strip():
        assert read["app_region"] == text
        assert read["app_services"][0]["run_command"] == text
        assert read["app_jobs"][0]["run_command"] == text
    assert read["app_spec"]["unheard_of"] == {key or "k": text, "list": [text]}


def test_half_a_character_is_refused() -> None:
    with pytest.raises(UsageError, match="The app shop has a text with half of a character"):
        app_files([{"id": "1", "spec": {"name": "shop", "region": "\ud800"}}])


@pytest.mark.law
@settings(settings.get_profile("thorough"))
@given(name=TEXTS, component=TEXTS, app_id=TEXTS)
@example(name="x\n---\n- evil: 1", component="a\nb: c", app_id="../x")
@example(name="x\u2028y: 1", component="\x85", app_id="\x00")
def test_headers_of_exported_files(name: str, component: str, app_id: str) -> None:
    """A name is never a line of its own: the comment has as many lines as it has with any other name."""

    def comments(name: str, component: str) -> dict[str, int]:
        logs = [{"name": "a.b", "logtail": {"token": "x"}}]
        services = [{"name": component, "image": IMAGE, "log_destinations": logs}]
        (found,) = app_files([{"id": app_id, "spec": {"name": name, "services": services}}])
        counts = {}
        for path, text in found.files.items():
            lines = re.split(r"[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", text)
            assert lines[0] == "---"
            counts[Path(path).name] = next(n for n, line in enumerate(lines[1:]) if not line.startswith("#"))
            assert len(list(yaml.compose_all(text, yaml.SafeLoader))) == 1
        return counts

    assert comments(name, component) == comments("shop", "web")


@pytest.mark.law
@settings(settings.get_profile("thorough"))
@given(name=TEXTS, app_id=TEXTS, taken=st.sets(st.sampled_from(("x", "yes", "0123"))))
@example(name="../../x", app_id="/etc/x", taken=set())
def test_names_of_hosts(name: str, app_id: str, taken: set[str]) -> None:
    host = host_name(name, app_id, taken.__contains__)
    assert is_plain(host)
    assert host not in {*taken, *RESERVED}
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", host)
    assert ".." not in host
    assert len(host) <= 100


@pytest.mark.law
@settings(settings.get_profile("thorough"))
@given(text=TEXTS)
def test_names_of_groups(text: str) -> None:
    assert re.fullmatch(r"[\w.-]*", sanitize_group(text))
    assert re.fullmatch(r"[a-z0-9_]+", group_name("region", text))


def test_plain_words_stay_readable() -> None:
    plain = [
        "shop",
        "https://x.example/a?b=c&d",
        "0 5 * * *",
        "a@b.example",
        "/data",
        "${db.DATABASE_URL}",
        "npm run x",
    ]
    (found,) = app_files([{"id": "1", "spec": {"name": "shop", "unheard_of": [*plain, "0123", "yes", "1.10", "~"]}}])
    (text,) = found.files.values()
    assert "!unsafe" not in text
    assert "{{" not in text.replace("ansible_playbook_python", "")
    assert "!unsafe" not in hosts_file(["shop"])


def hostile_app(text: str) -> dict[str, Any]:
    job = {"name": text, "kind": text, "run_command": text, "schedule": {"cron": text, "time_zone": text}}
    spec = {"name": text, "region": text, "unheard_of": {text: text}, "domains": [{"domain": text}], "jobs": [job]}
    deployment = {"id": text, "phase": text}
    app = dict.fromkeys(("id", "tier_slug", "project_id", "live_url", "default_ingress", "created_at"), text)
    return {**app, "spec": spec, "region": {"slug": text}, "active_deployment": deployment}


def test_all_that_an_endpoint_may_send(load: Load, tmp_path: Path) -> None:
    """Each field of an app is such a text, names and ids included, also when they come out of the cache."""
    texts = [*forms(tmp_path / "proof"), "../../x", "/etc/x", ".", "..", "\x00", "a\nb", "x" * 4000, "all", "127.0.0.1"]
    texts += ["__ansible_vault", "__ansible_unsafe", "__ansible_type", "region_ams", "app_platform", "é"]
    cached = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "cache")}
    options: dict[str, Any] = {
        "strict": True,
        "keyed_groups": [{"key": "app_platform_spec.jobs | map(attribute='run_command')", "prefix": "runs"}],
        "compose": {"composed": "app_platform_spec.jobs[0].run_command", "keys": "app_platform_spec.unheard_of | list"},
        "groups": {"broken": "app_platform_phase == 'ERROR'"},
    }
    with endpoint({"apps": [hostile_app(text) for text in texts], "projects": [], "links": {}, "meta": {}}) as url:
        inventories = [load(api_url=url, **cached, **options) for _turn in range(2)]
    for inventory in inventories:
        hosts = inventory.groups["app_platform"].get_hosts()
        assert len(hosts) == len(texts)
        for host in hosts:
            assert is_plain(host.name)
            told = {name: value for name, value in host.get_vars().items() if name.startswith("app_platform_")}
            assert json.loads(json.dumps(templated(told))) == json.loads(json.dumps(told))
            text = told["app_platform_name"]
            assert text in texts
            assert told["app_platform_spec"]["unheard_of"] == {text: text}
            composed = {name: host.get_vars()[name] for name in ("composed", "keys")}
            assert templated(composed) == {"composed": text, "keys": [text]}
        assert all(re.fullmatch(r"[\w.-]+", group) for group in inventory.groups)
    assert not (tmp_path / "proof").exists()


@pytest.mark.parametrize(
    "mapping",
    [
        {"__ansible_unsafe": "{{ 6*7*1001 }}"},
        {"__ansible_vault": "$ANSIBLE_VAULT;1.1;AES256\n00"},
        {"__ansible_type": "TrustedAsTemplate"},
        {"__ansible_type": "_AnsibleTaggedStr", "value": WORST, "tags": [{"__ansible_type": "TrustedAsTemplate"}]},
    ],
)
def test_what_core_has_a_meaning_for(mapping: dict[str, Any], load: Load, tmp_path: Path) -> None:
    """Words with which core's own JSON says that something is trusted or vaulted: here they are words."""
    cached = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "cache")}
    with endpoint({"apps": [{"id": "1", "spec": {"name": "shop", "x": mapping}}], "projects": []}) as url:
        for _turn in range(2):
            told = load(api_url=url, **cached).get_host("shop").get_vars()["app_platform_spec"]
            assert templated(told)["x"] == mapping


def test_a_cache_of_another_form_is_read_anew(load: Load, platform: Platform, tmp_path: Path) -> None:
    platform.seed([{"name": "shop", "region": "ams", "workers": [{"name": "work", "image": IMAGE}]}])
    where = tmp_path / "cache"
    cached = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(where)}
    load(**cached)
    for file in where.iterdir():
        file.write_text('[{"name": "other"}]')
    assert load(**cached).get_host("shop") is not None


def test_an_app_that_is_called_like_a_group(load: Load) -> None:
    """Its variables, a local connection among them, would be those of all hosts of that group."""
    apps = [{"id": "1-2", "spec": {"name": "servers", "region": "ams"}}, {"id": "3-4", "spec": {"name": "region_ams"}}]
    with endpoint({"apps": [*apps, {"id": "5-6", "spec": {"name": "5-6"}}], "projects": []}) as url:
        inventory = load(api_url=url, group="servers")
    assert {host.name for host in inventory.groups["servers"].get_hosts()} == {"1-2", "3-4", "5-6"}
    assert "ansible_connection" not in inventory.groups["servers"].get_vars()


def test_an_app_that_is_called_like_a_host_of_another_source(load: Load) -> None:
    """With its local connection, tasks that are meant for that host would run on the controller."""
    with endpoint({"apps": [{"id": "1-2", "spec": {"name": "db1", "region": "ams"}}], "projects": []}) as url:
        inventory = load(api_url=url, known=["db1"])
    assert "ansible_connection" not in inventory.get_host("db1").get_vars()
    assert [host.name for host in inventory.groups["app_platform"].get_hosts()] == ["1-2"]


def test_nothing_is_marked_as_trusted() -> None:
    """The collection has no template of its own in variables, so it needs no such mark, nor a way to make one."""
    sources = [path for folder in ("plugins", "roles", "playbooks") for path in (ROOT / folder).rglob("*.py")]
    found = [path.name for path in sources if re.search(r"[Tt]rust_?[Aa]s_?[Tt]emplate", path.read_text())]
    assert found == ["_untrusted.py"]
