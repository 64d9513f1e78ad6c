"""Loops over secrets, as docs/execution.md recommends them, with items that fail: no secret is printed."""

from __future__ import annotations

import re
import textwrap
from typing import Any

import pytest
import yaml

from tests.both_paths.conftest import Play
from tests.both_paths.running import ROOT
from tests.platform import Platform

CANARY = "CANARY-of-a-vault-0123"
PAGE = (ROOT / "docs" / "execution.md").read_text()
BLOCKS = [yaml.safe_load(textwrap.dedent(one)) for one in re.findall(r"^  ```yaml\n(.*?)^  ```$", PAGE, re.M | re.S)]
ITEMS: dict[str, Any] = {
    "name": "no_log",
    "oceanops.app_platform.app_job": {"app": "shop", "name": "{{ item.name }}", "envs": "{{ item.envs }}"},
    "loop": [{"name": "migrate", "envs": [{"key": "K", "value": "{{ vault_database_password }}", "type": "SECRET"}]}],
    "no_log": True,
}
FORMS = {"names": BLOCKS[0], "role": BLOCKS[1], "no_log": [ITEMS]}
SHOP = {"name": "shop", "region": "ams", "services": [{"name": "web", "image": {
    "registry_type": "GHCR", "registry": "example", "repository": "shop", "tag": "1.0"}}]}  # fmt: skip


def test_the_page_has_two_forms() -> None:
    assert len(BLOCKS) == 2


@pytest.mark.parametrize("failing", [pytest.param("no app", marks=pytest.mark.slow), "an option", "the platform"])
@pytest.mark.parametrize("form", FORMS)
def test_a_failing_item_shows_no_secret(form: str, failing: str, play: Play, platform: Platform) -> None:
    if failing != "no app":
        platform.seed([SHOP])
    if failing == "the platform":
        platform.fault("error", status=422, method="PUT", count=None)
    defaults = {"log_lines": -1} if failing == "an option" else {}
    played = play(
        FORMS[form], variables={"vault_database_password": CANARY}, verbosity=3,
        arguments=["--diff"], defaults=defaults,
    )  # fmt: skip
    assert played.rc != 0, played.output
    assert CANARY not in played.output
    assert CANARY not in str([one.result for one in played.results])
