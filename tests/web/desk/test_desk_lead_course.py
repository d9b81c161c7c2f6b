"""The course of a lead's case by its pages: pressed, heard, amended, another body, withdrawn, taken up again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pytest

from exchange.approval.hearings.states import HearingState
from exchange.approval.hearings.store import Hearings
from exchange.approval.records import CaseRow
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.clock.watching import look_at_clocks
from exchange.approval.window.decision import Ruling, ruling_text
from exchange.approval.window.store import Cases
from exchange.clock import CST
from exchange.messaging.documents import Documents
from exchange.schemas import EntryKind, ObjectionGround, Outcome, Verdict
from exchange.web.door.permissions import AccountRole
from tests.web.desk.office import Office, Officer

pytestmark = pytest.mark.broker


def opened(office: Office, code: str, **fields: object) -> CaseRow:
    """A case of a matter of its own, put to planning and transport."""
    city = office.city
    city.matter(city.approver("planning"), city.approver("transport"), code=code, **fields)
    return city.submit(code)


def sent(officer: Officer, path: str, fields: Mapping[str, object], **more: object) -> str:
    """Send a form of a case as its page has it, say yes to what is asked, and return where that leads."""
    form = {**officer.hidden(path), **fields}
    answer = officer.post(path, form, **more)
    if answer.status_code == 200:
        answer = officer.post(path, {**form, **officer.fields_of(answer.text)}, **more)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_a_clerk_presses_a_department_which_reads_it_in_its_inbox_and_with_the_case(lead_office: Office) -> None:
    city, case = lead_office.city, opened(lead_office, "pressed")
    clerk, path = lead_office.officer("window", AccountRole.CLERK), f"/lead/case/{case.number}"
    assert f"{path}/chase?department={city.address('planning')}" in clerk.get(path)
    words = {"department": city.address("planning"), "words": "请于本周内答复"}
    stale = {**clerk.hidden(f"{path}/chase"), **words}
    assert sent(clerk, f"{path}/chase", words) == f"{path}?done=chase"
    again = clerk.post(f"{path}/chase", stale)
    assert (again.status_code, "reminded by hand already" in again.text) == (409, True)
    city.local.settle()
    planning = lead_office.officer("planning")
    assert "pressed by the window, 2026-03-02" in planning.get(f"/?list=consultations&words={case.number}")
    page = planning.get(f"/case/{case.number}")
    assert "Pressed by the window (chen)" in page
    assert "请于本周内答复" in page
    assert "Pressed by hand" in clerk.get(path)
    assert (city.part(case, "planning").due_at, city.part(case, "planning").revision) == (
        city.part(case, "transport").due_at, city.part(case, "transport").revision,
    ), "it moves no clock"  # fmt: skip
    assert ("chen", "chase", f"{path}/chase", "done") in lead_office.logged("window")


def test_a_departments_term_is_extended_and_what_the_law_refuses_is_said(lead_office: Office) -> None:
    city, case = lead_office.city, opened(lead_office, "terms")
    officer, path = lead_office.officer("window"), f"/lead/case/{case.number}/term"
    asked = {"department": city.address("planning"), "entry": EntryKind.STOP.value, "days": "2",
             "procedure": "appraisal", "by": city.address("window"), "reasons": "现场勘查",
             "basis": "行政许可法第四十五条"}  # fmt: skip
    no_procedure = officer.post(path, {**officer.hidden(path), **asked, "procedure": ""})
    assert no_procedure.status_code in (409, 422)
    assert "现场勘查" in no_procedure.text
    assert sent(officer, path, asked).endswith("?done=term")
    with city.window.store.reading() as tx:
        journal = [entry.event for entry in tx.journal_of(case.number)]
    assert "amendment-refused" in journal
    assert "deadline-amended" in journal
    assert "clock stopped" in officer.get(f"/lead/case/{case.number}")


def test_the_competent_body_is_asked_in_place_of_one_that_is_not(lead_office: Office) -> None:
    city = lead_office.city
    city.matter(city.approver("planning"), code="other-body")
    case = city.submit("other-body")
    city.reply("planning", case, Verdict.NOT_COMPETENT, competent_body="交通局")
    officer, path = lead_office.officer("window"), f"/lead/case/{case.number}"
    assert "not competent: ask who is" in officer.get(f"/?list=lead&words={case.number}")
    asked = {"department": city.address("transport"), "instead": city.address("planning"), "reasons": "道路归其管"}
    assert sent(officer, f"{path}/add-body", asked) == f"{path}?done=add-body"
    city.local.settle()
    assert city.part(case, "transport").state in (PartState.ISSUED, PartState.SIGNED)


def test_a_case_is_withdrawn_and_taken_up_again(lead_office: Office) -> None:
    city, case = lead_office.city, opened(lead_office, "again")
    officer, path = lead_office.officer("window"), f"/lead/case/{case.number}"
    assert sent(officer, f"{path}/withdraw", {"reasons": "申请人要求"}) == f"{path}?done=withdraw"
    assert city.case(case).state is CaseState.WITHDRAWN
    again = {"ordered": "lead", "order": "", "reasons": "申请人仍要办理", "basis": "行政许可法第三十八条",
             "ask": [city.address("planning")]}  # fmt: skip
    assert sent(officer, f"{path}/reopen", again) == f"{path}?done=reopen"
    assert city.case(case).reopened_at is not None


def test_a_prepared_decision_is_confirmed_once_it_was_read_over(lead_office: Office) -> None:
    city, case = lead_office.city, opened(lead_office, "confirmed")
    officer, path = lead_office.officer("window"), f"/lead/case/{case.number}"
    for name in ("planning", "transport"):
        city.reply(name, case)
    with city.window.store.transaction() as tx:
        prepared = ruling_text(Ruling(Outcome.GRANT, "各部门均无异议", "", ("第三十八条",)))
        tx[Cases].move(case.number, {CaseState.READY}, CaseState.READY, prepared=prepared)
    asked = officer.post(f"{path}/confirm", officer.hidden(f"{path}/confirm"))
    assert "各部门均无异议" in asked.text
    assert city.case(case).state is CaseState.READY, "reading it over signs nothing"
    assert sent(officer, f"{path}/confirm", {}) == f"{path}?done=confirm"
    assert (city.case(case).outcome, city.case(case).by_rule) == (Outcome.GRANT.value, False)


def test_a_hearing_is_called_put_off_and_put_on_record_with_the_paper(lead_office: Office) -> None:
    """The city's clock goes on: it comes near the end."""
    city, case = lead_office.city, opened(lead_office, "heard")
    officer, path = lead_office.officer("window"), f"/lead/case/{case.number}"
    call = {"at": "2026-03-20 09:30", "place": "三号室", "chair": "王敏", "reasons": "临近住宅"}
    wrong = officer.post(f"{path}/hearing-call", {**officer.hidden(f"{path}/hearing-call"), **call, "at": "morgen"})
    assert (wrong.status_code, "三号室" in wrong.text) == (422, True), "what was typed is in the page still"
    assert sent(officer, f"{path}/hearing-call", call) == f"{path}?done=hearing-call"
    assert sent(officer, f"{path}/hearing-put-off", {**call, "at": "2026-03-23 09:30"}).endswith("hearing-put-off")
    city.clock.step_to(datetime(2026, 3, 23, 15, tzinfo=CST))
    record = {"on": "2026-03-23", "record": "无异议"}
    large = {"paper": ("听证笔录.pdf", bytes(300_000), "application/pdf")}
    form = {**officer.hidden(f"{path}/hearing-record"), **record}
    refused = officer.post(f"{path}/hearing-record", form, files=large)
    assert (refused.status_code, "too large" in refused.text) == (422, True)
    paper = {"paper": ("听证笔录.pdf", b"%PDF scan", "application/pdf")}
    assert sent(officer, f"{path}/hearing-record", record, files=paper) == f"{path}?done=hearing-record"
    node = city.window
    with node.store.reading() as tx:
        hearings = tx[Hearings].of_case(case.number)
        stored = tx[Documents].get(node.address, hearings[-1].record_id or "")
    assert [one.state for one in hearings] == [HearingState.CALLED_OFF, HearingState.HELD]
    assert stored is not None
    assert list(stored.enclosures) == [b"%PDF scan"]


def test_a_late_objection_on_grounds_of_safety_is_reviewed_and_a_broken_promise_explained(lead_office: Office) -> None:
    """The city's clock goes on: it comes last."""
    city = lead_office.city
    city.matter(city.approver("planning", silent=True), code="reviewed", promised_days=2)
    case = city.submit("reviewed")
    city.signed_for("window")
    city.through(4)
    unsafe = {"reasons": "管线距离不足", "basis": ("城镇燃气管理条例",), "ground": ObjectionGround.SAFETY}
    city.reply("planning", case, Verdict.DISAGREE, **unsafe)
    look_at_clocks(city.window)
    officer, path = lead_office.officer("window"), f"/lead/case/{case.number}"
    assert "a late objection on grounds of safety" in officer.get(f"/?list=lead&words={case.number}")
    assert sent(officer, f"{path}/review", {"reasons": "已现场核实，间距符合"}) == f"{path}?done=review"
    assert city.part(case, "planning").review_at is None
    assert sent(officer, f"{path}/explain", {"reasons": "等待现场核实"}) == f"{path}?done=explain"
    again = officer.post(f"{path}/explain", {**officer.hidden(f"{path}/explain"), "reasons": "再次"})
    assert again.status_code == 409, "once"
