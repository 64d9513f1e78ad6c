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
      - Services that the component's logs are sent to, matched by O(log_destinations[].name). Those that are not in the
        list stay, and V([]) removes all; O(purge_lists) makes the list whole, headers included.
        M(oceanops.app_platform.app_log_destination) removes one alone. Keys and passwords are masked in results and
        diffs.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - A name for the destination, 2 to 42 characters. Every destination needs it.
        type: str
      papertrail:
        description:
          - Send to Papertrail. A destination has one service.
        type: dict
        suboptions:
          endpoint:
            description:
              - The address, such as V(syslog+tls://example.com:12345). Papertrail needs it.
            type: str
      datadog:
        description:
          - Send to Datadog. A destination has one service.
        type: dict
        suboptions:
          endpoint:
            description:
              - The address of Datadog's HTTP intake, such as V(https://http-intake.logs.datadoghq.eu).
            type: str
          api_key:
            description:
              - The API key. Datadog needs it.
            type: str
      logtail:
        description:
          - Send to Better Stack, formerly Logtail. A destination has one service.
        type: dict
        suboptions:
          token:
            description:
              - The source token. Better Stack needs it.
            type: str
      open_search:
        description:
          - Send to OpenSearch. A destination has one service.
        type: dict
        suboptions:
          endpoint:
            description:
              - The address of a server, C(https://host:port), in place of
                O(log_destinations[].open_search.cluster_name).
            type: str
          cluster_name:
            description:
              - The name of an OpenSearch cluster of the account, in place of
                O(log_destinations[].open_search.endpoint).
            type: str
          basic_auth:
            description:
              - How to log in.
            type: dict
            suboptions:
              user:
                description:
                  - The user. For a cluster of the account it is C(doadmin) by default.
                type: str
              password:
                description:
                  - The password. A cluster of the account needs none.
                type: str
          index_name:
            description:
              - The index; V(logs) by default.
            type: str
      endpoint:
        description:
          - The address of a service that has no option of its own here.
        type: str
      tls_insecure:
        description:
          - Whether to accept a certificate that can't be checked, at O(log_destinations[].endpoint).
        type: bool
      headers:
        description:
          - HTTP headers that are sent to O(log_destinations[].endpoint).
        type: list
        elements: dict
        suboptions:
          key:
            description:
              - The name of the header. Every header needs it.
            type: str
          value:
            description:
              - Its value, which is masked in results and diffs.
            type: raw
"""
