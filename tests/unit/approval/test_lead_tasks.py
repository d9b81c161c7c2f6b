"""What the lead is told to do, since when and until when; and what a department can tell of its own term."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.clock.dates import CaseLedgers, case_dates
from exchange.approval.rules.deadline import reckon
from exchange.approval.rules.department_term import DeskTerm, Told, desk_term, in_the_windows_order
from exchange.approval.rules.lead import LeadTask, what_waits
from exchange.approval.rules.protest import OwnRecord, ground_against
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.rules.stops import Stop
from exchange.schemas import EntryKind, LedgerEntry, Matter, ObjectionGround, ProtestGround, Term, Verdict
from exchange.workdays import ChinaCalendar
from tests.unit.facts import ID, OTHER_ID, at, end, extend, matter

CALENDAR = ChinaCalendar()
NOW = at("03-10")
THIRD_ID = "33333333-3333-4333-8333-333333333333"


def case(state: CaseState = CaseState.OPEN, **fields: Any) -> CaseRow:
    return CaseRow("C-1", "works", "1", state, 1, b"{}", "热电公司", "管道", ID, at("03-02"), **fields)


def part(department: str, state: PartState, **fields: Any) -> PartRow:
    return PartRow("C-1", department, 1, state, **fields)


DONE = part("c.transport", PartState.ANSWERED, verdict=Verdict.AGREE)
LAPSED = part("c.police", PartState.ESCALATED, escalated_at=at("03-09"))
ASKED = part("c.fire", PartState.SIGNED, issued_at=at("03-02"))
UNSAFE = part("c.gas", PartState.DEEMED, review_at=at("03-09"), late_ground=ObjectionGround.SAFETY)
UNSIGNED = part("c.fire", PartState.ISSUED, issued_at=at("03-02"))


@pytest.mark.parametrize(
    ("found", "parts", "task", "since", "because"),
    [
        (case(CaseState.READY, ready_at=at("03-05"), prepared="{}"), (DONE,), LeadTask.CONFIRM, "03-05", ()),
        (case(CaseState.READY, ready_at=at("03-05"), rule_error="E"), (DONE,), LeadTask.RULE_FAILED, "03-05", ()),
        (case(CaseState.READY, ready_at=at("03-05")), (DONE,), LeadTask.DECIDE, "03-05", ()),
        (case(), (DONE, LAPSED), LeadTask.DECIDE, "03-09", ("c.police",)),
        (case(), (DONE, LAPSED, ASKED), LeadTask.ESCALATED, "03-09", ("c.police",)),
        (case(), (DONE, UNSIGNED), LeadTask.UNSIGNED, "03-02", ("c.fire",)),
        (case(), (UNSAFE, ASKED), LeadTask.SAFETY, "03-09", ("c.gas",)),
        (case(CaseState.READY, ready_at=at("03-05"), prepared="{}"), (UNSAFE,), LeadTask.SAFETY, "03-09", ("c.gas",)),
        (case(CaseState.DECIDED), (DONE, UNSAFE), LeadTask.SAFETY, "03-09", ("c.gas",)),
    ],
)
def test_the_lead_is_told_what_waits_for_it_since_when_and_because_of_whom(
    found: CaseRow, parts: tuple[PartRow, ...], task: LeadTask, since: str, because: tuple[str, ...]
) -> None:
    waits = what_waits(found, parts, NOW)
    assert waits is not None
    assert (waits.task, waits.since, waits.departments) == (task, at(since), because)


@pytest.mark.parametrize(
    ("found", "parts"),
    [
        (case(), (DONE, ASKED)),
        (case(CaseState.DECIDED), (DONE, LAPSED)),
        (case(CaseState.WITHDRAWN), (UNSIGNED,)),
        (case(CaseState.WITHDRAWN), (UNSAFE,)),
    ],
)
def test_nothing_waits_for_the_lead_while_departments_have_time_or_when_all_is_over(
    found: CaseRow, parts: tuple[PartRow, ...]
) -> None:
    assert what_waits(found, parts, NOW) is None
    assert what_waits(case(), (part("c.fire", PartState.ISSUED, issued_at=NOW - timedelta(hours=1)),), NOW) is None


def stop(day: str, days: int | None) -> LedgerEntry:
    return LedgerEntry(kind=EntryKind.STOP, at=at(day), days=days, reason="听证", basis=("第四十五条",), actor="c.fire")


def test_the_lead_has_forty_five_working_days_unless_the_matter_says_otherwise_and_stops_are_left_out() -> None:
    def due(ledger: tuple[LedgerEntry, ...] = (), **fields: Any) -> datetime | None:
        found: Matter = matter(**fields)
        ledgers = CaseLedgers(departments={"c.fire": ledger, "c.police": ()})
        return case_dates(case(), found, ledgers, CALENDAR).decide_by

    assert due(decision_days=5) == end("03-09")
    assert due((stop("03-03", 3),), decision_days=5) == end("03-13")
    held = LedgerEntry(kind=EntryKind.RESUME, at=at("03-04"), reason="已听证", actor="c.fire")
    assert due((stop("03-03", 3), held), decision_days=5) == end("03-11"), "it went on for a day, and no longer"
    anew = LedgerEntry(kind=EntryKind.RESTART, at=at("03-04"), reason="补正", actor="c.window")
    assert due((stop("03-03", 3), anew), decision_days=5) == end("03-11")
    assert due((stop("03-03", None),), decision_days=5) == end("03-09"), "not announced with a length"
    assert due() == end("05-08")
    ledgers = CaseLedgers(departments={"c.fire": (stop("03-03", 3),)})
    again = case_dates(case(reopened_at=at("04-07")), matter(decision_days=5), ledgers, CALENDAR)
    assert again.decide_by == end("04-14"), "a case that was reopened is not late from its first day on"
    assert "decision_days" not in matter().model_dump_json(), "matters on record are byte for byte what they were"


FIVE = Term(days=5)


def known(**fields: Any) -> DeskTerm:
    return desk_term(Told(FIVE, **{"began_at": at("03-02"), **fields}), "c.fire", CALENDAR, NOW)


def test_a_department_reckons_its_own_term_until_it_is_told() -> None:
    assert known() == DeskTerm(end("03-09"), told=False, days_left=0, overdue=True)
    assert known(due_at=end("03-12")) == DeskTerm(end("03-12"), told=True, days_left=2, overdue=False)
    assert known(began_at=None) == DeskTerm(None)


def test_a_department_keeps_its_own_reckoning_where_the_window_says_less_than_the_entries_give() -> None:
    assert known(due_at=end("03-05")) == DeskTerm(end("03-09"), told=False, days_left=0, overdue=True)
    assert known(due_at=end("03-08")) == DeskTerm(end("03-08"), told=True, days_left=0, overdue=True)
    assert known(asked_at=at("02-27"), due_at=end("03-06")).told, "it came on Friday and was signed for on Monday"
    longer = known(entries=(extend("03-03", 10),), due_at=end("03-04"))
    assert (longer.due_at, longer.told, longer.overdue) == (end("03-23"), False, False)
    assert ground_against(OwnRecord(longer.due_at), None, at("03-10")) is ProtestGround.TIME_RUNNING


def test_a_department_sees_that_its_clock_is_stopped_since_when_and_why() -> None:
    announced = known(entries=(stop("03-09", 5),), own_stop=True, due_at=end("03-09"))
    assert announced.stopped == Stop(at("03-09"), "听证", end("03-16"))
    assert (announced.due_at, announced.told, announced.overdue) == (end("03-17"), False, False)
    for_good = known(entries=(stop("03-09", None),))
    assert for_good.stopped == Stop(at("03-09"), "听证", None)
    assert (for_good.due_at, for_good.overdue) == (None, False)


def test_a_clock_that_was_resumed_or_whose_stop_is_over_runs() -> None:
    resumed = LedgerEntry(kind=EntryKind.RESUME, at=at("03-10"), reason="补正", actor="c.window")
    assert known(entries=(stop("03-09", None), resumed)).stopped is None
    assert known(entries=(stop("03-03", 2),)).stopped is None


def test_department_and_window_reckon_over_the_same_entries_in_the_same_order() -> None:
    """An officer stopped and resumed the clock, and then the hearing came in that had been announced before."""
    by_officer = LedgerEntry(
        kind=EntryKind.STOP, at=at("03-04"), reason="鉴定", basis=("第四十五条",), actor="c.window", notice=OTHER_ID
    )
    resumed = LedgerEntry(kind=EntryKind.RESUME, at=at("03-05"), reason="已鉴定", actor="c.window", notice=THIRD_ID)
    hearing = stop("03-03", 10).model_copy(update={"notice": ID})
    at_the_window = (by_officer, resumed, hearing)
    told = [(at("03-06"), hearing), (at("03-04"), by_officer), (at("03-05"), resumed)]
    written = hearing.model_copy(update={"at": at("03-03", "08:00")})

    assert in_the_windows_order(told, [written]) == at_the_window
    untold = in_the_windows_order(told[1:], [written])
    assert untold == (written, by_officer, resumed), "until the window tells of it, it stands where it was written"
    began = LedgerEntry(kind=EntryKind.START, at=at("03-02"), reason="signed for", actor="c.window")
    due_at = reckon(FIVE, (began, *at_the_window), CALENDAR, "c.fire").due_at
    assert known(entries=in_the_windows_order(told, [written]), due_at=due_at) == known(
        entries=at_the_window, due_at=due_at
    )
    assert due_at == end("03-24")


def test_a_moment_that_the_window_says_is_provisional_is_shown_so() -> None:
    assert known(due_at=end("03-12"), provisional=True).provisional
    assert not known(due_at=end("03-12")).provisional


def test_a_hearing_that_waits_comes_before_the_decision_and_after_what_cannot_wait() -> None:
    ready, waiting = case(CaseState.READY, ready_at=at("03-05")), at("03-04")
    for found, parts in ((ready, (DONE,)), (case(), (DONE, LAPSED)), (case(), (ASKED,))):
        waits = what_waits(found, parts, NOW, hearing_since=waiting)
        assert waits is not None
        assert (waits.task, waits.since, waits.departments) == (LeadTask.HEARING, waiting, ())
    alarming = what_waits(ready, (UNSAFE,), NOW, hearing_since=waiting)
    assert alarming is not None
    assert alarming.task is LeadTask.SAFETY
    assert what_waits(case(CaseState.DECIDED), (DONE,), NOW, hearing_since=waiting) is None
