"""Answers that one library reads in another way than the next, and parts of answers that nobody counts."""

from __future__ import annotations

import http.client
import io
import socket
import tracemalloc

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api import connections
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import AppPlatformError, TransportError
from ansible_collections.oceanops.app_platform.tests.unit.client.conftest import ClientFor, Serve
from ansible_collections.oceanops.app_platform.tests.unit.client.raw_server import Act, Request, raw, reply

BEGIN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = BEGIN + b"Transfer-Encoding: chunked\r\n\r\n"
MANY = 64 * 1024 * 1024


def much(before: bytes, piece: bytes) -> Act:
    """This, then the piece again and again, far more than anybody wants."""

    def act(sock: socket.socket, request: Request) -> bool:
        sock.sendall(before)
        for _turn in range(MANY // len(piece)):
            sock.sendall(piece)
        return False

    return act


@pytest.mark.parametrize(
    "before",
    [
        CHUNKED + b"2;x=", CHUNKED + b"2\r\n{}\r\n0\r\nX: ", CHUNKED, b"HTTP/1.1 200 O", BEGIN + b"X: ",
        b"HTTP/1.1 103 x\r\nX: ",
    ],
    ids=["extension", "trailer", "length", "status line", "header", "header of an interim answer"],
)  # fmt: skip
def test_lines_without_an_end(before: bytes, serve: Serve, client_for: ClientFor) -> None:
    """Python takes no line of more than 64 KiB for the head; old urllib3 took what came in chunks and trailers."""
    server = serve(much(before, b"0" * 65536))
    client = client_for(server, retries=0)

    tracemalloc.start()
    try:
        with pytest.raises(TransportError):
            client.get("/v2/apps")
        assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("ends", [True, False])
def test_lines_of_the_oldest_urllib3(ends: bool) -> None:
    """It asks for a line, however long that is."""
    lines = b"1\r\n" + b"0" * 65535 + (b"\n" if ends else b"00")
    reader = connections.ResponseReader(io.BytesIO(lines))  # type: ignore[arg-type]

    assert reader.readline() == b"1\r\n"
    if ends:
        assert len(reader.readline()) == 65536
    else:
        with pytest.raises(http.client.LineTooLong):
            reader.readline()


@pytest.mark.parametrize("mark", ["\\", "\\\\", "\\/", "\t\\"])
@pytest.mark.parametrize("user", ["", "x:y"])
def test_an_address_that_two_libraries_read_differently(
    mark: str, user: str, serve: Serve, client_for: ClientFor
) -> None:
    """For urllib3 a backslash ends the host, for urllib.parse it does not: the token went to the other server."""
    other = serve(reply(200, {"app": {}}))
    there = other.url.removeprefix("http://")

    def lead(sock: socket.socket, request: Request) -> bool:
        return reply(302, "", {"Location": address})(sock, request)

    server = serve(lead)
    here = server.url.removeprefix("http://")
    address = f"http://{there}{mark}{user}@{here}/v2/x"

    with pytest.raises(TransportError, match="a redirect to"):
        client_for(server, retries=0).get("/v2/apps")
    with pytest.raises(TransportError):
        client_for(server, retries=0).fetch_text(address, 100)

    assert other.requests == []


@pytest.mark.parametrize(
    "answer",
    [
        b"{}", b"HTTP/1.1 099 x\r\n\r\n", b"HTTP/1.1 1000 x\r\n\r\n", b"HTTP/1.1 -200 x\r\n\r\n",
        b"HTTP/1.1 2OO OK\r\n\r\n", b"HTTP/1.1\r\n\r\n", b"ICY 200 OK\r\n\r\n{}", b"HTTP/1.1 304 x\r\n\r\n",
        b"HTTP/1.1 300 x\r\n\r\n", b"HTTP/1.1 205 x\r\n\r\n", b"HTTP/1.1 999 x\r\n\r\n",
        BEGIN + b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n", CHUNKED + b"2\r\n{}", CHUNKED + b"\r\n",
        BEGIN + b"X: y\r\n" * 200 + b"\r\n{}",
        BEGIN.replace(b"json", b"json; charset=utf-7") + b"\r\n+AHs",
        BEGIN + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        BEGIN + b"Content-Encoding: gzip, gzip\r\n\r\n{}",
        BEGIN + b"Content-Length: 2\r\n\r\n\xff\xfe", b"\0" * 200, b"\r\n" * 50,
    ],
    ids=lambda answer: str(answer[:24]) + str(len(answer)),
)  # fmt: skip
def test_what_is_no_answer(answer: bytes, serve: Serve, client_for: ClientFor) -> None:
    """A named error, never one of a library below, nor a value."""
    with pytest.raises(AppPlatformError):
        client_for(serve(raw(answer)), retries=0).get("/v2/apps")
