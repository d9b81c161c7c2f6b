"""A desk in a real browser: a case from the inbox to the signature, with and without scripts, on a telephone.

Set EXCHANGE_SCREENSHOTS to a folder to keep pictures.
"""

from __future__ import annotations

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from exchange.schemas import Verdict
from exchange.web.door.permissions import AccountRole
from tests.web.browser import opened, sign_in
from tests.web.desk.office import PEOPLE, Office, served_desk
from tests.web.house import Credentials

_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SIGNER, SUPERVISOR = (Credentials(*PEOPLE[role]) for role in (AccountRole.SIGNER, AccountRole.SUPERVISOR))


def look(page: Page, name: str, *, scripts: bool = True) -> None:
    """What a page must be, whatever it shows: as wide as the screen, and clean for axe, which is a script."""
    page.wait_for_load_state()  # a click has waited for the answer's first bytes only
    folder = os.environ.get("EXCHANGE_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"desk-{name}.png", full_page=True)
    if scripts:
        assert page.evaluate(_WIDER) == 0, name
        assert Axe().run(page).response["violations"] == [], name


def test_an_officer_signs_from_the_inbox_on_a_telephone_and_the_inbox_follows_by_itself(
    office: Office, browser: Browser
) -> None:
    case = office.city.submit()
    with served_desk(office, "planning") as url:
        page = opened(browser, "zh-CN")
        page.set_viewport_size({"width": 320, "height": 800})
        sign_in(page, url, SIGNER)
        look(page, "inbox")
        other = office.city.submit()
        expect(page.get_by_text(other.number)).to_be_visible()  # nothing was loaded again
        line = page.locator(f'a[href="/case/{case.number}"]')
        line.focus()
        page.evaluate("put(live.innerHTML.replaceAll('黄山路', '黄山东路'))")
        expect(line).to_contain_text("黄山东路")
        expect(line).to_be_focused()  # whoever goes by keyboard stays where they are, whatever its words say now
        page.locator(f'a[href="/case/{case.number}"]').click()
        expect(page.get_by_text("您的沉默视为同意")).to_be_visible()
        look(page, "case")
        page.get_by_role("link", name="出具意见").click()
        expect(page.locator("#conditions")).to_be_visible()  # nothing is hidden before a verdict is chosen
        page.get_by_label("附条件同意").check()
        expect(page.locator("#competent_body")).to_be_hidden()
        page.locator("#reasons").press_sequentially("夜间车流少")
        expect(page.locator(".autosaved [role=status]")).to_have_text("已自动保存")
        page.reload()
        expect(page.locator("#reasons")).to_have_value("夜间车流少")
        look(page, "opinion")
        page.get_by_role("button", name="核对后签名").click()
        expect(page.get_by_role("alert")).to_be_visible()
        look(page, "faulty")
        page.locator("#conditions").fill("夜间 22 时至次日 6 时施工")
        page.get_by_role("button", name="核对后签名").click()
        expect(page.get_by_text("夜间 22 时至次日 6 时施工")).to_be_visible()
        look(page, "preview")
        page.get_by_role("button", name="签名并发出").click()
        expect(page.get_by_text("意见已签名")).to_be_visible()
        page.context.close()
    office.city.wake("planning")
    office.city.local.settle()
    assert office.city.part(case, "planning").verdict is Verdict.AGREE_WITH_CONDITIONS


def test_everything_works_without_scripts_and_the_supervisors_pages_are_clean(office: Office, browser: Browser) -> None:
    case = office.city.submit()
    with served_desk(office, "transport") as url:
        page = opened(browser, java_script_enabled=False, color_scheme="dark")
        sign_in(page, f"{url}/case/{case.number}", SUPERVISOR)
        page.get_by_role("button", name="Take it").click()
        expect(page.get_by_text("You deal with this case now.")).to_be_visible()
        page.get_by_role("link", name="Give an opinion").click()
        page.get_by_label("agrees", exact=True).check()
        page.get_by_role("button", name="Read it as it will be signed").click()
        look(page, "preview-dark", scripts=False)
        page.get_by_role("button", name="Sign and send").click()
        expect(page.get_by_text("The opinion is signed")).to_be_visible()
        page.context.close()
        page = opened(browser)
        sign_in(page, url, SUPERVISOR)
        for name in ("accounts", "audit", "account", "stand-ins"):
            page.goto(f"{url}/{name}")
            look(page, name)
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        look(page, "keys")
        page.get_by_label("Use single keys").uncheck()
        page.keyboard.press("Escape")
        page.keyboard.press("i")
        expect(page.get_by_role("heading", name="Stand-ins")).to_be_visible()  # the key does nothing any more
        page.context.close()
