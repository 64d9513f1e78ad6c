# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no stable interface.
"""Text of the platform for Ansible's variables: data, never a template, on every core."""

from __future__ import annotations

from typing import Any

import ansible.template

from ansible_collections.oceanops.app_platform.plugins.module_utils._system.json_types import to_json_types

#: Since 2.19 a text is a template only if it is marked as one. Before, each one is that is not marked as unsafe.
NEEDS_UNSAFE_MARK = not hasattr(ansible.template, "trust_as_template")


def mark_untrusted(value: Any) -> Any:
    """*value* in plain types, so that core takes no text in it for a template, the keys of mappings included.

    There is no list of marks that make a template: a header may set any others, so each text counts as one.
    """
    bare = to_json_types(value)
    if not NEEDS_UNSAFE_MARK:
        return bare
    from ansible.utils.unsafe_proxy import wrap_var  # noqa: PLC0415  # newer cores are about to give it up

    return wrap_var(bare)
