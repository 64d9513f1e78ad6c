# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kind of a job, with the default where none is set."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.canonical import canonical
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.job_kind import (
    job_kind,
    job_kinds,
    jobs_of_kind,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema import JOB, JOB_KINDS


def test_a_job_without_a_kind_runs_after_the_deployment() -> None:
    assert job_kind({}) == "POST_DEPLOY"


@pytest.mark.parametrize("kind", [None, "", "UNSPECIFIED", "POST_DEPLOY", [], {}, ["SCHEDULED"]])
def test_all_ways_to_set_none(kind: Any) -> None:
    assert job_kind({"kind": kind}) == "POST_DEPLOY"


@pytest.mark.parametrize("kind", [*JOB_KINDS, "scheduled", "pre_deploy", "NEWER_KIND", "unspecified"])
def test_every_other_word_stays_as_it_is(kind: str) -> None:
    assert job_kind({"kind": kind}) == kind


def test_a_number_is_a_text_for_the_api() -> None:
    assert job_kind({"kind": 5}) == "5"


@pytest.mark.parametrize("kind", [None, "", "UNSPECIFIED", *JOB_KINDS, "scheduled", "NEWER_KIND", 5])
def test_it_agrees_with_the_comparison_of_specs(kind: Any) -> None:
    """Two jobs of the same kind are equal to the server, and the other way round."""
    for other in (None, "UNSPECIFIED", *JOB_KINDS):
        same = canonical(JOB.fields["kind"], kind) == canonical(JOB.fields["kind"], other)
        assert same == (job_kind({"kind": kind}) == job_kind({"kind": other}))


JOBS = [
    {"name": "migrate", "kind": "PRE_DEPLOY"},
    {"name": "warm-up", "kind": "UNSPECIFIED"},
    {"name": "seed"},
    {"name": "report", "kind": "SCHEDULED"},
    "no job",
]


def test_the_kinds_of_all_jobs_of_a_spec() -> None:
    found = {"migrate": "PRE_DEPLOY", "warm-up": "POST_DEPLOY", "seed": "POST_DEPLOY", "report": "SCHEDULED"}
    assert job_kinds({"jobs": JOBS}) == found


@pytest.mark.parametrize("spec", [None, {}, {"jobs": None}, {"jobs": "none"}])
def test_no_jobs(spec: Any) -> None:
    assert job_kinds(spec) == {}
    assert jobs_of_kind(spec, "SCHEDULED") == []


def test_the_jobs_of_one_kind() -> None:
    assert jobs_of_kind({"jobs": JOBS}, "POST_DEPLOY") == ["warm-up", "seed"]


def test_a_number_that_python_can_not_write_counts_as_none() -> None:
    assert job_kind({"kind": 10**5000}) == "POST_DEPLOY"
