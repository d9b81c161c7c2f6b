"""Pictures of a department's desk: a case as its officer finds it, with what is left of the term."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import Page

DESK = "hefei.transport"
"""Its rule leaves some cases to its officers."""
_PATIENCE = 90.0
"""Seconds until something waits there."""
_TALLEST = 712


def take_case(page: Page, url: str, file: Path, language: str) -> None:
    """The page of the first case in the inbox, from its head. Raises SystemExit if none comes."""
    until = time.monotonic() + _PATIENCE
    while True:
        page.goto(f"{url}/?language={language}")
        cases = page.locator("a[href^='/case/']")
        if cases.count():
            break
        if time.monotonic() > until:
            raise SystemExit("pictures: nothing waits at the desk")
        page.wait_for_timeout(500)
    with page.expect_navigation():
        cases.first.click()
    page.locator("#live-state.live").wait_for()
    width = page.evaluate("document.documentElement.clientWidth")
    page.screenshot(path=str(file), full_page=True, clip={"x": 0, "y": 0, "width": width, "height": _TALLEST})
