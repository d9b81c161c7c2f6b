"""Pictures of a console's pages, to be looked at: ``python -m tests.pictures LINK FOLDER``, or ``script/pictures``.

Takes each page at the widths of a telephone, a tablet and a desk, in Chinese and English; ``console.png``, the one that
the README shows, is the English overview at 1280 px.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

WIDTHS = (390, 768, 1440)
NAME, PASSWORD = "viewer", "a likeness of everything here"
PAGES = {
    "overview": "/", "cases": "/cases", "deadlines": "/deadlines", "queues": "/queues", "audit": "/audit",
    "tokens": "/tokens", "accounts": "/accounts", "dead": "/dead", "search": "/search",
}  # fmt: skip


def main(link: str, folder: Path, only: list[str]) -> None:
    """Makes the first account by its one-time link (or signs in, if that is there), then takes the pictures."""
    url = f"{urlsplit(link).scheme}://{urlsplit(link).netloc}"
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_context(locale="en-GB").new_page()
        _come_in(page, link, url)
        for name, path in _pages(page, url, only):
            for language in ("zh", "en"):
                for width in WIDTHS:
                    _take(page, f"{url}{path}", language, width, folder / f"{name}-{language}-{width}.png")
        _take(page, url, "en", 1280, folder / "console.png", height=770)
        browser.close()


def _come_in(page: Page, link: str, url: str) -> None:
    page.goto(link)
    if page.locator("input[name=again]").count():
        if page.locator("input[name=name]").count():
            page.fill("input[name=name]", NAME)
        page.fill("input[name=password]", PASSWORD)
        page.fill("input[name=again]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/sign-in**", timeout=20_000)
    page.goto(f"{url}/sign-in")
    page.fill("input[name=name]", NAME)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda there: "/sign-in" not in there)


def _pages(page: Page, url: str, only: list[str]) -> Iterator[tuple[str, str]]:
    yield from ((name, path) for name, path in PAGES.items() if not only or name in only)
    if not only or "case" in only:
        page.goto(f"{url}/cases")
        case = page.locator("a[href^='/case/']").first
        if case.count():
            yield "case", case.get_attribute("href") or ""


def _take(page: Page, url: str, language: str, width: int, file: Path, height: int | None = None) -> None:
    page.set_viewport_size({"width": width, "height": height or 900})
    page.goto(f"{url}{'&' if '?' in url else '?'}language={language}")
    page.screenshot(path=str(file), full_page=height is None)
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if over > 0:
        print(f"{file.name}: {over} px wider than the window")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
