"""Every row of cases.py, run; and the document that is made of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import DeploymentError
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.deployment import take_snapshot
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.follow import follow, follow_write
from ansible_collections.oceanops.app_platform.tests.unit.deployments import render
from ansible_collections.oceanops.app_platform.tests.unit.deployments.cases import CASES, DONE, NONE, Case
from ansible_collections.oceanops.app_platform.tests.unit.deployments.fake import (
    APP,
    BEFORE,
    MADE,
    FakeApi,
    FakeClock,
    Heard,
    watch,
)

SHAPE = {
    "id", "phase", "cause", "created_at", "duration", "jobs", "steps", "sources", "failures", "logs", "superseded",
    "console_url",
}  # fmt: skip


def play(case: Case, api: FakeApi, heard: Heard) -> dict[str, Any] | None:
    """Run the row; the result's deployment."""
    api.gone, api.pin = case.gone, case.pin
    if case.logs:
        api.log_files = case.logs()
    snapshot = take_snapshot(api.app(-1) if BEFORE in case.deployments else None)
    answer = api.app(0)
    origin = "UPDATE_SPEC" if BEFORE in case.deployments else None
    watching = watch(api, heard, **case.options)
    if case.start == "given":
        return follow(watching, answer, {"id": MADE}).result
    if case.start == "untold":
        answer.pop("pending_deployment", None)
    followed = follow_write(watching, answer, snapshot, origin=origin)
    return followed.result if followed else None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case) -> None:
    clock = FakeClock()
    heard = Heard()
    api = FakeApi(clock, case.deployments, faults=case.faults)
    try:
        result, ends, text, app_id = play(case, api, heard), DONE, "", APP
        if result is None:
            ends = NONE
    except DeploymentError as error:
        result, ends, text = error.details["deployment"], error.code, error.message
        app_id = error.details["app_id"]
    assert ends == case.ends, text
    assert app_id == APP
    told = "\n".join(heard.warnings) if case.warns else text
    for part in case.says:
        assert part in told
    assert len(heard.warnings) == (1 if case.warns else 0), heard.warnings
    if case.final is None:
        assert result is None
    else:
        assert result is not None
        assert (result["id"], result["phase"]) == case.final
        assert set(result) == SHAPE
        assert result["superseded"] == ([] if result["id"] == MADE else result["superseded"])
    assert len(api.calls) == case.calls, api.calls
    assert clock.passed == pytest.approx(case.seconds, abs=0.06)


def test_the_rows_have_names_of_their_own() -> None:
    assert len({case.id for case in CASES}) == len(CASES) == len({case.story for case in CASES})


def test_the_document_is_up_to_date() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "waiting.md"
    assert page.read_text(encoding="utf-8") == render.document(), "run make pages"
