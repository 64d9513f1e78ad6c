"""Hostile text in the page and in the report: neither markup, nor a link, nor a command to a terminal."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_platform_simulator.report.visible import all_visible, visible
from tests.simulator.test_access import PAGES
from tests.simulator.world import World, job, service, shop

ESCAPES = "\x1b[2J\x1b]8;;https://evil.example\x07link\x1b]8;;\x07\x9b31m\x00\x08\r"
TURNED = "\u202etxt.exe\u2066x\u2069\u200f\u061c\u2028"
MARKUP = "</code></pre></title></style><script>alert(1)</script><img src=x onerror=alert(2)>\"'`&<svg/onload=alert(3)>"
LINK = "javascript:alert(4)"
JINJA = "{{ 7 * 191 }}{% raw %}"
HOSTILE = [ESCAPES, TURNED, MARKUP, LINK, JINJA, "\ud800", "\U000e0041", "\ufeff\u200b"]
FORBIDDEN = "\x1b\x9b\x00\x08\r\x07\u202e\u2066\u2069\u200f\u061c\u2028\ud800\U000e0041\ufeff\u200b"


class Seen(HTMLParser):
    """The elements, the addresses and the attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.addresses: list[str] = []
        self.names: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.names |= {name for name, _value in attrs}
        self.addresses += [str(value) for name, value in attrs if name in {"href", "src", "action", "xlink:href"}]


def infested(world: World, text: str) -> Any:
    """An app with this text wherever there is one; no API call takes some of it, and a page must not depend on that."""
    app = world.seed(shop(envs=[{"key": "K", "value": text}]))
    world.outcome("migrate", logs=[text], message=text, reason_code=text)
    world.follow(app, world.put(app, shop(jobs=[job("migrate", "PRE_DEPLOY")]))["pending_deployment"])
    stored = world.state.apps[app["id"]]
    stored.spec = {
        "name": text,
        "domains": [{"domain": text}],
        "envs": [{"key": text, "value": text}],
        "services": [{**service(), "name": text, "instance_size_slug": text, "run_command": text}],
        "jobs": [{**job("x"), "name": text, "kind": "SCHEDULED", "schedule": {"cron": "0 3 * * *", "time_zone": text}}],
        "databases": [{"name": text, "engine": text, "version": text}],
        "ingress": {"rules": [{"match": {"path": {"prefix": text}}, "redirect": {"uri": text, "authority": text}},
                              {"match": {"authority": {"exact": text}}, "component": {"name": text}}]},
    }  # fmt: skip
    stored.deployments[-1].cause = text
    return app


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_wherever_a_text_stands(world: World, text: str):
    app = infested(world, f"x {text} y")
    plain = Seen(world.raw("GET", PAGES[1]).get_data(as_text=True))

    for path in PAGES[:2]:
        for query in ({}, {"title": text}, {"app": app["id"], "title": text}):
            answer = world.raw("GET", path, query_string={k: v.encode("utf-8", "replace") for k, v in query.items()})
            page = answer.get_data(as_text=True)
            seen = Seen(page)
            assert answer.status_code == 200
            assert seen.elements.count("script") == 1
            assert set(seen.elements) == set(plain.elements)
            assert not any(name.startswith("on") for name in seen.names)
            assert all(address.startswith(("/", "#", "data:,")) for address in seen.addresses)
            assert not set(FORBIDDEN) & set(page)
            assert "1337" not in page


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_programs_read(world: World, text: str):
    """It is shown on terminals: `rehearse` prints it."""
    infested(world, text)

    told = json.loads(world.raw("GET", PAGES[2]).get_data(as_text=True))

    assert not set(FORBIDDEN) & set(json.dumps(told, ensure_ascii=False))


def test_what_is_not_there(world: World):
    for text in HOSTILE:
        answer = world.raw("GET", "/", query_string={"app": text.encode("utf-8", "replace")})
        assert answer.status_code == 404
        assert Seen(answer.get_data(as_text=True)).elements.count("script") == 1
        assert not set(FORBIDDEN) & set(answer.get_data(as_text=True))


def test_by_name():
    assert visible("a\tb\nc\x1b[31m\u202e\x7f") == "a\tb\nc␛[31m<U+202E>␡"
    assert all_visible({"a\x1b": ["\x00", 1, None, True]}) == {"a␛": ["␀", 1, None, True]}


@pytest.mark.law
@given(st.text())
def test_law_nothing_is_left_to_make_visible(text: str):
    assert visible(visible(text)) == visible(text)
    visible(text).encode()
