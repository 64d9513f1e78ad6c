# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tools.screenshots``: the pictures of the report in docs/images, of a release whose migration failed."""

from __future__ import annotations

import copy
import struct
import sys
import zlib
from typing import Any

from tests.platform import Platform, start_platform
from tools import chromium
from tools.house import ROOT

IMAGES = ROOT / "docs" / "images"
LARGEST = 200_000  # bytes of a picture
WIDTH, HEIGHT = 1280, 1240
TITLE = "Rehearsal of release 1.3"
DAY = 86400

_WEB = {"registry_type": "DOCR", "repository": "shop", "tag": "1.2"}
BEFORE: dict[str, Any] = {
    "name": "shop",
    "region": "fra",
    "domains": [{"domain": "shop.example.com", "type": "PRIMARY"}, {"domain": "www.shop.example.com", "type": "ALIAS"}],
    "envs": [
        {"key": "DATABASE_URL", "value": "${db.DATABASE_URL}"},
        {"key": "SECRET_KEY", "value": "an example, not a secret", "type": "SECRET"},
    ],
    "ingress": {
        "rules": [
            {"match": {"path": {"prefix": "/api"}}, "component": {"name": "api"}},
            {"match": {"path": {"prefix": "/help"}}, "component": {"name": "help"}},
            {"match": {"path": {"prefix": "/"}}, "component": {"name": "web"}},
        ]
    },
    "services": [
        {
            "name": "web",
            "image": _WEB,
            "http_port": 8080,
            "instance_count": 2,
            "instance_size_slug": "apps-s-1vcpu-1gb",
            "envs": [{"key": "API_URL", "value": "${api.PRIVATE_URL}"}],
        },
        {"name": "api", "image": _WEB, "http_port": 8081, "instance_size_slug": "apps-s-1vcpu-1gb"},
    ],
    "static_sites": [{"name": "help", "github": {"repo": "example/help", "branch": "main"}, "output_dir": "public"}],
    "workers": [{"name": "mail", "image": _WEB, "instance_size_slug": "apps-s-1vcpu-1gb"}],
    "jobs": [
        {"name": "migrate", "kind": "PRE_DEPLOY", "image": _WEB, "run_command": "./manage.py migrate"},
        {"name": "warm-cache", "kind": "POST_DEPLOY", "image": _WEB, "run_command": "./manage.py warm_cache"},
        {"name": "notify", "kind": "FAILED_DEPLOY", "image": _WEB, "run_command": "./notify 'the release failed'"},
        {
            "name": "nightly-report",
            "kind": "SCHEDULED",
            "image": _WEB,
            "run_command": "./manage.py report",
            "schedule": {"cron": "0 3 * * *", "time_zone": "Europe/Berlin"},
        },
    ],
    "databases": [{"name": "db", "engine": "PG", "version": "16"}],
}
MIGRATION = [
    "Operations to perform: apply all migrations",
    "Applying orders.0042_order_total...",
    'ProgrammingError: column "total" of relation "orders" already exists',
]


def rehearse(platform: Platform) -> None:
    """Seed the shop, let three nights pass, release the next version, whose migration fails."""
    (app,) = platform.seed(BEFORE)
    platform.advance(3 * DAY)
    platform.outcome("migrate", app="shop", exit_code=1, seconds=9, logs=MIGRATION)
    spec = copy.deepcopy(app["spec"])
    for component in (*spec["services"], *spec["workers"], *spec["jobs"]):
        component["image"]["tag"] = "1.3"
    spec["workers"][0]["instance_size_slug"] = "apps-s-1vcpu-2gb"
    spec["envs"][1]["value"] = "another example"
    answer = platform.call("PUT", f"/v2/apps/{app['id']}", {"spec": spec})
    if not answer.ok:
        raise RuntimeError(f"the release was refused: {answer.text}")
    platform.advance(10 * 60)


def main() -> int:
    """Make the pictures anew; exit status 0 when all are there."""
    program = chromium.find() or chromium.install()
    if program is None:
        return chromium.main()
    IMAGES.mkdir(exist_ok=True)
    with (
        start_platform("--clock", "manual", "--now", "2026-08-01T10:00:00Z") as platform,
        chromium.start(program) as browser,
    ):
        rehearse(platform)
        browser.go(platform.page)
        for name, dark in (("report-light.png", False), ("report-dark.png", True)):
            browser.look(WIDTH, HEIGHT, dark=dark)
            browser.go(f"{platform.url}/_simulator/report?title={TITLE.replace(' ', '+')}")
            picture = squeezed(browser.picture(HEIGHT))
            if len(picture) > LARGEST:
                print(f"docs/images/{name} has {len(picture)} bytes, more than {LARGEST}", file=sys.stderr)
                return 1
            (IMAGES / name).write_bytes(picture)
            print(f"docs/images/{name}: {len(picture)} bytes")
    return 0


def squeezed(png: bytes) -> bytes:
    """The same picture, compressed as well as zlib can, without what is not needed to show it."""
    chunks: list[tuple[bytes, bytes]] = []
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        chunks.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + length]))
        at += length + 12
    pixels = zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"))
    header = next(data for kind, data in chunks if kind == b"IHDR")
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b"")]
    return png[:8] + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


if __name__ == "__main__":
    sys.exit(main())
