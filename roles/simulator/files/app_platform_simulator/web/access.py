# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may call: the right name and origin for everything, a key for the control plane, a weaker one for the pages.

Other users of this machine can connect, and so can any web page that one of its users opens. A page is told by its
Origin, or, after it has let its own name lead here (DNS rebinding), by its Host. Another user is told by the key, which
is made at each start and given to whoever started the simulator.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Iterable
from html import escape
from urllib.parse import urlencode, urlsplit

from flask import Request, Response

from ..errors import Refusal

HEADER = "X-Simulator-Key"
# Parts of the application: log files are read from signed addresses, pages by people.
_SIGNED = frozenset({"logs.log_file", "logs.live_log"})
_PAGES = frozenset({"pages.index", "pages.report", "pages.report_json"})
_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - known, not listened at
API = "/v2/"


def same(given: str, wanted: str) -> bool:
    """Whether two texts are equal, in a time that tells nothing about where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode("utf-8", "replace"))


class Access:
    """The rules for one simulator."""

    def __init__(self, host: str = "127.0.0.1", port: int = 80, names: Iterable[str] = ()) -> None:
        self.key = secrets.token_urlsafe(32)
        # All that it opens are the pages; it stands in an address and in a cookie, which a browser shows around more.
        self.page_key = hmac.new(self.key.encode(), b"pages", hashlib.sha256).hexdigest()
        self.listen(host, port, names)

    def listen(self, host: str, port: int, names: Iterable[str] = ()) -> None:
        """Where the simulator can be reached: at its own address and port, and by further names, at any port."""
        self.host = host.lower()
        self.port = port
        self._names = frozenset(name.lower() for name in names)

    @property
    def cookie(self) -> str:
        """Browsers keep cookies by host alone, so that the port is in the name."""
        return f"app-platform-simulator-{self.port}"

    def page(self, url: str) -> str:
        """The address for people."""
        return f"{url}/?{urlencode({'key': self.page_key})}"

    def check(self, request: Request) -> None:
        """Refuse who came by a name that is not ours, a page of somebody else's, and, without a key, everybody else."""
        host = request.headers.get("Host", "")
        if not self._ours(host):
            raise _refusal(403, "Host: this is no name of the simulator; --allow-host adds one.")
        origin = request.headers.get("Origin")
        if origin is not None and origin.lower() != f"http://{host.lower()}":
            raise _refusal(403, "Origin: web pages of others may not call the simulator.")
        endpoint = request.endpoint or ""
        # A picture or a form of another page is announced by this alone; a person may follow a link to a page of ours.
        if endpoint not in _PAGES and request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
            raise _refusal(403, "Sec-Fetch-Site: web pages of others may not call the simulator.")
        # Where there is nothing, there is nothing to keep.
        if request.path.startswith(API) or endpoint in _SIGNED or request.url_rule is None or self._has_key(request):
            return
        if endpoint in _PAGES and (
            same(request.cookies.get(self.cookie, ""), self.page_key) or self._brought(request) is not None
        ):
            return
        raise _refusal(
            401, f"The key is missing: header {HEADER}, or the page's address as it was printed at the start."
        )

    def enter(self, request: Request) -> Response | None:
        """Exchange the key of an address for a cookie, so that it does not stay in the address bar."""
        without = self._brought(request)
        if without is None:
            return None
        target = escape(f"{request.path}?{urlencode(without, doseq=True)}".rstrip("?"), quote=True)
        # No redirect: for a browser that would still be the visit of whoever showed the link, and without the cookie.
        made = Response(
            f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={target}">'
            f'<title>Simulator</title><p><a href="{target}">Go on</a></p></html>',
            mimetype="text/html",
        )
        made.set_cookie(self.cookie, self.page_key, path="/", httponly=True, samesite="Strict")
        return made

    def _brought(self, request: Request) -> dict[str, list[str]] | None:
        """The other arguments of a page's address that has the key of the pages; else None."""
        if request.endpoint not in _PAGES or not same(request.args.get("key", ""), self.page_key):
            return None
        return {name: request.args.getlist(name) for name in request.args if name != "key"}

    def _has_key(self, request: Request) -> bool:
        return same(request.headers.get(HEADER, ""), self.key)

    def _ours(self, place: str) -> bool:
        """Whether `name:port` leads here. A number is nobody's name: it cannot be made to lead elsewhere."""
        try:
            parts = urlsplit(f"//{place}")
            name, port = parts.hostname or "", parts.port or 80
        except ValueError:
            return False
        if parts.netloc != place or "@" in place:
            return False
        if name in self._names:
            return True
        address = _address(name)
        if self.host in _EVERYWHERE:
            # In a container, say, where the port that others see is not known here.
            return address is not None or name == "localhost"
        known = name in {"localhost", self.host} or (address is not None and address.is_loopback)
        return known and port == self.port


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _refusal(status: int, message: str) -> Refusal:
    return Refusal(status, "forbidden" if status == 403 else "unauthorized", message)


def protect(made: Response) -> Response:
    """Tell the browser to keep nothing, to guess nothing, and to show it in nobody else's page."""
    headers = made.headers
    headers["Cache-Control"] = "no-store"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    return made
