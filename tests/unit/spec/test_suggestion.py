# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Suggestions for misspelt names."""

from __future__ import annotations

from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.suggestion import closest, did_you_mean


def test_the_most_similar_name_is_suggested() -> None:
    assert did_you_mean("migrat", ["web", "migrate", "immigrate"]) == "did you mean migrate?"


def test_several_names_the_best_first() -> None:
    assert did_you_mean("shop", {"shops", "shop-2", "blog"}, 5, show=repr) == "did you mean 'shops' or 'shop-2'?"


def test_nothing_similar() -> None:
    assert did_you_mean("web", ["migrate"]) == ""
    assert did_you_mean("web", []) == ""


def test_a_name_must_be_similar_enough() -> None:
    assert closest("weba", ["web"], cutoff=0.8) == ["web"]
    assert closest("weba", ["web"], cutoff=0.9) == []


def test_another_form_is_compared() -> None:
    assert closest("RUN-COMMAND", ["run_command"]) == []
    assert closest("RUN-COMMAND", ["run_command"], key=lambda word: word.lower().replace("-", "_")) == ["run_command"]
