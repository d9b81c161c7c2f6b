"""Two mornings in a real browser: an officer's five cases, and a lead's case from the filing to its delivery.

Set EXCHANGE_SCREENSHOTS to a folder to keep pictures.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from playwright.sync_api import Browser, Page, expect

from exchange.approval.records import CaseRow
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.store import Cases
from exchange.clock import CST
from exchange.operations.trace.dossier import dossier
from exchange.schemas import Opinion, Outcome, Verdict
from tests.journeys.portal import arrive, tell
from tests.web.browser import opened, sign_in, tab_to
from tests.web.desk.filed import filed, portal_of
from tests.web.desk.office import Office, served_desk
from tests.web.desk.test_browser_desk import SIGNER, SUPERVISOR, look
from tests.web.window.wicket import served

TUESDAY = datetime(2026, 3, 3, 9, tzinfo=CST)


def put(office: Office, *days: int) -> dict[int, CaseRow]:
    """A case for planning of each of these terms."""
    city = office.city
    for one in days:
        city.matter(city.approver("planning", days=one), code=f"days-{one}")
    return {one: city.submit(f"days-{one}") for one in days}


def opinions(office: Office, case: CaseRow) -> list[Opinion]:
    """The opinions on a case that lie in the window's store, verified."""
    bodies = [one.verified.body for one in dossier(office.city.window, case.number) if one.verified]
    return [one for one in bodies if isinstance(one, Opinion)]


def gives(page: Page, verdict: str) -> None:
    """Choose a verdict in an opinion's form and read it through."""
    page.get_by_label(verdict, exact=True).check()
    page.get_by_role("button", name="Read it as it will be signed").click()


def signs(page: Page) -> None:
    """Sign what stands in the preview."""
    page.get_by_role("button", name="Sign and send").click()
    expect(page.get_by_text("The opinion is signed")).to_be_visible()


def test_an_officers_morning_of_five_cases(district: Office, browser: Browser) -> None:
    urgent = put(district, 1)[1]
    district.city.clock.step_to(TUESDAY)
    others = put(district, 12, 2, 8, 4)
    slow, handed, covered, against = (others[days] for days in (4, 8, 12, 2))
    with served_desk(district, "planning") as url:
        page = opened(browser, java_script_enabled=False)
        is_away(page, url, covered)
        announces(page, url, slow)
        page.context.close()
        page = opened(browser)
        sign_in(page, url, SIGNER)
        numbers = [one.number for one in (urgent, against, handed, slow, covered)]
        expect(page.locator(".inbox .what code")).to_have_text(numbers)
        expect(page.locator(".inbox .when .tag:first-child")).to_have_text(
            ["due today", "2 working days left", "8 working days left", "clock stopped", "12 working days left"]
        )
        agrees_by_keyboard(page, urgent)
        objects(page, url, against, district)
        page.goto(f"{url}/case/{handed.number}")
        page.get_by_label("Hand it over to").select_option("ren")
        page.get_by_role("button", name="Hand it over").click()
        expect(page.get_by_text("It is handed over.")).to_be_visible()
        page.goto(f"{url}/?list=consultations&only=mine")
        page.locator(".inbox .to").click()
        expect(page.get_by_text("You act for su")).to_be_visible()
        page.get_by_role("link", name="Give an opinion").click()
        gives(page, "agrees")
        expect(page.get_by_text("In the place of")).to_be_visible()
        signs(page)
        page.context.close()
    district.city.wake("planning")
    district.city.local.settle()
    arrived = {one.number: opinions(district, one) for one in (urgent, against, handed, slow, covered)}
    said = [[opinion.verdict for opinion in arrived[number]] for number in numbers]
    assert said == [[Verdict.AGREE], [Verdict.DISAGREE], [], [Verdict.SPECIAL_PROCEDURE], [Verdict.AGREE]]
    assert [arrived[covered.number][0].officer, arrived[covered.number][0].in_place_of] == ["sun", "su"]
    assert (len(arrived[against.number][0].reasons), len(arrived[against.number][0].basis)) == (2005, 1)
    assert district.city.part(slow, "planning").state is PartState.SIGNED


def is_away(page: Page, url: str, case: CaseRow) -> None:
    """A supervisor takes a case, says who stands in, and goes."""
    sign_in(page, f"{url}/case/{case.number}", SUPERVISOR)
    page.get_by_role("button", name="Take it").click()
    page.goto(f"{url}/stand-ins")
    page.get_by_label("Who stands in").select_option("sun")
    page.get_by_label("Until, that day too").fill("2026-03-06")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("It is recorded who stands in.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()


def announces(page: Page, url: str, case: CaseRow) -> None:
    """A special procedure with its length, and no script."""
    sign_in(page, url, SIGNER)
    page.locator(f'a[href="/case/{case.number}"]').click()
    page.get_by_role("link", name="Give an opinion").click()
    page.locator("#procedure").select_option("expert-review")
    gives(page, "special procedure")
    expect(page.locator("#days-fault")).to_be_visible()
    page.get_by_label("Its length in working days").fill("5")
    page.get_by_role("button", name="Read it as it will be signed").click()
    expect(page.get_by_text("The clock stops; the opinion itself is still due.")).to_be_visible()
    page.get_by_role("button", name="Sign and send").click()
    expect(page.get_by_text("The special procedure is announced")).to_be_visible()


def agrees_by_keyboard(page: Page, case: CaseRow) -> None:
    """From the inbox to the signature and back without a mouse, by the keys that the list of keys shows."""
    keys, listens = page.keyboard, page.locator("html[data-keys=on]")
    expect(listens).to_be_visible()
    keys.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    keys.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    keys.press("j")
    expect(page.locator(f'a[href="/case/{case.number}"]')).to_be_focused()
    keys.press("Enter")
    tab_to(page, page.get_by_role("link", name="Give an opinion"))
    keys.press("Enter")
    tab_to(page, page.locator("#verdict"))
    keys.press("Space")
    tab_to(page, page.get_by_role("button", name="Read it as it will be signed"))
    keys.press("Enter")
    tab_to(page, page.get_by_role("button", name="Sign and send"))
    keys.press("Enter")
    expect(page.get_by_text("The opinion is signed")).to_be_visible()
    expect(listens).to_be_visible()
    keys.press("i")
    expect(page.locator(".inbox .to")).to_have_count(4)


def objects(page: Page, url: str, case: CaseRow, office: Office) -> None:
    """A disagreement whose session ends in the middle of its reasons."""
    page.goto(f"{url}/case/{case.number}/opinion")
    gives(page, "disagrees")
    expect(page.locator("#faults")).to_be_focused()
    expect(page.locator("#basis-fault")).to_be_visible()
    page.locator("#faults a").first.click()
    expect(page.locator("#reasons")).to_be_focused()
    page.locator("#reasons").fill("管线冲突" * 500)
    office.step(timedelta(hours=1))
    page.keyboard.press("End")
    page.keyboard.type("，详见图。")
    page.get_by_label("Legal basis").fill("城乡规划法第四十条")
    page.get_by_role("button", name="Read it as it will be signed").click()
    expect(page.get_by_role("heading", name="You have been signed out")).to_be_visible()
    look(page, "signed-out")
    with page.context.expect_page() as beside:
        page.get_by_role("link", name="Sign in").click()
    sign_in(beside.value, f"{url}/sign-in", SIGNER)
    beside.value.close()
    page.get_by_role("button", name="come back here").click()
    expect(page.get_by_text("you have signed in anew")).to_be_visible()
    look(page, "once-more")
    page.get_by_role("button", name="Read it as it will be signed").click()
    expect(page.get_by_text("管线冲突，详见图。")).to_be_visible()
    signs(page)


def test_a_leads_case_from_the_filing_to_its_delivery(district: Office, browser: Browser) -> None:
    city = district.city
    number, code = filed(district)
    page = opened(browser, "zh-CN")
    with served_desk(district, "window") as url:
        case = accepts(page, url, district)
        city.reply("planning", case)
        expect(page.get_by_text("2 个部门，已定 1")).to_be_visible()  # nothing was loaded again
        extends(page)
        city.signed_for("window")
        city.clock.step_to(city.clock.now() + timedelta(days=14))
        presses(page, url, case)
        city.local.settle()
        assert city.part(case, "transport").chased_at is not None
        city.reply("transport", case, Verdict.DISAGREE, reasons="道路狭窄", basis=("道路交通安全法第三十二条",))
        decides(page, url, case)
        delivers(page)
    assert (city.case(case).state, city.case(case).outcome) == (CaseState.DECIDED, Outcome.GRANT.value)
    arrive(city)
    tell(city)
    with served(portal_of(district)) as url:
        page.goto(f"{url}/case")
        page.locator("#number").fill(number)
        page.locator("#code").fill(code)
        page.keyboard.press("Enter")
        expect(page.locator("#turn")).to_have_text("决定：准予")
        expect(page.get_by_text("道路狭窄")).to_be_visible()
        expect(page.get_by_text("送达。")).to_have_text(re.compile("^证件已于 .+ 送达。$"))
        expect(page.get_by_text("方案可行，夜间施工")).to_be_visible()
    page.context.close()


def accepts(page: Page, url: str, office: Office) -> CaseRow:
    """The filing is accepted, and its case stands on the board."""
    sign_in(page, f"{url}/?list=filings", SIGNER)
    page.locator(".inbox .to").click()
    look(page, "filing")
    page.locator("#what-0").fill("盖章的方案")
    page.get_by_role("button", name="受理…").click()
    page.get_by_role("button", name="返回修改").click()
    expect(page.locator("#what-0")).to_have_value("盖章的方案")
    page.get_by_role("button", name="受理…").click()
    page.get_by_role("button", name="签名并受理").click()
    expect(page.locator("#departments")).to_be_visible()
    office.city.local.settle()
    with office.city.window.store.reading() as tx:
        case = tx[Cases].get(page.url.rpartition("/")[2].partition("?")[0])
    assert case is not None
    page.goto(f"{url}/?list=parallel&words={case.number}")
    expect(page.get_by_text("2 个部门，已定 0")).to_be_visible()
    return case


def extends(page: Page) -> None:
    """Transport gets two days more, from the government above it, since the lead may not give them here."""
    page.locator(".inbox .to").click()
    look(page, "lead-case")
    page.get_by_role("link", name="调整期限").click()
    page.get_by_label("延长").check()
    page.locator("#basis").fill("行政许可法第四十二条")
    page.get_by_role("button", name="签名并告知").click()
    expect(page.locator("#faults")).to_be_focused()
    expect(page.locator("#faults a")).to_have_text(["工作日：没有填写", "理由：没有填写"])
    page.locator("#days").fill("2")
    page.locator("#reasons").fill("现场复杂")
    page.get_by_role("button", name="签名并告知").click()
    expect(page.locator("#by-fault")).to_contain_text("由本事项有权者决定：government")
    look(page, "term-refused")
    page.locator("#faults a").click()
    expect(page.locator("#by")).to_be_focused()
    page.get_by_label("government").check()
    page.get_by_role("button", name="签名并告知").click()
    expect(page.get_by_text("期限已调整。")).to_be_visible()


def presses(page: Page, url: str, case: CaseRow) -> None:
    """Transport is late: the board says so, and it is pressed."""
    page.goto(f"{url}/?list=parallel&only=late&words={case.number}")
    expect(page.get_by_text("逾期：transport")).to_be_visible()
    page.locator(".inbox .to").click()
    page.locator(".departments").get_by_role("link", name="催办").click()
    expect(page.get_by_label("transport")).to_be_checked()
    page.locator("#words").fill("请于本日答复")
    page.get_by_role("button", name="签名并催办").click()
    expect(page.get_by_text("已催办。")).to_be_visible()


def decides(page: Page, url: str, case: CaseRow) -> None:
    """An objection is overruled with reasons; what was typed outlasts a look at what will be signed."""
    page.goto(f"{url}/?list=lead&words={case.number}")
    page.locator(".inbox .to").click()
    expect(page.get_by_text("道路狭窄")).to_be_visible()
    page.get_by_role("link", name="作出决定").click()
    page.get_by_label("准予", exact=True).check()
    page.locator("#reasons").fill("方案可行")
    page.get_by_role("button", name="核对…").click()
    expect(page.locator("#faults")).to_be_focused()
    page.locator("#faults a").click()
    page.keyboard.type("已定夜间施工")
    page.get_by_role("button", name="核对…").click()
    expect(page.get_by_text("已定夜间施工")).to_be_visible()
    look(page, "decide-question")
    page.get_by_role("button", name="返回修改").click()
    expect(page.locator("#reasons")).to_have_value("方案可行")
    page.locator("#reasons").fill("方案可行，夜间施工")
    page.get_by_role("button", name="核对…").click()
    page.get_by_role("button", name="签名并作出决定").click()
    expect(page.get_by_text("决定已签发。")).to_be_visible()


def delivers(page: Page) -> None:
    """What was granted is handed out, which wants a name."""
    page.get_by_role("link", name="登记送达").click()
    page.get_by_role("button", name="登记送达").click()
    expect(page.locator("#to-fault")).to_be_visible()
    page.locator("#to").fill("热电公司，窗口领取")
    page.get_by_role("button", name="登记送达").click()
    expect(page.get_by_text("送达已登记。")).to_be_visible()
    look(page, "lead-delivered")
    page.goto("about:blank")  # no open page keeps the desk from stopping
