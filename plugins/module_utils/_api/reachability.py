# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""How near an address is: a log may be anywhere on the internet, but no nearer to this machine than the API itself.

Otherwise whoever can name a log's address, or answer there with a redirect, could make this machine ask its own
services or those of its network (those that give out cloud credentials, for example), and read the answer in a result.
"""

from __future__ import annotations

import ipaddress
import socket

#: From far to near. LINK: addresses that no server of a log has: link-local (where clouds keep credentials), multicast.
PUBLIC, PRIVATE, HERE, LINK = range(4)
WORDS = {PRIVATE: "a private network", HERE: "this machine", LINK: "a link-local or reserved address"}

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def place_of(host: str) -> int | None:
    """The place of an address, in any notation that the resolver takes for one, or of localhost; None for a name."""
    name = host.strip("[]").rstrip(".").partition("%")[0].lower()
    if name == "localhost" or name.endswith(".localhost"):
        return HERE
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
        return HERE
    if found.is_link_local or found.is_multicast:
        return LINK
    return PUBLIC if found.is_global else PRIVATE


def allowed(place: int | None, api: int | None) -> bool:
    """Whether a log at this place may be read when the API is at that one; an unknown place counts as public."""
    return (place or PUBLIC) <= (api or PUBLIC) and place != LINK
