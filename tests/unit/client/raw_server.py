"""A server that does to a client what the network does: answers byte for byte as told, one act per request."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Request:
    """What arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


#: What is done about one request; true: the connection stays open for the next one.
Act = Callable[[socket.socket, Request], bool]


def message(status: int, body: bytes | str, headers: dict[str, str] | None = None, length: int | None = None) -> bytes:
    """An HTTP answer as bytes; ``length``: what Content-Length says, when it is to lie."""
    data = body.encode() if isinstance(body, str) else body
    lines = {"Content-Type": "application/json", "Content-Length": str(len(data) if length is None else length)}
    lines.update(headers or {})
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} Some Reason\r\n{head}\r\n".encode() + data


def reply(status: int = 200, body: Any = None, headers: dict[str, str] | None = None) -> Act:
    """A complete answer; a body that is not text or bytes is sent as JSON."""
    raw = body if isinstance(body, (bytes, str)) else json.dumps({} if body is None else body)

    def act(sock: socket.socket, request: Request) -> bool:
        sock.sendall(message(status, raw, headers))
        return True

    return act


def raw(data: bytes) -> Act:
    """These bytes, then the end of the connection."""

    def act(sock: socket.socket, request: Request) -> bool:
        sock.sendall(data)
        return False

    return act


def cut(sock: socket.socket, request: Request) -> bool:
    """The connection ends without an answer."""
    return False


def reset(sock: socket.socket, request: Request) -> bool:
    """The connection is reset (RST)."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def hang(sock: socket.socket, request: Request) -> bool:
    """No answer until the client goes."""
    with contextlib.suppress(OSError):
        sock.recv(1)
    return False


def drip(data: bytes, each: Callable[[], None], head: bytes = b"") -> Act:
    """The head at once, then byte after byte with ``each`` called before every one, then silence."""

    def act(sock: socket.socket, request: Request) -> bool:
        sock.sendall(head)
        for number in range(len(data)):
            each()
            sock.sendall(data[number : number + 1])
        return hang(sock, request)

    return act


@dataclass
class RawServer:
    """Serves 127.0.0.1; acts are used up in order, over all connections, and the last one stays."""

    acts: list[Act] = field(default_factory=list)
    context: ssl.SSLContext | None = None
    greeting: bytes | None = None  # sent at once to everybody, who is then left
    requests: list[Request] = field(default_factory=list)
    connections: int = 0

    def start(self, port: int = 0) -> RawServer:
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()
        return self

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._acceptor.join(5)
        with self._lock:
            for sock in self._open:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        assert not any(thread.is_alive() for thread in self._threads)

    @property
    def url(self) -> str:
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                sock, _address = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with self._lock:
                self._open.add(sock)
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket) -> None:
        sock = plain
        try:
            if self.greeting is not None:
                plain.sendall(self.greeting)
                plain.shutdown(socket.SHUT_WR)
                plain.recv(65536)
                return
            if self.context:
                sock = self.context.wrap_socket(plain, server_side=True)
                with self._lock:
                    self._open.add(sock)
            for request in _read_requests(sock):
                with self._lock:
                    self.requests.append(request)
                    act = self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]
                if not act(sock, request):
                    return
        except OSError:
            return
        finally:
            with self._lock:
                self._open -= {plain, sock}
            sock.close()


def _read_requests(sock: socket.socket) -> Iterator[Request]:
    stream = sock.makefile("rb")
    while True:
        first = stream.readline().decode("latin-1").split()
        if len(first) < 3:
            stream.close()
            return
        headers: dict[str, str] = {}
        while line := stream.readline().strip():
            name, _colon, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", "0")))
        yield Request(first[0], first[1], headers, body)


@dataclass
class ConnectProxy:
    """A proxy for CONNECT only; ``refusal``: an answer that it gives to all, instead of a tunnel."""

    refusal: bytes | None = None
    targets: list[str] = field(default_factory=list)
    seen: bytearray = field(default_factory=bytearray)

    def __enter__(self) -> ConnectProxy:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._sockets: list[socket.socket] = []
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for sock in [self._listener, *self._sockets]:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        self._acceptor.join(5)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                sock, _address = self._listener.accept()
            except OSError:
                return
            self._sockets.append(sock)
            threading.Thread(target=self._tunnel, args=(sock,), daemon=True).start()

    def _tunnel(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            self._connect(client)

    def _connect(self, client: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = client.recv(65536)
            if not piece:
                return
            head += piece
        self.seen += head
        self.targets.append(head.split()[1].decode())
        if self.refusal is not None:
            client.sendall(self.refusal)
            client.shutdown(socket.SHUT_WR)
            return
        host, _colon, port = self.targets[-1].rpartition(":")
        server = socket.create_connection((host, int(port)))
        self._sockets.append(server)
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        threading.Thread(target=self._pump, args=(server, client), daemon=True).start()
        self._pump(client, server)

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.seen += data
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)


@dataclass
class SocksProxy(ConnectProxy):
    """The same as a SOCKS 5 proxy without a password."""

    def _connect(self, client: socket.socket) -> None:
        stream = client.makefile("rb")
        methods = stream.read(stream.read(2)[1])
        assert b"\0" in methods
        client.sendall(b"\5\0")
        kind = stream.read(4)[3]
        address = stream.read(4 if kind == 1 else stream.read(1)[0])
        host = socket.inet_ntoa(address) if kind == 1 else address.decode()
        port = int.from_bytes(stream.read(2), "big")
        self.targets.append(f"{host}:{port}")
        server = socket.create_connection((host, port))
        self._sockets.append(server)
        client.sendall(b"\5\0\0\1\0\0\0\0\0\0")
        threading.Thread(target=self._pump, args=(server, client), daemon=True).start()
        self._pump(client, server)
