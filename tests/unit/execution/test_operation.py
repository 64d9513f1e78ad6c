"""Operations become results: masked, plain, and never an exception."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import ArgumentSpec
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.context import Context
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import (
    Operation,
    Result,
    perform,
    redact_invocation,
    refused_result,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import (
    AppPlatformError,
    DeploymentError,
    NotFoundError,
    UsageError,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.wait_options import WaitOptions
from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import MASK
from tests.unit.execution.fake import FakeApps, context, params

SECRET = "CANARY-0123456789"


def run(what: Any, **more: Any) -> Result:
    """The result of an operation that returns or raises this."""

    def operation(_params: dict[str, Any], given_context: Context) -> Any:
        given_context.register.add(SECRET)
        if isinstance(what, BaseException):
            raise what
        return what(given_context) if callable(what) else what

    return perform(Operation(ArgumentSpec(), operation), params(), context(**more))


def test_a_result_is_plain_masked_and_has_changed() -> None:
    result = run({"app": {"id": "a", "said": f"x {SECRET} y"}, "numbers": (1, 2), "names": {"only"}})
    assert result == {
        "changed": False,
        "app": {"id": "a", "said": f"x {MASK} y"},
        "numbers": [1, 2],
        "names": ["only"],
    }
    assert run({"changed": True}) == {"changed": True}


def test_the_diff_is_there_only_on_demand() -> None:
    diff = {"before": {"a": 1}, "after": {"a": SECRET}}
    assert "diff" not in run({"diff": diff})
    assert run({"diff": diff}, diff=True)["diff"] == {"before": {"a": 1}, "after": {"a": MASK}}


def test_the_token_is_masked() -> None:
    assert run({"said": "a-token-of-tests"})["said"] == MASK


def test_keys_of_results_stay_readable() -> None:
    def returns_its_own_name(given_context: Context) -> dict[str, Any]:
        given_context.register.add("deployment_of_mine", "deployment")
        return {"deployment_of_mine": 1, "deployment": None}

    assert run(returns_its_own_name) == {"changed": False, "deployment_of_mine": 1, "deployment": None}


# Failures


def test_an_error_of_the_api() -> None:
    error = NotFoundError(f"gone {SECRET}", status=404, request_id="r", method="GET", path=f"/v2/apps/{SECRET}")
    result = run(error)
    assert result == {
        "failed": True,
        "changed": False,
        "msg": f"gone {MASK}",
        "failure": {
            "code": "not_found",
            "message": f"gone {MASK}",
            "status": 404,
            "request_id": "r",
            "method": "GET",
            "path": f"/v2/apps/{MASK}",
        },
    }


def test_details_are_merged_and_cannot_hide_the_failure() -> None:
    details = {"changed": True, "deployment": {"id": "d"}, "failed": False, "msg": "all is well", "failure": None}
    result = run(DeploymentError("bad end", details=details))
    assert (result["failed"], result["msg"], result["changed"]) == (True, "bad end", True)
    assert result["failure"]["code"] == "deployment_failed"
    assert result["deployment"] == {"id": "d"}


def test_every_problem_of_a_usage_error_has_its_line() -> None:
    result = run(UsageError(["name: bad", "kind: worse"]))
    assert result["msg"] == "name: bad\nkind: worse"
    assert result["failure"]["code"] == "usage"


def test_refused_options() -> None:
    register = context().register
    register.add(SECRET)
    result = refused_result([f" value of act must be one of: a. Got: {SECRET} ", "second"], register)
    assert result["msg"] == f"value of act must be one of: a. Got: {MASK}\nsecond"
    assert result["failed"] is True


class SilentError(Exception):
    def __str__(self) -> str:
        raise ValueError("not even this")


def test_a_bug_names_the_exception_and_the_place() -> None:
    result = run(KeyError(SECRET))
    assert result["failed"] is True
    assert result["failure"]["code"] == "unexpected_error"
    assert f"KeyError: '{MASK}' in operation, execution/test_operation.py line " in result["msg"]
    assert "oceanops.app_platform 1." in result["msg"]
    assert "Traceback" not in result["msg"]


def test_a_bug_below_names_our_own_line_too() -> None:
    result = run(lambda _context: json.loads("{"))
    assert "JSONDecodeError" in result["msg"]
    assert "json/decoder.py line " in result["msg"]
    assert "called by perform, _ansible/operation.py line" in result["msg"]


def test_an_exception_that_cannot_speak() -> None:
    assert "SilentError in operation" in run(SilentError())["msg"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3), GeneratorExit()])
def test_what_ends_the_process_is_let_through(error: BaseException) -> None:
    with pytest.raises(type(error)):
        run(error)


def test_a_result_that_is_none_is_a_bug_and_no_crash() -> None:
    assert run(None)["failure"]["code"] == "unexpected_error"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(ANYTHING, st.text(), st.sampled_from([AppPlatformError, UsageError, ValueError, RecursionError]))
def test_whatever_happens_there_is_a_result_that_json_can_write(answer: Any, text: str, kind: type[Exception]) -> None:
    assert json.dumps(run({"answer": answer, "said": SECRET + text}))
    assert SECRET not in json.dumps(run(kind(text + SECRET)))


# invocation


def test_the_invocation_hides_by_position_and_by_value() -> None:
    given_options = {"token": "tok", "envs": [{"key": "A", "type": "SECRET", "value": SECRET}], "text": f"x {SECRET}"}
    assert redact_invocation(given_options, {}, {}) == {
        "module_args": {
            "token": MASK,
            "envs": [{"key": "A", "type": "SECRET", "value": MASK}],
            "text": f"x {MASK}",
        }
    }


# Context


def test_a_warning_is_told_once_and_masked() -> None:
    one = context()
    one.register.add(SECRET)
    one.warn(f"careful with {SECRET}")
    one.warn(f"careful with {SECRET}")
    one.warn("and this")
    assert one.warnings == [f"careful with {MASK}", "and this"]


def test_progress_is_masked_with_what_is_known_when_it_is_told() -> None:
    told: list[str] = []
    one = context(progress=told.append)
    one.register.add(SECRET)
    assert one.progress is not None
    one.progress(f"step of {SECRET}")
    assert told == [f"step of {MASK}"]


def test_a_watch_has_the_wait_options_and_the_means_of_the_context() -> None:
    told: list[str] = []
    api = FakeApps()
    one = context(api, params=params(wait_timeout=7.0, log_lines=3), progress=told.append)
    watch = one.watch()
    assert watch.api is api
    assert watch.options == WaitOptions(wait_timeout=7.0, log_lines=3)
    watch.progress("going on")
    watch.warn("hm")
    assert (told, one.warnings) == (["going on"], ["hm"])
    assert watch.same_spec({"name": "a"}, {"name": "a", "jobs": []})
    context(api).watch().progress("to nobody")


def test_bad_connection_settings_are_refused_when_the_api_is_used() -> None:
    with pytest.raises(UsageError, match="token: missing"):
        context(params=params(token=None)).api.list_regions()


def test_short_words_of_readable_values_stay_but_long_secrets_in_them_do_not() -> None:
    one = context()
    one.register.add("start", SECRET)
    one.keep_words_readable("npm start", f"login --password {SECRET}")
    assert one.register.mask_text("npm start") == "npm start"
    assert SECRET not in one.register.mask_text(f"login --password {SECRET}")
