"""Who does not even sign for what is put to it escapes nothing: reminded, escalated, told to the authority above it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.approval.department.store import DepartmentDesk
from exchange.approval.records import CaseRow
from exchange.approval.rules.defaults import NO_RECEIPT
from exchange.approval.rules.lead import LeadTask
from exchange.approval.rules.states import CaseState, DeskState, PartState
from exchange.approval.window.lead_duties import lead_duties
from exchange.broker.admin.node_info import NodeInfo
from exchange.envelope import verify_signed
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.schemas import DeemedConsent, DefaultMode, DefaultNotice
from tests.journeys.city import City, make_city, wait_until

pytestmark = pytest.mark.broker


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain, superior="government")
    with city.local:
        yield city


def days_pass_until(city: City, case: CaseRow, name: str, state: PartState) -> None:
    """Six days, a look of the monitor on each; then it has come to this."""
    for _ in range(6):
        city.step_to(city.clock.now() + timedelta(days=1), settle=False)
    wait_until(lambda: city.part(case, name).state is state, what=f"{name} {state}")


def notices(city: City, node: Node, case: CaseRow) -> list[DefaultNotice]:
    with node.store.reading() as tx:
        stored = tx[Documents].of_conversation(case.conversation_id, DefaultNotice.KIND)
    bodies = [verify_signed(one.signed, city.window.directory).body for one in stored]
    return [body for body in bodies if isinstance(body, DefaultNotice)]


def obstacles_of(city: City, case: CaseRow, name: str) -> list[str]:
    with city.window.store.reading() as tx:
        journal = [entry for entry in tx.journal_of(case.number) if entry.event == "escalated"]
    [entry] = [entry for entry in journal if entry.detail["department"] == city.address(name)]
    return list(entry.detail["obstacles"])


def test_who_never_signs_is_reminded_and_escalated_and_never_defaulted(city: City) -> None:
    transport = city.address("transport")
    city.local.stop(transport)
    city.matter(
        city.approver("transport", silent=True), city.approver("planning", silent=True, after=(transport,))
    )  # fmt: skip
    case = city.submit(settle=False)
    wait_until(lambda: city.part(case, "planning").state is PartState.SIGNED, what="planning's receipt")
    city.local.stop(city.address("planning"))
    days_pass_until(city, case, "transport", PartState.ESCALATED)

    assert city.part(case, "transport").reminded_at is not None, "shown as reminded, though nobody has signed for that"
    assert NO_RECEIPT in obstacles_of(city, case, "transport")
    government = city.node("government")
    wait_until(lambda: bool(notices(city, government, case)), what="the notice to the superior")
    [told] = notices(city, government, case)
    assert (told.department, told.mode, told.deemed_consent) == (transport, DefaultMode.NONE, None)
    assert NO_RECEIPT in told.obstacles
    with government.store.reading() as tx:
        assert [entry.event for entry in tx.journal_of(case.number)].count("escalated-below") == 1

    planning = city.part(case, "planning")
    assert planning.signed_at is not None
    assert planning.clearance_id is not None
    assert planning.due_at is None, "it has signed for the request, and never for its clearance: no term has begun"
    days_pass_until(city, case, "planning", PartState.ESCALATED)
    assert NO_RECEIPT in obstacles_of(city, case, "planning")
    with city.window.store.reading() as tx:
        [duty] = lead_duties(tx, city.window.calendar, city.clock.now())
    assert duty.task is LeadTask.DECIDE, "nobody has time left: the lead may act"

    for name in ("transport", "planning"):
        city.local.start(city.address(name))
    city.local.settle()
    for name in ("transport", "planning"):
        part = city.part(case, name)
        assert (part.state, part.signed_at is not None) == (PartState.ESCALATED, True)
        assert city.address(name) in {notice.department for notice in notices(city, city.node(name), case)}
        with city.node(name).store.reading() as tx:
            desk = tx[DepartmentDesk].get(case.number)
        assert desk is not None
        assert desk.state is DeskState.WAITING, "an answer still counts"
        city.reply(name, case)
        assert city.part(case, name).state is PartState.ANSWERED
    assert city.case(case).state is CaseState.DECIDED
    with city.window.store.reading() as tx:
        assert [doc for doc in tx[Documents].recent("received") if doc.kind == DeemedConsent.KIND] == []
