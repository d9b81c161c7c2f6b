"""The renewal of a licence in a real browser: asked for, told to be in time, undecided, and granted by law."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from exchange.approval.rules.renewal import IN_FLIGHT
from exchange.approval.window.licensing.issuing import LicenceWanted, issue
from exchange.approval.window.renewing import by_law
from exchange.schemas import AcceptanceMode
from exchange.workdays import end_of_day
from tests.journeys.portal import arrive
from tests.web.browser import opened
from tests.web.window.shown_city import ShownCity
from tests.web.window.test_browser_window import BUTTONS, Reader
from tests.web.window.test_window_cases import filed
from tests.web.window.wicket import served

pytestmark = pytest.mark.broker


@pytest.mark.drill
def test_a_renewal_by_law_is_asked_for_followed_and_shown_wherever_the_licence_is_looked_at(
    shown: ShownCity, browser: Browser
) -> None:
    asked = [shown.city.approver(name) for name in ("planning", "transport")]
    applicant = filed(shown, "zh-CN", *asked, acceptance=AcceptanceMode.AUTOMATIC)
    shown.arrive()
    shown.reply_all(applicant.number)
    case = shown.view(applicant.number).acceptances[-1].case_number or ""
    over = shown.city.clock.now().date() + timedelta(days=59)
    licence = issue(shown.city.window, case, LicenceWanted("发证岗李四", valid_until=over))
    arrive(shown.city)
    then = (over + timedelta(days=60)).isoformat()
    with served(shown.face) as url:
        page = opened(browser, "zh-CN")
        page.set_viewport_size({"width": 390, "height": 844})
        one = Reader(page, url, "renewal-zh-390", BUTTONS["zh"], 390, scripts=True)
        one.go(f"/renew?number={licence.number}", "1-ask")
        page.locator("#code").fill("0000-0000-0000-0000")
        one.press("开始申请")
        expect(page.locator(".banner")).to_contain_text("不符")
        one.look("2-not-ours")
        page.locator("#code").fill(licence.code.lower())
        one.press("开始申请")
        number, code = page.locator("#key-number").inner_text(), page.locator("#key-code").inner_text()
        one.press(BUTTONS["zh"].noted)
        page.goto(f"{url}/drafts/{number}/steps/applicant")
        one.types(name="热电公司", identifier="91340100X", contact="0551-0")
        one.press(BUTTONS["zh"].save)
        page.locator("#f-for").check()
        one.press(BUTTONS["zh"].save)
        one.types(project="黄山路供热管道")
        one.press(BUTTONS["zh"].save)
        plan: FilePayload = {"name": "方案.txt", "mimeType": "text/plain", "buffer": b"plan"}
        section = page.locator("section.card").first
        with page.expect_navigation():
            section.locator("input[type=file]").set_input_files(plan)
            section.locator(".upload button").click()
        page.goto(f"{url}/drafts/{number}/steps/check")
        page.locator("#declared").check()
        one.press(BUTTONS["zh"].hand_in)
        shown.arrive()
        one.go(f"/cases/{number}", "3-in-time")
        expect(page.locator("#renewal")).to_contain_text(licence.number)
        expect(page.locator("main")).to_contain_text("按时申请")
        shown.city.clock.step_to(end_of_day(over) + IN_FLIGHT)
        by_law.look(shown.city.window)
        shown.arrive()
        page.goto(f"{url}/case")
        page.locator("#number").fill(number)
        page.locator("#code").fill(code)
        one.press("继续")
        expect(page.locator("#turn")).to_have_text("依法视为准予延续")
        expect(page.locator(".turn")).to_contain_text("未经任何人批准")
        expect(page.locator("main")).to_contain_text(then)
        one.look("4-by-law")
        one.go(str(page.locator("ol.way a").first.get_attribute("href")), "5-paper")
        expect(page.locator("article.paper")).to_contain_text("renewed by law")
        one.go(f"/verify/{licence.number}/{licence.code}", "6-verified")
        expect(page.locator("main")).to_contain_text(then)
        expect(page.locator("main")).to_contain_text("依法产生，无人审批")
        page.context.close()
        page = opened(browser, "en-GB")
        page.set_viewport_size({"width": 1440, "height": 900})
        other = Reader(page, url, "renewal-en-1440", BUTTONS["en"], 1440, scripts=True)
        other.go(f"/verify/{licence.number}/{licence.code}", "1-verified")
        other.go(f"/licences?q={licence.number}", "2-register")
        expect(page.locator("main")).to_contain_text(then)
        other.go("/renew", "3-ask")
