"""A closed case is taken up again: the decision stays as it was signed, and silence decides nothing any more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.approval.department.store import DepartmentDesk
from exchange.approval.department.terms import term_of
from exchange.approval.records import CaseRow
from exchange.approval.rules.states import CaseState, DeskState, PartState
from exchange.approval.window import closing, conclude
from exchange.approval.window.after.reopening import Reopening, reopen
from exchange.approval.window.case_file import case_file
from exchange.approval.window.decision import Ruling
from exchange.approval.window.status import case_status
from exchange.broker.admin.node_info import NodeInfo
from exchange.envelope import verify_signed
from exchange.errors import CallerError, Conflict, NotFound
from exchange.messaging.documents import Documents
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.schemas import (
    CaseReopened,
    Consultation,
    Decision,
    DefaultMode,
    OrderedBy,
    Outcome,
    Verdict,
    WithoutConsent,
)
from exchange.workdays import add_working_days, end_of_day
from tests.journeys.city import City, make_city

pytestmark = pytest.mark.broker

WHY = ("原决定认定事实不清", ("行政诉讼法第七十条",))


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain)
    with city.local:
        yield city


def again(city: City, case: CaseRow, *ask: str, **fields: object) -> None:
    wanted = Reopening("张主任", *WHY, ask=tuple(map(city.address, ask)), **fields)  # type: ignore[arg-type]
    reopen(city.window, case.number, wanted)
    city.wake("window")
    city.local.settle()


def signed_of(city: City, name: str, case: CaseRow, kind: str) -> list[object]:
    """The bodies of one kind that a member has of a case."""
    with city.node(name).store.reading() as tx:
        stored = tx[Documents].of_conversation(case.conversation_id, kind)
    return [verify_signed(one.signed, city.window.directory).body for one in stored]


def test_in_a_reopened_case_silence_is_escalated_and_the_old_decision_stays_as_it_was_signed(city: City) -> None:
    city.matter(city.approver("planning", silent=True), city.approver("transport", silent=True))
    case = city.submit()
    first = city.opinion("transport", case)
    city.reply("planning", case)
    city.through(4)
    assert city.part(case, "transport").state is PartState.DEEMED
    decided = city.case(case)
    assert (decided.state, decided.outcome) == (CaseState.DECIDED, "grant")
    for wrong, why in (
        (Reopening("张主任", "", WHY[1]), "needs its reasons"),
        (Reopening("张主任", WHY[0], ()), "legal basis"),
        (Reopening("张主任", *WHY, OrderedBy.COURT), "order is not named"),
        (Reopening("张主任", *WHY, order="判决"), "needs no order"),
        (Reopening("张主任", *WHY, ask=(city.address("window"),)), "not consulted"),
    ):
        with pytest.raises((CallerError, NotFound), match=why):
            reopen(city.window, case.number, wrong)

    again(city, case, "planning", "transport", ordered_by=OrderedBy.COURT, order="（2026）皖01行终1号")

    [notice] = signed_of(city, "planning", case, CaseReopened.KIND)
    assert isinstance(notice, CaseReopened)
    assert (notice.former, notice.ordered_by, notice.reasons) == (decided.decision_id, OrderedBy.COURT, WHY[0])
    asked = signed_of(city, "transport", case, Consultation.KIND)[-1]
    assert isinstance(asked, Consultation)
    assert [one.default for one in asked.departments] == [DefaultMode.NONE] * 2
    last, _ = add_working_days(city.window.calendar, city.clock.now().date(), 3)
    for name in ("planning", "transport"):
        assert (city.part(case, name).state, city.part(case, name).due_at) == (PartState.SIGNED, end_of_day(last))
        with city.node(name).store.reading() as tx:
            row = tx[DepartmentDesk].get(case.number)
            assert row is not None
            assert row.state is DeskState.WAITING
            assert term_of(city.node(name), tx, row).due_at == end_of_day(last)
    with pytest.raises(Conflict, match="is open"):
        again(city, case)
    status = case_status(city.window, case.number)
    assert (status.state, status.outcome, status.step[1]) == (CaseState.OPEN, None, "reopened: with the departments")
    [shown] = status.reopenings
    assert (shown.reasons, shown.former_id, shown.former_outcome) == (WHY[0], decided.decision_id, "grant")

    with city.node("transport").step() as step:  # what it signs on the first request is no answer to the second
        stale = step.send(first, (city.address("window"),), conversation_id=case.conversation_id)
    city.wake("transport")
    city.local.settle()
    with city.node("transport").store.reading() as tx:
        [copy] = tx[Outbox].rows(stale)
    assert (copy.state, city.part(case, "transport").state) == (OutboxState.RETURNED, PartState.SIGNED)
    city.reply("planning", case, Verdict.DISAGREE, reasons="r", basis=("b",))
    city.through(6)
    assert city.part(case, "transport").state is PartState.ESCALATED
    assert city.case(case).state is CaseState.OPEN
    without = (WithoutConsent(department=city.address("transport"), reasons="它两次没有答复"),)
    with pytest.raises(CallerError, match="overruled"):
        conclude.decide(city.window, case.number, Ruling(Outcome.GRANT, "r", without_consent=without, officer="主任"))
    conclude.decide(city.window, case.number, Ruling(Outcome.REFUSE, "规划部门不同意", officer="主任"))
    city.wake("window")
    city.local.settle()
    before, after = signed_of(city, "planning", case, Decision.KIND)
    assert isinstance(before, Decision)
    assert isinstance(after, Decision)
    assert [before.outcome, after.outcome] == [Outcome.GRANT, Outcome.REFUSE]
    assert city.case(case).outcome == "refuse"
    assert case_status(city.window, case.number).reopenings == status.reopenings


def test_without_anybody_asked_again_the_lead_decides_anew_and_a_withdrawn_case_can_be_reopened(city: City) -> None:
    city.matter(city.approver("planning"), city.approver("transport"))
    case, other = city.submit(), city.submit()
    city.reply("planning", case)
    city.reply("transport", case)
    again(city, case)
    assert city.case(case).state is CaseState.READY, "no rule decides a case that was reopened"
    assert city.part(case, "planning").verdict is Verdict.AGREE, "what was said stands"
    assert case_file(city.window, case.number).lacking == ()
    conclude.decide(city.window, case.number, Ruling(Outcome.GRANT, "维持", officer="主任"))
    again(city, case, "transport")
    assert len(case_status(city.window, case.number).reopenings) == 2

    closing.withdraw(city.window, other.number, "申请人撤回")
    city.wake("window")
    city.local.settle()
    again(city, other, "planning")
    assert city.part(other, "transport").state is PartState.MOOT
    city.reply("planning", other)
    assert city.case(other).state is CaseState.READY
    [shown] = case_status(city.window, other.number).reopenings
    assert (shown.former_state, shown.former_id) == (CaseState.WITHDRAWN, None)
