# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The random number generator for jitter."""

from __future__ import annotations

import random

#: Jitter needs no secrecy, but forked workers, which inherit the state of other generators, must not share a sequence.
SYSTEM_RANDOM = random.SystemRandom()
