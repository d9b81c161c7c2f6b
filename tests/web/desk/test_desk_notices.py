"""Notices at desks: from arrival to the answered form, what the origin sees of it, and nothing done twice."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, expect

from exchange.envelope import verify_signed
from exchange.messaging.documents import Documents
from exchange.notices import counting
from exchange.notices.cover import cover_notice
from exchange.notices.forms import collecting
from exchange.notices.issue import issue_notice
from exchange.notices.rules.states import NoticeState
from exchange.notices.store import Notices
from exchange.schemas import (
    Document,
    DocumentKind,
    DocumentNumber,
    FieldType,
    Form,
    FormAnswer,
    FormField,
    Notice,
    SignOff,
    Treatment,
)
from exchange.web.door.permissions import AccountRole
from tests.web.browser import opened, sign_in
from tests.web.desk.office import PEOPLE, Office, Officer, served_desk
from tests.web.desk.test_browser_desk import look
from tests.web.house import Credentials

pytestmark = pytest.mark.broker
FORM = Form(
    title="防汛物资报送表",
    due_days=2,
    fields=(
        FormField(name="pumps", label="水泵", type=FieldType.INTEGER, minimum="0", unit="台"),
        FormField(name="ready", label="是否就绪", type=FieldType.YES_NO),
        FormField(name="note", label="说明", type=FieldType.TEXT, required=False),
    ),
)
ACT_BY = date(2026, 3, 20)


def notice(serial: int, title: str, form: Form | None = None, audience: str = "departments") -> Notice:
    document = Document(
        number=DocumentNumber(agency="合政办", year=2026, serial=serial), kind=DocumentKind.NOTICE, issuer="window",
        title=title, body="请各单位认真落实。\n第二段。", date=date(2026, 3, 2),
    )  # fmt: skip
    return Notice(document=document, audience=audience, treatment=Treatment.ACTION, act_by=ACT_BY, form=form)


def let_go(bureau: Office, *names: str) -> None:
    """Has members send what they have put down, and everything arrive."""
    for name in names:
        bureau.city.wake(name)
    bureau.city.local.settle()


def issued(bureau: Office, what: Notice) -> str:
    """A notice that its origin has issued and the relay office has passed on as it is."""
    notice_id = issue_notice(bureau.city.node("window"), what)
    let_go(bureau, "window")
    cover_notice(bureau.city.node("relay"), notice_id, None)
    let_go(bureau, "relay")
    return notice_id


def counted(bureau: Office) -> None:
    """The relay office makes its rounds."""
    for tell in (counting.tell, collecting.tell):
        tell(bureau.city.node("relay"))
    let_go(bureau, "relay")


def told(bureau: Office, name: str, notice_id: str) -> list[FormAnswer | SignOff]:
    """What a member has said of a notice, as signed."""
    node = bureau.city.node(name)
    with node.store.reading() as tx:
        found = [one for one in tx[Documents].of_conversation(notice_id) if one.direction == "sent"]
    return [verify_signed(one.signed, node.directory).body for one in found]  # type: ignore[misc]


def state(bureau: Office, name: str, notice_id: str) -> str:
    with bureau.city.node(name).store.reading() as tx:
        row = tx[Notices].get(notice_id)
    return row.state if row is not None else ""


def followed(officer: Officer, path: str, button: str, typed: dict[str, str] | None = None) -> str:
    """Send the form of a page whose action is ``button``, as it stands there; where it leads."""
    page = officer.get(path)
    form = re.search(rf'<form[^>]*action="{re.escape(button)}".*?</form>', page, re.DOTALL)
    assert form is not None, page
    answer = officer.post(button, {**officer.fields_of(form[0]), **(typed or {})})
    return answer.headers.get("location", answer.text)


def test_from_arrival_to_the_answered_form_and_back_to_its_origin(bureau: Office) -> None:
    notice_id = issued(bureau, notice(1, "关于报送防汛物资的通知", FORM))
    clerk, path = bureau.officer("planning", AccountRole.CLERK), f"/notices/{notice_id}"
    inbox = clerk.get("/?list=notices")
    assert f'href="{path}"' in inbox
    assert "form to answer" in inbox
    assert f'href="{path}"' in clerk.get(f"/documents/{notice_id}"), "its message leads to it"
    told_days = clerk.get("/account/calendar/deadlines.ics").replace("\r\n ", "")
    assert "sign for the notice" in told_days
    assert "防汛" not in told_days, "of a notice its number leaves the house, and no title"
    page = clerk.get(path)
    assert "第二段" in page
    assert "verifies" in page
    assert "Until 2026-03-04 24:00" in page, "two working days, though all else may wait until the 20th"
    form = clerk.hidden(f"{path}/answer")
    faulty = clerk.post(f"{path}/answer", {**form, "f-pumps": "-3", "f-note": "备用", "then": "preview"})
    assert faulty.status_code == 422
    assert all(f'href="#f-{name}"' in faulty.text for name in ("pumps", "ready")), "every fault at once, at its field"
    assert "备用" in faulty.text
    typed = {"f-pumps": "31", "f-ready": "yes", "f-note": "备用", "then": "preview"}
    ahead = clerk.post(f"{path}/answer", {**clerk.fields_of(faulty.text), **typed})
    assert ahead.headers["location"] == f"{path}/answer/preview"
    preview = clerk.get(f"{path}/answer/preview")
    assert "31 台" in preview
    assert told(bureau, "planning", notice_id) == [], "nothing is signed yet"
    sent = clerk.fields_of(preview)
    twice = [clerk.post(f"{path}/answer/send", sent).headers["location"] for _ in range(2)]
    assert twice == [f"{path}?done=notice-answered"] * 2
    let_go(bureau, "planning")
    signed, answer = told(bureau, "planning", notice_id)
    assert isinstance(signed, SignOff)
    assert isinstance(answer, FormAnswer)
    assert {one.name: one.value for one in answer.values} == {"pumps": "31", "ready": "yes", "note": "备用"}
    assert ("chen", "notice.answer", f"{path}/answer/send", "done") in bureau.logged("planning")
    assert path not in clerk.get("/?list=notices")
    assert path in clerk.get("/notices?list=came&words=防汛")
    assert followed(bureau.officer("transport"), path, f"{path}/sign") == f"{path}?done=notice-signed"
    assert f'href="{path}"' in bureau.officer("transport").get("/?list=notices&only=answer")
    assert "answer the form" in bureau.officer("transport").get("/account/calendar/deadlines.ics")
    let_go(bureau, "transport")
    counted(bureau)
    origin = bureau.officer("window", AccountRole.CLERK)
    page = origin.get(path)
    assert all(word in page for word in ("answered", "signed for", "not signed for", "form not answered"))
    assert "31" in origin.get(f"{path}/collected")
    rows = list(csv.reader(io.StringIO(origin.http.get(f"{path}/collected.csv").content.decode("utf-8-sig"))))
    assert [row[2] for row in rows if row[0] == "answer"] == ["31"]
    assert sum(row[0] == "missing" for row in rows) == 2
    relay = bureau.officer("relay").get(path)
    assert "has it, not signed for" in relay
    assert "1 of 3 answered" in relay


def test_two_officers_at_one_form_and_what_a_clerk_may_not(bureau: Office) -> None:
    notice_id = issued(bureau, notice(2, "关于排查隐患的通知", FORM))
    path = f"/notices/{notice_id}"
    clerk, signer = bureau.officer("water", AccountRole.CLERK), bureau.officer("water")
    stale = signer.hidden(f"{path}/answer")
    kept = clerk.post(f"{path}/answer", {**clerk.hidden(f"{path}/answer"), "f-pumps": "many", "then": "keep"})
    assert kept.headers["location"] == f"{path}?done=notice-kept", "a draft may be faulty"
    late = signer.post(f"{path}/answer", {**stale, "f-note": "我的说明", "then": "preview"})
    assert late.status_code == 409
    assert "somebody has acted on this meanwhile" in late.text
    assert "我的说明" in late.text
    assert "many" in late.text, "nor is lost what the first has kept"
    denied = clerk.post(f"{path}/return", {**clerk.hidden(f"{path}/return"), "reason": "不属本单位"})
    assert denied.status_code == 403
    empty = signer.post(f"{path}/return", {**signer.hidden(f"{path}/return"), "reason": " "})
    assert (empty.status_code, 'id="reason-fault"' in empty.text) == (422, True), "told at its field"
    before = signer.hidden(f"{path}/return")
    assert followed(clerk, path, f"{path}/sign") == f"{path}?done=notice-signed"
    stale = signer.post(f"{path}/return", {**before, "reason": "不属本单位"})
    assert stale.status_code == 409, "it was signed for meanwhile"
    assert state(bureau, "water", notice_id) == NoticeState.SIGNED


def test_the_origin_reminds_once_asks_for_receipts_and_takes_it_back(bureau: Office) -> None:
    notice_id = issued(bureau, notice(3, "关于调休安排的通知"))
    path, origin, clerk = f"/notices/{notice_id}", bureau.officer("window"), bureau.officer("window", AccountRole.CLERK)
    back = bureau.officer("water")
    assert (
        followed(back, f"{path}/return", f"{path}/return", {"reason": "已另行安排"}) == f"{path}?done=notice-returned"
    )
    followed(bureau.officer("planning"), path, f"{path}/sign")
    let_go(bureau, "water", "planning")
    counted(bureau)
    assert "已另行安排" in origin.get(path)
    second = clerk.hidden(path)
    remind = f"{path}/remind"
    assert followed(origin, path, remind) == f"{path}?done=notice-reminded"
    assert clerk.post(remind, second).status_code == 409, "a colleague has reminded meanwhile"
    let_go(bureau, "window", "relay")
    assert "A reminder came" in bureau.officer("transport").get(path)
    assert "A reminder came" not in bureau.officer("planning").get(path), "it had signed"
    receipts = f"{path}/receipts"
    assert followed(clerk, receipts, receipts) == f"{receipts}?done=notice-asked"
    let_go(bureau, "window", "relay")
    page = clerk.get(receipts)
    assert "all of it holds" in page
    assert page.count("signed for</span>") + page.count("sent back</span>") >= 2
    assert clerk.http.get(f"{receipts}.zip").content[:2] == b"PK"
    assert clerk.post(f"{path}/recall", {**clerk.hidden(f"{path}/recall"), "reason": "有误"}).status_code == 403
    assert followed(origin, f"{path}/recall", f"{path}/recall", {"reason": "有误"}) == f"{path}?done=notice-recalled"
    let_go(bureau, "window", "relay")
    reader = bureau.officer("transport")
    assert "有误" in reader.get(path)
    assert "Sign for it" not in reader.get(path)
    assert path in reader.get("/notices?list=closed")
    assert path not in reader.get("/?list=notices")


def test_the_list_goes_by_urgency_and_page_by_page(bureau: Office) -> None:
    def waiting(days: Sequence[int]) -> list[str]:
        return [
            issued(bureau, notice(50 + day, f"第{day}号").model_copy(update={"act_by": ACT_BY + timedelta(days=day)}))
            for day in days
        ]

    later, sooner = waiting((9, -9))
    told = notice(80, "阅知").model_copy(update={"treatment": Treatment.INFORMATION, "act_by": None})
    last = issued(bureau, told)
    officer = bureau.officer("transport")
    page = officer.get("/?list=notices&only=sign")
    places = [page.index(f'href="/notices/{one}"') for one in (sooner, later, last)]
    assert places == sorted(places), "the earliest day first, what is for information behind"
    rest = officer.get(f"/?list=notices&after=d.2026-03-11.{sooner}")
    assert f'href="/notices/{sooner}"' not in rest
    assert f'href="/notices/{later}"' in rest
    rest = officer.get("/?list=notices&after=d.9999-12-31.x")
    assert f'href="/notices/{later}"' not in rest, "behind all days"
    assert f'href="/notices/{last}"' in rest


def test_a_notice_gets_a_cover_is_signed_for_and_answered_on_a_telephone_and_its_origin_sees_it(
    bureau: Office, browser: Browser
) -> None:
    notice_id = issue_notice(bureau.city.node("window"), notice(301, "关于报送防汛物资的通知", FORM))
    let_go(bureau, "window")
    clerk, signer = (Credentials(*PEOPLE[role]) for role in (AccountRole.CLERK, AccountRole.SIGNER))
    with (
        served_desk(bureau, "relay") as relay,
        served_desk(bureau, "planning") as county,
        served_desk(bureau, "window") as origin,
    ):
        page = opened(browser, "zh-CN")
        page.set_viewport_size({"width": 320, "height": 800})
        sign_in(page, relay, signer)
        page.locator(f'a[href="/notices/{notice_id}"]').click()
        page.get_by_role("link", name="加转发通知").click()
        page.get_by_label("发文字号").fill("合政办转〔2026〕5号")
        page.get_by_label("正文").fill("请认真执行，按时报送。")
        page.get_by_label("签发人").fill("")
        page.get_by_role("button", name="检查并核对").click()
        expect(page.get_by_role("alert")).to_be_focused()
        look(page, "notice-cover")
        page.get_by_label("签发人").fill("李某")
        page.get_by_role("button", name="检查并核对").click()
        page.get_by_role("button", name="签名并转发").click()
        expect(page.get_by_role("status").first).to_be_visible()
        let_go(bureau, "relay")

        sign_in(page, county, clerk)
        page.get_by_role("link", name="通知", exact=True).last.click()
        page.locator(f'a[href="/notices/{notice_id}"]').click()
        expect(page.get_by_text("请认真执行，按时报送。")).to_be_visible()
        page.get_by_role("button", name="签收").click()
        expect(page.get_by_text("请填报")).to_be_visible()
        look(page, "notice")
        page.get_by_role("link", name="填报", exact=True).click()
        page.get_by_role("button", name="核对后签名").click()
        expect(page.get_by_role("alert")).to_be_focused()
        look(page, "notice-faulty")
        page.get_by_label("水泵").fill("31")
        page.get_by_label("是", exact=True).check()
        page.get_by_role("button", name="核对后签名").click()
        expect(page.get_by_text("31 台")).to_be_visible()
        look(page, "notice-preview")
        page.get_by_role("button", name="签名并报送").click()
        expect(page.get_by_text("已填报，正在送达。")).to_be_visible()

        sign_in(page, f"{origin}/notices/{notice_id}", clerk)
        expect(page.get_by_text("已填报")).to_have_count(0)
        let_go(bureau, "planning")
        counted(bureau)
        tree = page.get_by_role("region", name="签收情况")
        expect(tree.get_by_text("已填报", exact=True)).to_be_visible()  # nothing was loaded again
        look(page, "notice-tree")
        page.get_by_role("link", name="报送汇总").click()
        expect(page.get_by_role("cell", name="31").first).to_be_visible()
        page.context.close()
    assert len(told(bureau, "planning", notice_id)) == 2, "signed for, and answered"
