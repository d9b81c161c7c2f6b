"""A window's filings at its desk: what is missing is told once, what is complete becomes a case, nobody acts twice."""

from __future__ import annotations

import pytest

from exchange.approval.filings.states import FilingState
from exchange.schemas import AcceptanceOutcome, Material, Matter
from exchange.web.door.permissions import AccountRole
from tests.journeys.portal import file, offer, row
from tests.web.desk.office import Office, Officer

PLAN = Material(code="plan", name="施工方案", name_en="Plan")
PROOF = Material(code="proof", name="资金证明", name_en="Proof of funds", promise_days=5)


@pytest.fixture(scope="module")
def matter(lead_office: Office) -> Matter:
    return offer(lead_office.city, materials=(PLAN, PROOF))


def _path(office: Office, number: str) -> str:
    return f"/lead/filing/{office.city.address('portal')}/{number}"


def _state(office: Office, number: str) -> FilingState:
    return row(office.city, number).state


def _sure(officer: Officer, path: str, sent: dict[str, object]) -> str:
    """Send a form, say yes to what is asked, and return where that leads."""
    asked = officer.post(path, sent)
    assert asked.status_code == 200, asked.text
    again = {**sent, **officer.fields_of(asked.text)}
    return officer.post(path, again).headers["location"]


@pytest.mark.broker
def test_a_filing_is_accepted_against_a_promise_once_seen_what_that_brings(lead_office: Office, matter: Matter) -> None:
    number = file(lead_office.city, matter)
    officer, path = lead_office.officer("window"), _path(lead_office, number)
    listed = officer.get("/?list=filings")
    assert f'href="{path}"' in listed
    assert "5 working days left" in listed
    assert number in officer.get("/?list=filings&words=热电公司")
    assert number not in officer.get("/?list=filings&words=nothing")
    told = officer.get("/account/calendar/deadlines.ics").replace("\r\n ", "")
    assert f"say whether it is accepted: {number}" in told
    assert "热电公司" not in told
    page = officer.get(path)
    assert "施工方案.txt" in page
    assert "Proof of funds" in page
    fields: dict[str, object] = dict(officer.fields_of(page))
    bare = officer.post(f"{path}/accept", {**fields, "sure": "yes"})
    assert bare.status_code == 409
    assert "is not complete" in bare.text
    assert _state(lead_office, number) is FilingState.RECEIVED
    asked = officer.post(f"{path}/accept", {**fields, "promise": "proof"})
    assert "hand in later: Proof of funds" in asked.text
    assert _state(lead_office, number) is FilingState.RECEIVED, "a question does nothing"
    assert _sure(officer, f"{path}/accept", {**fields, "promise": "proof"}).endswith("?done=accepted")
    found = row(lead_office.city, number)
    assert (found.state, found.outcome) == (FilingState.ACCEPTED, AcceptanceOutcome.ACCEPTED)
    assert ("sun", "filing.accept", f"{path}/accept", "done") in lead_office.logged("window")
    assert found.case_number in officer.get(path)
    assert officer.http.get(f"{path}/files/{'0' * 64}").status_code == 404


@pytest.mark.broker
def test_of_two_officers_one_is_told_and_what_was_typed_is_in_the_page(lead_office: Office, matter: Matter) -> None:
    number = file(lead_office.city, matter, with_plan=False)
    path = _path(lead_office, number)
    first, second = lead_office.officer("window"), lead_office.officer("window", AccountRole.SUPERVISOR)
    page = first.get(path)
    assert 'value="缺少：' in page, "what the form's own check finds, as the applicant is to read it"
    mine, other = first.fields_of(page), second.hidden(path)
    half = first.post(f"{path}/missing", {**mine, "what": ["盖章的方案", ""], "remedy": ["", ""]})
    assert half.status_code == 422
    assert "only one half is there" in half.text
    told = {"what": ["盖章的方案", "资金证明"], "remedy": ["上传盖章的方案", "上传"]}
    assert first.post(f"{path}/missing", {**mine, **told}).status_code == 303
    twice = first.post(f"{path}/missing", {**mine, **told})
    assert twice.status_code == 303, "sent twice, it has one effect and leads to the same page"
    late = second.post(f"{path}/refuse", {**other, "outcome": "not-needed", "competent": "", "reasons": "无需许可"})
    assert late.status_code == 409
    assert "somebody has acted on this meanwhile" in late.text
    assert _state(lead_office, number) is FilingState.INCOMPLETE
    done = [one for one in lead_office.logged("window") if one[2].startswith(path) and one[3] == "done"]
    assert done == [("sun", "filing.missing", f"{path}/missing", "done")]
    assert number in first.get("/?list=filings&only=incomplete")


@pytest.mark.broker
def test_a_filing_is_turned_down_with_reasons_by_who_may_sign(lead_office: Office, matter: Matter) -> None:
    number = file(lead_office.city, matter)
    path = _path(lead_office, number)
    clerk = lead_office.officer("window", AccountRole.CLERK)
    assert "formaction" not in clerk.get(path)
    assert clerk.post(f"{path}/refuse", {**clerk.hidden("/account"), "once": "k"}).status_code == 403
    signer = lead_office.officer("window")
    sent = {**signer.hidden(path), "competent": "", "reasons": "属交通部门职权"}
    assert "nothing is chosen" in signer.post(f"{path}/refuse", sent).text
    kept = signer.post(f"{path}/refuse", {**sent, "outcome": "not-competent"})
    assert (kept.status_code, 'id="competent-fault"' in kept.text) == (422, True), "who is competent has to be named"
    assert "属交通部门职权" in kept.text, "what was typed is in the page still"
    assert signer.post(f"{path}/refuse", {**sent, "outcome": "not-competent", "competent": "交通局"}).status_code == 303
    assert row(lead_office.city, number).outcome is AcceptanceOutcome.NOT_COMPETENT
