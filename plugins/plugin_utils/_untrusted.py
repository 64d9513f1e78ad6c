# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Makes text of the platform safe for Ansible's variables, so that no ansible-core treats it as a template."""

from __future__ import annotations

from typing import Any

import ansible.template

from ansible_collections.oceanops.app_platform.plugins.module_utils._system.json_types import to_json_types

#: Since 2.19 a string is a template only if it is trusted. Before, every string is one unless it is marked as unsafe.
NEEDS_UNSAFE_MARK = not hasattr(ansible.template, "trust_as_template")


def mark_untrusted(value: Any) -> Any:
    """*value* in plain types, with all its strings, keys included, marked so that core does not template them.

    All strings are marked, since a template's header may set any delimiters.
    """
    plain = to_json_types(value)
    if not NEEDS_UNSAFE_MARK:
        return plain
    from ansible.utils.unsafe_proxy import wrap_var  # noqa: PLC0415  # deprecated in newer cores

    return wrap_var(plain)
