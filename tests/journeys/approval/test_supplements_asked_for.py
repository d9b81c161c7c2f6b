"""A department asks, once and through the window, that the applicant hand something in; and it comes to its desk."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from datetime import timedelta

import pytest

from exchange.approval.acceptance import officers
from exchange.approval.department import requesting
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.records import CaseRow
from exchange.approval.rules.course.supplement_states import SupplementState
from exchange.approval.supplements.records import SupplementRow
from exchange.approval.supplements.store import SupplementRequests
from exchange.approval.window import closing
from exchange.approval.window.store import Cases
from exchange.approval.window.supplementing import answering, taking
from exchange.broker.admin.node_info import NodeInfo
from exchange.envelope import verify_signed
from exchange.errors import Conflict
from exchange.messaging.documents import Documents
from exchange.messaging.outbox import Outbox
from exchange.portal import drafting, handing_in
from exchange.schemas import (
    INVITES_ONLY,
    CaseAddition,
    FilingSupplement,
    Material,
    SupplementAnswer,
    SupplementInvitation,
    SupplementOutcome,
    SupplementRequest,
    WantedPaper,
)
from tests.journeys.city import City
from tests.journeys.portal import TRUTH, arrive, file, make_portal_city, offer, view

pytestmark = pytest.mark.broker

OFFICER = "李四"
REASONS = "施工段下有燃气管线"
LAW = ("城镇燃气管理条例第三十七条",)
SKETCH = (WantedPaper(material="sketch", what="交通组织图"),)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, broker: NodeInfo) -> Iterator[City]:
    city = make_portal_city(tmp_path_factory.mktemp("city"), broker, f"t{secrets.token_hex(4)}")
    with city.local:
        yield city


def accepted(city: City) -> tuple[str, CaseRow]:
    """A filing that was accepted, and its case, on the desks of planning and transport."""
    materials = (Material(code="plan", name="施工方案"), Material(code="sketch", name="交通组织图", required=False))
    number = file(city, offer(city, materials=materials))
    case_number = officers.accept(city.window, number, OFFICER)
    arrive(city)
    with city.window.store.reading() as tx:
        case = tx[Cases].get(case_number)
    assert case is not None
    return number, case


def ask(city: City, case: CaseRow, wanted: tuple[WantedPaper, ...] = SKETCH) -> str:
    message_id = requesting.request_supplement(city.node("planning"), case.number, wanted, REASONS, LAW, OFFICER)
    settle(city, "planning")
    return message_id


def settle(city: City, *names: str) -> None:
    for name in names:
        city.wake(name)
    city.local.settle()


def asked(city: City, name: str, case: CaseRow) -> SupplementRow | None:
    """The request as this member has it."""
    with city.node(name).store.reading() as tx:
        return tx[SupplementRequests].get(city.address("window"), case.number, city.address("planning"))


def state(city: City, name: str, case: CaseRow) -> SupplementState | None:
    row = asked(city, name, case)
    return row.state if row is not None else None


def returned_for(city: City, name: str, message_id: str) -> str:
    """Why a message of this member came back."""
    with city.node(name).store.reading() as tx:
        (copy,) = tx[Outbox].rows(message_id)
    return copy.last_error or ""


def hand_in(city: City, number: str, material: str, content: bytes) -> str:
    portal = city.node("portal")
    handing_in.reopen(portal, number)
    drafting.attach(portal, number, material, f"{material}.txt", "text/plain", content)
    message_id = handing_in.hand_in(portal, number, TRUTH)
    arrive(city)
    return message_id


def test_what_was_asked_for_is_passed_on_handed_in_and_shown_to_whoever_asked(city: City) -> None:
    number, case = accepted(city)
    with city.node("planning").store.reading() as tx:
        before = tx[DepartmentDesk].get(case.number)
    request_id = ask(city, case)
    with city.window.store.reading() as tx:
        assert [row.request_id for row in tx[SupplementRequests].waiting(9)] == [request_id]
        assert tx[SupplementRequests].how_many_wait(9) == 1
    with pytest.raises(Conflict, match="once in a case"):
        ask(city, case)
    with pytest.raises(Conflict, match="nothing was told to be missing"):
        handing_in.reopen(city.node("portal"), number)
    answering.pass_on(city.window, case.number, city.address("planning"), OFFICER)
    settle(city, "window")
    assert state(city, "planning", case) is SupplementState.PASSED_ON
    (invited,) = view(city, number).invited
    assert (invited.wanted, invited.reasons, invited.statement) == (SKETCH, REASONS, INVITES_ONLY)
    assert OFFICER not in invited.model_dump_json(), "no officer is named to the applicant"
    with pytest.raises(Conflict, match="passed-on"):
        answering.decline(city.window, case.number, city.address("planning"), "迟了", OFFICER)
    unasked = hand_in(city, number, "plan", b"not what was asked for")
    assert "nothing is missing" in returned_for(city, "portal", unasked)
    assert len(view(city, number).invited) == 1, "what brings nothing of it answers no invitation"
    supplement = hand_in(city, number, "sketch", b"sketch")
    assert view(city, number).invited == ()
    for name in ("window", "planning"):
        row = asked(city, name, case)
        assert row is not None
        assert (row.state, row.paper_id) == (SupplementState.COME_IN, supplement)
    shown = _shown(city, "planning", case)
    assert {one.code for one in shown.application.materials} == {"plan", "sketch"}
    assert _shown(city, "transport", case) == shown, "whoever is still to answer sees what came in"
    with city.node("planning").store.reading() as tx:
        after = tx[DepartmentDesk].get(case.number)
    assert before is not None
    assert after is not None
    assert (after.state, after.due_at) == (before.state, before.due_at), "no term was moved"


def _shown(city: City, name: str, case: CaseRow) -> FilingSupplement:
    with city.node(name).store.reading() as tx:
        (stored,) = tx[Documents].of_conversation(case.conversation_id, CaseAddition.KIND)
    body = verify_signed(stored.enclosures[0], city.node(name).directory).body
    assert isinstance(body, FilingSupplement)
    assert b"sketch" in stored.enclosures
    return body


def test_it_reaches_who_asked_though_it_has_answered_since_and_a_declined_one_is_told_with_its_reasons(
    city: City,
) -> None:
    number, case = accepted(city)
    ask(city, case, (WantedPaper(what="管线交底书"),))
    answering.pass_on(city.window, case.number, city.address("planning"), OFFICER)
    settle(city, "window")
    city.reply("planning", case)
    with pytest.raises(Conflict, match="opinion is given"):
        ask(city, case)
    hand_in(city, number, "sketch", b"sketch")
    assert state(city, "planning", case) is SupplementState.COME_IN
    assert _shown(city, "planning", case).filing == number
    _, other = accepted(city)
    ask(city, other)
    answering.decline(city.window, other.number, city.address("planning"), "图在附件三中", OFFICER)
    settle(city, "window")
    row = asked(city, "planning", other)
    assert row is not None
    assert (row.state, row.reasons) == (SupplementState.DECLINED, "图在附件三中")


def test_a_second_request_one_after_the_opinion_and_one_of_who_was_not_asked_come_back(city: City) -> None:
    _, case = accepted(city)
    first = ask(city, case)
    planning = city.node("planning")
    with planning.store.reading() as tx:
        stored = tx[Documents].get(planning.address, first)
    assert stored is not None
    body = verify_signed(stored.signed, planning.directory).body
    assert isinstance(body, SupplementRequest)
    assert "once in a case" in _forged(city, "planning", body)
    other = body.model_copy(update={"case_number": case.number, "department": city.address("transport")})
    assert "cannot speak for" in _forged(city, "planning", other)
    assert "is not consulted" in _forged(
        city, "monitor", body.model_copy(update={"department": city.address("monitor")})
    )
    city.reply("transport", case)
    late = other.model_copy(update={"consultation_id": body.consultation_id})
    assert "opinion is given" in _forged(city, "transport", late)
    unlisted = (WantedPaper(material="passport", what="护照"),)
    _, third = accepted(city)
    desk = city.opinion("planning", third).consultation_id
    named = {"case_number": third.number, "consultation_id": desk, "wanted": unlisted}
    assert "lists no material" in _forged(city, "planning", body.model_copy(update=named))
    assert state(city, "planning", third) is None


def _forged(city: City, name: str, body: SupplementRequest | SupplementAnswer, *enclosed: bytes) -> str:
    """Sign a message that the engine would not write; why it came back, or nothing."""
    to = "window" if isinstance(body, SupplementRequest) else "planning"
    with city.node(name).step() as step:
        message_id = step.send(body.model_copy(update={"at": step.now}), (city.address(to),), enclosures=enclosed)
    settle(city, name)
    return returned_for(city, name, message_id)


def test_a_window_cannot_claim_to_have_passed_on_what_it_has_not(city: City) -> None:
    number, case = accepted(city)
    request_id = ask(city, case)
    window = city.window
    claimed = SupplementAnswer(
        case_number=case.number, department=city.address("planning"), request_id=request_id,
        outcome=SupplementOutcome.PASSED_ON, invitation_id=request_id, digest="0" * 64, officer=OFFICER,
        at=city.clock.now(),
    )  # fmt: skip
    assert "not the one that is named" in _forged(city, "window", claimed)
    assert state(city, "planning", case) is SupplementState.ASKED
    answering.pass_on(window, case.number, city.address("planning"), OFFICER)
    with window.store.reading() as tx:
        filed = view(city, number).papers[0].message_id
        (stored,) = tx[Documents].of_conversation(filed, SupplementInvitation.KIND)
    honest = verify_signed(stored.signed, window.directory).body
    assert isinstance(honest, SupplementInvitation)
    other = honest.model_copy(update={"wanted": (WantedPaper(material="plan", what="施工方案"),)})
    assert "asked for something else" in _claim(city, claimed, other, "portal")
    assert "not written by the window to a portal" in _claim(city, claimed, honest, "transport")
    settle(city, "window")
    assert state(city, "planning", case) is SupplementState.PASSED_ON


def _claim(city: City, claimed: SupplementAnswer, told: SupplementInvitation, to: str) -> str:
    """The answer that an invitation was sent, which says something else, or went elsewhere."""
    with city.window.step() as step:
        invitation_id = step.send(told.model_copy(update={"at": step.now}), (city.address(to),))
        step.flush()
        stored = step.tx[Documents].get(city.address("window"), invitation_id)
        assert stored is not None
        signed = stored.signed
    digest = hashlib.sha256(signed).hexdigest()
    body = claimed.model_copy(update={"invitation_id": invitation_id, "digest": digest})
    return _forged(city, "window", body, signed)


def test_a_case_without_a_portal_and_one_that_is_over_pass_nothing_on(city: City) -> None:
    city.matter(city.approver("planning"), city.approver("transport"))
    case = city.submit()
    ask(city, case, (WantedPaper(material="plan", what="施工方案"),))
    planning = city.address("planning")
    with pytest.raises(Conflict, match="no portal"):
        answering.pass_on(city.window, case.number, planning, OFFICER)
    closing.withdraw(city.window, case.number, "不办了")
    with pytest.raises(Conflict, match="withdrawn"):
        answering.decline(city.window, case.number, planning, "不办了", OFFICER)
    with city.window.store.reading() as tx:
        assert case.number not in {row.case_number for row in tx[SupplementRequests].waiting(9)}
    assert taking.tidy(city.window) == 1
    assert state(city, "window", case) is SupplementState.LAPSED


def test_nothing_is_asked_once_the_term_is_over(city: City) -> None:
    _, case = accepted(city)
    city.clock.step_to(city.clock.now() + timedelta(days=7))
    with pytest.raises(Conflict, match="term is over"):
        ask(city, case)
