"""By whatever name a task calls a module, it is this module's operation that runs in process."""

from __future__ import annotations

from pathlib import Path

from tests.both_paths.running import run_play, ways

MODULE = "oceanops.app_platform.app_proposal_info"
OPTIONS = {"spec": {"name": "shop", "region": "ams"}}


def test_a_module_is_found_by_every_name_of_it(tmp_path: Path) -> None:
    tasks = [
        {"name": "whole name", MODULE: OPTIONS},
        {"name": "short name", "app_proposal_info": OPTIONS},
        {"name": "redirected", "probe.probe.check": OPTIONS},
        {"name": "action", "action": {"module": MODULE, **OPTIONS}},
        {"name": "local action", "local_action": {"module": MODULE, **OPTIONS}},
    ]
    played = run_play(tmp_path, tasks, "in_process", verbosity=3, collections=["oceanops.app_platform"])
    assert [one["name"] for one in tasks if "findings" not in played[one["name"]].result] == []
    assert ways(played) == ["in process"] * len(tasks)
