# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Hints for known errors of the API: a sentence on how to resolve each."""

from __future__ import annotations

import re

from .settings import TOKEN_VARIABLES

_SPEC_STATUSES = frozenset({400, 403, 422})

#: Statuses, pattern of the API's message, hint; the first match applies.
_RULES: tuple[tuple[frozenset[int], str, str], ...] = (
    (
        _SPEC_STATUSES,
        r"user (is )?not authenticated|not have access to (the )?repo|user does not have access",
        """Authorize DigitalOcean once for the repository's account, in the control panel
        (https://cloud.digitalocean.com/apps/new, choose the Git provider), and include this repository; or use a public
        repository with `git`, or an `image`.""",
    ),
    (
        _SPEC_STATUSES,
        r"trusted sources",
        """DigitalOcean cannot forward logs to a managed OpenSearch cluster that has trusted sources: remove them from
        the cluster, or use another log destination.""",
    ),
    (
        _SPEC_STATUSES,
        r"must not be encrypted before app is created",
        "An EV[...] value belongs to the app that it was read from; give the plain value to a new app.",
    ),
    (
        _SPEC_STATUSES,
        r"not found in internal_ports",
        "A health check may use `http_port` or one of `internal_ports`: add the port there, or change the check.",
    ),
    (
        _SPEC_STATUSES,
        r"image\.tag or .*image\.digest",
        "Give the image's tag or its digest, not both.",
    ),
    (
        _SPEC_STATUSES,
        r"create and delete a database in a single spec change",
        "Remove the one database and add the other in two separate runs.",
    ),
    (
        _SPEC_STATUSES,
        r"password is not accessible",
        "The token needs the scope database:read as well.",
    ),
    (
        _SPEC_STATUSES,
        r"does not have a matching custom dom",
        "An ingress rule names an authority that is not among the app's `domains`: add the domain, or drop the match.",
    ),
    (
        frozenset({400}),
        r"cannot get .*logs",
        "These logs do not exist (any more): the state was never reached, was skipped, or is over.",
    ),
    (
        _SPEC_STATUSES,
        r"revision limit",
        "Only the newest successful deployments can be rolled back to; choose a newer one.",
    ),
    (
        frozenset({409}),
        r"name already exists",
        """App names are unique within a team: choose another name, or manage the existing app by this name or its
        `app_id`.""",
    ),
    (
        frozenset({401}),
        "",
        f"""Check the token: the option `token`, or the environment variables {", ".join(TOKEN_VARIABLES)}. A token
        can expire, and is valid for one team.""",
    ),
    (
        frozenset({403}),
        "",
        """Check the token's scopes: app:read, app:create, app:update and app:delete; app:update requires regions:read,
        sizes:read and actions:read; projects need project:read and project:assign_resource, attached databases
        database:read.""",
    ),
    (
        frozenset({404}),
        "",
        "Check the name or id, and that the token belongs to the team that owns it.",
    ),
    (
        frozenset({409}),
        "",
        "The app's state forbids this now; an app that is pinned to a rollback needs a commit or a revert first.",
    ),
)


def hint(status: int, text: str) -> str:
    """The hint for an API error with this status and message; empty if there is none."""
    for statuses, pattern, sentence in _RULES:
        if status in statuses and re.search(pattern, text, re.IGNORECASE):
            return " ".join(sentence.split())
    return ""
