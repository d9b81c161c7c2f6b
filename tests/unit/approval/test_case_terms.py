"""The clocks of a whole case: known dates, who may extend them and by how much, what is over and what never is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from exchange.approval.clocks.records import ClockRow
from exchange.approval.records import CaseRow
from exchange.approval.rules.clock.amending import AmendedCase, Handling, announce, extend, handling_of, run_on
from exchange.approval.rules.clock.dates import CaseDates, CaseLedgers, case_dates, deliver_by, in_this_round
from exchange.approval.rules.clock.watching import CaseClock, first_look, look
from exchange.approval.rules.lead import LeadTask, what_waits
from exchange.approval.rules.states import CaseState
from exchange.errors import CallerError, Conflict, Denied
from exchange.schemas import LedgerEntry, Matter, Outcome, ProcedureKind
from tests.unit.facts import CALENDAR, ID, at, end, matter, resume, stop
from tests.unit.facts import extend as extended

MOMENT = timedelta(microseconds=1)
CITY = "c.government"


def case(opened: str = "03-02", state: CaseState = CaseState.OPEN, **fields: Any) -> CaseRow:
    return CaseRow("C-1", "works", "1", state, 1, b"{}", "热电公司", "管道", ID, at(opened), **fields)


def dates(found: CaseRow, *own: LedgerEntry, theirs: Sequence[LedgerEntry] = (), **fields: Any) -> CaseDates:
    return case_dates(found, matter(**fields), CaseLedgers(own, {"c.transport": theirs}), CALENDAR)


def asked(
    *entries: LedgerEntry, handling: Handling = Handling.SINGLE, above: tuple[str, ...] = (CITY,), **fields: Any
) -> AmendedCase:
    """A case opened on 2 March with five working days: until the 9th of March, 24:00."""
    return AmendedCase("C-1", "c.window", above, handling, dates(case(), *entries, decision_days=5, **fields), entries)


@pytest.mark.parametrize(
    ("opened", "days", "due", "provisional"),
    [("2024-01-29", 20, "2024-02-29", False), ("2026-11-23", 45, None, True), ("2026-03-02", 45, "2026-05-08", False)],
)
def test_the_statutory_term_is_counted_in_working_days_and_provisional_beyond_the_calendar(
    opened: str, days: int, due: str | None, provisional: bool
) -> None:
    found = dates(case(opened), decision_days=days)
    assert found.provisional is provisional
    assert due is None or found.decide_by == end(due)


def test_days_that_stand_still_twice_count_once_whoever_has_announced_them() -> None:
    assert dates(case(), decision_days=5).decide_by == end("03-09")
    assert dates(case(), stop("03-03", 3), decision_days=5).decide_by == end("03-13")
    both = dates(case(), stop("03-03", 3), theirs=[stop("03-04", 2, actor="c.transport")], decision_days=5)
    assert both.decide_by == end("03-13"), "the department's days lie within the lead's"
    further = dates(case(), stop("03-03", 3), theirs=[stop("03-05", 3, actor="c.transport")], decision_days=5)
    assert further.decide_by == end("03-17")
    ended = dates(case(), stop("03-03", 5), resume("03-05"), decision_days=5)
    assert ended.decide_by == end("03-12"), "what ends early stops nothing more"


def test_a_promise_is_lengthened_by_what_stands_still_and_not_by_an_extension() -> None:
    facts: dict[str, Any] = {"decision_days": 10, "promised_days": 5}
    assert dates(case(), **facts).promised_by == end("03-09")
    longer = dates(case(), extended("03-03", 10), **facts)
    assert (longer.decide_by, longer.promised_by) == (end("03-30"), end("03-09"))
    assert dates(case(), stop("03-03", 2), **facts).promised_by == end("03-12")
    assert dates(case(), decision_days=10).promised_by is None


def test_one_department_is_extended_by_the_lead_and_several_by_the_government_above() -> None:
    now = at("03-05")
    entry = extend(asked(), 10, "复杂", (), "c.window", now)
    assert (entry.days, entry.actor, entry.basis) == (10, "c.window", ("行政许可法第四十二条",))
    joint = asked(handling=handling_of(3))
    assert extend(joint, 15, "复杂", ("依据",), CITY, now).basis == ("依据",)
    with pytest.raises(Denied, match="government above the lead") as refused:
        extend(joint, 5, "复杂", (), "c.window", now)
    assert CITY in str(refused.value.remedy)
    with pytest.raises(Denied, match="government above the lead") as nobody:
        extend(asked(handling=Handling.JOINT, above=()), 5, "复杂", (), CITY, now)
    assert "directory" in str(nobody.value.remedy)
    with pytest.raises(Denied, match="may not order"):
        extend(asked(), 5, "复杂", (), CITY, now)


@pytest.mark.parametrize(("handling", "by", "longest"), [(Handling.SINGLE, "c.window", 10), (Handling.JOINT, CITY, 15)])
def test_nothing_longer_later_or_for_a_second_time(handling: Handling, by: str, longest: int) -> None:
    found, now = asked(handling=handling), at("03-05")
    for days in (longest + 1, 0, None):
        with pytest.raises(CallerError, match=rf"at most {longest} .*article 42"):
            extend(found, days, "复杂", (), by, now)
    assert extend(found, longest, "复杂", (), by, end("03-09")).days == longest, "the last moment is in time"
    with pytest.raises(Conflict, match="over"):
        extend(found, 1, "复杂", (), by, end("03-09") + MOMENT)
    again = asked(extended("03-03", 1), handling=handling)
    with pytest.raises(Conflict, match="extended before") as second:
        extend(again, 1, "复杂", (), by, now)
    assert "article 42" in str(second.value.remedy)


def test_the_clock_stops_for_a_procedure_of_article_45_told_with_its_length_and_by_the_lead() -> None:
    now, hearing = at("03-04"), ProcedureKind.HEARING
    entry = announce(asked(), hearing, 5, "邻人申请", (), "c.window", now)
    assert (entry.days, entry.basis) == (5, ("行政许可法第四十五条",))
    assert entry.reason == "special procedure: hearing; 邻人申请"
    with pytest.raises(CallerError, match="procedure of article 45"):
        announce(asked(), None, 5, "w", (), "c.window", now)
    with pytest.raises(CallerError, match="with its length"):
        announce(asked(), hearing, None, "w", (), "c.window", now)
    with pytest.raises(CallerError, match="at most 180"):
        announce(asked(stop("03-03", 100)), hearing, 81, "w", (), "c.window", now)
    with pytest.raises(Denied):
        announce(asked(), hearing, 5, "w", (), CITY, now)
    with pytest.raises(Conflict, match="over"):
        announce(asked(), hearing, 5, "w", (), "c.window", at("03-10"))


def test_only_what_the_lead_has_announced_and_still_stands_is_ended_early() -> None:
    now = at("03-05")
    assert run_on(asked(stop("03-03", 5)), "已举行", (), "c.window", now, CALENDAR).reason == "已举行"
    for found in (asked(), asked(theirs=[stop("03-03", 5, actor="c.transport")]), asked(stop("03-03", 1))):
        with pytest.raises(Conflict, match="not stopped"):
            run_on(found, "w", (), "c.window", now, CALENDAR)


def test_a_case_that_was_reopened_may_be_extended_anew_and_has_nothing_of_its_former_extension() -> None:
    found = case(reopened_at=at("04-07"))
    before = extended("03-03", 10)
    assert in_this_round(found, [before]) == []
    assert dates(found, before, decision_days=5).decide_by == end("04-14")


def looked(found: CaseRow, now: datetime, record: ClockRow | None = None, **fields: Any) -> tuple[CaseClock, ...]:
    what: Matter = matter(**fields)
    known = case_dates(found, what, CaseLedgers(), CALENDAR)
    return look(found, what, known, record or ClockRow("C-1"), now, CALENDAR).over


def test_a_term_is_over_after_its_last_moment_and_told_once() -> None:
    facts: dict[str, Any] = {"decision_days": 5, "promised_days": 3}
    assert looked(case(), end("03-05"), **facts) == ()
    assert looked(case(), end("03-05") + MOMENT, **facts) == (CaseClock.PROMISE,)
    known = ClockRow("C-1", promise_over_at=end("03-05"))
    assert looked(case(), end("03-09"), known, **facts) == ()
    assert looked(case(), end("03-09") + MOMENT, known, **facts) == (CaseClock.DECISION,)
    assert looked(case(), at("05-01"), replace(known, overrun_at=end("03-09")), **facts) == ()
    assert looked(case(state=CaseState.WITHDRAWN), at("05-01"), **facts) == ()


def test_what_is_provisional_is_never_over() -> None:
    assert looked(case("2026-11-23"), at("2027-12-31"), decision_days=45, promised_days=40) == ()
    beyond = case("2026-12-28", CaseState.DECIDED, decided_at=at("2026-12-28"), outcome="grant")
    assert looked(beyond, at("2027-12-31"), decision_days=5) == ()


def test_a_decision_that_grants_is_delivered_within_ten_working_days_and_no_other() -> None:
    decided = {"decided_at": at("03-05"), "outcome": Outcome.GRANT.value}
    granted = case(state=CaseState.DECIDED, **decided)
    assert deliver_by(at("03-05"), Outcome.GRANT.value, CALENDAR) == (end("03-19"), False)
    assert looked(granted, end("03-19")) == ()
    assert looked(granted, end("03-19") + MOMENT) == (CaseClock.DELIVERY,)
    assert looked(granted, at("04-30"), ClockRow("C-1", delivered_at=at("03-20"))) == ()
    assert looked(granted, at("04-30"), ClockRow("C-1", undelivered_at=at("03-20"))) == ()
    assert looked(replace(granted, outcome=Outcome.REFUSE.value), at("04-30")) == ()
    assert looked(granted, at("03-06"), promised_days=2) == (CaseClock.PROMISE,), "decided late is a promise not kept"


def test_a_case_is_looked_at_no_later_than_any_of_its_clocks_can_be_over() -> None:
    assert first_look(case(), matter(decision_days=5)) == end("03-07")
    assert first_look(case(), matter(decision_days=45)) == end("03-12"), "a decision of today is delivered by then"
    assert first_look(case(), matter(decision_days=45, promised_days=3)) == end("03-05")


def test_the_lead_is_told_what_it_owes_once_a_term_is_over_and_nothing_else_is_to_be_done_first() -> None:
    def task(state: CaseState, **marks: datetime) -> LeadTask | None:
        found = case(state=state, ready_at=at("03-05"))
        waits = what_waits(found, (), at("03-20"), (), ClockRow("C-1", **marks))
        return waits.task if waits is not None else None

    over = at("03-10")
    assert task(CaseState.OPEN) is None
    assert task(CaseState.OPEN, overrun_at=over, promise_over_at=over) is LeadTask.OVERRUN
    assert task(CaseState.OPEN, promise_over_at=over) is LeadTask.EXPLAIN
    assert task(CaseState.READY, overrun_at=over) is LeadTask.DECIDE
    assert task(CaseState.DECIDED, overrun_at=over) is None
    assert task(CaseState.DECIDED, promise_over_at=over, undelivered_at=over) is LeadTask.EXPLAIN
    explained = {"promise_over_at": over, "explained_at": over}
    assert task(CaseState.DECIDED, undelivered_at=over, **explained) is LeadTask.DELIVER
    assert task(CaseState.DECIDED, undelivered_at=over, delivered_at=over, **explained) is None
    assert task(CaseState.WITHDRAWN, overrun_at=over, promise_over_at=over) is None
