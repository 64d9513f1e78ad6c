# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make bench``: what a task that changes nothing costs, side by side in one run of ansible-playbook.

Per item: a loop over few items and a loop over many; the difference of the two, divided by the difference of the
counts, is free of what every task costs once. Per task: the same task several times in a row. The variants take turns
in several rounds and the median counts, so that another program's burst of work does not decide.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.bench import _peers, _platform, fleet, simulator
from tools.house import BIN, COLLECTIONS, heading, process_environment, say

PBKDF2_ROUNDS = 3
#: Seconds after which the run is taken for hung.
LONGEST = 180
OURS = "app_job, in process"
MODULE = "app_job, as a module"
WORST_AGAINST_DEBUG = 3.0
WORST_AGAINST_URI = 0.1


@dataclass(frozen=True)
class Variant:
    """One task to measure, in loops of ``few`` and ``many`` items and ``alone`` times without a loop."""

    name: str
    action: str
    options: dict[str, Any]
    few: int = 4
    many: int = 12
    alone: int = 3
    variables: dict[str, Any] = field(default_factory=dict)

    def tasks(self) -> list[dict[str, Any]]:
        """The tasks of one round; the names tell the callback's times apart."""
        task = {self.action: self.options, "vars": self.variables}
        loops = [
            {"name": f"{self.name}|{count}", **task, "loop": list(range(count))} for count in (self.few, self.many)
        ]
        return [*loops, *({"name": f"{self.name}|alone", **task} for _copy in range(self.alone))]


@dataclass(frozen=True)
class Cost:
    """Seconds."""

    item: float
    task: float


def variants(platform: _platform.Platform, peers: str | None) -> list[Variant]:
    """What is compared; everything that talks HTTP makes one GET on this machine."""
    job = {"app_id": platform.app_id, "token": platform.token, "api_url": platform.url, **platform.job}
    fqcn = "oceanops.app_platform.app_job"
    uri = {"url": f"{platform.url}/v2/apps/{platform.app_id}", "headers": {"Authorization": f"Bearer {platform.token}"}}
    quick: dict[str, Any] = {"few": 20, "many": 120, "alone": 10}
    found = [
        Variant("debug", "ansible.builtin.debug", {"msg": "x"}, **quick),
        Variant("ping", "ansible.builtin.ping", {}),
        Variant("uri, one GET", "ansible.builtin.uri", uri),
        Variant(OURS, fqcn, job, **quick),
        Variant(MODULE, fqcn, job, variables={"app_platform_in_process": False}),
    ]
    if peers:
        key = {"name": "bench", "state": "present"}
        hcloud = {**key, "public_key": _peers.KEY, "api_token": "bench", "api_endpoint": peers}
        digitalocean = {**key, "fingerprint": _peers.FINGERPRINT, "oauth_token": "bench", "baseurl": peers}
        found += [
            Variant("hetzner.hcloud.ssh_key", "hetzner.hcloud.ssh_key", hcloud),
            Variant(
                "community.digitalocean.digital_ocean_sshkey",
                "community.digitalocean.digital_ocean_sshkey",
                digitalocean,
            ),
        ]
    return found


def measure(chosen: list[Variant], collections: list[Path]) -> dict[str, Cost]:
    """Run all variants in one ansible-playbook; what each one costs."""
    play = {
        "name": "Bench",
        "hosts": "localhost",
        "gather_facts": False,
        "tasks": [task for _round in range(PBKDF2_ROUNDS) for variant in chosen for task in variant.tasks()],
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "bench.yml").write_text(yaml.safe_dump([play], sort_keys=False), encoding="utf-8")
        env = process_environment(
            {
                "ANSIBLE_COLLECTIONS_PATH": ":".join(map(str, collections)),
                "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).parent / "callback_plugins"),
                "ANSIBLE_STDOUT_CALLBACK": "bench_times",
                "ANSIBLE_LOCALHOST_WARNING": "false",
                "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
                "BENCH_TIMES": str(folder / "times.json"),
            }
        )
        command = [str(BIN / "ansible-playbook"), "bench.yml"]
        try:
            done = subprocess.run(
                command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=LONGEST
            )
        except subprocess.TimeoutExpired as error:
            raise SystemExit(f"The benchmark's playbook did not end within {LONGEST} seconds") from error
        report = folder / "times.json"
        written: dict[str, Any] = {"failures": [done.stderr]}
        if report.exists():
            written = json.loads(report.read_text(encoding="utf-8"))
    if done.returncode or written["failures"]:
        raise SystemExit("The benchmark's playbook failed:\n" + "\n".join(written["failures"] or [done.stderr]))
    return {variant.name: _cost(variant, written["seconds"]) for variant in chosen}


def _cost(variant: Variant, seconds: dict[str, list[float]]) -> Cost:
    """The medians over the rounds."""
    few, many = seconds[f"{variant.name}|{variant.few}"], seconds[f"{variant.name}|{variant.many}"]
    items = [(more - less) / (variant.many - variant.few) for less, more in zip(few, many, strict=True)]
    return Cost(statistics.median(items), statistics.median(seconds[f"{variant.name}|alone"]))


def show(costs: dict[str, Cost]) -> None:
    """The table: milliseconds, and how many times debug and ours in process go into it."""
    ours, debug = costs[OURS], costs["debug"]
    say(f"{'':46}{'ms per item':>13}{'x debug':>9}{'x ours':>8}{'ms per task':>14}{'x debug':>9}{'x ours':>8}")
    for name, cost in costs.items():
        say(
            f"{name:46}{cost.item * 1000:13.1f}{cost.item / debug.item:9.1f}{cost.item / ours.item:8.1f}"
            f"{cost.task * 1000:14.1f}{cost.task / debug.task:9.1f}{cost.task / ours.task:8.1f}"
        )


def verdict(costs: dict[str, Cost], gets_per_item: float) -> bool:
    """Say for each promise about speed whether this run keeps it."""
    ours = costs[OURS].item
    against_debug, against_uri = ours / costs["debug"].item, ours / costs["uri, one GET"].item
    kept = [
        (against_debug <= WORST_AGAINST_DEBUG, f"at most {WORST_AGAINST_DEBUG:g} x debug an item: {against_debug:.2f}"),
        (against_uri <= WORST_AGAINST_URI, f"at most {WORST_AGAINST_URI:g} x uri an item: {against_uri:.3f}"),
        (gets_per_item == 1, f"one GET an item and nothing else: {gets_per_item:g}"),
    ]
    return _platform.promises(kept)


def main() -> int:
    """Measure and print; exit status 1 when a promise about speed is not kept."""
    heading("bench: a task that changes nothing")
    folder = _peers.collections()
    if folder is None:
        say("LEFT OUT the peers' modules: the package index does not have them (see above)")
    with _platform.running() as platform, _peers.server() as peers:
        chosen = variants(platform, peers if folder else None)
        say(f"one run, {PBKDF2_ROUNDS} rounds, medians; the API is a simulator on this machine")
        costs = measure(chosen, [COLLECTIONS, *([folder] if folder else [])])
        ours = [variant for variant in chosen if variant.action.endswith(".app_job")]
        runs = PBKDF2_ROUNDS * sum(variant.few + variant.many + variant.alone for variant in ours)
        uri = next(variant for variant in chosen if variant.name.startswith("uri"))
        requests = platform.requests() - PBKDF2_ROUNDS * (uri.few + uri.many + uri.alone)
    show(costs)
    tasks = verdict(costs, requests / runs)
    kept = [tasks, fleet.main(), simulator.main()]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
