"""Writes docs/waiting.md from the rows that the tests run: python -m tests.unit.deployments.render."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / ".venv" / "collections"))

from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.polling import (  # noqa: E402
    GRACE_SECONDS as GRACE,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.polling import (  # noqa: E402
    INITIAL_INTERVAL_SECONDS,
    MAX_FAILED_POLLS,
    MAX_INTERVAL_SECONDS,
    MIN_FAILURE_SECONDS,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.progress import HEARTBEAT_SECONDS  # noqa: E402
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.reason_codes import (  # noqa: E402
    EXIT_CODES,
    HARMLESS,
    HINTS,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.steps import JOB_STATUSES  # noqa: E402
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.wait_options import WaitOptions  # noqa: E402
from ansible_collections.oceanops.app_platform.tests.unit.deployments.cases import (  # noqa: E402
    CASES,
    DONE,
    NONE,
    Case,
)
from ansible_collections.oceanops.app_platform.tests.unit.deployments.fake import MADE  # noqa: E402

PAGE = ROOT / "docs" / "waiting.md"

_OPTIONS = {
    "wait": "Wait until the deployment is over. `false`: return at once with what the API's answer says of it.",
    "wait_timeout": "Seconds. The default covers the longest build (60 minutes) and the deployment after it.",
    "wait_interval": f"Seconds between polls. Left out: {INITIAL_INTERVAL_SECONDS:g} s at first, growing to "
    f"{MAX_INTERVAL_SECONDS:g} s, each a little shorter at random.",
    "wait_for_idle": "Before a change, wait until no deployment of the app is pending or in progress.",
    "fail_on_post_deploy": "Whether a failed POST_DEPLOY job fails the task. `false`: it is a warning.",
    "redeploy_on_failed": "When nothing differs but the last deployment of this spec failed or was canceled: deploy it "
    "again.",
    "log_lines": "Lines of logs in a failure's result, for each failed component. `0`: logs are not read.",
    "on_failure": "`restore_spec`: after a failed deployment, put the spec of the active one back; the task fails all "
    "the same.",
}

_INTRO = f"""\
# Waiting for deployments

<!-- Written by tests/unit/deployments/render.py from the cases that the tests run. Change those, not this page. -->

Every change of an app's spec makes a deployment, and a deployment is not done when the API accepts the change. With
`wait: true`, which is the default, a task ends when the deployment that *it* made has ended, and fails when that
failed.

These rules hold, and each row of the table below is a test of them:

- **The phase decides.** ACTIVE is success; ERROR and CANCELED are failures. Steps are never counted: a FAILED_DEPLOY
  job leaves steps pending for ever in a good deployment, and an answer may have no steps at all.
- **The right deployment.** It is the one that the write's answer names (`pending_deployment`). If the answer names
  none, the app and its newest deployments are looked at for {GRACE:g} seconds, and the new one with a fitting cause
  and the same spec is it. A write that makes no deployment is a legal end, not an error.
- **Overtaken is not lost.** When a newer deployment takes its place and carries the same spec, that one is followed.
  With another spec, the task fails and names it, with its cause. The API ends an overtaken deployment as SUPERSEDED
  or as CANCELED; a canceled one counts as overtaken only if the newer one was made before it ended. A deployment that
  was live before it was superseded, which its last step shows, has done its work: that is a success, with a warning.
- **A pin is no deployment.** An app that is pinned to a rollback takes none. The task fails at once and says how to
  unpin.
- **Joining.** If the app has the wanted spec already and a deployment is bringing it, a task joins that deployment
  instead of making another one. So an interrupted or timed-out task is simply run again; nothing has to be cleaned
  up.
- **The platform's own trouble is not the deployment's.** A poll that fails is repeated; only when {MAX_FAILED_POLLS}
  or more in a row have failed, for {MIN_FAILURE_SECONDS:g} seconds at least, the task fails, and says that the
  deployment goes on.
- **A failed POST_DEPLOY job** does not undo a release. `fail_on_post_deploy` decides whether it fails the task. If it
  is on and the app is ACTIVE while such a job still runs, the task waits for the job, too; a job that has not begun
  {GRACE:g} seconds after ACTIVE counts as skipped.

ACTIVE is seen at most one interval after it happened. Progress is told in one line for each change of phase, steps or
running components, and after {HEARTBEAT_SECONDS:g} seconds without any.
"""

_TABLE = """\
## Every way that a deployment can go

The usual deployment of these tests is ACTIVE 60 seconds after the change. *Calls* are all API calls after the change's
own: polls, looks at the app and its deployments, logs. *Seconds* is when the task ends. `ok` is success; everything
else is the `failure.code` of a failed task.
"""


def _rows(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _reported(case: Case) -> str:
    """What the result's `deployment` is."""
    if case.final is None:
        return "none"
    identity, phase = case.final
    return phase if identity == MADE else f"{phase}, of the newer one"


def _ends(case: Case) -> str:
    if case.ends in (DONE, NONE):
        return f"{case.ends}, with a warning" if case.warns else case.ends
    return f"`{case.ends}`"


def document() -> str:
    """The page."""
    lines = [_INTRO, "## Options", ""]
    defaults = {one.name: one.default for one in fields(WaitOptions)}
    if set(defaults) != set(_OPTIONS):
        raise ValueError(f"options without a text, or texts without an option: {set(defaults) ^ set(_OPTIONS)}")
    lines += _rows(
        ("option", "default", "meaning"),
        ((f"`{name}`", _default(defaults[name]), text) for name, text in _OPTIONS.items()),
    )
    lines += ["", _TABLE]
    for group in dict.fromkeys(case.group for case in CASES):
        lines += [f"### {group}", ""]
        lines += _rows(
            ("what happens", "task ends", "`deployment`", "calls", "seconds"),
            (
                (case.story, _ends(case), _reported(case), str(case.calls), f"{case.seconds:.0f}")
                for case in CASES
                if case.group == group
            ),
        )
        lines.append("")
    lines += ["## How jobs ended", "", "`deployment.jobs` has every job of the app, with one of these as `status`:", ""]
    lines += _rows(("status", "the job"), ((f"`{word}`", text) for word, text in JOB_STATUSES.items()))
    lines += [
        "",
        "## Reason codes",
        "",
        "A failure's message has one of these hints when the platform's code is known. `deployment.failures` has each",
        "failed step with its code, message, exit code and hint.",
        "",
    ]
    lines += _rows(("code", "hint"), ((f"`{code}`", text) for code, text in HINTS.items()))
    lines += ["", "These codes are no failures, although the platform gives them as reasons:", ""]
    lines += _rows(("code", "meaning"), ((f"`{code}`", text) for code, text in HARMLESS.items()))
    lines += ["", "Exit codes, where a reason or the last log lines tell one:", ""]
    lines += _rows(
        ("exit code", "meaning"), ((f"`{code}`", text.replace(f" ({code})", "")) for code, text in EXIT_CODES.items())
    )
    return "\n".join(lines) + "\n"


def _default(value: object) -> str:
    if value is None:
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else f'{value:g}' if isinstance(value, float) else value}`"


if __name__ == "__main__":
    PAGE.write_text(document(), encoding="utf-8")
