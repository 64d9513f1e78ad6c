"""What only a program that speaks to a socket sends: the simulator goes on, and keeps its terminal clean."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.platform import TOKEN, Platform, start_platform
from tests.simulator.world import World

BEARER = f"Authorization: Bearer {TOKEN}\r\n"


def opened(platform: Platform, text: str) -> socket.socket:
    """A connection on which this was sent; HOST, PORT and KEY stand for the simulator's."""
    address = urlsplit(platform.url)
    connection = socket.create_connection((str(address.hostname), address.port or 0), timeout=20)
    text = text.replace("HOST", address.netloc).replace("PORT", str(address.port)).replace("KEY", platform.key)
    connection.sendall(text.encode("latin-1"))
    return connection


def answer(platform: Platform, text: str) -> str:
    """All that comes back until the end."""
    with opened(platform, text) as connection:
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces).decode("latin-1")


@pytest.fixture(scope="module")
def process() -> Iterator[Platform]:
    with start_platform() as platform:
        yield platform


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("GET /_simulator/requests HTTP/1.0\r\nX-Simulator-Key: KEY\r\n\r\n", 403),
        ("GET http://evil/_simulator/requests HTTP/1.1\r\nHost: HOST\r\nX-Simulator-Key: KEY\r\n", 403),
        ("GET /_simulator/requests HTTP/1.1\r\nHost: HOST\r\nHost: evil\r\nX-Simulator-Key: KEY\r\n", 403),
        ("GET /_simulator/requests HTTP/1.1\r\nHost: evil\r\nHost: HOST\r\nX-Simulator-Key: KEY\r\n", 403),
        ("GET /_simulator/requests HTTP/1.1\r\nHost: evil\r\nX-Forwarded-Host: HOST\r\nX-Simulator-Key: KEY\r\n", 403),
        ("GET / HTTP/1.1\r\nHost: HOST\r\nOrigin: http://HOST\r\nOrigin: http://evil\r\nX-Simulator-Key: KEY\r\n", 403),
        ("GET //_simulator/requests HTTP/1.1\r\nHost: HOST\r\n", 401),
        ("GET /%5fsimulator/requests HTTP/1.1\r\nHost: HOST\r\n", 401),
        ("GET /_simulator/requests HTTP/1.1\r\nHost: HOST\r\nX_Simulator_Key: KEY\r\n", 401),
        ("HEAD /_simulator/requests HTTP/1.1\r\nHost: HOST\r\n", 401),
        ("OPTIONS /_simulator/requests HTTP/1.1\r\nHost: HOST\r\n", 401),
        ("GET /v2/../_simulator/requests HTTP/1.1\r\nHost: HOST\r\n" + BEARER, 404),
        ("GET /v2/..%2f_simulator/requests HTTP/1.1\r\nHost: HOST\r\n" + BEARER, 404),
        ("TRACE /_simulator/requests HTTP/1.1\r\nHost: HOST\r\nX-Simulator-Key: KEY\r\n", 405),
        ("OPTIONS /v2/apps HTTP/1.1\r\nHost: HOST\r\nOrigin: http://e\r\nAccess-Control-Request-Method: POST\r\n", 403),
        ("GET / HTTP/1.1\r\nHost: HOST\r\nOrigin: http://evil\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n", 403),
    ],
)  # fmt: skip
def test_ways_around_the_checks(process: Platform, text: str, status: int):
    said = answer(process, text.removesuffix("\r\n\r\n").removesuffix("\r\n") + "\r\nConnection: close\r\n\r\n")

    assert said.split(" ", 2)[1] == str(status)
    assert process.key not in said
    assert "access-control-allow" not in said.lower()


def test_half_a_body_holds_up_nobody(process: Platform):
    """Anybody on this machine can send one, and so does a client that is slow."""
    with opened(process, f"POST /v2/apps HTTP/1.1\r\nHost: HOST\r\n{BEARER}Content-Length: 100\r\n\r\n{{"), \
         opened(process, "POST /v2/nothing HTTP/1.1\r\nHost: HOST\r\nContent-Length: 100\r\n\r\n{"):  # fmt: skip
        for _turn in range(3):
            said = answer(process, f"GET /v2/apps HTTP/1.1\r\nHost: HOST\r\n{BEARER}Connection: close\r\n\r\n")
            assert said.startswith("HTTP/1.1 200")


def test_a_body_that_is_none(process: Platform):
    begin = f"POST /v2/apps HTTP/1.1\r\nHost: HOST\r\n{BEARER}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"

    assert answer(process, begin + "CANARY\r\n{}\r\n0\r\n\r\n").startswith("HTTP/1.1 400")


@pytest.mark.parametrize(
    "body",
    [
        '{"advance": 1e400}', '{"advance": NaN}', '{"advance": 1e300}', '{"to": "9999-12-31T23:59:59Z"}',
        '{"clock": "real", "speed": NaN}', '{"clock": "real", "speed": 1e400}', '{"clock": "real", "speed": "fast"}',
    ],
)  # fmt: skip
def test_times_that_never_come(world: World, body: str):
    """After one of these it could tell no time any more: each request failed."""
    headers = {**world.key, "Content-Type": "application/json"}

    assert world.client.post("/_simulator/clock", data=body, headers=headers).status_code == 400
    assert world.client.get("/_simulator/health", headers=world.key).status_code == 200
    assert world.raw("GET", "/v2/apps").status_code == 200


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_numbers_that_are_none(world: World, number: str):
    headers = {**world.key, **world.headers, "Content-Type": "application/json"}
    for path, body in (
        ("/v2/apps/propose", f'{{"spec": {{"name": "shop"}}, "x": {number}}}'),
        ("/_simulator/settings", f'{{"step": {number}}}'),
        ("/_simulator/faults", f'{{"fault": "delay", "seconds": {number}}}'),
        ("/_simulator/outcomes", f'{{"component": "web", "outcome": "fail", "seconds": {number}}}'),
    ):
        assert world.client.post(path, data=body, headers=headers).status_code == 400, path
    assert world.control("GET", "faults")["faults"] == []


def test_what_stands_on_the_terminal(capfd: pytest.CaptureFixture[str]):
    with start_platform("--verbose", record_secrets=False) as platform:
        for text in (
            f"G\x1b[31mET /v2/apps HTTP/1.1\r\nHost: HOST\r\n{BEARER}Connection: close\r\n\r\n",
            "GET /v2/apps HTTP/9.0\r\nHost: HOST\r\n\r\n",
            "G\x1b[31mET\r\n\r\n",
            f"GET /{'a' * 70000} HTTP/1.1\r\n",
        ):
            with opened(platform, text) as connection:
                connection.recv(10)
        platform.requests()
    said = capfd.readouterr().err

    assert "\x1b" not in said
    assert "Traceback" not in said
    assert "/v2/apps 405" in said
