"""The options that follow a deployment: those of every other module that waits, and documented as they are."""

from __future__ import annotations

import yaml

from ansible_collections.oceanops.app_platform.plugins.doc_fragments import following, wait
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import WAIT
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.deployment_actions import (
    FOLLOW_OPTIONS,
    POST_DEPLOY_OPTION,
    WAIT_OPTION,
)


def test_the_fragment_describes_the_options() -> None:
    described = yaml.safe_load(following.ModuleDocFragment.DOCUMENTATION)["options"]
    assert list(described) == list(FOLLOW_OPTIONS.options)
    for name, option in FOLLOW_OPTIONS.options.items():
        assert {key: described[name].get(key) for key in ("type", "default")} == {
            key: option.get(key) for key in ("type", "default")
        }, name


def test_they_mean_what_they_mean_elsewhere() -> None:
    elsewhere = yaml.safe_load(wait.ModuleDocFragment.DOCUMENTATION)["options"]
    for group in (FOLLOW_OPTIONS, POST_DEPLOY_OPTION, WAIT_OPTION):
        for name, option in group.options.items():
            assert option == WAIT.options[name]
            assert name in elsewhere
