# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The settings of a client, and their validation."""

from __future__ import annotations

import ipaddress
import math
import os
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .errors import UsageError

TOKEN_VARIABLES = ("DIGITALOCEAN_ACCESS_TOKEN", "DIGITALOCEAN_TOKEN", "DO_API_TOKEN")

#: The operating system refuses longer time-outs.
_MAX_TIMEOUT_SECONDS = 1_000_000.0
_MAX_RETRIES = 1_000


@dataclass(frozen=True)
class ClientSettings:
    """Connection settings; all times in seconds. The token is not part of the repr.

    ``timeout``: of each read. ``deadline``: for a whole response; None: four times ``timeout``. ``retries``: of a call.
    ``rate_limit_wait``: the longest wait that the server may request (rate limit, Retry-After).
    """

    token: str = field(repr=False)
    api_url: str = "https://api.digitalocean.com"
    timeout: float = 30
    connect_timeout: float = 10
    retries: int = 5
    rate_limit_wait: float = 60
    validate_certs: bool = True
    ca_path: str | None = None
    deadline: float | None = None

    @property
    def response_deadline(self) -> float:
        """``deadline``, or its default."""
        return 4 * self.timeout if self.deadline is None else self.deadline

    @property
    def verify(self) -> bool | str:
        """The parameter ``verify`` of requests."""
        if not self.validate_certs:
            return False
        return self.ca_path or True


def is_loopback(host: str) -> bool:
    """Whether the host of a URL is this machine: 127.0.0.0/8, ::1 or localhost, in no other notation."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _url_problem(url: str) -> str | None:
    """What is wrong with api_url, or None."""
    advice = "give something like https://api.digitalocean.com"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
        parts = urlsplit("")
    if "@" in parts.netloc:
        return "api_url: must not hold a user name or password; the token is given with `token`"
    if parts.scheme not in ("https", "http") or not host or port == 0 or re.search(r"[\s\x00-\x1f\x7f\\]", url):
        return f"api_url: {url!r} is not an https URL with a host; {advice}"
    if parts.query or parts.fragment:
        return "api_url: must end before any ? or #; " + advice
    if parts.scheme == "http" and not is_loopback(host):
        return (
            f"api_url: {url!r} would send the token unencrypted; http is accepted for this machine only"
            " (127.0.0.0/8, ::1, localhost), use https"
        )
    return None


def base_url(settings: ClientSettings) -> str:
    """Validate the settings; returns api_url without a trailing slash and /v2, with which all paths begin.

    Raises UsageError with all problems, each with the name of its option.
    """
    problems: list[str] = []
    token = settings.token.strip()
    if not token:
        problems.append(f"token: missing; give `token`, or set one of {', '.join(TOKEN_VARIABLES)}")
    elif not re.fullmatch(r"[\x21-\x7e]+", token):
        # The message must not contain the token.
        problems.append("token: holds white space or characters that no token has; was it copied whole, and alone?")
    problem = _url_problem(settings.api_url)
    if problem:
        problems.append(problem)
    for name, value, least in (
        ("api_timeout", settings.timeout, 0.0),
        ("api_connect_timeout", settings.connect_timeout, 0.0),
        ("api_deadline", settings.response_deadline, 0.0),
    ):
        if not (math.isfinite(value) and value > least):
            problems.append(f"{name}: {value} is not a number of seconds above 0")
        elif value > _MAX_TIMEOUT_SECONDS:
            problems.append(f"{name}: {value:g} is longer than {_MAX_TIMEOUT_SECONDS:g} seconds")
    if settings.retries < 0:
        problems.append(f"api_retries: {settings.retries} is below 0")
    elif settings.retries > _MAX_RETRIES:
        problems.append(f"api_retries: more than {_MAX_RETRIES}")
    if not settings.rate_limit_wait >= 0:
        problems.append(f"rate_limit_wait: {settings.rate_limit_wait} is not a number of seconds from 0")
    if settings.validate_certs and settings.ca_path and not os.path.exists(settings.ca_path):
        problems.append(f"ca_path: {settings.ca_path!r} does not exist on the machine that calls the API")
    if problems:
        raise UsageError(problems)
    base = settings.api_url.rstrip("/")
    return base[:-3] if base.endswith("/v2") else base
