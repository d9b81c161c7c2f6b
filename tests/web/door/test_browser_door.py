"""The door in a real browser: first start, signing in by keyboard, lock-out, links from elsewhere, accessibility."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from exchange.operations.domain_view import DomainView
from exchange.web.door.permissions import AccountRole
from exchange.web.door.sign_in import FREE_FAILURES
from tests.web.browser import sign_in
from tests.web.house import Credentials, House, served

PASSWORD = "a sentence to get in by"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    found = browser.new_context(locale="en-GB")
    found.set_default_timeout(20_000)
    yield found
    found.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page, which minds every complaint of the browser about the content security policy."""
    found = context.new_page()
    found.on("console", lambda line: pytest.fail(line.text) if "Content Security Policy" in line.text else None)
    return found


def finds_nothing_serious(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert serious == [], [(one["id"], [node["html"] for node in one["nodes"]]) for one in serious]


def test_a_first_start_ends_in_an_account_that_makes_others(view: DomainView, page: Page, browser: Browser) -> None:
    house = House(view, empty=True)
    with served(house) as url:
        page.goto(f"{url}/set-up/{house.gate.first_link()}")
        finds_nothing_serious(page)
        page.get_by_label("Name").fill("Wang.Fang")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_label("Once more").fill(PASSWORD)
        page.get_by_role("button").click()
        expect(page.get_by_role("status")).to_contain_text("The password is set")
        sign_in(page, f"{url}/sign-in?next=/accounts", Credentials("wang.fang", PASSWORD))
        expect(page.get_by_role("heading", level=1)).to_have_text("Accounts")
        page.get_by_label("Name").fill("otto")
        page.get_by_label("Role", exact=True).select_option("operator")
        page.get_by_role("button", name="Make it").click()
        link = page.get_by_label("One-time link").input_value()
        assert re.fullmatch(re.escape(url) + r"/set-up/[\w-]{40,}", link)
        finds_nothing_serious(page)
        for path in ("/accounts", "/account", "/audit"):
            page.goto(f"{url}{path}")
            finds_nothing_serious(page)
        expect(page.locator("#live")).to_contain_text("account made")


def test_signing_in_works_by_keyboard_alone_on_both_names_of_the_own_machine(
    house: House, context: BrowserContext
) -> None:
    with served(house) as url:
        for place in (url, url.replace("127.0.0.1", "localhost")):
            page = context.new_page()
            page.goto(f"{place}/account")
            finds_nothing_serious(page)
            for text in ("otto", "repairing what has broken"):
                page.keyboard.type(text)
                page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", level=1)).to_have_text("My account")
            cookies = context.cookies(place)
            assert [
                (one["secure"], one["httpOnly"], one["sameSite"])
                for one in cookies
                if one["name"].startswith("__Host-")
            ] == [(True, True, "Strict")] * 2, "the session's and the device's"
            assert page.evaluate("document.cookie") == ""


def test_a_link_from_another_site_finds_whoever_is_signed_in(house: House, page: Page) -> None:
    with served(house) as url:
        sign_in(page, url, Credentials("otto", "repairing what has broken"))
        page.goto(url.replace("127.0.0.1", "localhost") + "/sign-in")  # another site, as far as cookies go
        page.evaluate(f"location.href = '{url}/account'")
        expect(page.get_by_role("heading", level=1)).to_have_text("My account")


def test_a_name_is_shut_after_failures_and_the_page_says_for_how_long(house: House, page: Page) -> None:
    with served(house) as url:
        page.goto(f"{url}/sign-in")
        for _ in range(FREE_FAILURES + 2):
            page.get_by_label("Name").fill("otto")
            page.get_by_label("Password").fill("wrong")
            page.get_by_role("button").click()
            expect(page.get_by_role("alert")).to_be_visible()
            page.wait_for_load_state()
        expect(page.get_by_role("alert")).to_contain_text("30 s")
        finds_nothing_serious(page)
        page.get_by_role("link", name="中文").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("登录")


@pytest.mark.broker
def test_the_served_console_takes_an_account_of_each_role(
    console_url: str, accounts: Mapping[AccountRole, Credentials], browser: Browser
) -> None:
    for role, who in accounts.items():
        context = browser.new_context(locale="en-GB")
        page = context.new_page()
        sign_in(page, console_url, who)
        expect(page.get_by_role("link", name=who.name)).to_have_attribute("title", role.value)
        expect(page.locator("#live-state")).to_have_text("live")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
        context.close()
