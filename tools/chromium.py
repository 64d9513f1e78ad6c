# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tools.chromium``: a Chromium for the tests of the page, found, or installed from the system's packages.

Playwright drives it. Its own browsers are not used: they are downloads of several hundred megabytes from another host.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page, sync_playwright

__all__ = ["Browser", "BrowserError", "find", "install", "start"]

NAMES = ("chromium", "google-chrome-stable", "google-chrome", "chromium-browser")
PACKAGES = ("chromium", "fonts-dejavu-core")
ARGUMENTS = ("--force-color-profile=srgb", "--hide-scrollbars")


def find() -> str | None:
    """The program; CHROMIUM in the environment names another one."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next((found for found in map(shutil.which, NAMES) if found), None)


def install() -> str | None:
    """Install it from Debian's or Ubuntu's packages, as root; the program, or None where that cannot be done."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES]
    for update in (False, True):
        if update and subprocess.run(["apt-get", "update", "-qq"], env=env, check=False).returncode:
            return None
        done = subprocess.run(command, env=env, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        if done.returncode == 0:
            return find()
    return None


class Browser:
    """A running browser with one open page; `page` is Playwright's."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._protocol = page.context.new_cdp_session(page)
        #: Everything that the page wrote to the console, errors of all kinds included.
        self.complaints: list[str] = []
        #: All addresses that the page asked for.
        self.requests: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A command of Chromium's own protocol, for what Playwright has no method for. BrowserError when refused."""
        result: dict[str, Any] = self._protocol.send(method, parameters)
        return result

    def clear(self) -> None:
        """An empty page, and nothing of what was before."""
        self.look()
        self.go("about:blank")
        self.complaints.clear()
        self.requests.clear()

    def look(self, width: int = 1280, height: int = 900, *, dark: bool = False, media: str = "screen") -> None:
        """The size of the window, and what the reader prefers."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def go(self, address: str, *, scripts: bool = True) -> None:
        """Load a page, all of it."""
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.page.goto(address)

    def ask(self, expression: str) -> Any:
        """The value of an expression in the page, whatever its policy is. BrowserError when it throws."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise BrowserError(f"{expression}: {found['exceptionDetails'].get('exception', {}).get('description')}")
        return found["result"].get("value")

    def picture(self, height: int | None = None) -> bytes:
        """A PNG of the page from its top, all of it or so many pixels."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], height or 16000), "scale": 1}
        found = self.call("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
        return base64.b64decode(found["data"])

    def paper(self) -> bytes:
        """A PDF of the page as it is printed."""
        return base64.b64decode(self.call("Page.printToPDF", preferCSSPageSize=True)["data"])


@contextmanager
def start(program: str) -> Iterator[Browser]:
    """A browser with a profile of its own, ended whatever happens. BrowserError where it cannot be started."""
    with sync_playwright() as playwright:
        # root has no sandbox
        sandbox = os.geteuid() != 0
        launched = playwright.chromium.launch(executable_path=program, args=[*ARGUMENTS], chromium_sandbox=sandbox)
        try:
            yield Browser(launched.new_page(no_viewport=True))
        finally:
            launched.close()


def main() -> int:
    """Have a browser; exit status 0 when there is one."""
    program = find() or install()
    if program is None:
        print(
            "No Chromium: the tests of the page will be skipped. Install it (Debian, Ubuntu: apt install "
            f"{' '.join(PACKAGES)}), or name one: CHROMIUM=/path/to/chromium",
            file=sys.stderr,
        )
        return 1
    print(program)
    return 0


if __name__ == "__main__":
    sys.exit(main())
