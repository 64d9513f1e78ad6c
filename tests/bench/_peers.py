# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other collections' modules to compare with, and a small server that answers them as their own API would."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tools.house import CACHE, run, say, tool

PACKAGE = "ansible==12.3.0"  # the community package of ansible-core 2.19, which holds both collections
FOLDER = CACHE / "bench" / "peers"
WANTED = ("ansible_collections/hetzner/hcloud/", "ansible_collections/community/digitalocean/")

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJlbmNobWFyay1iZW5jaG1hcmstYmVuY2htYXJr bench"
FINGERPRINT = "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff"


def collections() -> Path | None:
    """The folder with the peers' collections, fetched once from the package index; None where that cannot be had."""
    marker = FOLDER / "package"
    if not (marker.exists() and marker.read_text(encoding="utf-8") == PACKAGE):
        say(f"Fetching {PACKAGE} for the peers' modules (once, about 55 MB; two collections of it are kept)")
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        with tempfile.TemporaryDirectory() as downloads:
            pip = [tool("python"), "-m", "pip", "download", "-qq", "--disable-pip-version-check"]
            source = ["--no-cache-dir", "--no-deps", "--only-binary", ":all:", "--dest", downloads, PACKAGE]
            if run([*pip, *source]):
                return None
            with zipfile.ZipFile(next(Path(downloads).glob("*.whl"))) as wheel:
                wheel.extractall(FOLDER, [name for name in wheel.namelist() if name.startswith(WANTED)])
        marker.write_text(PACKAGE, encoding="utf-8")
    return FOLDER


class _Answers(BaseHTTPRequestHandler):
    """One SSH key, as Hetzner Cloud and as DigitalOcean would describe it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path.startswith("/account/keys/"):
            body: object = {"ssh_key": {"id": 1, "name": "bench", "fingerprint": FINGERPRINT, "public_key": KEY}}
        else:
            key = {"id": 1, "name": "bench", "fingerprint": FINGERPRINT, "public_key": KEY, "labels": {}}
            key["created"] = "2026-01-01T00:00:00+00:00"
            page = {"page": 1, "per_page": 25, "previous_page": None, "next_page": None, "last_page": 1}
            body = {"ssh_keys": [key], "meta": {"pagination": page | {"total_entries": 1}}}
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def server() -> Iterator[str]:
    """The peers' API on a free local port; its address."""
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{httpd.server_port}"
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()
