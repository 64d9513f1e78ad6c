"""Logs and consoles (API reference 7)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.simulator.world import NOWHERE, World, job, scheduled, service, shop

GIT = {"git": {"repo_clone_url": "https://example.com/x.git", "branch": "main"}}


def read(world: World, url: str, **headers: str) -> Any:
    """A log file as anybody can read it: without a token."""
    place = urlsplit(url)
    return world.client.get(f"{place.path}?{place.query}", headers=headers)


def files(world: World, path: str, **query: Any) -> list[str]:
    answer = world.get(path, **query)
    return [read(world, url).get_data(as_text=True) for url in answer["historic_urls"]]


def place(app: Any, deployment: Any, tail: str = "logs") -> str:
    return f"/v2/apps/{app['id']}/deployments/{deployment['id']}/{tail}"


def lines(text: str) -> list[str]:
    """The texts alone."""
    return [line.split(" ", 2)[2] for line in text.splitlines()]


def test_a_jobs_output(world: World):
    world.outcome("migrate", exit_code=3, logs=["creating table", "no space left"])
    app, failed = world.deployed()

    (text,) = files(world, place(app, failed), type="DEPLOY", component_name="migrate")

    assert lines(text) == ["starting: ./migrate", "creating table", "no space left", "exit status 3"]
    name, time, _text = text.splitlines()[0].split(" ", 2)
    assert name == "migrate"
    assert time.startswith("2026-08-01T10:00:0")
    assert time.endswith("Z")


def test_a_jobs_output_when_nothing_is_scripted(world: World):
    app, done = world.deployed()

    (text,) = files(world, place(app, done, "components/migrate/logs"), type="DEPLOY")

    assert lines(text) == ["starting: ./migrate", "done"]


def test_a_hanging_jobs_output(world: World):
    world.outcome("migrate", "hang", logs=["waiting for a lock"])
    app = world.create()
    deployment = app["pending_deployment"]
    world.advance(30)

    (running,) = files(world, place(app, deployment), type="DEPLOY", component_name="migrate")
    world.follow(app, deployment)
    (ended,) = files(world, place(app, deployment), type="DEPLOY", component_name="migrate")

    assert lines(running) == ["starting: ./migrate", "waiting for a lock"]
    assert lines(ended) == [*lines(running), "stopped: the run took longer than its timeout", "exit status 143"]


def test_all_components(world: World):
    app, done = world.deployed()

    texts = files(world, place(app, done), type="DEPLOY")

    assert sorted({text.split(" ", 1)[0] for text in texts}) == ["migrate", "warm", "web"]


@pytest.mark.parametrize("tail", ["logs", "components/w1/logs"])
def test_build_logs(world: World, tail: str):
    app, done = world.deployed({"name": "shop", "workers": [{"name": "w1", **GIT, "build_command": "make\nmake test"}]})

    (text,) = files(world, place(app, done, tail), type="BUILD")

    assert lines(text)[0] == "cloning https://example.com/x.git:main"
    assert lines(text)[2:] == ["$ make", "$ make test", "build complete"]


def test_failed_build_logs(world: World):
    world.outcome("w1", step="build", logs=["cannot find module"])
    app, failed = world.deployed({"name": "shop", "workers": [{"name": "w1", **GIT}]})

    (text,) = files(world, place(app, failed), type="BUILD")

    assert lines(text)[2:] == [
        "cannot find module",
        "build failed: Your build job failed because a command exited with a non-zero exit code.",
    ]


def test_run_logs(world: World):
    app, _first = world.deployed()

    for tail in ("logs", "components/web/logs"):
        (text,) = files(world, f"/v2/apps/{app['id']}/{tail}", type="RUN")
        assert lines(text) == ["listening on port 8080"]


def test_logs_of_restarted_instances(world: World):
    app, _first = world.deployed()
    path = f"/v2/apps/{app['id']}/logs"
    assert "no RUN_RESTARTED logs" in world.call("GET", path, status=400, type="RUN_RESTARTED")["message"]

    world.control("POST", "happen", {"what": "crash", "app": "shop", "component": "web", "logs": ["segfault"]})

    assert lines(files(world, path, type="RUN_RESTARTED")[0]) == ["segfault"]


@pytest.mark.parametrize(
    ("kind", "component"),
    [("BUILD", "web"), ("DEPLOY", "tidy"), ("RUN", "migrate"), ("RUN", "nightly"), ("DEPLOY", "nightly")],
)
def test_states_that_were_never_reached(world: World, kind: str, component: str):
    app, done = world.deployed()

    answer = world.call("GET", place(app, done), status=400, type=kind, component_name=component)

    assert answer["id"] == "bad_request"
    assert kind in answer["message"]


def test_before_anything_happened(world: World):
    app = world.create()

    world.call("GET", place(app, app["pending_deployment"]), status=400, type="DEPLOY")
    world.call("GET", f"/v2/apps/{app['id']}/logs", status=404, type="RUN")


@pytest.mark.parametrize("kind", ["", "run", "JOB_INVOCATION", "PRE_DEPLOY"])
def test_types_that_are_none(world: World, kind: str):
    app, done = world.deployed()

    world.call("GET", place(app, done), status=400, type=kind)


def test_a_component_that_is_not_there(world: World):
    app, done = world.deployed()

    world.call("GET", place(app, done), status=404, type="RUN", component_name="gone")
    world.call("GET", place(app, done, "components/gone/logs"), status=404, type="RUN")


@pytest.mark.parametrize(("tail", "expected"), [("-1", 4), ("2", 2), ("0", 0), ("99", 4), ("", 4)])
def test_tail(world: World, tail: str, expected: int):
    world.outcome("migrate", logs=["a", "b"])
    app, failed = world.deployed()

    (text,) = files(world, place(app, failed), type="DEPLOY", component_name="migrate", tail_lines=tail)

    assert len(text.splitlines()) == expected


def test_tail_that_is_no_number(world: World):
    app, done = world.deployed()

    world.call("GET", place(app, done), status=400, type="RUN", tail_lines="some")


def test_the_end_of_a_file_only(world: World):
    app, done = world.deployed()
    (url,) = world.get(place(app, done), type="RUN")["historic_urls"]

    answer = read(world, url, Range="bytes=-5")

    assert answer.status_code == 206
    assert answer.get_data(as_text=True) == "8080\n"
    longer = read(world, url, Range="bytes=-65536")
    assert (longer.status_code, longer.get_data()) == (200, read(world, url).get_data())


def test_addresses_are_signed(world: World):
    app, done = world.deployed()
    (url,) = world.get(place(app, done), type="RUN")["historic_urls"]

    assert read(world, url).status_code == 200
    assert read(world, url.replace("/RUN?", "/DEPLOY?")).status_code == 403
    assert read(world, url + "0").status_code == 403
    assert read(world, url.replace("expires=", "expires=9")).status_code == 403
    world.advance(86401)
    assert read(world, url).get_json()["message"] == "This address has expired."


def test_follow(world: World):
    app, done = world.deployed()

    answer = world.get(place(app, done), type="RUN", follow="true")

    assert "listening" in read(world, answer["live_url"]).get_data(as_text=True)
    assert "live_url" not in world.get(place(app, done), type="RUN", follow="false")


def test_late_logs(world: World):
    world.control("POST", "settings", {"log_delay": 100})
    world.outcome("migrate")
    app, failed = world.deployed()
    path = place(app, failed)

    world.call("GET", path, status=400, type="DEPLOY", component_name="migrate")
    world.advance(100)

    assert len(files(world, path, type="DEPLOY", component_name="migrate")) == 1


def test_logs_that_are_cleaned_up(world: World):
    world.control("POST", "settings", {"log_cleanup": 60})
    world.outcome("migrate")
    app, failed = world.deployed()
    path = place(app, failed)
    (url,) = world.get(path, type="DEPLOY", component_name="migrate")["historic_urls"]

    world.advance(60)

    answer = world.call("GET", path, status=400, type="DEPLOY", component_name="migrate")
    assert answer["message"] == f"cannot get running logs from deployment {failed['id']} in phase final_cleanup"
    assert read(world, url).status_code == 400


# Runs of scheduled jobs.


def test_a_runs_log(world: World):
    app = world.seed({"name": "shop", "jobs": [scheduled(run_command="./nightly")]})
    world.outcome("nightly", logs=["one", "two"])
    world.until("2026-08-02T02:00:00Z")
    run = world.get(f"/v2/apps/{app['id']}/job-invocations")["job_invocations"][0]
    path = f"/v2/apps/{app['id']}/jobs/nightly/invocations/{run['id']}/logs"

    (text,) = files(world, path, type="JOB_INVOCATION")

    assert lines(text) == ["starting: ./nightly", "one", "two", "exit status 1"]
    assert lines(files(world, path, type="JOB_INVOCATION", tail_lines=1)[0]) == ["exit status 1"]
    assert "live_url" in world.get(path, type="JOB_INVOCATION", follow="true")
    world.call("GET", path, status=400)
    world.call("GET", path, status=400, type="RUN")
    world.call("GET", path.replace("nightly", "other"), status=404, type="JOB_INVOCATION")
    world.call("GET", path.replace(run["id"], NOWHERE), status=404, type="JOB_INVOCATION")


def test_a_run_that_was_skipped_has_no_log(world: World):
    app = world.seed({"name": "shop", "jobs": [scheduled(cron="*/15 * * * *")]})
    world.outcome("nightly", "hang")
    world.until("2026-08-01T10:31:00Z")
    run = world.get(f"/v2/apps/{app['id']}/job-invocations")["job_invocations"][0]
    assert run["phase"] == "SKIPPED"

    answer = world.call(
        "GET", f"/v2/apps/{app['id']}/jobs/nightly/invocations/{run['id']}/logs", status=400, type="JOB_INVOCATION"
    )

    assert "in phase SKIPPED" in answer["message"]


# Consoles.


def test_exec(world: World):
    app, done = world.deployed()

    for path in (f"/v2/apps/{app['id']}/components/web/exec", place(app, done, "components/web/exec")):
        url = world.get(path, instance_name="web-1")["url"]
        assert url.startswith("wss://localhost/")
        assert "?token=" in url
    world.call("GET", place(app, done, "components/gone/exec"), status=404)


def test_exec_into_a_job_only_while_it_runs(world: World):
    app, done = world.deployed()
    world.outcome("migrate", "hang")
    made = world.put(app)["pending_deployment"]

    message = world.refused("GET", place(app, done, "components/migrate/exec"))
    world.advance(60)

    assert "no running instance" in message
    assert world.get(place(app, made, "components/migrate/exec"))["url"]


def test_a_worker_says_that_it_started(world: World):
    app, done = world.deployed({"name": "shop", "workers": [service("w1")], "jobs": [job("once")]})

    assert lines(files(world, place(app, done), type="RUN")[0]) == ["w1 has started"]


def test_scripted_lines_of_a_service(world: World):
    world.outcome("web", "succeed", logs=["hello"])
    app, done = world.deployed(shop(jobs=[]))

    assert lines(files(world, place(app, done), type="RUN")[0]) == ["hello"]
