# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Descriptions of the proxy from the environment, for error messages. They never have its user name or password."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")


@dataclass(frozen=True)
class Proxy:
    """``variable``: the environment variable; ``shown``: the address without credentials, empty if it is not valid."""

    variable: str
    shown: str = ""

    @property
    def description(self) -> str:
        return f"the proxy of {self.variable}" + (f" ({self.shown})" if self.shown else "")


def describe_proxy(address: str) -> Proxy:
    """The proxy with this address, which requests took from the environment."""
    names = sorted(name for name, value in os.environ.items() if name.lower() in ("https_proxy", "all_proxy"))
    # requests adds a missing scheme, and prefers lower-case names, and https_proxy to all_proxy.
    matching = [name for name in names if os.environ[name].strip() and address.endswith(os.environ[name].strip())]
    order = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    matching.sort(key=lambda name: order.index(name) if name in order else len(order))
    return Proxy(matching[0] if matching else "the system's settings", _shown(address))


def proxy_problem(address: str) -> str:
    """What is wrong with a proxy's address, as a continuation of "The proxy is"; empty if it is valid."""
    if not _shown(address):
        return "not an address such as http://proxy.example:3128"
    scheme = urlsplit(_with_scheme(address)).scheme.lower()
    return "" if scheme in _SCHEMES else "of a kind that is not known; there are " + ", ".join(_SCHEMES)


def _with_scheme(address: str) -> str:
    return address if "://" in address else "http://" + address


def _shown(address: str) -> str:
    """Scheme, host and port; empty if the address cannot be parsed, since any part may be the password then."""
    try:
        parts = urlsplit(_with_scheme(address))
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if not host or not all(one.isalnum() or one in "-._:" for one in host) or parts.path not in ("", "/"):
        return ""
    if parts.query or parts.fragment:
        return ""
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme.lower()}://{host}" + (f":{port}" if port else "")
