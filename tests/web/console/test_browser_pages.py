"""The console's pages in a real browser: a demonstration watched as it runs, dead letters redriven by keyboard, both
languages, accessibility. Set EXCHANGE_SCREENSHOTS to a folder to keep pictures of the main pages for people to look at.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from exchange.console.sections import SECTIONS
from exchange.web.door.permissions import AccountRole, Action
from tests.drills import drill
from tests.journeys.city import wait_until
from tests.web.browser import opened, sign_in
from tests.web.house import ACCOUNTS, Credentials, House, real_house, served
from tests.web.town import Town

MENU = [page for section in SECTIONS for page in section.pages if page.in_menu and page.action is Action.LOOK]
OPERATOR = ACCOUNTS[AccountRole.OPERATOR]
PASSWORD = "a sentence to get in by"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    found = Town(tmp_path)
    yield found
    found.view.close()


@pytest.fixture
def house(town: Town) -> House:
    return real_house(town.view)


def finds_nothing_serious(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert serious == [], [(page.url, one["id"], [node["html"] for node in one["nodes"]][:3]) for one in serious]


def pictured(page: Page, name: str) -> None:
    folder = os.environ.get("EXCHANGE_SCREENSHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize(("locale", "scheme"), [("en-GB", "light"), drill("zh-CN", "dark")])
def test_every_page_of_the_menu_is_accessible_in_both_languages_light_and_dark(
    house: House, town: Town, browser: Browser, locale: str, scheme: str
) -> None:
    town.set_aside(3)
    page = opened(browser, locale, color_scheme=scheme)
    with served(house) as url:
        sign_in(page, url, OPERATOR)
        for one in MENU:
            page.goto(f"{url}{one.path}")
            expect(page.get_by_role("heading", level=1)).to_have_text(one.title[locale == "en-GB"])
            finds_nothing_serious(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= 1280, one.path
            pictured(page, f"{one.path.strip('/') or 'overview'}-{locale[:2]}-{scheme}")
    page.context.close()


@pytest.mark.parametrize(
    ("width", "locale"), [(390, "zh-CN"), (768, "en-GB"), drill(390, "en-GB"), drill(768, "zh-CN")]
)
def test_pages_hold_on_phones_and_tablets_with_the_domain_named(
    house: House, town: Town, browser: Browser, width: int, locale: str
) -> None:
    town.set_aside(3)
    page = opened(browser, locale)
    page.set_viewport_size({"width": width, "height": 900})
    with served(house) as url:
        sign_in(page, url, OPERATOR)
        for one in MENU:
            page.goto(f"{url}{one.path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, one.path
            expect(page.get_by_text("hefei", exact=True).first).to_be_visible()
            wide = page.evaluate(
                """[...document.querySelectorAll("main table")].filter((one) => one.scrollWidth > one.clientWidth + 1
                   || one.getBoundingClientRect().right > innerWidth).filter((one) => !one.closest(".scroll")).length"""
            )
            assert wide == 0, f"{one.path}: a table that is wider than its place scrolls in a box of its own"
            pictured(page, f"{one.path.strip('/') or 'overview'}-{locale[:2]}-{width}")
    page.context.close()


def test_pages_are_readable_at_two_hundred_percent(house: House, browser: Browser) -> None:
    page = opened(browser)
    page.set_viewport_size({"width": 640, "height": 450})  # what is left of 1280 by 900 at twice the size
    with served(house) as url:
        sign_in(page, url, OPERATOR)
        for one in MENU:
            page.goto(f"{url}{one.path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 640, one.path
    page.context.close()


def test_dead_letters_of_a_cause_are_redriven_by_keyboard_alone(house: House, town: Town, browser: Browser) -> None:
    town.set_aside(4)
    page = opened(browser)
    with served(house) as url:
        sign_in(page, f"{url}/dead", OPERATOR)
        page.get_by_role("link", name=re.compile("ZeroDivisionError")).first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("code=ZeroDivisionError"))
        page.get_by_role("button", name=re.compile("Redrive all")).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Redrive all?")
        finds_nothing_serious(page)
        expect(page.get_by_role("button", name="Redrive 4")).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/dead/jobs/"))
        expect(page.locator("#live")).to_contain_text("4 handled")
        finds_nothing_serious(page)
    page.context.close()


def _said(log: Path, pattern: str) -> str | None:
    found = re.search(pattern, log.read_text(encoding="utf-8")) if log.exists() else None
    return found[1] if found else None


@pytest.mark.drill  # it goes by a clock of two seconds a day, which needs a machine of its own
@pytest.mark.broker
@pytest.mark.timeout(700)
def test_the_demonstration_is_watched_until_silence_has_become_consent(tmp_path: Path, browser: Browser) -> None:
    log = tmp_path / "demo.txt"
    words = [sys.executable, "-m", "exchange", "demo", "--home", str(tmp_path / "home")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")}
    with log.open("wb") as file:
        demo = subprocess.Popen(words, env=environment | {"COLUMNS": "200"}, stdout=file, stderr=file)
    try:
        first_account = r"(?s)console: .*?(http://\S+/set-up/[\w-]{40,})"  # desks have theirs, above it
        wait_until(lambda: _said(log, first_account) is not None, 180, "the set-up link")
        link = _said(log, first_account) or ""
        page = opened(browser)
        page.goto(link)
        page.get_by_label("Name").fill("wang.fang")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_label("Once more").fill(PASSWORD)
        page.get_by_role("button").click()
        expect(page.get_by_role("status")).to_contain_text("The password is set", timeout=60_000)
        sign_in(page, link.partition("/set-up/")[0], Credentials("wang.fang", PASSWORD))
        pictured(page, "overview-of-the-demonstration")
        page.goto(link.partition("/set-up/")[0] + "/deadlines")
        loads = page.evaluate("performance.getEntriesByType('navigation').length")
        wait_until(
            lambda: _said(log, "(kept silent: consent by rule|视为同意)") is not None,
            240,
            "the silence of one department",
        )
        demo.send_signal(signal.SIGSTOP)  # it would end, and its console with it, some seconds after this
        deemed = page.get_by_role("link", name=re.compile("deemed", re.IGNORECASE))
        expect(deemed.first).to_be_visible(timeout=60_000)
        assert page.evaluate("performance.getEntriesByType('navigation').length") == loads, "without loading it again"
        finds_nothing_serious(page)
        pictured(page, "deadlines-of-the-demonstration")
        demo.send_signal(signal.SIGCONT)
        assert demo.wait(240) == 0, log.read_text(encoding="utf-8")[-3000:]
    finally:
        demo.kill()
        demo.wait(30)
