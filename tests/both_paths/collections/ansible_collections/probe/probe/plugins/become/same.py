# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# ruff: noqa: E402  # the documentation comes first
"""Becomes the same user, without a password or any other tool."""

from __future__ import annotations

DOCUMENTATION = r"""
name: same
short_description: Become nobody else
description: For tests.
author: oceanops.app_platform contributors
options:
  become_user:
    description: Has no effect.
    default: root
    ini: [{section: privilege_escalation, key: become_user}]
    vars: [{name: ansible_become_user}]
    keyword: [{name: become_user}]
  become_exe: {description: None., vars: [{name: ansible_become_exe}]}
  become_flags: {description: None., vars: [{name: ansible_become_flags}]}
  become_pass: {description: None., vars: [{name: ansible_become_pass}]}
"""

from typing import Any

from ansible.plugins.become import BecomeBase


class BecomeModule(BecomeBase):
    name = "probe.probe.same"

    def build_become_command(self, cmd: str, shell: Any) -> str:
        super().build_become_command(cmd, shell)
        return str(self._build_success_command(cmd, shell)) if cmd else cmd
