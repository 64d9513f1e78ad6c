# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Scopes of IP addresses: protection against server-side request forgery when logs are read.

The URL of a log comes from a response, and may redirect. A log must not be closer to this machine than the API is:
otherwise the URL could address services of this machine or its network, such as one with cloud credentials, and the
result of the task would show their responses.
"""

from __future__ import annotations

import ipaddress
import socket

#: From the farthest to the closest. LINK_LOCAL (also metadata services of clouds, multicast) is never allowed.
PUBLIC, PRIVATE, LOOPBACK, LINK_LOCAL = range(4)
SCOPE_NAMES = {PRIVATE: "a private network", LOOPBACK: "this machine", LINK_LOCAL: "a link-local or reserved address"}

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def host_scope(host: str) -> int | None:
    """The scope of an IP address, in any notation that the resolver accepts, or of localhost; None for other names."""
    name = host.strip("[]").rstrip(".").partition("%")[0].lower()
    if name == "localhost" or name.endswith(".localhost"):
        return LOOPBACK
    found: ipaddress.IPv4Address | ipaddress.IPv6Address
    try:
        found = ipaddress.ip_address(name)
    except ValueError:
        try:
            found = ipaddress.IPv4Address(socket.inet_aton(name))  # 127.1, 0x7f000001, 2130706433
        except (OSError, ValueError):
            return None
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif found in _NAT64:
            found = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    if found.is_loopback or found.is_unspecified:
        return LOOPBACK
    if found.is_link_local or found.is_multicast:
        return LINK_LOCAL
    return PUBLIC if found.is_global else PRIVATE


def is_allowed(scope: int | None, api_scope: int | None) -> bool:
    """Whether a log in ``scope`` may be read if the API is in ``api_scope``; None counts as public."""
    return (scope or PUBLIC) <= (api_scope or PUBLIC) and scope != LINK_LOCAL
