"""Special procedures of article 45: announced, refused, ended early, and one after another; on the real path."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from exchange.approval.department.procedures import end_procedure
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.department.terms import term_of
from exchange.approval.held import begin_hold
from exchange.approval.records import CaseRow
from exchange.approval.rules.amendments import NOT_TOLD
from exchange.approval.rules.department_term import DeskTerm
from exchange.approval.rules.states import PartState
from exchange.approval.window.store import Cases
from exchange.approval.window.terms.amending import Amendment, amend
from exchange.broker.admin.node_info import NodeInfo
from exchange.errors import Conflict, NotFound
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.messaging.rules.holding import Hold
from exchange.schemas import EntryKind, LedgerEntry, ProcedureKind, SpecialProcedure, TermNotice, Verdict
from tests.journeys.city import City, make_city, midnight_after, wait_until
from tests.journeys.waits import duties

pytestmark = pytest.mark.broker

HEARING = SpecialProcedure(kind=ProcedureKind.HEARING, days=20)
INSPECTION = SpecialProcedure(kind=ProcedureKind.INSPECTION, days=1)


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain)
    with city.local:
        city.matter(city.approver("planning"), city.approver("transport", days=5, silent=True))
        yield city


def announce(city: City, case: CaseRow, procedure: SpecialProcedure) -> str:
    return city.reply("transport", case, Verdict.SPECIAL_PROCEDURE, procedure=procedure)


def settle(city: City, name: str) -> None:
    city.wake(name)
    city.local.settle()


def own_term(city: City, case: CaseRow) -> DeskTerm:
    node = city.node("transport")
    with node.store.reading() as tx:
        row = tx[DepartmentDesk].get(case.number)
        assert row is not None
        return term_of(node, tx, row)


def ledger(city: City, case: CaseRow) -> list[LedgerEntry]:
    with city.window.store.reading() as tx:
        return tx[Cases].ledger(case.number, city.address("transport"))


def sent_back(city: City, message_id: str) -> str:
    with city.node("transport").store.reading() as tx:
        (copy,) = tx[Outbox].rows(message_id)
    assert copy.state is OutboxState.RETURNED
    return copy.last_error or ""


def both_see(city: City, case: CaseRow, due: date) -> None:
    """Window and department have the same due moment, and the department has been told it."""
    term = own_term(city, case)
    assert (term.due_at, term.told) == (midnight_after(due), True)
    assert city.part(case, "transport").due_at == term.due_at


def test_a_hearing_of_twenty_days_is_over_on_the_third_and_the_term_runs_on(city: City) -> None:
    case = city.submit()  # on Monday 2 March; 3 4 5 6 9
    announce(city, case, HEARING)
    both_see(city, case, date(2026, 4, 7))  # 3 April, 6 April is the holiday of Qingming
    city.through(3)
    department = city.node("transport")
    with pytest.raises(NotFound):
        end_procedure(department, "NOPE", "已举行听证", "张工")
    ended = end_procedure(department, case.number, "已举行听证", "张工")
    settle(city, "transport")

    both_see(city, case, date(2026, 3, 12))  # stopped for 3 4 5; 6 9 10 11 12
    last = ledger(city, case)[-1]
    assert (last.kind, last.reason, last.actor) == (EntryKind.RESUME, "已举行听证", department.address)
    assert last.notice == ended
    assert own_term(city, case).stopped is None
    with pytest.raises(Conflict, match="stops the clock"):
        end_procedure(department, case.number, "again", "张工")
    city.through(8)
    assert city.part(case, "transport").state is PartState.DEEMED, "it has ordered that itself"


def test_an_officer_ends_it_early_and_silence_counts_only_where_the_department_has_signed_for_that(city: City) -> None:
    told, untold = city.submit(), city.submit()
    city.through(4)
    for case in (told, untold):
        announce(city, case, HEARING)
    resume = Amendment(EntryKind.RESUME, "听证已举行", (), city.address("window"))
    amend(city.window, told.number, city.address("transport"), resume)
    settle(city, "window")
    both_see(city, told, date(2026, 3, 10))  # 3 4 5 counted; stopped on the 6th; 9 10
    notices = Hold("h1", city.address("transport"), TermNotice.KIND, "trial", "op", city.clock.now())
    assert begin_hold(city.window.store, notices)
    dispatcher = city.local.members[city.window.address].dispatcher
    wait_until(lambda: notices in dispatcher.held, what="the hold")
    amend(city.window, untold.number, city.address("transport"), resume)
    settle(city, "window")
    assert own_term(city, untold).stopped is not None, "it believes that its clock stands"
    city.through(5)  # reminded, and signed for that, in both

    assert city.part(told, "transport").state is PartState.DEEMED
    assert city.part(untold, "transport").state is PartState.ESCALATED
    with city.window.store.reading() as tx:
        journal = tx.journal_of(untold.number)
    (obstacles,) = [
        entry.detail["obstacles"]
        for entry in journal
        if entry.event == "escalated" and entry.detail["department"] == city.address("transport")
    ]
    assert obstacles == [NOT_TOLD]


def test_a_second_procedure_follows_the_first_and_one_that_is_refused_is_told_and_defaults_nobody(city: City) -> None:
    case = city.submit()
    announce(city, case, INSPECTION)  # stopped for 3
    city.through(1)
    announce(city, case, INSPECTION)  # on its last day, for 4
    city.through(2)
    announce(city, case, HEARING)
    assert [entry.kind for entry in ledger(city, case)] == [EntryKind.START, *[EntryKind.STOP] * 3]

    refused = announce(city, case, INSPECTION)
    assert "already-stopped" in sent_back(city, refused)
    assert "until the end of 2026-04-02" in sent_back(city, refused)
    assert refused in duties(city.node("transport"))
    term = own_term(city, case)
    assert term.due_at == city.part(case, "transport").due_at, "the refused one is not counted on either side"
    with city.node("transport").store.reading() as tx:
        assert "opinion-returned" in [entry.event for entry in tx.journal_of(case.number)]
    part = city.part(case, "transport")
    assert (part.faulty_id, part.correct_by) == (refused, midnight_after(date(2026, 3, 10)))
    end_procedure(city.node("transport"), case.number, "听证已举行", "张工")
    settle(city, "transport")
    city.through(9)
    assert city.part(case, "transport").state is PartState.ESCALATED, "it has not been silent"
