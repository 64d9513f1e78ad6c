"""Lists over many pages."""

from __future__ import annotations

import socket
from collections.abc import Callable
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api import pagination
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import (
    InvalidRequestError,
    ServerError,
    TransportError,
)
from ansible_collections.oceanops.app_platform.tests.unit.client.conftest import ClientFor, Serve
from ansible_collections.oceanops.app_platform.tests.unit.client.raw_server import Act, Request, hang, reply
from ansible_collections.oceanops.app_platform.tests.unit.fake_clock import FakeClock

PATH = "/v2/apps"


def things(count: int) -> list[dict[str, Any]]:
    return [{"id": f"id-{number}", "n": number} for number in range(count)]


def asked(request: Request) -> tuple[int, int]:
    """Page and size that a request wants."""
    query = parse_qs(urlsplit(request.target).query)
    return int(query["page"][0]), int(query["per_page"][0])


def listing(
    found: list[dict[str, Any]],
    *,
    links: bool = True,
    meta: bool = True,
    host: str = "https://api.digitalocean.com",
    refuse: Callable[[int, int], Act | None] = lambda page, size: None,
) -> Act:
    """A list endpoint as the API has them."""

    def act(sock: socket.socket, request: Request) -> bool:
        page, size = asked(request)
        refusal = refuse(page, size)
        if refusal is not None:
            return refusal(sock, request)
        last = max(1, -(-len(found) // size))
        body: dict[str, Any] = {"apps": found[(page - 1) * size : page * size]}
        if links:
            pages = {}
            if page < last:
                pages = {
                    "next": f"{host}/v2/elsewhere?page={page + 1}&per_page={size}",
                    "last": f"{host}/v2/elsewhere?page={last}&per_page={size}",
                }
            body["links"] = {"pages": pages}
        if meta:
            body["meta"] = {"total": len(found)}
        return reply(200, body)(sock, request)

    return act


@pytest.mark.parametrize(("links", "meta"), [(True, True), (True, False), (False, True)])
@pytest.mark.parametrize("count", [0, 1, 20, 21, 45, 60])
def test_every_object_once(count: int, links: bool, meta: bool, serve: Serve, client_for: ClientFor) -> None:
    server = serve(listing(things(count), links=links, meta=meta))
    assert list(client_for(server).paginate(PATH, "apps", per_page=20)) == things(count)
    assert len(server.requests) == max(1, -(-count // 20))


def test_neither_links_nor_meta(serve: Serve, client_for: ClientFor) -> None:
    """A list without any of it is one page."""
    server = serve(listing(things(7), links=False, meta=False))
    assert list(client_for(server).paginate(PATH, "apps", per_page=20)) == things(7)
    assert len(server.requests) == 1


def test_only_last(serve: Serve, client_for: ClientFor) -> None:
    first = {"apps": things(2), "links": {"pages": {"last": "http://x/?page=2"}}}
    server = serve(reply(200, first), reply(200, {"apps": [{"id": "z"}], "links": {}}))
    assert [one["id"] for one in client_for(server).paginate(PATH, "apps")] == ["id-0", "id-1", "z"]


def test_absent_list_is_empty(serve: Serve, client_for: ClientFor) -> None:
    assert list(client_for(serve(reply(200, {"links": {"pages": {}}}))).paginate(PATH, "apps")) == []


def test_query_goes_to_every_page(serve: Serve, client_for: ClientFor) -> None:
    server = serve(listing(things(5)))
    list(client_for(server).paginate(PATH, "apps", {"with_projects": True, "types": ["A", "B"]}, per_page=3))
    assert [request.target for request in server.requests] == [
        f"/v2/apps?with_projects=true&types=A&types=B&page={page}&per_page=3" for page in (1, 2)
    ]


def test_hosts_in_links_are_not_asked(serve: Serve, client_for: ClientFor) -> None:
    other = serve(reply(200, {"apps": []}))
    server = serve(listing(things(5), host=other.url))
    assert list(client_for(server).paginate(PATH, "apps", per_page=2)) == things(5)
    assert other.connections == 0
    assert all(request.target.startswith("/v2/apps?") for request in server.requests)


def test_pages_are_fetched_when_needed(serve: Serve, client_for: ClientFor) -> None:
    server = serve(listing(things(50)))
    walk = client_for(server).paginate(PATH, "apps", per_page=10)
    assert server.requests == []
    assert len(list(islice(walk, 10))) == 10
    assert len(server.requests) == 1
    next(walk)
    assert len(server.requests) == 2


@pytest.mark.parametrize("link", ["http://[", "nonsense", "https://x/?page=x", "http://x/?page=1", "/?page=-3", 7])
def test_strange_next_link_means_one_page_on(link: Any, serve: Serve, client_for: ClientFor) -> None:
    first = {"apps": things(1), "links": {"pages": {"next": link}}}
    server = serve(reply(200, first), reply(200, {"apps": [{"id": "z"}]}))
    assert [one["id"] for one in client_for(server).paginate(PATH, "apps")] == ["id-0", "z"]
    assert [asked(request)[0] for request in server.requests] == [1, 2]


@pytest.mark.parametrize("links", [None, [], "x", {"pages": None}, {"pages": []}, {"pages": {"next": None}}])
def test_strange_links(links: Any, serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(200, {"apps": things(1), "links": links, "meta": []}))
    assert len(list(client_for(server).paginate(PATH, "apps"))) == 1
    assert len(server.requests) == 1


def test_objects_that_move_are_given_once(serve: Serve, client_for: ClientFor) -> None:
    """A deployment made between two pages pushes the last one of page 1 to page 2."""
    first = {"apps": things(3), "links": {"pages": {"next": "https://x/?page=2"}}}
    second = {"apps": [{"id": "id-2"}, {"id": "id-3"}], "links": {"pages": {}}}
    server = serve(reply(200, first), reply(200, second))
    assert [one["id"] for one in client_for(server).paginate(PATH, "apps")] == ["id-0", "id-1", "id-2", "id-3"]


def test_server_limits_the_page(serve: Serve, client_for: ClientFor, clock: FakeClock) -> None:
    refusal = reply(400, {"id": "bad_request", "message": "cannot retrieve more than 25 items per page"})
    server = serve(listing(things(60), refuse=lambda page, size: refusal if size > 25 else None))
    assert list(client_for(server).paginate(PATH, "apps")) == things(60)
    assert [asked(request) for request in server.requests] == [(1, 200), (1, 25), (2, 25), (3, 25)]
    assert clock.slept == []


@pytest.mark.parametrize("allowed", ["0", "200", "500", "many"])
def test_server_limits_without_sense(allowed: str, serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(400, {"message": f"cannot retrieve more than {allowed} items per page"}))
    with pytest.raises(InvalidRequestError):
        list(client_for(server).paginate(PATH, "apps"))
    assert len(server.requests) == 1


@pytest.mark.parametrize("refusal", [reply(524, "<html>timeout</html>"), reply(504, {}), hang])
def test_slow_server_gets_smaller_pages(refusal: Act, serve: Serve, client_for: ClientFor, clock: FakeClock) -> None:
    server = serve(listing(things(60), refuse=lambda page, size: refusal if size > 12 else None))
    assert list(client_for(server, timeout=0.2).paginate(PATH, "apps")) == things(60)
    assert [asked(request) for request in server.requests[:4]] == [(1, 200), (1, 50), (1, 12), (2, 12)]
    assert clock.slept == []


def test_slow_in_the_middle_loses_nothing(serve: Serve, client_for: ClientFor) -> None:
    """47 objects, page 2 of 30 cannot be had: again from before that place, and nothing twice."""
    server = serve(listing(things(47), refuse=lambda page, size: reply(524, {}) if (page, size) == (2, 30) else None))
    assert list(client_for(server).paginate(PATH, "apps", per_page=30)) == things(47)
    assert [asked(request) for request in server.requests] == [(1, 30), (2, 30), (5, 7), (6, 7), (7, 7)]


def test_slow_also_with_the_smallest_pages(serve: Serve, client_for: ClientFor, clock: FakeClock) -> None:
    server = serve(reply(524, {}))
    with pytest.raises(ServerError, match="Gave up after 3 attempts"):
        list(client_for(server, retries=2).paginate(PATH, "apps", per_page=20))
    assert [asked(request)[1] for request in server.requests] == [20, 5, 5, 5]
    assert len(clock.slept) == 2


def test_other_faults_of_a_page_are_repeated(serve: Serve, client_for: ClientFor, clock: FakeClock) -> None:
    server = serve(reply(503, {}), listing(things(2)))
    assert list(client_for(server).paginate(PATH, "apps")) == things(2)
    assert len(clock.slept) == 1


@pytest.mark.parametrize("found", [{}, "x", [1], [{"id": "a"}, None], 0])
def test_wrong_envelope(found: Any, serve: Serve, client_for: ClientFor) -> None:
    with pytest.raises(TransportError, match="'apps'") as caught:
        list(client_for(serve(reply(200, {"apps": found}))).paginate(PATH, "apps"))
    assert caught.value.reason == "wrong_envelope"
    assert caught.value.path == PATH


def test_list_without_end(serve: Serve, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page has something new, and a next one."""
    monkeypatch.setattr(pagination, "_MAX_PAGES", 10)

    def act(sock: socket.socket, request: Request) -> bool:
        body = {"apps": [{"id": request.target}], "links": {"pages": {"next": "x"}}}
        return reply(200, body)(sock, request)

    server = serve(act)
    with pytest.raises(TransportError, match="does not end"):
        list(client_for(server).paginate(PATH, "apps"))
    assert len(server.requests) == 10
    monkeypatch.setattr(pagination, "_MAX_OBJECTS", 3)
    with pytest.raises(TransportError, match="does not end after 4 objects"):
        list(client_for(server).paginate(PATH, "apps"))


@pytest.mark.parametrize("found", [[{"id": "same"}], [{"name": "no id"}], [{"id": "x" * 500}]])
@pytest.mark.parametrize("more", [{"links": {"pages": {"next": "x"}}}, {"meta": {"total": 10**6}}])
def test_a_page_without_anything_new(
    found: list[dict[str, Any]], more: dict[str, Any], serve: Serve, client_for: ClientFor
) -> None:
    """The list does not move: no end of it is made up, since "is not in the list" leads to decisions."""
    server = serve(reply(200, {"apps": found, **more}))
    with pytest.raises(TransportError, match="page 2 of the list brings nothing new") as caught:
        list(client_for(server).paginate(PATH, "apps"))
    assert caught.value.reason == "wrong_envelope"
    assert len(server.requests) == 2


def test_an_empty_page_with_a_next_one(serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(200, {"apps": [], "links": {"pages": {"next": "x"}}}))
    with pytest.raises(TransportError, match="page 1 of the list brings nothing new"):
        list(client_for(server).paginate(PATH, "apps"))


def test_no_page_is_jumped_over(serve: Serve, client_for: ClientFor) -> None:
    first = {"apps": things(1), "links": {"pages": {"next": "https://x/?page=500"}}}
    server = serve(reply(200, first), reply(200, {"apps": [{"id": "z"}]}))
    assert [one["id"] for one in client_for(server).paginate(PATH, "apps")] == ["id-0", "z"]
    assert [asked(request)[0] for request in server.requests] == [1, 2]


@pytest.mark.parametrize("empty", [{}, {"apps": []}, {"apps": None}])
@pytest.mark.parametrize("query", [None, {"deployment_types": ["MANUAL"]}])
def test_a_list_that_is_not_there_and_counts_some(serve: Serve, client_for: ClientFor, query: Any, empty: Any) -> None:
    """With a filter, nobody knows what the total counts."""
    pages = client_for(serve(reply(200, {"meta": {"total": 1}, **empty}))).paginate(PATH, "apps", query)
    if query:
        assert list(pages) == []
        return
    with pytest.raises(TransportError, match="has no 'apps', and counts 1 of them"):
        list(pages)


def test_a_list_that_is_cut_short(serve: Serve, client_for: ClientFor) -> None:
    """Three are counted, two are there, and the next page is empty."""
    meta = {"meta": {"total": 3}}
    server = serve(reply(200, {"apps": things(2), **meta}), reply(200, {"apps": [], **meta}))
    with pytest.raises(TransportError, match="has no 'apps', and counts 3 of them"):
        list(client_for(server).paginate(PATH, "apps"))
