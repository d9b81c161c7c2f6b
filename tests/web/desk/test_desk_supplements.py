"""A department asks the applicant through the window, by the pages of both desks and the applicant's own."""

from __future__ import annotations

import pytest

from exchange.approval.acceptance import officers
from exchange.approval.records import CaseRow
from exchange.approval.window.store import Cases
from exchange.portal import drafting, handing_in
from exchange.schemas import Material
from exchange.web.door.permissions import AccountRole
from tests.journeys.city import City
from tests.journeys.portal import TRUTH, arrive, file, offer, view
from tests.web.desk.office import Office, Officer

pytestmark = pytest.mark.broker

MATERIALS = (
    Material(code="plan", name="施工方案", name_en="Plan"),
    Material(code="sketch", name="交通组织图", name_en="Traffic sketch", required=False),
)


def accepted(city: City) -> tuple[str, CaseRow]:
    number = file(city, offer(city, materials=MATERIALS))
    case_number = officers.accept(city.window, number, "李四")
    arrive(city)
    with city.window.store.reading() as tx:
        case = tx[Cases].get(case_number)
    assert case is not None
    return number, case


def ask(officer: Officer, case: CaseRow, what: str) -> None:
    """Ask for something in words by the page."""
    path = f"/case/{case.number}/supplement"
    words = {"what": what, "reasons": "有燃气管线", "basis": "城镇燃气管理条例第三十七条"}
    done = officer.post(path, {**officer.hidden(path), **words})
    assert done.headers["location"] == f"/case/{case.number}?done=supplement-asked", done.text
    officer.office.city.local.settle()


def test_what_a_department_asks_for_is_passed_on_comes_in_and_is_read_at_its_desk(lead_office: Office) -> None:
    city = lead_office.city
    number, case = accepted(city)
    planning, path = lead_office.officer("planning"), f"/case/{case.number}"
    assert f'href="{path}/supplement"' in planning.get(path)
    form = planning.hidden(f"{path}/supplement")
    empty = planning.post(f"{path}/supplement", {**form, "reasons": "图中未标明车道"})
    assert (empty.status_code, "nothing is asked for" in empty.text) == (422, True)
    assert "图中未标明车道" in empty.text, "what was typed is in the page still"
    lawless = planning.post(f"{path}/supplement", {**form, "what": "管线交底书", "reasons": ""})
    assert (lawless.status_code, "needs a legal basis" in lawless.text) == (422, True)
    ask(planning, case, "管线交底书")
    page = planning.get(path)
    assert "asked, with the window" in page
    assert "Your term runs on: waiting for the applicant stops no clock" in page
    assert "your silence means consent" in page
    assert f'href="{path}/supplement"' not in page, "it is asked for once"
    late = planning.post(f"{path}/supplement", {**form, "what": "再要一份", "reasons": "x", "basis": "y"})
    assert (late.status_code, "acted on this meanwhile" in late.text) == (409, True)
    again = planning.hidden(f"{path}/supplement")
    second = planning.post(f"{path}/supplement", {**again, "what": "再要一份", "reasons": "x", "basis": "y"})
    assert (second.status_code, "once in a case" in second.text) == (409, True)
    lead, at_lead = lead_office.officer("window"), f"/lead/case/{case.number}"
    assert case.number in lead.get("/?list=supplements")
    assert "管线交底书" in lead.get(at_lead)
    assert f'<a class="button" href="{at_lead}/supplement-pass"' in lead.get(at_lead), "it is what waits"
    read = lead.get(f"{at_lead}/supplement-pass")
    assert "有燃气管线" in read, "all that goes out is read before"
    fields = {**lead.fields_of(read), "department": city.address("planning")}
    stale = {**lead.hidden(f"{at_lead}/supplement-decline"), "department": city.address("planning"), "reasons": "不必"}
    done = lead.post(f"{at_lead}/supplement-pass", fields)
    assert done.headers["location"] == f"{at_lead}?done=supplement-pass"
    assert lead.post(f"{at_lead}/supplement-pass", fields).headers["location"].endswith("?done=supplement-pass")
    assert lead.post(f"{at_lead}/supplement-decline", stale).status_code == 409
    arrive(city)
    assert len(view(city, number).invited) == 1, "a form that is sent twice has one effect"
    assert case.number not in lead.get("/?list=supplements")
    assert "passed on to the applicant" in planning.get(path)
    portal = city.node("portal")
    handing_in.reopen(portal, number)
    drafting.attach(portal, number, "sketch", "交底书.txt", "text/plain", b"sketch")
    handing_in.hand_in(portal, number, TRUTH)
    arrive(city)
    page = planning.get(path)
    assert "Materials as they came in since" in page
    assert "交底书.txt" in page
    assert "come in" in lead.get(at_lead)
    transport = lead_office.officer("transport").get(path)
    assert "交底书.txt" in transport, "whoever is still to answer reads what came in"
    assert "有燃气管线" not in transport, "what another department has asked for is not told"
    assert ("sun", "ask-supplement", f"{path}/supplement", "done") in lead_office.logged("planning")
    assert ("sun", "pass-supplement-on", f"{at_lead}/supplement-pass", "done") in lead_office.logged("window")


def test_a_request_is_declined_with_reasons_and_a_clerk_signs_neither(lead_office: Office) -> None:
    city = lead_office.city
    _, case = accepted(city)
    clerk, path = lead_office.officer("planning", AccountRole.CLERK), f"/case/{case.number}"
    assert f'href="{path}/supplement"' not in clerk.get(path)
    assert clerk.http.get(f"{path}/supplement").status_code == 403
    planning = lead_office.officer("planning")
    ask(planning, case, "管线交底书")
    lead, at_lead = lead_office.officer("window"), f"/lead/case/{case.number}"
    form = {**lead.hidden(f"{at_lead}/supplement-decline"), "department": city.address("planning")}
    bare = lead.post(f"{at_lead}/supplement-decline", {**form, "reasons": " "})
    assert (bare.status_code, "needs reasons" in bare.text) in ((409, True), (422, True))
    done = lead.post(f"{at_lead}/supplement-decline", {**form, "reasons": "图在附件三中"})
    assert done.headers["location"] == f"{at_lead}?done=supplement-decline"
    city.local.settle()
    page = planning.get(path)
    assert "declined by the window" in page
    assert "图在附件三中" in page
    city.reply("transport", case)
    answered = lead_office.officer("transport").get(path)
    assert f'href="{path}/supplement"' not in answered, "nothing is asked for after the opinion"
