"""What was handed in, as its applicant follows it: by the window's signed papers, over a real broker."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from exchange.approval.acceptance import by_law, officers
from exchange.approval.department.requesting import request_supplement
from exchange.approval.records import CaseRow
from exchange.approval.window.store import Cases
from exchange.approval.window.supplementing.answering import pass_on
from exchange.envelope import verify_signed
from exchange.paper.fonts import PaperFonts
from exchange.paper.originals import original_of
from exchange.portal.drafting import draft_of
from exchange.portal.view import FilingStanding
from exchange.schemas import (
    INVITES_ONLY,
    AcceptanceOutcome,
    ApplicantSees,
    Approver,
    DecisionServed,
    FilingReceipt,
    Material,
    MissingItem,
    SupplementInvitation,
    Verdict,
    Visibility,
    WantedPaper,
)
from exchange.web.door.turnstile import Turnstile
from exchange.window.app import create_app
from tests.journeys.portal import GUIDE, arrive
from tests.web.window.shown_city import ShownCity
from tests.web.window.wicket import HOST, Applicant

pytestmark = pytest.mark.broker

OFFICER = "窗口受理岗"
PLAN = Material(code="plan", name="施工方案")
MISSING = MissingItem(what="施工平面图没有盖章", remedy="请上传盖章的施工平面图")


def filed(shown: ShownCity, language: str = "en", *approvers: Approver, **fields: object) -> Applicant:
    """Somebody who has handed in an application for a simple matter, and is at its page."""
    usual = [shown.city.approver(name, silent=True) for name in ("planning", "transport")]
    shown.city.matter(*(approvers or usual), guide=GUIDE, code="simple", **fields)
    http = TestClient(
        create_app(shown.face), base_url=HOST, follow_redirects=False, headers={"accept-language": language}
    )
    applicant = Applicant(http)
    applicant.begin("simple")
    applicant.step("applicant", name="热电公司", identifier="91340100X", contact="0551-0")
    applicant.step("agent", **{"for": "self"})
    applicant.step("project", project="黄山路供热管道", summary="")
    applicant.upload("plan", "方案.txt", "方案".encode())
    assert applicant.hand_in().status_code == 303
    arrive(shown.city)
    return applicant


def page_of(applicant: Applicant) -> str:
    return applicant.get(f"/cases/{applicant.number}")


def paper_of(shown: ShownCity, applicant: Applicant, kind: type) -> str:
    """Where the latest paper of a kind is read."""
    papers = shown.view(applicant.number).papers
    found = next(paper for paper in reversed(papers) if isinstance(paper.body, kind))
    return f"/cases/{applicant.number}/papers/{found.message_id}"


def test_filed_is_not_accepted_and_no_page_says_so(shown: ShownCity) -> None:
    applicant = filed(shown, "zh-CN")
    page = page_of(applicant)
    assert "轮到窗口：审查是否受理" in page
    assert "已受理" not in page
    assert "受理通知书" not in page
    receipt = applicant.get(paper_of(shown, applicant, FilingReceipt))
    assert "收件凭证" in receipt
    assert "受理" not in receipt
    assert "方案.txt" in receipt
    assert "SHA-256" in receipt


def test_what_is_missing_is_completed_from_the_page_and_then_accepted(shown: ShownCity) -> None:
    applicant = filed(shown)
    officers.tell_incomplete(shown.city.window, applicant.number, [MISSING], OFFICER)
    arrive(shown.city)
    page = page_of(applicant)
    assert "Your turn: something is missing" in page
    assert MISSING.what in page
    assert MISSING.remedy in page
    path = f"/cases/{applicant.number}/supplement"
    answer = applicant.post(path, applicant.fields_of(page))
    assert answer.headers["location"] == f"/drafts/{applicant.number}"
    assert "You are completing what was missing" in applicant.get(f"/drafts/{applicant.number}")
    applicant.upload("plan", "盖章.txt", "盖章".encode())
    assert len(draft_of(shown.face.node, applicant.number).files) == 1, "the matter takes one file of it"
    (file,) = draft_of(shown.face.node, applicant.number).files
    token = applicant.hidden(f"/drafts/{applicant.number}/steps/materials")["token"]
    applicant.post(f"/drafts/{applicant.number}/detach", {"token": token, "file": file.file_id})
    assert applicant.upload("plan", "盖章.txt", "盖章".encode()).status_code == 303
    assert applicant.hand_in().status_code == 303
    arrive(shown.city)
    assert "it looks at what you added" in page_of(applicant)
    officers.accept(shown.city.window, applicant.number, OFFICER)
    shown.arrive()
    assert "still to answer" in page_of(applicant)
    assert "盖章.txt" in applicant.get(f"/cases/{applicant.number}/application")


def test_what_nobody_looks_at_is_accepted_by_law_and_its_paper_says_that_no_person_has(shown: ShownCity) -> None:
    applicant = filed(shown, "zh-CN")
    shown.city.clock.step_to(shown.city.clock.now() + timedelta(days=9))
    by_law.look(shown.city.window)
    arrive(shown.city)
    accepted = shown.view(applicant.number).acceptances[-1]
    assert accepted.outcome is AcceptanceOutcome.BY_LAW
    paper = applicant.get(paper_of(shown, applicant, type(accepted)))
    assert "视为受理通知书" in paper
    assert "无人审查" in paper


def test_opinions_are_shown_as_far_as_they_may_be_seen(shown: ShownCity) -> None:
    city = shown.city
    veiled = city.approver("transport", visible=Visibility(sees=ApplicantSees.STATE))
    applicant = filed(shown, "en", city.approver("planning"), veiled)
    officers.accept(city.window, applicant.number, OFFICER)
    shown.arrive()
    case = case_of(shown, applicant)
    city.reply("planning", case, Verdict.AGREE_WITH_CONDITIONS, conditions="夜间施工", reasons="白天车多")
    shown.arrive()
    page = page_of(applicant)
    assert "夜间施工" in page
    assert "1 of 2 have answered" in page
    city.reply("transport", case, Verdict.AGREE_WITH_CONDITIONS, conditions="不给申请人看")
    shown.arrive()
    page = page_of(applicant)
    assert "不给申请人看" not in page
    assert "Decided: granted" in page
    decision = applicant.get(paper_of(shown, applicant, DecisionServed))
    assert "六十日内可以申请行政复议" in decision
    assert "不给申请人看" not in decision
    over = applicant.get(f"/cases/{applicant.number}/withdraw")
    assert applicant.last is not None
    assert applicant.last.status_code == 409
    assert "is over" in over


def test_silence_is_shown_as_what_it_is(shown: ShownCity) -> None:
    city = shown.city
    asked = (city.approver("planning", silent=True), city.approver("transport"))
    applicant = filed(shown, "en", *asked, promised_days=8)
    officers.accept(city.window, applicant.number, OFFICER)
    shown.arrive()
    page = page_of(applicant)
    assert "silence means consent" in page
    assert "silence has no consequence" in page
    assert "3 working days left" in page
    assert 'It is promised by <span class="moment">2026-03-12 24:00</span>.' in page
    city.through(4)
    shown.arrive()
    page = page_of(applicant)
    assert "said nothing: consent by rule" in page
    assert "said nothing: its superior is told" in page


def test_a_view_is_stated_once_and_a_hearing_asked_for(shown: ShownCity) -> None:
    applicant = filed(shown)
    path = f"/cases/{applicant.number}/statement"
    empty = applicant.post(path, {**applicant.hidden(path), "text": " "})
    assert empty.status_code == 422
    assert 'href="#text"' in empty.text
    sent = {**applicant.hidden(path), "text": "施工方案已经修改 𠮷", "hearing": "yes"}
    for _ in range(2):
        assert applicant.post(path, sent).status_code == 303
    stated = shown.view(applicant.number).statements
    assert [(one.text, one.hearing) for one in stated] == [("施工方案已经修改 𠮷", True)]
    page = page_of(applicant)
    assert "You asked for a hearing" in page
    assert "施工方案已经修改 𠮷" in page


def test_a_withdrawal_is_asked_about_and_then_takes_effect(shown: ShownCity) -> None:
    applicant = filed(shown)
    path = f"/cases/{applicant.number}/withdraw"
    assert "It cannot be taken back" in applicant.get(path)
    assert shown.view(applicant.number).standing is FilingStanding.RECEIVED
    sent = {**applicant.hidden(path), "reasons": "项目取消"}
    for _ in range(2):
        answer = applicant.post(path, sent)
    assert answer.headers["location"] == f"/cases/{applicant.number}?done=withdrawn"
    arrive(shown.city)
    assert shown.view(applicant.number).standing is FilingStanding.WITHDRAWN
    assert "It was ended at your wish" in page_of(applicant)
    assert applicant.post(path, sent).headers["location"] == f"/cases/{applicant.number}", "pressed again, it is over"


def test_what_a_department_asks_for_is_read_with_what_it_brings_about_and_handed_in(shown: ShownCity) -> None:
    city, sketch = shown.city, Material(code="sketch", name="交通组织图", name_en="Traffic sketch", required=False)
    applicant = filed(shown, materials=(PLAN, sketch))
    case_number = officers.accept(city.window, applicant.number, OFFICER)
    shown.arrive()
    wanted = (WantedPaper(material="sketch", what="交通组织图"),)
    request_supplement(city.node("planning"), case_number, wanted, "图中未标明车道", (), "李四")
    city.wake("planning")
    city.local.settle()
    pass_on(city.window, case_number, city.address("planning"), OFFICER)
    shown.arrive()
    page = page_of(applicant)
    for said in ("asks you for", "交通组织图", "图中未标明车道", "It stops and extends no term", "no adverse effect"):
        assert said in page
    assert "李四" not in page
    assert INVITES_ONLY in applicant.get(paper_of(shown, applicant, SupplementInvitation))
    applicant.post(f"/cases/{applicant.number}/supplement", applicant.fields_of(page))
    applicant.upload("sketch", "图.txt", b"sketch")
    assert applicant.hand_in().status_code == 303
    shown.arrive()
    assert "It stops and extends no term" not in page_of(applicant)
    assert shown.view(applicant.number).invited == ()


def test_what_was_promised_is_asked_for_with_its_day_and_handed_in_later(shown: ShownCity) -> None:
    later = Material(code="pipes", name="管线查询意见", name_en="What lies below", promise_days=5)
    applicant = filed(shown, "en", shown.city.approver("planning"), materials=(PLAN, later))
    officers.accept(shown.city.window, applicant.number, OFFICER, promised=["pipes"])
    shown.arrive()
    page = page_of(applicant)
    assert "What you have promised to hand in later" in page
    assert "What lies below" in page
    assert "2026-03-09 24:00" in page
    applicant.post(f"/cases/{applicant.number}/supplement", applicant.fields_of(page))
    assert applicant.upload("pipes", "管线.txt", "无管线".encode()).status_code == 303
    assert applicant.hand_in().status_code == 303
    arrive(shown.city)
    assert "What you have promised" not in page_of(applicant)
    assert "管线.txt" in applicant.get(f"/cases/{applicant.number}/application")


def test_papers_are_downloaded_as_they_were_signed_and_by_nobody_else(
    shown: ShownCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    applicant = filed(shown)
    path = f"{paper_of(shown, applicant, FilingReceipt)}.cose"
    answer = applicant.http.get(path)
    verified = verify_signed(answer.content, shown.face.node.directory)
    assert isinstance(verified.body, FilingReceipt)
    assert verified.body.filing == applicant.number
    drawn = applicant.http.get(path.replace(".cose", ".pdf"))
    assert drawn.headers["content-type"] == "application/pdf"
    assert drawn.headers["content-disposition"].startswith(f'attachment; filename="{applicant.number}-')
    assert original_of(drawn.content) == answer.content
    assert '<svg role="img"' in applicant.get(path.removesuffix(".cose"))
    monkeypatch.setattr("exchange.window.drawn._DRAWN", Turnstile("crowded", queue=0))
    crowded = applicant.http.get(path.replace(".cose", ".pdf"))
    assert (crowded.status_code, crowded.headers["retry-after"]) == (429, "5")
    monkeypatch.undo()
    shown.face.fonts = PaperFonts({"body": "x"}, (Path("/dev"),))
    assert applicant.http.get(path.replace(".cose", ".pdf")).status_code == 200, "a free font stands in"
    applicant.http.cookies.clear()
    for named in (path, path.replace(".cose", ".pdf")):
        assert applicant.http.get(named).status_code == 401


def test_the_part_that_changes_is_given_alone_and_keeps_no_session_alive(shown: ShownCity) -> None:
    applicant = filed(shown)
    live = applicant.http.get(f"/cases/{applicant.number}/live")
    assert live.status_code == 200
    assert "<html" not in live.text
    assert "looks whether everything is there" in live.text
    applicant.http.cookies.clear()
    assert applicant.http.get(f"/cases/{applicant.number}/live").status_code == 401


def case_of(shown: ShownCity, applicant: Applicant) -> CaseRow:
    """The case of somebody's filing, as the window has it."""
    accepted = next(one for one in shown.view(applicant.number).acceptances if one.opens)
    with shown.city.window.store.reading() as tx:
        found = tx[Cases].get(accepted.case_number or "")
    assert found is not None
    return found
