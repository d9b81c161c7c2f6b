"""A real browser for tests: Debian's Chromium, driven by Playwright; nothing is downloaded."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.web.house import Credentials

_PATIENCE = 30_000
"""Milliseconds; pages that follow by themselves look every five seconds, and the machine may be busy."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium without a window; the test is left out, with what to install, where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("no Chromium here: install one that is called chromium or chromium-browser, and run this again")
    expect.set_options(timeout=_PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
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
