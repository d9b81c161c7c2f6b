"""A real browser for tests: Debian's Chromium, driven by Playwright; nothing is downloaded."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.web.house import Credentials

_PATIENCE = 30_000
"""Milliseconds; pages that follow by themselves look every five seconds, and the machine may be busy."""

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The first of these that is there is used: the shell is the same engine without the windows that nobody sees, for
which a browser takes more of a processor than for the pages."""

_NOT_WANTED = (
    "PreloadTopChromeWebUI", "InitialWebUI", "WebUIReloadButton", "WebUIToolbar", "WebUITabStrip", "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
)  # fmt: skip
"""Pages that draw a window's frame, loaded anew in every window of a whole browser."""

_TURNED_OFF = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
    "PreconnectToSearch",
)  # fmt: skip
"""What Playwright turns off: it is said again with ours, since of two lists a browser heeds the last."""

_FEATURES = f"--disable-features={','.join(_TURNED_OFF + _NOT_WANTED)}"


def find_program() -> str | None:
    """The Chromium of this machine, if it has one."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium without a window; the test is left out, with what to install, where there is none."""
    program = find_program()
    if program is None:
        pytest.skip(f"no Chromium here: install one that is called {' or '.join(PROGRAMS)}, and run this again")
    expect.set_options(timeout=_PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", _FEATURES])
        yield browser
        browser.close()


def opened(browser: Browser, locale: str = "en-GB", **options: object) -> Page:
    """A page of a browser that has never been here; a breach of the content security policy fails the test."""
    context = browser.new_context(locale=locale, viewport={"width": 1280, "height": 900}, **options)  # type: ignore[arg-type]
    context.set_default_timeout(_PATIENCE)
    page = context.new_page()
    page.on("console", lambda line: pytest.fail(line.text) if "Content Security Policy" in line.text else None)
    return page


def sign_in(page: Page, url: str, who: Credentials) -> None:
    """Signs in as a person does, from whatever page; ends on the page that was asked for."""
    page.goto(url)
    page.get_by_label("Name").or_(page.get_by_label("账号")).fill(who.name)
    page.get_by_label("Password").or_(page.get_by_label("密码")).fill(who.password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda there: "/sign-in" not in there)


def tab_to(page: Page, wanted: Locator) -> None:
    """Go from focus to focus until it is there, as a keyboard does."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"no way to {wanted} by keyboard")
