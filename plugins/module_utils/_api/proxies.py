# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The proxy of the environment: what is said about it when it does not work. Never its user or password."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")


@dataclass(frozen=True)
class Proxy:
    """``variable``: where it is set. ``shown``: its address as it may be shown; empty where it is not an address."""

    variable: str
    shown: str = ""

    @property
    def words(self) -> str:
        return f"the proxy of {self.variable}" + (f" ({self.shown})" if self.shown else "")


def proxy_named(address: str) -> Proxy:
    """The proxy with this address, as requests found it in the environment."""
    names = sorted(name for name, value in os.environ.items() if name.lower() in ("https_proxy", "all_proxy"))
    # requests puts a scheme before an address without one, and prefers the lower case and the more special name.
    matching = [name for name in names if os.environ[name].strip() and address.endswith(os.environ[name].strip())]
    order = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    matching.sort(key=lambda name: order.index(name) if name in order else len(order))
    return Proxy(matching[0] if matching else "the system's settings", _shown(address))


def problem_of(address: str) -> str:
    """What is wrong with a proxy's address, in words that follow "is"; empty if nothing is."""
    if not _shown(address):
        return "not an address such as http://proxy.example:3128"
    scheme = urlsplit(_complete(address)).scheme.lower()
    return "" if scheme in _SCHEMES else "of a kind that is not known; there are " + ", ".join(_SCHEMES)


def _complete(address: str) -> str:
    return address if "://" in address else "http://" + address


def _shown(address: str) -> str:
    """Scheme, host and port; empty when they cannot be told, since then anything may be the password."""
    try:
        parts = urlsplit(_complete(address))
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if not host or not all(one.isalnum() or one in "-._:" for one in host) or parts.path not in ("", "/"):
        return ""
    if parts.query or parts.fragment:
        return ""
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme.lower()}://{host}" + (f":{port}" if port else "")
