"""What may be entered in a ledger, by the calendar of a term of five working days from Monday 2 March 2026."""

from __future__ import annotations

import pytest

from exchange.approval.rules import amendments
from exchange.approval.rules.deadline import project
from exchange.errors import CallerError, Conflict
from exchange.schemas import DeadlineState, EntryKind, LedgerEntry, ProcedureKind
from tests.unit.facts import CALENDAR, at, deadline, end, extend, resume, start, stop

BASIS = ("行政许可法第四十二条",)
RUNNING = deadline(start("03-02"))
STOPPED = deadline(start("03-02"), stop("03-04"))


def do_extend(state: DeadlineState, day: str, days: int = 3, basis: tuple[str, ...] = BASIS) -> LedgerEntry:
    return amendments.extend(state, days, "complex", basis, "c.window", at(day), CALENDAR)


def do_stop(state: DeadlineState, day: str, days: int | None = None, basis: tuple[str, ...] = BASIS) -> LedgerEntry:
    return amendments.stop(state, ProcedureKind.HEARING, days, "held", basis, "c.transport", at(day), CALENDAR)


def do_resume(state: DeadlineState, day: str) -> LedgerEntry:
    return amendments.resume(state, "hearing held", (), "c.window", at(day), CALENDAR)


def do_restart(state: DeadlineState, day: str, basis: tuple[str, ...] = BASIS) -> LedgerEntry:
    return amendments.restart(state, "supplement", basis, "c.window", at(day), CALENDAR)


def test_an_entry_says_when_why_by_what_right_and_by_whom() -> None:
    made = do_extend(RUNNING, "03-04")
    assert made == LedgerEntry(
        kind=EntryKind.EXTEND, at=at("03-04"), days=3, reason="complex", basis=BASIS, actor="c.window"
    )
    assert project(deadline(*RUNNING.ledger, made), CALENDAR).due_at == end("03-12")


def test_a_term_is_extended_once() -> None:
    with pytest.raises(Conflict, match="extended before"):
        do_extend(deadline(start("03-02"), extend("03-03", 1)), "03-04")


def test_the_last_moment_for_an_extension_is_the_end_of_the_term() -> None:
    assert amendments.extend(RUNNING, 1, "complex", BASIS, "c.window", end("03-09"), CALENDAR).days == 1
    with pytest.raises(Conflict, match="over"):
        do_extend(RUNNING, "03-10", 1)


def test_an_extension_needs_days() -> None:
    with pytest.raises(CallerError, match="how many"):
        do_extend(RUNNING, "03-04", 0)


def test_extending_stopping_or_restarting_needs_its_legal_basis() -> None:
    with pytest.raises(CallerError, match="legal basis"):
        do_restart(RUNNING, "03-04", basis=())
    with pytest.raises(CallerError, match="legal basis"):
        do_extend(RUNNING, "03-04", basis=())
    with pytest.raises(CallerError, match="legal basis"):
        do_stop(RUNNING, "03-04", basis=())


def test_a_stopped_term_is_not_stopped_again() -> None:
    with pytest.raises(Conflict, match="stopped already"):
        do_stop(STOPPED, "03-05")


def test_a_term_that_is_over_is_not_stopped() -> None:
    with pytest.raises(Conflict, match="over"):
        do_stop(RUNNING, "03-10", 5)


def test_only_a_stopped_term_is_resumed() -> None:
    with pytest.raises(Conflict, match="not stopped"):
        do_resume(RUNNING, "03-04")
    made = do_resume(STOPPED, "03-09")
    assert project(deadline(*STOPPED.ledger, made), CALENDAR).due_at == end("03-13")


def test_an_announced_stop_is_ended_early_by_an_officer_and_not_once_it_is_over() -> None:
    announced = deadline(start("03-02"), stop("03-04", 20, actor="c.transport"))
    made = amendments.resume(announced, "hearing held", (), "c.window", at("03-09"), CALENDAR)
    assert project(deadline(*announced.ledger, made), CALENDAR).due_at == end("03-13")
    with pytest.raises(Conflict, match="not stopped"):
        do_resume(deadline(*announced.ledger, made), "03-10")
    with pytest.raises(Conflict, match="not stopped"):
        do_resume(deadline(start("03-02"), stop("03-04", 2)), "03-09")
    with pytest.raises(Conflict, match="not stopped"):
        amendments.resume(STOPPED, "by the department", (), "c.transport", at("03-05"), CALENDAR)


def test_what_was_resumed_can_be_stopped_again() -> None:
    assert do_stop(deadline(*STOPPED.ledger, resume("03-05")), "03-06", 2).days == 2


def test_a_stopped_term_can_be_extended_though_its_end_is_open() -> None:
    assert do_extend(STOPPED, "03-20").days == 3


def test_a_restart_is_entered_while_the_term_runs_or_is_stopped_and_not_after() -> None:
    assert do_restart(RUNNING, "03-05").kind is EntryKind.RESTART
    assert do_restart(STOPPED, "03-20").kind is EntryKind.RESTART
    with pytest.raises(Conflict, match="over"):
        do_restart(RUNNING, "03-10")


def test_before_the_receipt_nothing_can_be_entered() -> None:
    for attempt in (do_extend, do_stop, do_restart):
        with pytest.raises(Conflict, match="not begun"):
            attempt(deadline(), "03-04")


def test_an_entry_without_a_reason_does_not_hold() -> None:
    with pytest.raises(CallerError, match="is invalid"):
        amendments.restart(RUNNING, "", BASIS, "c.window", at("03-04"), CALENDAR)


def test_every_refusal_says_what_to_do() -> None:
    with pytest.raises(CallerError) as refused:
        do_extend(RUNNING, "03-10")
    assert refused.value.remedy


def test_the_clock_stops_only_for_a_procedure_of_the_closed_list() -> None:
    with pytest.raises(CallerError, match="article 45") as refused:
        amendments.stop(RUNNING, None, 3, "because", BASIS, "c.window", at("03-04"), CALENDAR)
    assert "hearing" in refused.value.remedy
    assert do_stop(RUNNING, "03-04").reason == "special procedure: hearing; held"
