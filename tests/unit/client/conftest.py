"""A clock to turn by hand, certificates of the day, and an environment without proxies."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ansible_collections.oceanops.app_platform.plugins.module_utils._api import transport
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.client import Client
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.settings import ClientSettings
from ansible_collections.oceanops.app_platform.tests.unit.client.raw_server import Act, RawServer
from ansible_collections.oceanops.app_platform.tests.unit.fake_clock import FakeClock

TOKEN = "dop_v1_0123456789canary0123456789"

#: The fixtures ``serve`` and ``client_for``.
Serve = Callable[..., RawServer]
ClientFor = Callable[..., Client]
CALLS: dict[str, Callable[[Client], Any]] = {
    "GET": lambda client: client.get("/v2/apps/a1"),
    "POST": lambda client: client.post("/v2/apps", {"spec": {}}),
    "PUT": lambda client: client.put("/v2/apps/a1", {"spec": {}}),
    "DELETE": lambda client: client.delete("/v2/apps/a1"),
}
every_call = pytest.mark.parametrize("call", CALLS)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "NETRC"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    yield
    transport.close_sessions()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def serve() -> Iterator[Callable[..., RawServer]]:
    """Starts servers that do these acts, one after the other; the last one stays."""
    running: list[RawServer] = []

    def start(*acts: Act, **options: Any) -> RawServer:
        server = RawServer(list(acts), **options).start()
        running.append(server)
        return server

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def client_for(clock: FakeClock) -> Callable[..., Client]:
    """A client of a server or a URL, with times that suit a test."""

    def make(target: RawServer | str, **settings: Any) -> Client:
        url = target if isinstance(target, str) else target.url
        known: dict[str, Any] = {"timeout": 5, "connect_timeout": 5, "deadline": 120, **settings}
        return Client(ClientSettings(**{"token": TOKEN, "api_url": url, **known}), clock)

    return make


@pytest.fixture
def dead_port() -> Iterator[int]:
    """A port where nothing listens, kept from being given to anybody."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


class Certificates:
    """An authority, and a server certificate of it for 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        now = datetime.datetime.now(datetime.timezone.utc)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        key = ec.generate_private_key(ec.SECP256R1())

        def build(subject: x509.Name, public: Any, ca: bool) -> x509.Certificate:
            builder = x509.CertificateBuilder().subject_name(subject).issuer_name(name).public_key(public)
            builder = builder.serial_number(x509.random_serial_number())
            builder = builder.not_valid_before(now - datetime.timedelta(days=1))
            builder = builder.not_valid_after(now + datetime.timedelta(days=1))
            builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            builder = builder.add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
            )
            builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            if ca:
                usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
                builder = builder.add_extension(usage, critical=True)
            else:
                address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
                builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
            return builder.sign(key, hashes.SHA256())

        own = ec.generate_private_key(ec.SECP256R1())
        server = build(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test server")]), own.public_key(), ca=False)
        self.authority = folder / "authority.pem"
        self.authority.write_bytes(build(name, key.public_key(), ca=True).public_bytes(serialization.Encoding.PEM))
        chain = folder / "server.pem"
        chain.write_bytes(
            server.public_bytes(serialization.Encoding.PEM)
            + own.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(chain)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))
