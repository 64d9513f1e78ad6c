# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Where the API is, and how to call it: `API` in module_utils/_ansible/arguments.py.
    DOCUMENTATION = r"""
requirements:
  - requests >= 2.28
  - urllib3 >= 1.26.5
options:
  token:
    description:
      - The API token, a personal access token or one of a team. It needs the scope C(app) to read and write, and
        C(project:read) where projects are asked for.
      - If it is not given, the first of the environment variables E(DIGITALOCEAN_ACCESS_TOKEN), E(DIGITALOCEAN_TOKEN) and
        E(DO_API_TOKEN) that is set and not empty is taken, on the machine that calls the API.
      - It is never shown, whatever the verbosity.
    type: str
  api_url:
    description:
      - Where the API is, without the version. Change it to work with the simulator of this collection, or through a
        gateway.
      - It must be an https URL; http is accepted for the same machine only (V(127.0.0.1), V(::1), V(localhost)), since the
        token would travel unencrypted.
      - If it is not given, the environment variable E(DIGITALOCEAN_API_URL) counts.
    type: str
    default: https://api.digitalocean.com
  api_timeout:
    description:
      - Seconds of silence after which an answer is given up, be it before it begins or in its middle.
    type: float
    default: 30.0
  api_connect_timeout:
    description:
      - Seconds in which a connection must be there.
    type: float
    default: 10.0
  api_deadline:
    description:
      - Seconds in which one answer must be complete, however steadily it arrives.
      - If it is not given, it is four times O(api_timeout).
    type: float
  api_retries:
    description:
      - How often one call may be sent again after a failure that may pass. Calls that only read are repeated after
        server errors and broken connections; calls that write are repeated only if they certainly had no effect.
      - V(0) sends every call once.
    type: int
    default: 5
  rate_limit_wait:
    description:
      - The longest time in seconds that the server may make a call wait, by a rate limit or in another way. If it asks
        for more, the task fails at once and says when calls are accepted again.
    type: float
    default: 60.0
  validate_certs:
    description:
      - Whether the server's certificate is checked. V(false) lets anybody on the way read the token; O(ca_path) is the
        better answer to a certificate of your own.
    type: bool
    default: true
  ca_path:
    description:
      - A file of trusted certificates (PEM) on the machine that calls the API, in the place of those that come with
        C(requests). A relative path begins in the folder of the playbook.
    type: path
"""
