"""Messages and logs: what a person reads after a failure."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import DeploymentError, NotFoundError
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.explain import (
    deployment_summary,
    explain,
    find_failures,
    still_serving,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.follow import follow
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.log_tail import (
    MAX_FILES,
    MAX_LINE_LENGTH,
    explain_with_logs,
    log_tail,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.watch import Watch
from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.log_secrets import mask_log_lines
from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import MASK, SecretRegister
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.secret_fields import secret_keys
from ansible_collections.oceanops.app_platform.tests.unit.deployments.fake import (
    APP,
    BEFORE,
    MADE,
    NON_ZERO,
    SPEC,
    Dep,
    FakeApi,
    FakeClock,
    Fault,
    bad,
    component,
    no_answer,
    not_found,
    tree,
    watch,
)

ERROR = {"id": MADE, "phase": "ERROR", "cause": "app spec updated", "spec": SPEC, "progress": bad()}


def platform(files: list[str] | None = None, **more: Any) -> FakeApi:
    api = FakeApi(FakeClock(), (BEFORE, Dep(((0, "ERROR", bad()),))), **more)
    if files is not None:
        api.log_files = {("migrate", "DEPLOY"): files}
    return api


def tail(api: FakeApi, **options: Any) -> dict[str, Any]:
    return log_tail(watch(api, **options), APP, MADE, "migrate", "DEPLOY", keys=())


def failure(api: FakeApi, **options: Any) -> DeploymentError:
    with pytest.raises(DeploymentError) as caught:
        follow(watch(api, **options), api.app(0), ERROR)
    return caught.value


# --- logs


def test_all_files_are_read_and_the_last_lines_kept() -> None:
    found = tail(platform(["a\nb\n", "c\r\nd\n", "e"]), log_lines=4)
    assert found == {"component": "migrate", "type": "DEPLOY", "lines": ["b", "c", "d", "e"], "note": None}


def test_only_so_many_files_are_read() -> None:
    api = platform([f"{number}\n" for number in range(MAX_FILES + 5)])
    assert tail(api)["lines"][0] == "5"
    assert api.calls.count("fetch_text") == MAX_FILES


def test_late_logs_are_waited_for() -> None:
    api = platform(["late\n"])
    api.logs_since = 2.5
    assert tail(api)["lines"] == ["late"]
    assert api.clock.passed == 3.0


@pytest.mark.parametrize(
    ("fault", "note"),
    [
        (Fault(not_found, calls=("logs",)), "there are no such logs: no such thing"),
        (Fault(no_answer, calls=("logs",)), "the logs could not be read: GET /v2/apps: silence."),
        (Fault(no_answer, calls=("fetch_text",)), "a log file could not be read: GET /v2/apps: silence."),
    ],
)
def test_missing_logs_are_a_note(fault: Fault, note: str) -> None:
    found = tail(platform(faults=(fault,)))
    assert (found["lines"], found["note"]) == ([], note)


def test_a_file_that_cannot_be_read_does_not_hide_the_others() -> None:
    class Expired(FakeApi):
        def fetch_text(self, url: str, limit: int) -> str:
            if url.endswith("old\n"):
                raise NotFoundError("GET answered 404.", status=404)
            return super().fetch_text(url, limit)

    api = Expired(FakeClock(), ())
    api.log_files = {("migrate", "DEPLOY"): ["old\n", "new\n"]}
    assert tail(api) == {
        "component": "migrate",
        "type": "DEPLOY",
        "lines": ["new"],
        "note": "a log file could not be read: GET answered 404.",
    }


def test_log_lines_are_clean() -> None:
    text = "\x1b[31mred\x1b[0m\tx\n\n  \n\x00a\x07\r\n" + "y" * (MAX_LINE_LENGTH + 1)
    api = platform([text])
    known = SecretRegister()
    watching = Watch(api=api, clock=api.clock, same_spec=lambda _a, _b: True, mask_log=known.mask_log_excerpt)  # type: ignore[arg-type]
    lines = log_tail(watching, APP, MADE, "migrate", "DEPLOY", keys=())["lines"]
    assert lines[:2] == ["red\tx", "a"]
    assert len(lines[2]) == MAX_LINE_LENGTH
    assert lines[2].endswith("...")
    assert len(lines) == 3


def test_logs_are_masked_before_they_are_cut() -> None:
    api = platform(["key: first\nsecond\nend\n"])
    seen: list[str] = []

    def mask(text: str) -> str:
        seen.append(text)
        return text.replace("first\nsecond", "***")

    watching = Watch(api=api, clock=api.clock, same_spec=lambda _a, _b: True, mask_log=mask)  # type: ignore[arg-type]
    assert log_tail(watching, APP, MADE, "migrate", "DEPLOY", keys=())["lines"] == ["key: ***", "end"]
    assert seen == ["key: first\nsecond\nend\n"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("API_KEY=two words", "API_KEY=***"),
        ("migrate 2026-05-04T10:11:12.5Z API_KEY=two words", "migrate 2026-05-04T10:11:12.5Z API_KEY=***"),
        ("+ export API_KEY=abc", "+ export API_KEY=***"),
        ('declare -x API_KEY="a b"', "declare -x API_KEY=***"),
        ("connect with API_KEY=abc, PORT=80", "connect with API_KEY=***"),
        ('{"API_KEY": "a \\" b", "PORT": 80}', '{"API_KEY": ***, "PORT": 80}'),
        ("{'API_KEY': 'a b', 'PORT': 80}", "{'API_KEY': ***, 'PORT': 80}"),
        ('"API_KEY"=>"a b"', '"API_KEY"=>***'),
        ("API_KEY: abc", "API_KEY: ***"),
        ("MY_API_KEY=abc PORT=80", "MY_API_KEY=abc PORT=80"),
        ("API_KEY is missing", "API_KEY is missing"),
        ("API_KEY=", "API_KEY="),
        ("at postgresql://shop:pass@db:25060/x", "at postgresql://shop:***@db:25060/x"),
        ("redis://:pass@cache:6379", "redis://:***@cache:6379"),
        ("http://db:25060/a@b", "http://db:25060/a@b"),
        ("port 80: API_KEYS=3", "port 80: API_KEYS=3"),
    ],
)
def test_what_a_log_says_of_a_secret_env_is_masked_though_nobody_knows_the_value(line: str, shown: str) -> None:
    spec = {
        "envs": [{"key": "API_KEY", "type": "SECRET", "value": "EV[1:a:b]"}],
        "jobs": [{"name": "migrate", "envs": [{"key": "DB", "value": "${db.DATABASE_URL}"}, {"key": "PORT"}]}],
    }
    assert secret_keys(spec) == {"API_KEY", "DB"}
    assert mask_log_lines([line], secret_keys(spec)) == [shown.replace("***", MASK)]


def test_without_secret_envs_a_log_stays_as_it_is() -> None:
    lines = ["API_KEY=abc", "=x", ": y"]
    assert mask_log_lines(lines, ()) == lines


# --- messages


@pytest.mark.parametrize(
    ("live", "sentence"), [("m", ""), ("o", "Deployment o goes on serving."), ("", "The app exists, and nothing of it")]
)
def test_what_the_app_serves_after_a_failure(live: str, sentence: str) -> None:
    found = still_serving({"active_deployment": {"id": live}}, {"id": "m"})
    assert found.startswith(sentence) if sentence else found == ""


def test_the_whole_message() -> None:
    line = "migrate 2026-11-23T12:00:01.5Z "
    error = failure(platform([f"{line}Running 3 migrations\n{line}relation exists\n{line}exit code 3\n"]))
    assert error.message == (
        f'Deployment {MADE} of app shop failed (phase ERROR, cause "app spec updated"): job migrate (PRE_DEPLOY), step '
        "deploy > components > migrate > wait: DeployContainerExitNonZero: Your deploy failed because your container "
        "exited with a non-zero exit code. Exit code 3. The container started and ended with an error: read its last "
        "log lines, and check `run_command` and the run-time envs. Deployment 00000000-0000-4000-8000-000000000000 "
        f"goes on serving. See https://cloud.digitalocean.com/apps/{APP}/deployments/{MADE}\n"
        "Last log lines of migrate (DEPLOY):\n"
        "  Running 3 migrations\n"
        "  relation exists\n"
        "  exit code 3"
    )
    told = error.details["deployment"]
    assert told["failures"][0]["exit_code"] == 3
    assert told["logs"][0]["lines"][0] == f"{line}Running 3 migrations"


def test_a_known_exit_code_is_explained() -> None:
    assert "The process was killed (137): most often it ran out of memory" in failure(platform(["exit 137"])).message


def test_the_message_has_ten_lines_and_the_result_fifty() -> None:
    error = failure(platform(["".join(f"line {number}\n" for number in range(80))]))
    assert error.message.splitlines()[-10:] == [f"  line {number}" for number in range(70, 80)]
    assert error.message.count("\n") == 11
    assert len(error.details["deployment"]["logs"][0]["lines"]) == 50


def test_many_failures_are_cut_and_counted() -> None:
    parts = [component(f"job{number}", "SUCCESS", "ERROR", reason=NON_ZERO) for number in range(5)]
    told = {**ERROR, "progress": tree("SUCCESS", parts, "PENDING", "ERROR")}
    api = platform()
    found = explain_with_logs(watch(api), APP, told, find_failures(told))
    assert found.text().count("step deploy") == 3
    assert "And 2 more." in found.text()
    assert found.text().count("read its last log lines") == 1
    assert len(found.failures) == 5
    assert api.calls == ["logs"] * 3


def test_an_unknown_code_is_shown_without_a_hint() -> None:
    told = {**ERROR, "progress": bad({"code": "SomethingNew", "message": "Odd"})}
    found = explain(find_failures(told), str, ())
    assert found.text() == "job migrate (PRE_DEPLOY), step deploy > components > migrate > wait: SomethingNew: Odd."
    assert found.logs == ()


def test_reasons_are_masked() -> None:
    api = platform()
    watching = Watch(
        api=api,  # type: ignore[arg-type]
        clock=api.clock,
        same_spec=lambda _a, _b: True,
        mask=lambda text: text.replace("hunter2", "***"),
    )
    told = {**ERROR, "progress": bad({"code": "X", "message": "password hunter2 refused"})}
    with pytest.raises(DeploymentError) as caught:
        follow(watching, api.app(0), told)
    assert "password *** refused" in caught.value.message
    assert "hunter2" not in str(caught.value.details)


def test_a_summary_shows_nothing_that_a_secret_variable_has() -> None:
    """Also where nobody has explained it, and where the deployment comes without its spec."""
    spec = {**SPEC, "envs": [{"key": "API_KEY", "type": "SECRET", "value": "EV[1:abc:def]"}]}
    told = {"id": MADE, "phase": "ERROR", "progress": bad({"code": "X", "message": "bad API_KEY=CANARY"})}
    explained = explain(find_failures(told, spec), str, secret_keys(spec))
    for found in (
        deployment_summary(told, spec),
        deployment_summary({**told, "spec": spec}),
        deployment_summary(told, spec, explanation=explained),
    ):
        assert "CANARY" not in str(found)
        assert found["failures"][0]["message"] == f"bad API_KEY={MASK}"
        assert found["jobs"][0]["reason"]["message"] == f"bad API_KEY={MASK}"


def test_a_canceled_deployment_tells_only_what_failed_before() -> None:
    stopped = bad({"code": "InternalError", "message": "An internal error occurred."})
    for progress, expected in ((stopped, False), (bad(), True)):
        api = FakeApi(FakeClock(), (BEFORE, Dep(((0, "CANCELED", progress),))))
        with pytest.raises(DeploymentError) as caught:
            follow(watch(api), api.app(0), {**ERROR, "phase": "CANCELED", "progress": progress})
        assert ("What had failed by then: job migrate" in caught.value.message) is expected
        assert "logs" not in api.calls


def test_a_superseded_deployment_names_the_other_in_the_result() -> None:
    other = Dep(((0, "SUPERSEDED"),))
    newer = Dep(((5, "BUILDING"),), id="n", made=5, spec={"name": "shop"}, cause="manual")
    api = FakeApi(FakeClock(), (BEFORE, other, newer))
    api.clock.passed = 10
    with pytest.raises(DeploymentError) as caught:
        follow(watch(api), api.app(10), {"id": MADE})
    assert caught.value.details["superseded_by"] == {"id": "n", "phase": "BUILDING", "cause": "manual"}
