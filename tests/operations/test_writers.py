"""Several writers of one app: nothing is lost, whoever writes last."""

from __future__ import annotations

from typing import Any

from tests.operations.conftest import IMAGE, Run, SteppingClock
from tests.platform import Platform

JOB = {"name": "mine", "kind": "POST_DEPLOY", "image": IMAGE, "run_command": "x"}


def others(platform: Platform, **more: Any) -> None:
    """Somebody adds a job when the next request comes."""
    edit = {"jobs": [{"name": "theirs", "kind": "POST_DEPLOY", "image": IMAGE, "run_command": "y"}]}
    platform.fault("other_writer", edit=edit, **more)


def jobs(platform: Platform) -> list[str]:
    return sorted(job["name"] for job in platform.apps()["shop"]["spec"]["jobs"])


def test_somebody_writes_between_the_read_and_the_write(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    """Their change is replaced by the PUT, shows in the deployment before ours, and is put back."""
    others(platform, method="PUT", when="before")
    result = run("app_job", app="shop", **JOB)
    assert result["changed"], result
    assert jobs(platform) == ["migrate", "mine", "theirs"]
    assert [one["method"] for one in platform.writes()] == ["PUT", "PUT"]


def test_somebody_writes_after_the_plan(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    others(platform, operation="apps_get", when="after", skip=0)
    result = run("app_job", app="shop", **JOB)
    assert result["changed"], result
    assert jobs(platform) == ["migrate", "mine", "theirs"]


def test_somebody_replaces_our_write(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    """A writer that knows nothing of us removes all jobs right after our PUT: ours is written again."""
    platform.fault("other_writer", method="PUT", when="after", edit={"jobs": None})
    result = run("app_job", app="shop", **JOB)
    assert result["changed"], result
    assert jobs(platform) == ["mine"]


def test_writers_without_an_end(run: Run, platform: Platform, shop: dict[str, Any], clock: SteppingClock) -> None:
    platform.fault("other_writer", method="PUT", when="after", edit={"jobs": None}, count=None)
    result = run("app_job", app="shop", **JOB)
    assert result["failure"]["code"] == "concurrent_edit"
    assert "Other writers kept changing the app shop" in result["msg"]
    assert "made by " in result["msg"]
    assert result["conflict"] == {"there": {}, "wanted": {"jobs": [JOB]}}
    assert clock.seconds > 5


def test_the_app_is_deleted_meanwhile(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    platform.fault("delete_app", method="PUT", when="after")
    result = run("app_job", app="shop", **JOB)
    assert result["failed"]
    assert "deleted by another writer" in result["msg"]
    platform.reset()


def test_two_make_the_same_app(run: Run, platform: Platform) -> None:
    """The name is taken between our look and our create: theirs is taken as it is, and changed."""
    spec = {"name": "new", "workers": [{"name": "w1", "image": IMAGE, "run_command": "x"}]}
    platform.fault(
        "error", method="POST", path="/v2/apps", status=409, id="conflict", message="App name already exists"
    )
    result = run("app", spec=spec)
    assert result["failure"]["code"] == "conflict"
    platform.seed([{"name": "new", "workers": [{"name": "other", "image": IMAGE}]}])
    platform.fault("error", operation="apps_list", status=500, count=0)
    again = run("app", spec=spec)
    assert again["changed"]
    assert [one["name"] for one in platform.apps()["new"]["spec"]["workers"]] == ["other", "w1"]
