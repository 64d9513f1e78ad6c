"""The page and the report as a browser shows them: seen, read, and used with the keyboard."""

from __future__ import annotations

import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.platform import Platform
from tools.chromium import Browser, BrowserError

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

# All that can be reached with the keyboard.
CONTROLS = (
    "[...document.querySelectorAll('a[href], button, summary, [tabindex=\"0\"]')].filter(one => one.checkVisibility())"
)
FAILED_LOG = "[...document.querySelectorAll('.release[open] .log')].find(one => one.checkVisibility())"
PATHS = ("/", "/_simulator/report")


def open_page(browser: Browser, platform: Platform, path: str = "/_simulator/report", *, scripts: bool = True) -> None:
    browser.go(f"{platform.url}{path}", scripts=scripts)


def top_left(png: bytes) -> tuple[int, ...]:
    """The colour of the first pixel."""
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    # Of the first line, the byte of its filter comes first; left of and above the first pixel there is nothing.
    return tuple(zlib.decompress(data)[1:4])


@pytest.mark.parametrize("path", PATHS)
def test_it_loads_without_a_complaint(browser: Browser, platform: Platform, path: str):
    open_page(browser, platform, path)

    assert browser.complaints == []
    assert browser.ask("document.querySelector('h2').textContent") == "shop"
    assert "migrate exited 1; FAILED_DEPLOY job notify ran" in browser.ask("document.body.innerText")


@pytest.mark.parametrize("path", PATHS)
def test_no_request_but_for_the_page_itself(browser: Browser, platform: Platform, path: str):
    open_page(browser, platform, path)

    asked = [address for address in browser.requests if not address.startswith("data:")]
    assert asked == [f"{platform.url}{path}"]
    assert urlsplit(asked[0]).hostname == "127.0.0.1"


def test_the_report_is_one_file(browser: Browser, platform: Platform, tmp_path: Path):
    file = tmp_path / "report.html"
    file.write_bytes(platform.ask("GET", "/_simulator/report").content)

    browser.go(file.as_uri())

    assert [address for address in browser.requests if not address.startswith("data:")] == [file.as_uri()]
    assert browser.complaints == []
    # Style and script are those of the policy: the page is laid out, the buttons are there.
    assert browser.ask("getComputedStyle(document.querySelector('.row')).display") == "grid"
    assert browser.ask("document.querySelector('button').checkVisibility()")


def test_the_policy_refuses_what_is_not_in_the_file(browser: Browser, platform: Platform):
    open_page(browser, platform)

    with pytest.raises(BrowserError, match="Failed to fetch"):
        browser.ask(f"fetch('{platform.url}/_simulator/health')")
    added = "const one = document.createElement('script'); one.textContent = 'window.harm = 1';"
    assert browser.ask(f"(() => {{ {added} document.body.append(one); return window.harm === undefined; }})()")
    assert any("Content Security Policy" in text for text in browser.complaints)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_keyboard_reaches_everything(browser: Browser, platform: Platform, width: int):
    browser.look(width)
    open_page(browser, platform)
    browser.ask("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    count = browser.ask(f"{CONTROLS}.length")

    reached = []
    for number in range(count):
        browser.page.keyboard.press("Tab")
        reached.append(browser.ask(f"{CONTROLS}.indexOf(document.activeElement)"))
        style = "getComputedStyle(document.activeElement)"
        assert number == 0 or browser.ask(f"{style}.outlineStyle + {style}.outlineWidth") == "solid3px"

    assert count > 20
    assert reached == list(range(count))


def test_enter_and_space_open_a_log(browser: Browser, platform: Platform):
    open_page(browser, platform)
    notify = "[...document.querySelectorAll('.lane')].find(one => one.innerText.startsWith('notify'))"
    assert browser.ask(f"{notify}.open") is False

    browser.ask(f"{notify}.querySelector('summary').focus()")
    browser.page.keyboard.press("Enter")
    opened = browser.ask(f"{notify}.open && {notify}.querySelector('.log').innerText")
    browser.page.keyboard.press("Space")

    assert "starting: ./notify" in opened
    assert browser.ask(f"{notify}.open") is False


def test_a_click_opens_a_log(browser: Browser, platform: Platform):
    open_page(browser, platform)
    assert browser.ask("document.querySelector('.lane').open") is False

    browser.page.click(".lane > summary")

    assert browser.ask("document.querySelector('.lane').open")
    assert browser.ask("document.querySelector('.lane .lane').checkVisibility()")


def test_the_log_of_what_failed_is_open(browser: Browser, platform: Platform):
    open_page(browser, platform)

    assert 'column "total" of relation "orders" already exists' in browser.ask(f"{FAILED_LOG}.innerText")


def test_all_logs_at_once(browser: Browser, platform: Platform):
    open_page(browser, platform)
    lanes = "[...document.querySelectorAll('section details.lane')].filter(one => one.closest('.release'))"

    browser.page.click("button[data-open=yes]")
    opened = browser.ask(f"{lanes}.every(one => one.open)")
    told = browser.ask("document.querySelector('[role=status]').textContent")
    browser.page.click("button[data-open=no]")

    assert (opened, told) == (True, "All logs are open.")
    assert browser.ask(f"{lanes}.every(one => !one.open)")
    assert browser.ask("document.querySelector('.release').open")


def test_without_scripts(browser: Browser, platform: Platform):
    open_page(browser, platform, scripts=False)
    # Questions are scripts, too: the page was laid out without its own.
    browser.call("Emulation.setScriptExecutionDisabled", value=False)

    assert not browser.ask("document.querySelector('button').checkVisibility()")
    browser.page.click(".lane > summary")
    assert browser.ask("document.querySelector('.lane').open")


def test_light_and_dark(browser: Browser, platform: Platform):
    colours = []
    for dark in (False, True):
        browser.look(dark=dark)
        open_page(browser, platform)
        colours.append(top_left(browser.picture(40)))

    assert colours == [(255, 255, 255), (20, 23, 27)]


@pytest.mark.parametrize("width", [1280, 768, 390, 320])
def test_it_fits(browser: Browser, platform: Platform, width: int):
    """Nothing sticks out to the side, with everything open; what is wide scrolls by itself."""
    browser.look(width)
    open_page(browser, platform)
    browser.ask("document.querySelectorAll('details').forEach(one => { one.open = true; })")

    assert browser.ask("document.documentElement.scrollWidth") <= width


def test_words_do_not_overlap(browser: Browser, platform: Platform):
    """In each row the name, the bar and the outcome keep apart; in the picture every text is within its box."""
    overlap = """(() => {
      const bad = [];
      for (const row of document.querySelectorAll('.row:not(.axis)')) {
        const boxes = [...row.children].map(one => one.getBoundingClientRect()).filter(one => one.width && one.height);
        for (const [number, one] of boxes.entries()) {
          for (const other of boxes.slice(number + 1)) {
            if (one.right > other.left + 1 && other.right > one.left + 1
                && one.bottom > other.top + 1 && other.bottom > one.top + 1) { bad.push(row.innerText); }
          }
        }
      }
      for (const group of document.querySelectorAll('.picture g')) {
        const frame = group.querySelector('rect').getBoundingClientRect();
        for (const text of group.querySelectorAll('text')) {
          if (text.getBoundingClientRect().right > frame.right) { bad.push(text.textContent); }
        }
      }
      return bad;
    })()"""
    for width in (1280, 390):
        browser.look(width)
        open_page(browser, platform)
        browser.ask("document.querySelectorAll('details').forEach(one => { one.open = true; })")

        assert browser.ask(overlap) == []


def test_long_names_stay_in_their_boxes(browser: Browser, platform: Platform):
    """Letters differ in width: what does not fit is cut off at the box, and told in full beside the picture."""
    image = {"registry_type": "DOCR", "repository": "w", "tag": "1"}
    jobs = [{"name": "m" * 32, "kind": "PRE_DEPLOY", "image": image, "run_command": "M" * 80}]
    (other,) = platform.seed({"name": "long", "jobs": jobs, "databases": [{"name": "m" * 30, "engine": "PG"}]})
    try:
        open_page(browser, platform, "/?app=long")

        cut = "[...document.querySelectorAll('.picture g svg')].map(one => getComputedStyle(one).overflowX)"
        assert browser.ask(cut) == ["hidden", "hidden"]
        for width in (1280, 390):
            browser.look(width)
            browser.ask("document.querySelectorAll('details').forEach(one => { one.open = true; })")
            assert browser.ask("document.documentElement.scrollWidth") <= width
        assert "M" * 80 in browser.ask("document.querySelector('.parts').innerText")
    finally:
        platform.call("DELETE", f"/v2/apps/{other['id']}")


def test_on_paper(browser: Browser, platform: Platform):
    open_page(browser, platform)
    browser.look(720, media="print")

    assert not browser.ask("document.querySelector('button').checkVisibility()")
    closed = "[...document.querySelectorAll('.release[open] details:not([open]) .log, .runs details:not([open]) .log')]"
    assert browser.ask(f"{closed}.length") > 3
    assert browser.ask(f"{closed}.every(one => one.getBoundingClientRect().height > 10)")
    assert browser.ask("document.documentElement.scrollWidth <= innerWidth")
    assert browser.paper().startswith(b"%PDF-")
    assert not browser.ask("document.querySelector('.release:not([open]) .log').checkVisibility()")
    # Nothing stays open that was closed before.
    assert browser.ask(f"{closed}.length") > 3


def test_dark_paper_is_light(browser: Browser, platform: Platform):
    browser.look(dark=True, media="print")
    open_page(browser, platform)

    assert browser.ask("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_names_for_those_who_listen(browser: Browser, platform: Platform):
    """What the browser tells assistive technology: every control has a name, each region one of its own."""
    open_page(browser, platform)
    browser.ask("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    browser.call("Accessibility.enable")
    nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
    browser.call("Accessibility.disable")

    found: dict[str, list[str]] = {}
    for node in nodes:
        if not node.get("ignored"):
            found.setdefault(node["role"]["value"], []).append(node.get("name", {}).get("value", ""))
    for role in ("button", "link", "region", "image", "DisclosureTriangle", "heading", "article"):
        assert all(found.get(role, [])), role
    assert "shop" in found["article"]
    assert len(found["main"]) == len(found["banner"]) == len(found["contentinfo"]) == 1
    assert len(found["region"]) == len(set(found["region"])) > 3
    assert {"Differences of the spec", "The whole spec", "Log of migrate"} <= set(found["group"])
    assert any("migrate" in name and "failed, exit code 1" in name for name in found["DisclosureTriangle"])


def test_several_apps(browser: Browser, platform: Platform):
    (other,) = platform.seed({"name": "other", "workers": [{"name": "worker", "image": {
        "registry_type": "DOCR", "repository": "w", "tag": "1"}}]})  # fmt: skip
    try:
        open_page(browser, platform, "/")
        assert browser.ask("document.querySelectorAll('.apps a').length") == 2
        browser.page.click(".apps li:last-child a")
        browser.page.wait_for_load_state()

        assert browser.ask("document.querySelector('h2').textContent") == "shop"
        assert browser.ask("document.querySelector('header a').getAttribute('href')") == "/"
        assert browser.complaints == []
    finally:
        platform.call("DELETE", f"/v2/apps/{other['id']}")


def test_a_browser_that_is_not_there(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    from tools import chromium

    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 1000)

    assert chromium.find() is None
    assert chromium.main() == 1
    assert "CHROMIUM=/path/to/chromium" in capsys.readouterr().err


def test_a_browser_that_ends(tmp_path: Path):
    """Whatever is named but is no browser is told as such with its own words, not waited for."""
    from tools import chromium

    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\necho no display here >&2\n")
    program.chmod(0o755)

    def begin() -> None:
        with chromium.start(str(program)):
            raise AssertionError("it started")

    # In a thread of its own: in this one Playwright may be running already.
    with pytest.raises(BrowserError, match="no display here"), ThreadPoolExecutor(1) as pool:
        pool.submit(begin).result()
