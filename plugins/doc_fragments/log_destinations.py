# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Where the logs of a component are sent.
    DOCUMENTATION = r"""
options:
  log_destinations:
    description:
      - Services that the component's logs are sent to. The list is whole; V([]) removes all.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - A name for the destination, 2 to 42 characters.
        type: str
      papertrail:
        description:
          - Send to Papertrail. A destination has one service.
        type: dict
        suboptions:
          endpoint:
            description:
              - The address, such as C(syslog+tls://example.com:12345).
            type: str
      datadog:
        description:
          - Send to Datadog.
        type: dict
        suboptions:
          endpoint:
            description:
              - The address of Datadog's HTTP intake.
            type: str
          api_key:
            description:
              - The API key. The platform returns it in clear; results and diffs of this collection mask it.
            type: str
      logtail:
        description:
          - Send to Better Stack, formerly Logtail.
        type: dict
        suboptions:
          token:
            description:
              - The source token, masked in results and diffs.
            type: str
      open_search:
        description:
          - Send to OpenSearch.
        type: dict
        suboptions:
          endpoint:
            description:
              - The address, C(https://host:port). Give this or the cluster's name.
            type: str
          cluster_name:
            description:
              - The name of a database cluster of the same account.
            type: str
          basic_auth:
            description:
              - How to log in.
            type: dict
            suboptions:
              user:
                description:
                  - The user.
                type: str
              password:
                description:
                  - The password, masked in results and diffs.
                type: str
          index_name:
            description:
              - The index, C(logs) by default.
            type: str
      endpoint:
        description:
          - The address of a destination of another kind.
        type: str
      tls_insecure:
        description:
          - Whether to accept a certificate that can't be checked.
        type: bool
      headers:
        description:
          - HTTP headers to send along.
        type: list
        elements: dict
        suboptions:
          key:
            description:
              - The name of the header.
            type: str
          value:
            description:
              - Its value, masked in results and diffs.
            type: raw
"""
