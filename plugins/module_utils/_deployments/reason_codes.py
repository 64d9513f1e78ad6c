# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Hints for the platform's reason codes, and the meaning of exit codes. Pure.

The codes are those observed in deployments; an unknown one is shown without a hint.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

#: Reason code -> what to do; docs/waiting.md prints this table.
HINTS: Mapping[str, str] = {
    "BuildJobFailed": "The build failed: the BUILD log names the command that stopped it; run the same build locally.",
    "BuildJobExitNonZero": "A build command ended with an error: the BUILD log shows which one; check `build_command`, "
    "`dockerfile_path`, `source_dir` and build-time envs (scope BUILD_TIME or RUN_AND_BUILD_TIME).",
    "BuildJobTimeout": "The build took longer than the platform allows (60 minutes): make it smaller, or build an "
    "image elsewhere and deploy it with `image`.",
    "BuildJobOutOfMemory": "The build ran out of memory: limit its parallelism (for Node, NODE_OPTIONS="
    "--max-old-space-size), or build an image elsewhere and deploy it with `image`.",
    "BuildRateLimit": "Too many builds in a short time: wait some minutes and run the task again; one task that "
    "changes many components builds once.",
    "DeployContainerExitNonZero": "The container started and ended with an error: read its last log lines, and check "
    "`run_command` and the run-time envs.",
    "DeployContainerHealthChecksFailed": "The container runs but does not answer its health check: it must listen on "
    "0.0.0.0 and on `http_port`; check the path and `initial_delay_seconds` of `health_check`.",
    "ContainerCommandNotExecutable": "The run command does not exist in the image or may not be executed: check "
    "`run_command`, the file's mode and its interpreter; a shell line needs `sh -c`.",
    "ContainerOutOfMemory": "The container needed more memory than its size has: choose a larger "
    "`instance_size_slug`, or use less memory.",
    "DatabaseNotAvailable": "A database of the app is not available: see whether it is online, is not being resized or "
    "upgraded, and lists the app among its trusted sources.",
    "DatabaseNotFound": "A database that the spec names does not exist: check `cluster_name`, `db_name` and `db_user`, "
    "and that the cluster belongs to the same team.",
    "InternalError": "The platform failed, or the step was stopped with the deployment: run the task again; if it "
    "persists, see https://status.digitalocean.com and give the deployment's id to support.",
}

#: Codes of steps that succeeded or were skipped as intended.
HARMLESS: Mapping[str, str] = {
    "PreBuiltImage": "nothing was built, since the component has a ready image",
    "PreviousBuildReused": "nothing was built, since nothing had changed",
}

#: Exit code of a process -> its meaning (128 + signal for a process that was killed).
EXIT_CODES: Mapping[int, str] = {
    126: "the command is there but cannot be executed (126)",
    127: "the command was not found in the image (127)",
    134: "the process aborted (134)",
    137: "the process was killed (137): most often it ran out of memory or over its time-out",
    139: "the process crashed with a segmentation fault (139)",
    143: "the process was asked to stop (143): most often it ran over its time-out",
}

#: "exit code 1", "exited with status: 137", "exited with 3", "exit 1" at the end of a line.
_EXIT = re.compile(
    r"""\bexit(?:ed|s)?[ _-]?(?:
          (?:\s*\b(?:with|an?|non-zero|error|exit|return)\b)*\s*(?:code|status)\b\s*(?:is\b)?\s*[:=(]?\s*
        | \s*with\s+
        | \s*(?=\d+\s*$)
        )(\d{1,3})\b(?![.:%]\d)""",
    re.IGNORECASE | re.VERBOSE,
)


def hint(code: str) -> str:
    """The hint for a reason code; empty for an unknown one."""
    return HINTS.get(code, "")


def exit_code(texts: Iterable[str]) -> int | None:
    """The last exit code from 1 to 255 that the texts mention; None where there is none."""
    found = None
    for text in texts:
        for match in _EXIT.finditer(text):
            value = int(match.group(1))
            if 0 < value < 256:
                found = value
    return found
