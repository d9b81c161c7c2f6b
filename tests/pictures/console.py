"""Pictures of a console's pages in a real browser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.web.browser import PROGRAMS, find_program

WIDTHS = (390, 768, 1440)
NAME, PASSWORD = "viewer", "a likeness of everything here"
PAGES = {
    "overview": "/", "cases": "/cases", "deadlines": "/deadlines", "queues": "/queues", "audit": "/audit",
    "tokens": "/tokens", "accounts": "/accounts", "dead": "/dead", "search": "/search",
}  # fmt: skip
_UNTIL = """tiles => [
  document.documentElement.clientWidth,
  document.querySelectorAll('.tile')[tiles - 1].getBoundingClientRect().bottom + window.scrollY + 8,
]"""
"""The width of the page, and the height down to a tile, asked for at once: the page follows what happens by itself."""
_SETTLE = 90_000
"""Milliseconds that a console is given until all is well: what has just been started is looked at first."""


@contextmanager
def browser_page(width: int, *, scale: float = 1, scheme: str = "light") -> Iterator[Page]:
    """A page of Chromium without a window. Raises SystemExit where there is none."""
    program = find_program()
    if program is None:
        raise SystemExit(f"pictures: no Chromium here: install one that is called {' or '.join(PROGRAMS)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        size = ViewportSize(width=width, height=900)
        yield browser.new_context(
            locale="en-GB",
            viewport=size,
            device_scale_factor=scale,
            color_scheme=scheme,  # type: ignore[arg-type]
        ).new_page()
        browser.close()


def come_in(page: Page, link: str) -> str:
    """Makes the first account by its one-time link, or signs in if that is there; returns the console's address."""
    url = f"{urlsplit(link).scheme}://{urlsplit(link).netloc}"
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
    return url


def take_overview(page: Page, url: str, file: Path, language: str, tiles: int) -> None:
    """The overview down to one of its tiles. Raises TimeoutError of the browser if something there is not well."""
    page.goto(f"{url}/?language={language}")
    page.locator(".verdict.good").wait_for(timeout=_SETTLE)
    if page.locator(".tile:not(.good)").count():
        raise SystemExit("pictures: the console has something to look at; a picture shows a healthy demonstration")
    width, height = page.evaluate(_UNTIL, tiles)
    page.screenshot(path=str(file), full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})


def take_pages(page: Page, url: str, folder: Path, only: Sequence[str]) -> None:
    """Pages at the widths of a telephone, a tablet and a desk, in Chinese and English, to be looked at."""
    for name, path in _pages(page, url, only):
        for language in ("zh", "en"):
            for width in WIDTHS:
                _take(page, f"{url}{path}", language, width, folder / f"{name}-{language}-{width}.png")


def _pages(page: Page, url: str, only: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield from ((name, path) for name, path in PAGES.items() if not only or name in only)
    if not only or "case" in only:
        page.goto(f"{url}/cases")
        case = page.locator("a[href^='/case/']").first
        if case.count():
            yield "case", case.get_attribute("href") or ""


def _take(page: Page, url: str, language: str, width: int, file: Path) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{url}{'&' if '?' in url else '?'}language={language}")
    page.screenshot(path=str(file), full_page=True)
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if over > 0:
        print(f"{file.name}: {over} px wider than the window")
