"""Documents in a real browser: a letter that comes back and goes again, and a text that three authorities sign."""

from __future__ import annotations

import re
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from exchange.web.door.permissions import AccountRole
from tests.web.browser import opened, sign_in
from tests.web.desk.office import PEOPLE, Office, served_desk
from tests.web.desk.test_browser_desk import look
from tests.web.house import Credentials

pytestmark = pytest.mark.broker
SIGNER = Credentials(*PEOPLE[AccountRole.SIGNER])
TITLE = "关于商请提供管线资料的函"
PLAN = {"name": "方案.txt", "mimeType": "text/plain", "buffer": "施工方案".encode()}
CHECK = {"zh": "检查并核对", "en": "Check it, and read it as it will be signed"}


def deliver(office: Office, *names: str) -> None:
    for name in names:
        office.city.wake(name)
    office.city.local.settle()


def sent(page: Page) -> str:
    """Signs what the preview shows, and returns the path of the document."""
    page.get_by_role("button", name="签名并发出").click()
    expect(page.get_by_text("公文已签发，正在送达。")).to_be_visible()
    return page.url.partition("?")[0].rpartition("/documents/")[2]


def test_a_letter_is_mended_sent_returned_written_anew_received_circulated_and_filed(
    bureau: Office, browser: Browser
) -> None:
    with served_desk(bureau, "planning") as ours, ExitStack() as later:
        page = opened(browser, "zh-CN")
        sign_in(page, f"{ours}/documents", SIGNER)
        page.get_by_role("link", name="起草公文").click()
        look(page, "letter-kinds")
        page.get_by_role("link", name="报告", exact=True).click()
        page.get_by_label("主送 1").fill("transport")
        page.get_by_label("发文字号").fill("合规函〔2026〕901号")
        page.get_by_label("标题").fill(TITLE)
        page.get_by_label("正文").fill("请提供黄山路管线资料。")
        page.get_by_label("选择文件").set_input_files(PLAN)
        page.get_by_role("button", name=CHECK["zh"]).click()

        expect(page.get_by_role("alert")).to_be_focused()
        expect(page.get_by_role("alert")).to_contain_text("第八条第十项")
        look(page, "letter-faulty")
        page.get_by_role("alert").get_by_role("link").click()
        kind = page.get_by_label("文种")
        expect(kind).to_be_focused()
        expect(kind).to_have_accessible_description(re.compile("报告"))
        expect(page.get_by_text("方案.txt")).to_be_visible()
        kind.select_option("函")
        page.get_by_role("button", name=CHECK["zh"]).click()
        sheet = page.get_by_role("img", name="第 1 页")
        sheet.scroll_into_view_if_needed()
        page.wait_for_function("one => one.complete && one.naturalWidth > 0", arg=sheet.element_handle())
        look(page, "letter-preview")
        with bureau.away("transport"):
            sent(page)
            expect(page.get_by_text("已签收")).to_have_count(0)
        deliver(bureau, "planning")
        expect(page.get_by_text("已签收")).to_be_visible()  # nothing was loaded again

        theirs = later.enter_context(served_desk(bureau, "transport"))
        sign_in(page, f"{theirs}/documents", SIGNER)
        page.get_by_role("link", name=TITLE).click()
        page.get_by_text("退回发文机关").click()
        page.get_by_role("button", name="签名并退回").click()
        reason = page.get_by_label("退文理由")
        expect(reason).to_have_attribute("aria-invalid", "true")
        reason.fill("附件不是所称的方案")
        page.get_by_role("button", name="签名并退回").click()
        expect(page.get_by_text("已退回发文机关，并告知理由。")).to_be_visible()
        deliver(bureau, "transport")

        page.goto(f"{ours}/documents?list=returned")
        expect(page.get_by_text("附件不是所称的方案")).to_be_visible()
        look(page, "letters-returned")
        page.get_by_role("link", name=TITLE).click()
        page.get_by_role("link", name="重新起草").click()
        expect(page.get_by_label("正文")).to_have_value("请提供黄山路管线资料。")
        expect(page.get_by_text("方案.txt")).to_be_visible()
        page.get_by_label("发文字号").fill("合规函〔2026〕902号")
        page.get_by_role("button", name=CHECK["zh"]).click()
        second = sent(page)
        deliver(bureau, "planning")

        page.goto(f"{theirs}/documents/{second}")
        expect(page.get_by_role("link", name=f"{TITLE}（合规函〔2026〕901号）")).to_be_visible()
        page.get_by_text("送传阅", exact=True).first.click()
        page.get_by_label("sun").check()
        page.get_by_role("button", name="送传阅").click()
        expect(page.get_by_text("已送传阅。")).to_be_visible()
        look(page, "letter-round")
        page.get_by_role("button", name="我已阅").click()
        expect(page.get_by_text("已记为您已阅。")).to_be_visible()
        page.get_by_role("button", name="归档").click()
        expect(page.get_by_text("已归档", exact=True)).to_be_visible()
        page.goto(f"{theirs}/documents?list=filed")
        expect(page.locator(f'a[href="/documents/{second}"]')).to_be_visible()
        page.context.close()


def sent_round(page: Page) -> str:
    """Has the form checked, signs what the preview shows, and returns the path of the joint document."""
    page.get_by_role("button", name=CHECK["en"]).click()
    expect(page.get_by_text("You sign it now in the name of")).to_be_visible()
    page.get_by_role("button", name="Sign it, and send it round").click()
    expect(page.get_by_text("Who signs it")).to_be_visible()
    return "/joint/" + page.url.partition("?")[0].rpartition("/")[2]


def test_three_authorities_sign_a_text_that_one_of_them_had_refused_first(bureau: Office, browser: Browser) -> None:
    with (
        served_desk(bureau, "planning") as lead,
        served_desk(bureau, "transport") as second,
        served_desk(bureau, "water") as third,
    ):
        page = opened(browser)
        sign_in(page, f"{lead}/joint", SIGNER)
        page.get_by_role("link", name="Propose a joint document").click()
        page.get_by_label("Kind", exact=True).select_option("报告")
        page.get_by_label(re.compile("sign.* 1$")).fill("transport")
        page.get_by_label(re.compile("sign.* 2$")).fill("water")
        page.get_by_label("To act on it 1").fill("window")
        page.get_by_label("Number", exact=True).fill("合规〔2026〕951号")
        page.get_by_label("Title", exact=True).fill("关于路网建设的报告")
        page.get_by_label("Text", exact=True).fill("路网已经贯通。请批准。")
        page.get_by_role("button", name=CHECK["en"]).click()
        expect(page.get_by_role("alert")).to_be_focused()
        look(page, "joint-faulty")
        text = page.get_by_label("Text", exact=True)
        page.get_by_role("alert").get_by_role("link").last.click()
        expect(text).to_be_focused()
        text.fill("路网已经贯通。")
        first = sent_round(page)
        deliver(bureau, "planning")

        sign_in(page, f"{second}{first}", SIGNER)
        page.get_by_role("link", name="Read it over and sign…").click()
        look(page, "joint-sign")
        page.get_by_role("button", name="Sign it").click()
        expect(page.get_by_text("It is signed")).to_be_visible()
        sign_in(page, f"{third}{first}", SIGNER)
        page.get_by_role("link", name="Refuse to sign…").click()
        page.get_by_role("button", name="Sign the refusal").click()
        reasons = page.get_by_label("Reasons")
        expect(reasons).to_have_attribute("aria-invalid", "true")
        look(page, "joint-refusal")
        reasons.fill("水系数据尚未核对")
        page.get_by_role("button", name="Sign the refusal").click()
        expect(page.get_by_text("refused", exact=True).first).to_be_visible()
        deliver(bureau, "transport", "water", "planning")

        page.goto(f"{lead}/joint?list=finished")
        look(page, "joints")
        page.goto(f"{lead}{first}")
        expect(page.get_by_text("水系数据尚未核对").first).to_be_visible()
        page.get_by_role("link", name="Propose it anew").click()
        expect(page.get_by_label("Text", exact=True)).to_have_value("路网已经贯通。")
        page.get_by_label("Text", exact=True).fill("路网已经贯通，水系数据已经核对。")
        page.get_by_label("Number", exact=True).fill("合规〔2026〕952号")
        anew = sent_round(page)
        deliver(bureau, "planning")
        for desk in (second, third):
            page.goto(f"{desk}{anew}/sign")
            page.get_by_role("button", name="Sign it").click()
            expect(page.get_by_text("It is signed")).to_be_visible()
        page.goto(f"{lead}{anew}")
        deliver(bureau, "transport", "water", "planning")
        expect(page.get_by_text("signature verifies")).to_have_count(3)  # nothing was loaded again
        look(page, "joint-issued")
        with page.expect_download() as paper:
            page.get_by_role("link", name="Save as PDF").click()
        with open(paper.value.path(), "rb") as file:
            assert file.read(5) == b"%PDF-"
        page.get_by_role("link", name="Look at it").click()
        expect(page.get_by_text("路网已经贯通，水系数据已经核对。")).to_be_visible()
        expect(page.get_by_text("合规〔2026〕952号").first).to_be_visible()
        page.context.close()
