# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin of every module: the other files of this folder are links to this one.

Ansible loads each link as a module of its own, so the name of the link says which operation is meant, by whatever name
the task calls it.
"""

from __future__ import annotations

from importlib import import_module

from ansible_collections.oceanops.app_platform.plugins.plugin_utils._in_process import InProcessAction

_MODULES = "ansible_collections.oceanops.app_platform.plugins.modules"


class ActionModule(InProcessAction):
    """Runs the operation of the module that has this file's name."""

    operation = import_module(f"{_MODULES}.{__name__.rpartition('.')[2]}").OPERATION
