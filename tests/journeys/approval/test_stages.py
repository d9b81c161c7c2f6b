"""Stages: a later one is asked what the first was asked, with the same enclosures, by those who can be reached."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.approval.records import CaseRow
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window import conclude
from exchange.approval.window.decision import Ruling
from exchange.approval.window.store import Cases
from exchange.approval.window.submit import submit
from exchange.broker.admin.node_info import NodeInfo
from exchange.envelope import verify_signed
from exchange.errors import NotFound, Secret
from exchange.messaging.documents import Documents
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import StoredDocument
from exchange.schemas import Application, Attachment, Consultation, Outcome, SubmittedMaterial, Urgency, WithoutConsent
from tests.journeys.city import City, make_city

pytestmark = pytest.mark.broker

PLAN = b"plan of the works"


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain)
    with city.local:
        yield city


def in_place_of(city: City, name: str) -> Ruling:
    """The lead grants without a department's consent, and says why."""
    without = (WithoutConsent(department=city.address(name), reasons="it cannot be reached; the lead has looked"),)
    return Ruling(Outcome.GRANT, "in its place", without_consent=without, officer="主任")


def with_plan(city: City) -> Application:
    """An application whose plan is attached."""
    digest = hashlib.sha256(PLAN).hexdigest()
    plan = Attachment(name="plan.txt", media_type="text/plain", size=len(PLAN), digest=digest)
    return city.application().model_copy(update={"materials": (SubmittedMaterial(code="plan", attachment=plan),)})


def hand_in(city: City) -> CaseRow:
    case = submit(city.window, with_plan(city), enclosures=(PLAN,), urgency=Urgency.URGENT)
    city.wake("window")
    city.local.settle()
    return case


def consultation(city: City, name: str) -> StoredDocument:
    """The consultation that lies with a department."""
    with city.node(name).store.reading() as tx:
        [found] = tx[Documents].recent("received", Consultation.KIND)
    return found


def test_the_second_stage_gets_the_enclosures_and_the_urgency_of_the_first(city: City) -> None:
    city.matter(city.approver("planning"), city.approver("transport", stage=2))
    case = hand_in(city)
    city.reply("planning", case)

    for name in ("planning", "transport"):
        stored = consultation(city, name)
        assert stored.enclosures == (PLAN,)
        assert verify_signed(stored.signed, city.window.directory).header.urgency is Urgency.URGENT
    city.reply("transport", case)
    assert city.case(case).state is CaseState.DECIDED


def test_a_consultation_without_what_it_names_is_returned_and_the_lead_is_told(city: City) -> None:
    city.matter(city.approver("planning"), city.approver("transport"))
    case = submit(city.window, with_plan(city), enclosures=(PLAN,))
    with city.window.step() as step:
        part = step.tx[Cases].part(case.number, city.address("planning"))
        assert part is not None
        stored = step.tx[Documents].get(city.address("window"), part.consultation_id or "")
        assert stored is not None
        body = verify_signed(stored.signed, city.window.directory).body
        bare = step.send(body, (city.address("planning"),))
    city.wake("window")
    city.local.settle()

    with city.window.store.reading() as tx:
        [copy] = tx[Outbox].rows(bare)
    assert copy.state.value == "returned"
    assert "attachments" in (copy.last_error or "")


def test_a_department_of_a_later_stage_that_cannot_be_reached_is_escalated_and_holds_up_nobody(city: City) -> None:
    city.matter(city.approver("planning"), city.approver("transport", stage=2), city.approver("gone", stage=2))
    case = city.submit()
    city.reply("planning", case)
    city.reply("transport", case)

    assert city.part(case, "planning").state is PartState.ANSWERED
    assert city.part(case, "gone").state is PartState.ESCALATED
    assert city.part(case, "transport").state is PartState.ANSWERED
    conclude.decide(city.window, case.number, in_place_of(city, "gone"))
    city.wake("window")
    city.local.settle()
    assert city.case(case).state is CaseState.DECIDED


def test_a_case_goes_on_where_nobody_of_the_next_stage_can_be_reached(city: City) -> None:
    city.matter(city.approver("planning"), city.approver("gone", stage=2))
    case = city.submit()
    city.reply("planning", case)
    assert city.part(case, "gone").state is PartState.ESCALATED
    assert city.case(case).state is CaseState.OPEN
    conclude.decide(city.window, case.number, in_place_of(city, "gone"))
    assert city.case(case).outcome == "grant"


def test_a_first_stage_that_cannot_be_reached_is_refused_and_opens_no_case(city: City) -> None:
    city.matter(city.approver("planning"), city.approver("gone"))
    with pytest.raises(NotFound, match="gone"):
        city.submit()
    with city.window.store.reading() as tx:
        assert tx[Cases].recent() == []


def test_an_application_that_bears_a_marking_of_secrecy_is_refused_and_opens_no_case(city: City) -> None:
    city.matter(city.approver("planning"))
    with pytest.raises(Secret):
        submit(city.window, city.application().model_copy(update={"summary": "密级：机密\n营区道路"}))
    with city.window.store.reading() as tx:
        assert tx[Cases].recent() == []
