# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""A write that the platform accepted, and the change of another writer that it overwrote.

A deployment has the spec that it was created from. So a spec that another writer wrote between this task's GET and PUT
is the one of the deployment right before this task's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, islice

from .._ansible.context import Context
from .._api.errors import TransportError
from .._deployments.deployment import Snapshot, deployment_in, id_of, name_of, origin_of, require_spec
from .._deployments.polling import SHORT_GRACE_PAUSES
from .._spec.canonical import same_spec
from .._spec.rebase import rebase
from .._spec.schema import SPEC
from .._system.clock import attempts, parse_time
from .._types.api_objects import App, Deployment, Spec

#: Deployments on a page of the list, and how many are read at most, to find the one before this task's.
PAGE_SIZE = 10
MAX_SEARCHED = 100
#: The longest time from a writer's GET to its PUT: writers within this time may not have seen each other's specs.
MAX_WRITE_DURATION = timedelta(seconds=60)


@dataclass(frozen=True)
class Written:
    """A write that is in place.

    ``before``: the spec before this task's first write; ``after``: the spec in ``response``, the app as returned by the
    PUT or POST; ``snapshot``: the deployments before the write.
    """

    before: Spec
    after: Spec
    response: App
    snapshot: Snapshot

    @property
    def deployment_id(self) -> str:
        """The id of the write's deployment in the response; empty where it has none."""
        return id_of(deployment_in(self.response, "pending_deployment"))


@dataclass(frozen=True)
class Overwritten:
    """A change of another writer that a write of this task overwrote.

    ``base``: the spec that this task had read; ``theirs``: the spec that its write replaced; ``ancestor``: the
    last spec from before all concurrent writers had read the app.
    """

    base: Spec
    theirs: Spec
    ancestor: Spec

    def put_back(self, spec: Spec) -> Spec:
        """*spec* with their change."""
        return rebase(SPEC, self.base, self.theirs, spec, self.ancestor) or {}


def find_overwritten(context: Context, written: Written, base: Spec) -> Overwritten | None:
    """What the write overwrote; None: its PUT replaced the spec *base* that this task had read.

    Raises TransportError when the list of deployments does not have the one of the write.
    """
    app = written.response
    for _attempt in attempts(context.clock, SHORT_GRACE_PAUSES):
        listed = islice(context.api.list_deployments(id_of(app), per_page=PAGE_SIZE), MAX_SEARCHED)
        newest = list(islice(listed, 1))
        deployments, usable = chain(newest, listed), bool(newest) or not written.snapshot.ids
        theirs, found = update_before(written, deployments)
        if theirs is not None:
            ancestor = common_ancestor(theirs, deployments) or base
            return Overwritten(base, require_spec(theirs, "deployment"), ancestor)
        # A new deployment may not be listed yet (API reference 12.5), and a list without it proves nothing. Nor does an
        # empty one of an app that had deployments.
        if found or (usable and written.deployment_id in written.snapshot.ids | {""}):
            return None
    raise TransportError(
        f"The change of the app {name_of(app)} is written, but the platform does not list the deployment of "
        "it, so it can't be told whether another writer's change was replaced. Run the task again, and look at "
        "what others changed at that time.",
        reason="wrong_envelope",
    )


def update_before(written: Written, deployments: Iterable[Deployment]) -> tuple[Deployment | None, bool]:
    """The update of the spec right before the write's deployment, and whether the write's own deployment is listed.

    ``deployments``: newest first; an iterator is left after the one that is returned. Deployments that are older than
    the write's snapshot don't count, nor do those that were not created by an update of the spec: a rollback has an old
    spec.
    """
    own_id = written.deployment_id
    found = False
    for one in deployments:
        # Without an id in the response, every deployment with the written spec may be the write's.
        is_own = id_of(one) == own_id if own_id else same_spec(require_spec(one, "deployment"), written.after)
        if not is_own and not written.snapshot.is_new(one):
            break
        if found and not is_own and origin_of(one) in ("UPDATE_SPEC", None):
            return one, True
        found = found or is_own
    return None, found


def common_ancestor(theirs: Deployment, older: Iterable[Deployment]) -> Spec | None:
    """The last spec from before all writers that were concurrent with *theirs* had read the app.

    ``older``: the deployments before it, newest first. If none is old enough, the spec of the oldest one; None: there
    is none.
    """
    written = parse_time(theirs.get("created_at"))
    oldest: Spec | None = None
    for one in older:
        oldest = require_spec(one, "deployment")
        created = parse_time(one.get("created_at"))
        if written is None or created is None or created < written - MAX_WRITE_DURATION:
            break
    return oldest
