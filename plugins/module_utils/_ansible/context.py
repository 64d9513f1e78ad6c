# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The per-task dependencies of an operation: API, clock, secrets to mask, check mode, warnings, progress."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from .._api.apps import AppsApi
from .._api.client import Client
from .._api.errors import AppPlatformError
from .._deployments.deployment import SameSpec
from .._deployments.wait_options import WaitOptions
from .._deployments.watch import Watch, discard
from .._masking.secret_register import SecretRegister
from .._secrets.redact import keep_words_readable, register_secrets
from .._spec.canonical import same_spec
from .._system.clock import Clock, SystemClock
from .._system.locks import LOCK_TIMEOUT_SECONDS, app_lock
from .._system.name_cache import NameCache, account_key
from .._system.system_random import SYSTEM_RANDOM
from .._types.api_objects import Spec
from .arguments import client_settings


class Context:
    """Per-task dependencies of an operation."""

    def __init__(
        self,
        params: dict[str, Any],
        *,
        check_mode: bool = False,
        diff: bool = False,
        register: SecretRegister | None = None,
        clock: Clock | None = None,
        api: AppsApi | None = None,
        progress: Callable[[str], None] | None = None,
        in_process: bool = False,
        folder: str | None = None,
        jitter: Callable[[], float] = SYSTEM_RANDOM.random,
    ) -> None:
        """``params``: validated options. ``progress``: gets progress lines. ``folder``: of the cache of app names.

        ``jitter``: returns numbers from 0 to 1, by which pauses differ.
        """
        self.check_mode = check_mode
        self.diff = diff
        self.register = register or SecretRegister()
        self.clock: Clock = clock or SystemClock()
        self.in_process = in_process
        self.jitter = jitter
        #: Set by `perform` from Operation.display_only.
        self.display_only = False
        self.progress: Callable[[str], None] | None = None if progress is None else self._masked(progress)
        self.warnings: list[str] = []
        self.params = params
        self._api = api
        self._sizes: frozenset[str] | None = None
        self.names = NameCache(folder, account_key(str(params.get("api_url") or ""), str(params.get("token") or "")))
        self.register.add(params.get("token"))

    @property
    def api(self) -> AppsApi:
        """The API with the options' connection settings. Raises UsageError for impossible settings."""
        if self._api is None:
            client = Client(client_settings(self.params), self.clock, self.register)
            self._api = AppsApi(client, strict=not self.display_only)
        return self._api

    @property
    def sizes(self) -> frozenset[str] | None:
        """The slugs of the platform's instance sizes, read once; None where they can't be read."""
        if self._sizes is None:
            try:
                self._sizes = frozenset(str(one["slug"]) for one in self.api.list_instance_sizes() if one.get("slug"))
            except AppPlatformError:
                self._sizes = frozenset()
        return self._sizes or None

    def warn(self, text: str) -> None:
        """Add a warning to the result, once, masked and safe for a terminal."""
        masked = self.register.mask_untrusted(text)
        if masked not in self.warnings:
            self.warnings.append(masked)

    def keep_words_readable(self, *values: object) -> None:
        """Keep short words of readable values from being masked as a weak secret (see _secrets/redact.py)."""
        keep_words_readable(self.register, *map(str, values))

    def register_secrets(self, spec: Spec) -> None:
        """Register the plain-text secrets of a spec for masking; keep its names and readable values readable."""
        register_secrets(self.register, spec)

    def lock(self, what: str, seconds: float = LOCK_TIMEOUT_SECONDS) -> AbstractContextManager[bool]:
        """Hold the lock of *what*, such as an app's id, among this user's processes on this machine.

        ``seconds``: how long to wait for it. Yields whether it is held; the block runs in any case (_system/locks.py).
        """
        return app_lock(self.clock, str(self.params.get("api_url") or ""), what, seconds)

    def watch(self, same_spec: SameSpec = same_spec) -> Watch:
        """The dependencies of a wait with the task's wait options. Raises UsageError for impossible options."""
        return Watch(
            api=self.api,
            clock=self.clock,
            same_spec=same_spec,
            options=WaitOptions.from_params(self.params),
            progress=self.progress or discard,
            warn=self.warn,
            mask=self.register.mask_untrusted_line,
            mask_log=self.register.mask_log_excerpt,
            jitter=self.jitter,
        )

    def _masked(self, write: Callable[[str], None]) -> Callable[[str], None]:
        return lambda text: write(self.register.mask_untrusted_line(text))
