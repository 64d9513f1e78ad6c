# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tools.chromium``: a Chromium for the tests of the page, found, or installed from the system's packages.

The browser is driven through a pipe with its own protocol (https://chromedevtools.github.io/devtools-protocol/), so
that the tests need the browser and nothing else: no driver program, no package, no open port.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "google-chrome-stable", "google-chrome", "chromium-browser")
PACKAGES = ("chromium", "fonts-dejavu-core")
# The browser takes commands from 3 and answers at 4; only a program that is about to become the browser can move them.
_MOVE = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execvp(sys.argv[3], sys.argv[3:])"
)
_ARGUMENTS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--mute-audio",
    "--no-default-browser-check",
    "--no-first-run",
    "--password-store=basic",
)
_PATIENCE = 60.0


class BrowserError(Exception):
    """The browser did not do as it was told."""


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
    """A running browser with one open page."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands = commands
        self._answers = answers
        self._number = 0
        self._rest = b""
        self._session = ""
        # What the page did, as (event, parameters), oldest first.
        self.events: list[tuple[str, dict[str, Any]]] = []

    def open(self) -> None:
        """A new page, watched from the start."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command and its result. BrowserError when it is refused, or not answered."""
        self._number += 1
        number = self._number
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._commands, data) :]
        return self._until(lambda found: found if found.get("id") == number else None, method)

    def wait_for(self, event: str, since: int) -> None:
        """Until an event has come; `since` is how many events there were when it was not yet due."""
        if all(name != event for name, _parameters in self.events[since:]):
            self._until(lambda found: found if found.get("method") == event else None, event)

    def _until(self, wanted: Callable[[dict[str, Any]], dict[str, Any] | None], what: str) -> dict[str, Any]:
        deadline = time.monotonic() + _PATIENCE
        while True:
            message = self._read(deadline, what)
            if "method" in message:
                self.events.append((message["method"], message.get("params", {})))
            found = wanted(message)
            if found is None:
                continue
            if "error" in found:
                raise BrowserError(f"{what}: {found['error'].get('message')}")
            result: dict[str, Any] = found.get("result", {})
            return result

    def _read(self, deadline: float, what: str) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _writable, _special = select.select([self._answers], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise BrowserError(f"{what}: no answer of the browser within {_PATIENCE:.0f} seconds")
            data = os.read(self._answers, 1 << 16)
            if not data:
                raise BrowserError(f"{what}: the browser has ended")
            self._rest += data
        message, _zero, self._rest = self._rest.partition(b"\0")
        parsed: dict[str, Any] = json.loads(message)
        return parsed

    # What a person does.

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
        before = len(self.events)
        failed = self.call("Page.navigate", url=address).get("errorText")
        if failed:
            raise BrowserError(f"{address}: {failed}")
        self.wait_for("Page.loadEventFired", before)

    def ask(self, expression: str) -> Any:
        """The value of an expression in the page. BrowserError when it throws."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise BrowserError(f"{expression}: {found['exceptionDetails'].get('exception', {}).get('description')}")
        return found["result"].get("value")

    def press(self, key: str) -> None:
        """A key: Tab, Enter, or Space."""
        code, text = {"Tab": (9, ""), "Enter": (13, "\r"), "Space": (32, " ")}[key]
        name = " " if key == "Space" else key
        more = {"key": name, "code": key, "windowsVirtualKeyCode": code, **({"text": text} if text else {})}
        self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **more)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=name, code=key, windowsVirtualKeyCode=code)

    def click(self, selector: str) -> None:
        """The middle of the first element that matches; it is scrolled to."""
        place = self.ask(
            f"(() => {{ const found = document.querySelector({json.dumps(selector)});"
            " found.scrollIntoView({block: 'center'}); const box = found.getBoundingClientRect();"
            " return {x: box.x + box.width / 2, y: box.y + box.height / 2}; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **place)

    def picture(self, height: int | None = None) -> bytes:
        """A PNG of the page from its top, all of it or so many pixels."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], height or 16000), "scale": 1}
        found = self.call("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
        return base64.b64decode(found["data"])

    def paper(self) -> bytes:
        """A PDF of the page as it is printed."""
        return base64.b64decode(self.call("Page.printToPDF", preferCSSPageSize=True)["data"])

    # What the page did.

    def complaints(self) -> list[str]:
        """Everything that the page wrote to the console, errors of all kinds included."""
        found = []
        for name, parameters in self.events:
            if name == "Log.entryAdded":
                found.append(str(parameters["entry"]["text"]))
            elif name == "Runtime.consoleAPICalled":
                found.append(str([item.get("value") for item in parameters["args"]]))
            elif name == "Runtime.exceptionThrown":
                found.append(str(parameters["exceptionDetails"]))
        return found

    def requests(self) -> list[str]:
        """All addresses that the page asked for."""
        return [str(item["request"]["url"]) for name, item in self.events if name == "Network.requestWillBeSent"]


@contextmanager
def start(program: str) -> Iterator[Browser]:
    """A browser with a profile of its own, ended whatever happens. BrowserError where it cannot be started."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        child_reads, commands = _pipe()
        answers, child_writes = _pipe()
        arguments = [*_ARGUMENTS, f"--user-data-dir={profile}"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")  # root has no sandbox
        errors = Path(profile, "errors.log")
        with errors.open("wb") as written:
            process = subprocess.Popen(
                [sys.executable, "-c", _MOVE, str(child_reads), str(child_writes), program, *arguments, "about:blank"],
                env={**os.environ, "HOME": profile},
                pass_fds=(child_reads, child_writes),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=written,
            )
        os.close(child_reads)
        os.close(child_writes)
        browser = Browser(commands, answers)
        try:
            try:
                browser.open()
            except BrowserError as error:
                said = errors.read_text("utf-8", "replace").strip().splitlines()[-5:]
                raise BrowserError("\n".join([f"{program}: {error}", *said])) from error
            yield browser
        finally:
            os.close(commands)  # it ends by itself when nobody commands it any more
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            os.close(answers)


def _pipe() -> tuple[int, int]:
    """A pipe whose ends are not 3 or 4, which the child overwrites."""
    ends = []
    for end in os.pipe():
        ends.append(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10))
        os.close(end)
    return ends[0], ends[1]


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
