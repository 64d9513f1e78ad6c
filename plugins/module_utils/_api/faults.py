# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Requests without a complete response: what the exceptions of requests, urllib3 and the system mean."""

from __future__ import annotations

import re
import socket
import ssl

from .proxies import Proxy

try:
    import requests
    import urllib3
except ImportError:
    pass  # transport.require_requests has the message


class FaultError(Exception):
    """There is no complete response.

    ``reason``: one of TransportError.REASONS. ``sent``: whether the request had been sent. ``proxy``: the environment
    variable of the proxy that was used, or should have been used.
    """

    def __init__(self, reason: str, description: str, sent: bool, proxy: str = "") -> None:
        super().__init__(description)
        self.reason = reason
        self.description = description
        self.sent = sent
        self.proxy = proxy


def causes(error: BaseException, handled: BaseException | None) -> list[BaseException]:
    """The error and the errors that caused it, the nearest first.

    ``handled``: an error that the caller was handling when it made the call; it and its causes are left out.
    """
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause is not handled and not any(cause is one for one in chain):
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    return chain


def _has(errors: list[BaseException], kind: type[BaseException]) -> bool:
    return any(isinstance(one, kind) for one in errors)


def describe_sent(errors: list[BaseException], timeout: float, responding: bool) -> tuple[str, str]:
    """Reason and description of an error after the request was sent. ``responding``: the head had been received.

    ``timeout``: the read time-out in seconds. The messages of the libraries are not used: they quote the URL.
    """
    if _has(errors, TimeoutError):
        return "read_timeout", f"nothing came for {timeout:g} s"
    if responding and _has(errors, urllib3.exceptions.ProtocolError):
        return "truncated", "the answer ended early"
    return "connection_cut", "the connection was cut" + _system_message(errors)


def describe_unsent(errors: list[BaseException], timeout: float, proxy: Proxy | None) -> tuple[str, str]:
    """Reason and description of an error before the request was sent. ``timeout``: for connecting, in seconds."""
    reason, description = _describe_unsent(errors, timeout)
    return _describe_with_proxy(errors, proxy, reason, description) if proxy else (reason, description)


def _describe_with_proxy(errors: list[BaseException], proxy: Proxy, reason: str, description: str) -> tuple[str, str]:
    """The same where a proxy is used: the proxy failed, or is named."""
    if _has(errors, requests.exceptions.InvalidSchema) and proxy.shown.startswith("socks"):
        return "proxy_refused", f"{proxy.description} needs the Python package PySocks, which is not installed"
    tunnel_failure = re.search(r"Tunnel connection failed: (\d{3})", " ".join(map(str, errors)))
    if tunnel_failure:
        # A status below 500 is permanent; a 5xx may pass.
        hint = ", wants a user name and a password" if tunnel_failure[1] == "407" else ""
        verb = "did not connect" if tunnel_failure[1].startswith("5") else "refused to connect"
        return (
            "proxy_failed" if tunnel_failure[1].startswith("5") else "proxy_refused",
            f"{proxy.description} {verb} (status {tunnel_failure[1]}{hint})",
        )
    if _has(errors, requests.exceptions.InvalidProxyURL):
        return "proxy_refused", f"{proxy.description} has an address that cannot be used"
    if reason == "connect_timeout" or _has(errors, requests.exceptions.ProxyError):
        return "proxy_failed", f"{proxy.description} did not connect" + _system_message(errors)
    return reason, f"{description}, through {proxy.description}"


def _describe_unsent(errors: list[BaseException], timeout: float) -> tuple[str, str]:  # noqa: PLR0911
    cause = _system_error(errors)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return "certificate_refused", f"the server's certificate is not trusted ({cause.verify_message})"
    if any(type(one).__name__ == "CertificateError" for one in errors):
        # urllib3 1.26 compares host names itself.
        return "certificate_refused", "the server's certificate is not trusted (hostname mismatch)"
    if isinstance(cause, ssl.SSLError):
        if cause.reason in ("NO_CERTIFICATE_OR_CRL_FOUND", "PEM_LIB", "PEM"):
            return "ca_bundle_unusable", "the file of trusted certificates (`ca_path`, REQUESTS_CA_BUNDLE) is not one"
        return "tls_failed", "the TLS hand-shake failed" + _system_message(errors)
    if isinstance(cause, socket.gaierror):
        return "name_not_resolved", "the host name could not be resolved"
    if isinstance(cause, ConnectionRefusedError):
        return "connection_refused", "the connection was refused"
    if _has(errors, TimeoutError):
        return "connect_timeout", f"no connection within {timeout:g} s"
    if isinstance(errors[0], ValueError):
        return "bad_url", "the address cannot be used"
    if "CA certificate bundle" in str(errors[0]):
        return "ca_bundle_unusable", "the file of trusted certificates (`ca_path`, REQUESTS_CA_BUNDLE) does not exist"
    return "connection_failed", "no connection could be made" + _system_message(errors)


def _system_error(errors: list[BaseException]) -> OSError | None:
    """The error of the operating system or of the TLS library; requests' errors are OSErrors without strerror."""
    return next((one for one in errors if isinstance(one, OSError) and one.strerror), None)


def _system_message(errors: list[BaseException]) -> str:
    """The short message of the operating system or of the TLS library, in parentheses, if there is one."""
    cause = _system_error(errors)
    if isinstance(cause, ssl.SSLError) and cause.reason:
        return f" ({cause.reason.lower().replace('_', ' ')})"
    return f" ({cause.strerror})" if cause is not None else ""
