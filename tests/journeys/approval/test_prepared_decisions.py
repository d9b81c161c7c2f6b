"""The lead's rule prepares and an officer confirms; or, where the profile says so, it decides, and that is marked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.approval.department.store import DepartmentDesk
from exchange.approval.records import CaseRow
from exchange.approval.rules.lead import LeadTask
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window import conclude
from exchange.approval.window.decision import Ruling
from exchange.approval.window.lead_duties import LeadDuty, lead_duties
from exchange.approval.window.status import case_status, decision_on
from exchange.broker.admin.node_info import NodeInfo
from exchange.envelope import verify_signed
from exchange.errors import CallerError, Conflict
from exchange.messaging.documents import Documents
from exchange.operations.systems.events import awaited
from exchange.operations.systems.webhooks import Event
from exchange.schemas import Decision, Outcome, Verdict, WithoutConsent
from tests.journeys.city import City, make_city

pytestmark = pytest.mark.broker


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    """A city whose lead's rule prepares, as a window does by default."""
    city = make_city(tmp_path, broker, domain, rule_decides=False)
    with city.local:
        yield city


def decision_at(city: City, name: str, case: CaseRow) -> Decision:
    """The decision as a department has it, from its signed bytes."""
    city.wake("window")
    city.local.settle()
    node = city.node(name)
    with node.store.reading() as tx:
        [stored] = [one for one in tx[Documents].recent("received", Decision.KIND) if one.sender == city.window.address]
        desk = tx[DepartmentDesk].get(case.number)
    assert desk is None or desk.state in ("answered", "closed")
    body = verify_signed(stored.signed, node.directory).body
    assert isinstance(body, Decision)
    return body


def waits_for_lead(city: City) -> list[LeadDuty]:
    with city.window.store.reading() as tx:
        return lead_duties(tx, city.window.calendar, city.clock.now())


def test_a_department_that_never_signed_for_the_request_is_named_to_the_lead(city: City) -> None:
    city.local.stop(city.address("transport"))
    city.matter(city.approver("transport"))
    case = city.submit(settle=False)
    assert waits_for_lead(city) == []
    city.clock.step_to(city.clock.now() + timedelta(days=2))
    [duty] = waits_for_lead(city)
    assert (duty.case_number, duty.task, duty.departments) == (
        case.number, LeadTask.UNSIGNED, (city.address("transport"),),
    )  # fmt: skip


def test_a_rule_prepares_and_an_officer_confirms_what_it_read(city: City) -> None:
    city.matter(city.approver("planning"), city.approver("transport"))
    case = city.submit()
    with pytest.raises(Conflict, match="no rule has prepared"):
        conclude.confirm(city.window, case.number, "主任")
    city.reply("planning", case)
    city.reply("transport", case)

    [duty] = waits_for_lead(city)
    assert (duty.task, duty.prepared, duty.since) == (LeadTask.CONFIRM, Outcome.GRANT, city.case(case).ready_at)
    assert duty.due_at is not None
    with city.local.members[city.window.address]._store.reading() as tx:
        [event] = awaited(tx, city.window, city.clock.now())
    assert (event.event, event.at, event.data["task"]) == (Event.AWAITED, duty.since, "confirm")
    waiting = case_status(city.window, case.number)
    assert waiting.state is CaseState.READY
    assert waiting.prepared is not None
    assert waiting.prepared.outcome is Outcome.GRANT
    with pytest.raises(Conflict, match="prepared is grant, not refuse"):
        conclude.confirm(city.window, case.number, "主任", Outcome.REFUSE)

    conclude.confirm(city.window, case.number, "张主任", Outcome.GRANT)
    found = decision_at(city, "planning", case)
    assert (found.officer, found.by_rule, found.outcome) == ("张主任", False, Outcome.GRANT)
    assert not case_status(city.window, case.number).by_rule
    assert waits_for_lead(city) == []
    with pytest.raises(Conflict, match="decided"):
        conclude.confirm(city.window, case.number, "李主任")


def test_a_rule_that_decides_is_named_in_the_signed_decision_and_in_the_status(
    tmp_path: Path, broker: NodeInfo, domain: str
) -> None:
    city = make_city(tmp_path, broker, domain, ("planning",), rule_decides=True)
    with city.local:
        city.matter(city.approver("planning"))
        case = city.submit()
        city.reply("planning", case)
        assert decision_at(city, "planning", case).by_rule
        status = case_status(city.window, case.number)
        assert status.by_rule
        assert "decided by rule; no person approved" in status.step
        decision = decision_on(city.window, status)
        assert decision is not None
        assert decision.by_rule


def test_a_grant_over_a_silent_department_says_why_under_the_leads_signature(city: City) -> None:
    city.matter(city.approver("planning"), city.approver("transport"))
    case = city.submit()
    city.reply("planning", case, Verdict.AGREE)
    city.through(7)
    [duty] = waits_for_lead(city)
    assert (duty.task, duty.departments) == (LeadTask.DECIDE, (city.address("transport"),))
    assert city.part(case, "transport").state is PartState.ESCALATED
    ruling = Ruling(Outcome.GRANT, "heard", officer="主任")
    with pytest.raises(CallerError, match=city.address("transport")):
        conclude.decide(city.window, case.number, ruling)

    why = (WithoutConsent(department=city.address("transport"), reasons="两次催办未答复，现场已核查"),)
    conclude.decide(city.window, case.number, Ruling(Outcome.GRANT, "heard", without_consent=why, officer="主任"))
    assert decision_at(city, "transport", case).without_consent == why


def test_where_an_escalated_part_holds_a_case_up_the_rule_prepares_what_needs_no_reasons_for_it(city: City) -> None:
    city.matter(city.approver("planning"), city.approver("transport", days=9))
    refused, granted = city.submit(), city.submit()
    city.through(4)
    assert city.part(refused, "planning").state is PartState.ESCALATED
    city.reply("transport", refused, Verdict.DISAGREE, reasons="车流量过大", basis=("道路交通安全法第三十二条",))
    city.reply("transport", granted)

    for case, task in ((refused, LeadTask.CONFIRM), (granted, LeadTask.DECIDE)):
        assert city.case(case).state is CaseState.OPEN
        with city.window.store.reading() as tx:
            duties = {one.case_number: one.task for one in lead_duties(tx, city.window.calendar, city.clock.now())}
        assert duties[case.number] is task
    assert case_status(city.window, granted.number).prepared is None, "to grant without it takes an officer's reasons"
    prepared = case_status(city.window, refused.number).prepared
    assert prepared is not None
    assert prepared.outcome is Outcome.REFUSE

    conclude.confirm(city.window, refused.number, "director")
    assert city.case(refused).state is CaseState.DECIDED
    city.reply("planning", granted)
    assert city.case(granted).state is CaseState.READY, "an answer still counts"
    assert case_status(city.window, granted.number).prepared is not None
