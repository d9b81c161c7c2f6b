"""Nobody waits for what may never come: who waits for an escalated part, and the next stage, go on without it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.approval.monitor.recheck import recheck_case
from exchange.approval.records import CaseRow
from exchange.approval.rules.entry_reasons import LATE_RESULT
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window import conclude
from exchange.approval.window.decision import Ruling
from exchange.approval.window.store import Cases
from exchange.broker.admin.node_info import NodeInfo
from exchange.envelope import verify_signed
from exchange.messaging.documents import Documents
from exchange.schemas import (
    Clearance,
    Consultation,
    EntryKind,
    Outcome,
    Result,
    ResultStanding,
    Verdict,
    WithoutConsent,
)
from tests.journeys.city import City, make_city

pytestmark = pytest.mark.broker


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain, ("planning", "transport", "police"))
    with city.local:
        yield city


def told(city: City, name: str, case: CaseRow, kind: str) -> list[Clearance | Consultation]:
    """What the window has told a department in a case, by kind of message."""
    with city.node(name).store.reading() as tx:
        stored = tx[Documents].of_conversation(case.conversation_id, kind)
    bodies = [verify_signed(one.signed, city.window.directory).body for one in stored]
    return [body for body in bodies if isinstance(body, Clearance | Consultation)]


def test_an_escalated_part_holds_up_neither_who_waits_for_it_nor_the_next_stage(city: City) -> None:
    planning = city.address("planning")
    city.matter(
        city.approver("planning", days=2), city.approver("transport", silent=True, after=(planning,)),
        city.approver("police", stage=2),
    )  # fmt: skip
    without, late = city.submit(), city.submit()
    city.through(3)

    for case in (without, late):
        assert city.part(case, "planning").state is PartState.ESCALATED
        part = city.part(case, "transport")
        assert (part.state, part.due_at is not None) == (PartState.SIGNED, True), "cleared, with its own term"
        [clearance] = told(city, "transport", case, Clearance.KIND)
        assert clearance.results == (Result(department=planning, verdict=None, standing=ResultStanding.NO_RESULT),)
        assert city.part(case, "police").state is PartState.PLANNED

    city.through(1)
    before = city.part(late, "transport").due_at
    city.reply("planning", late, Verdict.AGREE_WITH_CONDITIONS, conditions="夜间施工")

    result = told(city, "transport", late, Clearance.KIND)[-1].results[0]
    assert (result.verdict, result.conditions, result.standing) == (Verdict.AGREE_WITH_CONDITIONS, "夜间施工", None)
    after = city.part(late, "transport").due_at
    assert before is not None
    assert after is not None
    assert after > before, "who hears of the result so late has its whole term"
    with city.window.store.reading() as tx:
        ledger = tx[Cases].ledger(late.number, city.address("transport"))
    assert [entry.kind for entry in ledger] == [EntryKind.START, EntryKind.RESTART, EntryKind.START]
    assert ledger[1].reason == LATE_RESULT

    city.through(7)
    for case, missing in ((without, (planning,)), (late, ())):
        assert city.part(case, "transport").state is PartState.DEEMED, "and the monitor takes in such a ledger"
        [checked] = recheck_case(city.window, case.number)
        assert checked.error is None
        [asked] = told(city, "police", case, Consultation.KIND)
        assert asked.no_result == missing
        assert asked.document is not None
        assert ("无" in asked.document.body) == bool(missing)
        city.reply("police", case)
    assert city.case(late).state is CaseState.DECIDED
    assert city.case(without).state is CaseState.OPEN, "what was escalated, the lead decides by hand"
    reasons = (WithoutConsent(department=planning, reasons="no answer came; the lead has looked"),)
    conclude.decide(city.window, without.number, Ruling(Outcome.GRANT, "r", without_consent=reasons, officer="主任"))
    assert city.case(without).state is CaseState.DECIDED
