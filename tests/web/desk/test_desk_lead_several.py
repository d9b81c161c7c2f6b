"""Several at once at a lead's desk: what will be signed is shown, each is done by itself, a failure is named."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from httpx import Response

from exchange.approval.acceptance import officers
from exchange.approval.filings.states import FilingState
from exchange.approval.records import CaseRow
from exchange.approval.rules.states import CaseState
from exchange.approval.window.decision import Ruling, ruling_text
from exchange.approval.window.store import Cases
from exchange.desk.pages.lead.batch import field_of
from exchange.schemas import AcceptanceOutcome, Outcome, Verdict
from exchange.web.door.permissions import AccountRole
from tests.journeys.portal import file, offer, row
from tests.web.desk.office import Office, Officer

pytestmark = pytest.mark.broker


def pressed(officer: Officer, path: str, *of: str) -> tuple[Response, dict[str, object]]:
    """Tick some of a page, read over what is asked, and send it; the answer, and the form as it was sent."""
    form: dict[str, object] = {**officer.hidden(path), "of": list(of)}
    asked = officer.post(path, form)
    assert asked.status_code == 200, asked.text
    form["sure"] = "yes"
    return officer.post(path, form), form


def ready(office: Office, code: str, *verdicts: Verdict) -> CaseRow:
    """A case in which all is in, with a grant that is prepared for it."""
    city = office.city
    city.matter(city.approver("planning"), city.approver("transport"), code=code)
    case = city.submit(code)
    for name, verdict in zip(("planning", "transport"), verdicts, strict=True):
        reasons = {"reasons": "道路狭窄", "basis": ("第三十二条",)} if verdict is Verdict.DISAGREE else {}
        city.reply(name, case, verdict, **reasons)
    with city.window.store.transaction() as tx:
        prepared = ruling_text(Ruling(Outcome.GRANT, f"{code}：各部门均无异议", "", ("第三十八条",)))
        tx[Cases].move(case.number, {CaseState.READY}, CaseState.READY, prepared=prepared)
    return case


def test_complete_filings_are_accepted_together_and_one_that_has_changed_is_named(lead_office: Office) -> None:
    city, path = lead_office.city, "/lead/several/accept"
    matter = offer(city)
    first, second, third = (file(city, matter) for _ in range(3))
    lacking = file(city, matter, with_plan=False)
    officer, portal = lead_office.officer("window"), city.address("portal")
    page = officer.get("/?list=filings")
    assert f'href="{path}"' in page
    page = officer.get(path)
    assert page.count('name="of"') == 3
    assert lacking in page[page.index("Left out") :]
    stale = {**officer.fields_of(page), "of": [f"{portal}/{first}", f"{portal}/{second}"]}
    asked = officer.post(path, stale)
    assert first in asked.text
    assert second in asked.text
    assert third not in asked.text
    assert row(city, first).state is FilingState.RECEIVED, "a question does nothing"
    officers.refuse(city.window, second, AcceptanceOutcome.NOT_NEEDED, "无需许可", "李四")
    sure = {**stale, "sure": "yes"}
    answer = officer.post(path, sure)
    assert answer.status_code == 409
    assert "1 of 2 could not be done; the others are" in answer.text, answer.text
    assert second in answer.text[answer.text.index("Not done") :]
    case = row(city, first).case_number
    assert (row(city, first).state, row(city, second).state) == (FilingState.ACCEPTED, FilingState.NOT_ACCEPTED)
    assert officer.post(path, {**sure, "of": f"{portal}/{first}"}).status_code == 303, "pressed again, nothing is twice"
    assert row(city, first).case_number == case
    done = [what for _, action, what, outcome in lead_office.logged("window") if outcome == "done" and portal in what]
    assert done == [f"{path} {portal}/{first}"]
    clerk = lead_office.officer("window", AccountRole.CLERK)
    assert clerk.post(path, {**clerk.hidden(path), "of": f"{portal}/{third}", "sure": "yes"}).status_code == 403


def test_each_decision_is_a_document_of_its_own_and_what_anybody_objects_to_is_left_out(lead_office: Office) -> None:
    city, path = lead_office.city, "/lead/several/confirm"
    cases = [ready(lead_office, f"grant-{n}", Verdict.AGREE, Verdict.AGREE) for n in range(2)]
    objected = ready(lead_office, "objected", Verdict.AGREE, Verdict.DISAGREE)
    officer = lead_office.officer("window")
    page = officer.get(path)
    assert "grant-0：各部门均无异议" in page
    assert "a department objects" in page[page.index("Left out") :]
    answer, form = pressed(officer, path, *(case.number for case in cases))
    assert answer.headers["location"] == f"{path}?done=several-confirm"
    assert officer.post(path, form).status_code == 303, "pressed again, nothing is decided twice"
    decided = [city.case(case) for case in cases]
    assert {case.outcome for case in decided} == {Outcome.GRANT.value}
    assert len({case.decision_id for case in decided}) == 2
    assert city.case(objected).state is CaseState.READY
    forged = officer.post(path, {**form, "of": objected.number, f"once-{field_of(objected.number)}": "k"})
    assert forged.status_code == 409
    assert city.case(objected).state is CaseState.READY


def test_those_that_are_late_are_pressed_in_the_cases_that_are_chosen(lead_office: Office) -> None:
    """The city's clock goes on: it comes last."""
    city, path = lead_office.city, "/lead/several/chase"
    city.matter(city.approver("planning"), city.approver("transport"), code="late")
    one, other = city.submit("late"), city.submit("late")
    city.signed_for("window")
    city.reply("transport", one)
    waits = lead_office.officer("window").get("/?list=lead")
    counted = re.search(r"<strong>(\d+)</strong> To decide", waits)
    assert counted is not None
    assert int(counted[1]) == waits.count('<a class="to"') > 0, "the number counts what its list shows"
    city.clock.step_to(city.clock.now() + timedelta(days=8))
    clerk = lead_office.officer("window", AccountRole.CLERK)
    assert f'href="{path}"' in clerk.get("/?list=parallel")
    assert clerk.get(path).count('name="of"') >= 2
    answer, _ = pressed(clerk, path, one.number)
    assert answer.headers["location"] == f"{path}?done=several-chase"
    city.local.settle()
    assert city.part(one, "planning").chased_at is not None
    assert (city.part(one, "transport").chased_at, city.part(other, "planning").chased_at) == (None, None)
    page = clerk.get(path)
    assert one.number in page[page.index("Left out") :], "once a working day"
    assert "pressed by the window" in lead_office.officer("planning").get(f"/?list=consultations&words={one.number}")
