# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One sentence, or two, on what came of a change. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .model import Change, Release, Schedule, Step

_ON_ITS_WAY = frozenset({"PENDING_BUILD", "BUILDING", "PENDING_DEPLOY", "DEPLOYING"})


@dataclass(frozen=True)
class Verdict:
    """What is said, and whether all went well."""

    text: str
    ok: bool


def verdict(
    name: str, change: Change, releases: Sequence[Release], schedules: Sequence[Schedule], begun: float
) -> Verdict:
    """The verdict on an app. `releases` are newest first; runs of jobs count from `begun` on, epoch seconds."""
    made = [release for release in releases if not release.before]
    if not made:
        text = (
            "The spec was changed, but nothing was deployed."
            if change.changed
            else "Nothing changed, nothing was deployed."
        )
        told = Verdict(text, ok=True)
    else:
        back = made[0] if made[0].rollback and len(made) > 1 else None
        told = _of_release(made[1] if back else made[0])
        if back is not None:
            where = {"ACTIVE": "The platform went back to the release before", "ERROR": "The rollback failed, too"}
            told = Verdict(
                f"{told.text} {where.get(back.phase, 'The platform goes back to the release before')}.", told.ok
            )
        elif change.new and told.ok:
            told = Verdict(told.text.replace("The release succeeded", f"The new app {name} is live", 1), ok=True)
    failed = _failed_runs(schedules, begun)
    return Verdict(f"{told.text} {failed}", ok=False) if failed else told


def _of_release(release: Release) -> Verdict:  # noqa: PLR0911 - one for each end
    failures = [step for stage in release.stages for step in stage.steps if step.status == "ERROR"]
    if release.phase in _ON_ITS_WAY:
        return Verdict(f"The release is on its way: {release.phase}.", ok=False)
    if release.phase == "CANCELED":
        return Verdict("The release was canceled.", ok=False)
    if release.phase == "SUPERSEDED" and not failures:
        return Verdict("The release was overtaken by a later one.", ok=False)
    if release.phase == "ACTIVE":
        if release.ended is None:
            return Verdict("The release is live; its POST_DEPLOY jobs are still to run.", ok=False)
        if failures:
            return Verdict(
                f"The release is live, but {_listed([_what(release, step) for step in failures])}.", ok=False
            )
        return Verdict(f"The release succeeded{_jobs_that_ran(release)}.", ok=True)
    reasons = [_what(release, step) for step in failures if step.kind != "FAILED_DEPLOY"]
    text = f"The release failed: {_listed(reasons) or 'no reason was given'}"
    after = [step for step in release.jobs if step.kind == "FAILED_DEPLOY"]
    ran = [f"FAILED_DEPLOY job {step.name} ran" for step in after if step.status == "SUCCESS"]
    ran += [_what(release, step) for step in after if step.status == "ERROR"]
    return Verdict(f"{text}; {_listed(ran)}." if ran else f"{text}.", ok=False)


def _what(release: Release, step: Step) -> str:
    """What went wrong at a step."""
    built = any(step in stage.steps for stage in release.stages if stage.name == "build")
    if built:
        return f"the build of {step.name} failed ({step.code})"
    if not step.kind:
        return f"{step.name} did not come up ({step.code})"
    how = f"exited {step.exit_code}" if step.exit_code is not None else "was stopped"
    if step.exit_code == 143:
        how = "ran longer than its timeout (exit code 143)"
    return f"the {step.kind} job {step.name} {how}"


def _jobs_that_ran(release: Release) -> str:
    ran = [step for step in release.jobs if step.status == "SUCCESS"]
    if not ran:
        return "; no job ran" if release.jobs else ""
    return f"; {len(ran)} job{'s' if len(ran) > 1 else ''} ran: " + ", ".join(step.name for step in ran)


def _failed_runs(schedules: Sequence[Schedule], begun: float) -> str:
    texts = []
    for schedule in schedules:
        runs = [run for run in schedule.runs if run.created >= begun and run.phase in {"FAILED", "SUCCEEDED"}]
        failed = [run for run in runs if run.phase == "FAILED"]
        if failed:
            texts.append(f"{len(failed)} of {len(runs)} runs of the scheduled job {schedule.job} failed")
    return f"{_listed(texts)}." if texts else ""


def _listed(texts: Sequence[str]) -> str:
    """A, B and C."""
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)
