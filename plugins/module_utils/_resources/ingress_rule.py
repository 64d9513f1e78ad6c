# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The module app_ingress_rule: one ingress rule and its position."""

from __future__ import annotations

from typing import Any

from .._ansible.context import Context
from .._ansible.find_app import require_app
from .._ansible.spec_arguments import record_options
from .._edit.converge import converge
from .._edit.ingress_rules import IngressRuleEdit
from .._edit.plan import Plan
from .._spec.routes import canonical_match, rules_of
from .._spec.schema import INGRESS_RULE

RULE_OPTIONS = record_options(INGRESS_RULE)
MATCH_OPTION = {"type": "dict", "options": RULE_OPTIONS["match"]["options"]}


def converge_rule(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """Set, move or remove one rule. The result has its position."""
    rule = {name: params[name] for name in RULE_OPTIONS if params[name] is not None}
    edit = IngressRuleEdit(rule, params["state"] == "absent", params["before"], params["after"], params["position"])
    result = converge(Plan(context, edit), params, require_app(context, params))
    for position, one in enumerate(rules_of(result.after)):
        if canonical_match(one.get("match")) == canonical_match(params["match"]):
            return result.result(rule=one, position=position)
    return result.result(rule=None, position=None)
