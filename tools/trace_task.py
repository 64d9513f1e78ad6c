# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one task passes through: files and functions of ``plugins/``, evaluations of its edit, requests to the API.

Runs the module ``app_job`` against the simulator, its operation in this process as both ways of running a task call it
(validate, perform), once without and once with something to change::

    python -m tools.trace_task            # the figures
    python -m tools.trace_task --list     # and every function with its number of calls
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from tools.house import COLLECTIONS, ROOT

sys.path.insert(0, str(COLLECTIONS))

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.context import Context
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import perform
from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import (
    register_with_core,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.task_options import (
    secrets_in,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._system.json_types import to_json_types
from ansible_collections.oceanops.app_platform.plugins.modules.app_job import OPERATION
from tests.bench._platform import JOB
from tests.platform import Platform, start_platform

PLUGINS = str(ROOT / "plugins")
#: Comprehensions and the like are part of the function around them, and a module's or class's body is none.
_NOT_FUNCTIONS = frozenset({"<module>", "<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>", "<lambda>"})
#: What the task declares besides the job that is there, by the name of its trace.
CHANGES: dict[str, dict[str, Any]] = {"unchanged": {}, "changed": {"run_command": "bin/migrate --all"}}


@dataclass
class Trace:
    """One task: calls of each function (file relative to ``plugins/``, name, first line), and its requests."""

    result: dict[str, Any] = field(default_factory=dict)
    calls: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    requests: list[str] = field(default_factory=list)

    @property
    def files(self) -> list[str]:
        """The files of ``plugins/`` that have a function which was called."""
        return sorted({file for file, _name, _line in self.calls})

    @property
    def functions(self) -> int:
        """How many functions were called."""
        return len(self.calls)

    def called(self, name: str, room: str = "") -> int:
        """How often functions of this name were called, in files below *room*."""
        return sum(
            count
            for (file, function, _line), count in self.calls.items()
            if function == name and file.startswith(f"module_utils/{room}")
        )

    @property
    def evaluations(self) -> int:
        """How often the edit was applied to a spec."""
        return self.called("apply", "_edit/declaration")

    @property
    def reviews(self) -> int:
        """How often the change was linted."""
        return self.called("review", "_edit/declaration")

    @property
    def app_reads(self) -> int:
        """How often the app was read."""
        return self.requests.count("GET apps_get")


@contextmanager
def _counting(trace: Trace) -> Iterator[None]:
    known: dict[CodeType, tuple[str, str, int] | None] = {}

    def key(code: CodeType) -> tuple[str, str, int] | None:
        file = str(Path(code.co_filename).resolve())
        if not file.startswith(PLUGINS) or code.co_name in _NOT_FUNCTIONS:
            return None
        return file[len(PLUGINS) + 1 :], code.co_name, code.co_firstlineno

    def profile(frame: FrameType, event: str, _argument: Any) -> None:
        if event != "call":
            return
        code = frame.f_code
        if code not in known:
            known[code] = key(code)
        found = known[code]
        if found is not None:
            trace.calls[found] += 1

    sys.setprofile(profile)
    try:
        yield
    finally:
        sys.setprofile(None)


def run_job(options: Mapping[str, Any], folder: str) -> dict[str, Any]:
    """The result of one task of ``app_job``, by the steps of plugin_utils/_in_process.py."""
    given = to_json_types(dict(options))
    arguments = OPERATION.arguments
    register_with_core(secrets_in(given, certain=True).distinctive)
    checked: Any = ArgumentSpecValidator(**arguments.as_arguments()).validate(given)  # type: ignore[no-untyped-call]
    if checked.error_messages:
        raise ValueError(checked.error_messages)
    params = to_json_types(checked.validated_parameters)
    register = secrets_in(params, certain=True)
    return perform(OPERATION, params, Context(params, register=register, folder=folder))


def seed(platform: Platform) -> None:
    """Give the platform an app ``shop`` with the job, and a service beside it."""
    service = {"name": "web", "image": JOB["image"], "http_port": 8080}
    platform.seed({"name": "shop", "region": "ams", "services": [service], "jobs": [JOB]})


def trace(platform: Platform, **options: Any) -> Trace:
    """Trace one task of ``app_job``. Another one has run just before, so that the app's id is remembered."""
    declared = {"token": platform.token, "api_url": platform.url, "app": "shop", **JOB}
    found = Trace()
    with tempfile.TemporaryDirectory() as folder:
        run_job(declared, folder)
        platform.forget_requests()
        with _counting(found):
            found.result = run_job({**declared, **options}, folder)
    found.requests = [f"{one['method']} {one['operation']}" for one in platform.requests()]
    return found


def main() -> int:
    """Print the figures of both tasks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", action="store_true", help="list every function with its number of calls")
    chosen = parser.parse_args()
    with start_platform() as platform:
        seed(platform)
        for name, options in CHANGES.items():
            found = trace(platform, **options)
            print(
                f"{name:10} changed={found.result['changed']} files {len(found.files)}, functions {found.functions}, "
                f"calls {sum(found.calls.values())}, evaluations {found.evaluations}, "
                f"reviews {found.reviews}, canonical {found.called('canonical', '_spec')}"
            )
            print(f"{'':10} {', '.join(found.requests)}")
            if chosen.list:
                for (file, function, line), count in sorted(found.calls.items()):
                    print(f"{'':10} {file}:{line} {function} {count}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
