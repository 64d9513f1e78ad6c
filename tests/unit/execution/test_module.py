"""The adapter to AnsibleModule, within one process; the real thing is in tests/both_paths."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.release import __version__

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible import module as adapter
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import API, ArgumentSpec, merge
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.context import Context
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import UsageError
from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import MASK

testing = pytest.importorskip("ansible.module_utils.testing", reason="patch_module_args came with ansible-core 2.17")
# Since 2.21, the controller says whether a result has the invocation.
ON_DEMAND = {"_ansible_inject_invocation": True} if int(__version__.split(".")[1]) >= 21 else {}
SECRET = "CANARY-0123456789"
OPTIONS = ArgumentSpec(
    {
        "name": {"type": "str", "required": True},
        "registry_credentials": {"type": "str", "no_log": False},
        "envs": {"type": "list", "elements": "dict", "options": {"key": {"type": "str"}}},
    }
)


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    context.warn(f"careful with {params['registry_credentials']}")
    if params["name"] == "bad":
        raise UsageError(f"name: bad, as {params['registry_credentials']} is")
    return {"changed": True, "name": params["name"], "said": params["registry_credentials"], "diff": {"after": "x"}}


def ends(capsys: pytest.CaptureFixture[str], **given: Any) -> tuple[int, dict[str, Any]]:
    """Exit status and answer of a module with these arguments."""
    with testing.patch_module_args({**ON_DEMAND, **given}), pytest.raises(SystemExit) as caught:
        run_module(Operation(merge(API, OPTIONS), run))
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return int(str(caught.value.code)), answer


@pytest.fixture(autouse=True)
def logged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What goes to the system's log, and warnings."""
    lines: list[str] = []

    def log(_self: Any, msg: str, log_args: Any = None) -> None:
        lines.append(f"{msg} {log_args}")

    monkeypatch.setattr(adapter.AnsibleModule, "log", log)
    monkeypatch.setattr(adapter.AnsibleModule, "warn", lambda _self, text: lines.append(f"warning: {text}"))
    return lines


def test_a_good_end(capsys: pytest.CaptureFixture[str], logged: list[str]) -> None:
    code, answer = ends(capsys, name="web", registry_credentials=SECRET, token="CANARY-token")
    assert code == 0
    assert (answer["changed"], answer["name"], answer["said"]) == (True, "web", MASK)
    assert "diff" not in answer
    assert answer["invocation"]["module_args"]["registry_credentials"] == MASK
    assert "CANARY" not in json.dumps(answer)
    assert logged == ["Invoked None", f"warning: careful with {MASK}"]


def test_modes(capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(capsys, name="web", _ansible_diff=True)[1]["diff"] == {"after": "x"}
    assert ends(capsys, name="web", _ansible_check_mode=True)[0] == 0


def test_a_bad_end(capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = ends(capsys, name="bad", registry_credentials=SECRET)
    assert code == 1
    assert answer["msg"] == f"name: bad, as {MASK} is"
    assert answer["failure"]["code"] == "usage"
    assert answer["failed"] is True
    assert "exception" not in answer


def test_refused_options(capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = ends(capsys, nmae="x", registry_credentials=SECRET)
    assert code == 1
    assert answer["msg"].splitlines() == [
        "nmae: there is no such option; did you mean name?",
        "missing required arguments: name",
    ]
    assert SECRET not in json.dumps(answer)


def test_options_that_core_stumbles_over(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(self: Any, **_given: Any) -> None:
        original(self, **_given)
        raise ValueError(f"stumbled over {SECRET}")

    original = adapter.AnsibleModule.__init__
    monkeypatch.setattr(adapter.AnsibleModule, "__init__", stumble)
    code, answer = ends(capsys, name="web", envs=[{"key": "A"}], registry_credentials=SECRET)
    assert code == 1
    assert answer["msg"] == f"the options can't be read: stumbled over {MASK}"


def test_what_ansible_test_raises_to_see_the_options_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    class CalledError(RuntimeError):
        """As its validation of modules puts one in place of AnsibleModule's constructor."""

    def call(_self: Any, **given: Any) -> None:
        raise CalledError(sorted(given["argument_spec"]))

    monkeypatch.setattr(adapter.AnsibleModule, "__init__", call)
    with pytest.raises(CalledError, match="registry_credentials"):
        run_module(Operation(OPTIONS, run))
