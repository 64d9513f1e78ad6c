# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Where the API is, and how to call it: `API` in module_utils/_ansible/arguments.py.
    DOCUMENTATION = r"""
requirements:
  - python >= 3.10
  - requests >= 2.28
  - urllib3 >= 1.26.5
options:
  token:
    description:
      - The API token, a personal one or one of a team, with the scope C(app) to read and write, and C(project:read)
        where projects are asked for. It is never shown.
      - By default the first of the environment variables E(DIGITALOCEAN_ACCESS_TOKEN), E(DIGITALOCEAN_TOKEN) and
        E(DO_API_TOKEN) that is not empty, on the machine that calls the API.
    type: str
  api_url:
    description:
      - Where the API is, without the version, such as the simulator of this collection or a gateway. It must be https;
        http is accepted for V(127.0.0.1), V(::1) and V(localhost) only, since the token would travel unencrypted.
      - If it is not given, the environment variable E(DIGITALOCEAN_API_URL) counts.
    type: str
    default: https://api.digitalocean.com
  api_timeout:
    description:
      - Seconds of silence after which a response is given up, before it begins or in its middle.
    type: float
    default: 30.0
  api_connect_timeout:
    description:
      - Seconds in which a connection must be there.
    type: float
    default: 10.0
  api_deadline:
    description:
      - Seconds in which one response must be complete; by default four times O(api_timeout).
    type: float
  api_retries:
    description:
      - How often a call is sent again after a failure that may pass, V(0) for never; a call that writes, only if it
        certainly had no effect.
    type: int
    default: 5
  rate_limit_wait:
    description:
      - The longest time in seconds that the server may make a call wait. If it asks for more, the task fails at once
        and says until when.
    type: float
    default: 60.0
  validate_certs:
    description:
      - Whether the server's certificate is checked. V(false) exposes the token; prefer O(ca_path) for a certificate of
        your own.
    type: bool
    default: true
  ca_path:
    description:
      - A file of trusted certificates (PEM), in place of those of C(requests), where the API is called; relative to the
        playbook.
    type: path
"""
