"""Any order of receipts, opinions, silence, amendments, redeliveries and withdrawals leaves one case whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from exchange.rules import ledger
from exchange.rules.case import SETTLED
from exchange.rules.deadline import project
from exchange.rules.states import CaseState, PartState
from schemas import (
    Approver,
    Completion,
    DeadlineState,
    DefaultMode,
    EntryKind,
    Exclusion,
    LedgerEntry,
    Material,
    Matter,
    Opinion,
    ProcedureKind,
    SpecialProcedure,
    Verdict,
)
from tests.property.court import CALENDAR, CASE, CONSULTATION, FINAL, HOUR, RUNNING, Court, Seat, morning

DEPARTMENTS = ("c.a", "c.b", "c.c")
BASIS = ("行政许可法第四十五条",)
departments = st.sampled_from(DEPARTMENTS)


@st.composite
def matters(draw: st.DrawFn) -> Matter:
    """A matter for three departments: any completion, defaults, stages, prerequisites, vetoes, delays."""
    modes = [draw(st.sampled_from([DefaultMode.CONSENT, *DefaultMode])) for _ in DEPARTMENTS]
    last = draw(st.sampled_from(["parallel", "second stage", "after a"]))
    approvers = tuple(
        Approver(
            department=name,
            term_days=draw(st.integers(1, 4)),
            default=mode,
            default_basis=() if mode is DefaultMode.NONE else ("a rule",),
            stage=2 if name == "c.c" and last == "second stage" else 1,
            after=("c.a",) if name == "c.c" and last == "after a" else (),
            veto=draw(st.booleans()),
        )
        for name, mode in zip(DEPARTMENTS, modes, strict=True)
    )
    completion = draw(st.sampled_from(Completion))
    return Matter(
        code="works",
        version="1",
        name="占用道路",
        name_en="Occupying a road",
        lead="c.window",
        basis=("a law",),
        materials=(Material(code="plan", name="方案"),),
        approvers=approvers,
        completion=completion,
        quorum=draw(st.integers(1, 3)) if completion is Completion.QUORUM else None,
        exclusions=draw(st.sampled_from([(), (), (Exclusion.LIFE_SAFETY,)])),
        effect_delay_days=draw(st.sampled_from([0, 0, 2])),
    )


def opinion(department: str, verdict: Verdict) -> Opinion:
    """An opinion that says what its verdict must."""
    return Opinion(
        case_number=CASE,
        consultation_id=CONSULTATION,
        department=department,
        verdict=verdict,
        reasons="reasons",
        basis=BASIS,
        conditions="conditions" if verdict is Verdict.AGREE_WITH_CONDITIONS else "",
        competent_body="another" if verdict is Verdict.NOT_COMPETENT else None,
        procedure=SpecialProcedure(kind=ProcedureKind.HEARING, days=2)
        if verdict is Verdict.SPECIAL_PROCEDURE
        else None,
        officer="officer",
        decided_on=date(2026, 3, 2),
    )


class CaseMachine(RuleBasedStateMachine):
    """What may happen to a case, in any order."""

    court: Court

    @initialize(matter=matters(), signing=st.sampled_from([set(DEPARTMENTS), set(DEPARTMENTS), {"c.a"}, set()]))
    def begin(self, matter: Matter, signing: set[str]) -> None:
        self.court = Court(matter, morning(2026, 3, 2))
        for department in signing:
            self.court.sign(department)
        self.settled: dict[str, PartState] = {}
        self.over: tuple[CaseState, tuple[PartState, ...]] | None = None

    # --- time and messages --------------------------------------------------------------------------------------------

    @rule(hours=st.sampled_from([1, 15, 24, 24, 48, 72, 240]))
    def time_passes(self, hours: int) -> None:
        self.court.now += hours * HOUR

    @rule(hours=st.sampled_from([15, 24, 48]), watching=st.booleans())
    def time_passes_and_everything_arrives(self, hours: int, watching: bool) -> None:
        self.court.now += hours * HOUR
        for monitor in self.court.monitors:
            monitor.take_in()
            if watching:
                self.court.sweep(monitor)
        self.drain()

    @rule(department=departments)
    def the_department_signs_for_what_it_has(self, department: str) -> None:
        self.court.sign(department)
        self.court.sign_clearance(department)

    @rule(department=departments, verdict=st.sampled_from(Verdict))
    def the_department_answers(self, department: str, verdict: Verdict) -> None:
        self.court.answer(opinion(department, verdict))

    @rule(department=departments, hours=st.sampled_from([1, 24, 72]))
    def the_department_answers_after_the_end(self, department: str, hours: int) -> None:
        due_at = project(self.court.own(self.court.seats[department]), CALENDAR).due_at
        if due_at is not None:
            self.court.now = max(self.court.now, due_at + hours * HOUR)
            self.court.answer(opinion(department, Verdict.DISAGREE))

    @rule(department=departments)
    def the_department_answers_at_the_last_moment(self, department: str) -> None:
        due_at = project(self.court.own(self.court.seats[department]), CALENDAR).due_at
        if due_at is not None and due_at > self.court.now:
            self.court.now = due_at
            self.court.answer(opinion(department, Verdict.AGREE))

    @rule(which=st.integers(0, 1))
    def a_monitor_hears_the_window(self, which: int) -> None:
        self.court.monitors[which].take_in()

    @rule(which=st.integers(0, 1))
    def a_monitor_looks(self, which: int) -> None:
        self.court.sweep(self.court.monitors[which])

    @rule(department=departments, days=st.integers(1, 3), hours=st.sampled_from([24, 48, 72]))
    def the_monitors_have_not_heard_of_an_extension(self, department: str, days: int, hours: int) -> None:
        self.the_term_is_extended(department, days)
        self.court.now += hours * HOUR
        for monitor in self.court.monitors:
            self.court.sweep(monitor)
        self.drain()

    @precondition(lambda self: self.court.queue)
    @rule()
    def the_window_handles_one(self) -> None:
        self.court.handle_next()

    @precondition(lambda self: self.court.handled)
    @rule(which=st.integers(0, 20))
    def the_broker_delivers_again(self, which: int) -> None:
        before = snapshot(self.court)
        self.court.redeliver(which)
        self.court.handle_next()
        assert snapshot(self.court) == before

    def drain(self) -> None:
        """Handles the whole queue; it comes to an end."""
        for _ in range(200):
            if not self.court.queue:
                return
            self.court.handle_next()
        raise AssertionError("the queue never empties")

    # --- officers -----------------------------------------------------------------------------------------------------

    @rule(department=departments, days=st.integers(1, 3))
    def the_term_is_extended(self, department: str, days: int) -> None:
        self.amend(department, lambda s: ledger.extend(s, days, "r", BASIS, "c.window", self.court.now, CALENDAR))

    @rule(department=departments, days=st.sampled_from([None, 1, 3]))
    def the_clock_is_stopped(self, department: str, days: int | None) -> None:
        self.amend(department, lambda s: ledger.stop(s, days, "r", BASIS, "c.window", self.court.now, CALENDAR))

    @rule(department=departments)
    def the_clock_runs_on(self, department: str) -> None:
        self.amend(department, lambda s: ledger.resume(s, "r", BASIS, "c.window", self.court.now, CALENDAR))

    @rule(department=departments)
    def the_term_begins_anew(self, department: str) -> None:
        self.amend(department, lambda s: ledger.restart(s, "r", BASIS, "c.window", self.court.now, CALENDAR))

    def amend(self, department: str, make: Callable[[DeadlineState], LedgerEntry]) -> None:
        """An amendment that is allowed leaves time, and takes none away unless it lifts a stop."""
        seat = self.court.seats[department]
        before = project(self.court.own(seat), CALENDAR).due_at
        if self.court.amend(make, department):
            after = project(self.court.own(seat), CALENDAR).due_at
            lifts = seat.ledger[-1].kind in (EntryKind.RESUME, EntryKind.RESTART)
            assert after is None or after >= self.court.now
            assert lifts or before is None or after is None or after >= before

    @rule()
    def the_lead_decides(self) -> None:
        self.court.decide()

    @precondition(lambda self: len(self.court.handled) > 4)
    @rule()
    def the_applicant_withdraws(self) -> None:
        self.court.withdraw()

    # --- what holds at all times --------------------------------------------------------------------------------------

    @invariant()
    def one_word_or_one_silence_of_each_department_took_effect(self) -> None:
        for department, ids in self.court.effective.items():
            spoke = self.court.seats[department].state in (PartState.ANSWERED, PartState.DEEMED)
            assert len(ids) == (1 if spoke else 0)

    @invariant()
    def what_is_settled_stays_as_it_is(self) -> None:
        for name, seat in self.court.seats.items():
            assert self.settled.get(name, seat.state) is seat.state
            if seat.state in FINAL:
                self.settled[name] = seat.state

    @invariant()
    def silence_is_never_written_down_as_a_verdict(self) -> None:
        for seat in self.court.seats.values():
            assert (seat.verdict is not None) == (seat.state is PartState.ANSWERED)

    @invariant()
    def a_late_opinion_never_took_effect_where_silence_has_a_consequence(self) -> None:
        for name, seat in self.court.seats.items():
            if seat.state is PartState.DEEMED:
                assert seat.late_opinion_id not in self.court.effective[name]

    @invariant()
    def a_case_is_ready_only_when_its_rule_is_met(self) -> None:
        if self.court.case is CaseState.READY:
            assert complete(self.court)

    @invariant()
    def a_closed_case_stays_as_it_is(self) -> None:
        if self.court.case in (CaseState.DECIDED, CaseState.WITHDRAWN):
            states = (self.court.case, tuple(seat.state for seat in self.court.seats.values()))
            assert self.over in (None, states)
            self.over = states
            assert not any(state in RUNNING for state in states[1])

    # --- how it ends --------------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        """Left to itself, with everybody reading and nobody speaking, every running term ends in something."""
        if not hasattr(self, "court"):
            return
        for _ in range(45):
            for department in DEPARTMENTS:
                self.the_department_signs_for_what_it_has(department)
            self.time_passes_and_everything_arrives(24, True)
        for seat in self.court.seats.values():
            assert seat.state in (*SETTLED, PartState.ESCALATED, PartState.PLANNED) or self.rightly_waits(seat)

    def rightly_waits(self, seat: Seat) -> bool:
        """Stopped by an officer for an open time, or waiting for a department that owes its result."""
        if project(self.court.own(seat), CALENDAR).stopped:
            return True
        return bool(self.court.rules[seat.department].after) and not seat.cleared


def complete(court: Court) -> bool:
    """Whether the lead may decide, reckoned anew from what is on record; what was moot had been open before."""
    seats = list(court.seats.values())
    if all(seat.state in (PartState.ANSWERED, PartState.DEEMED) for seat in seats):
        return True
    if court.matter.completion is Completion.VETO:
        return any(seat.verdict is Verdict.DISAGREE and court.rules[seat.department].veto for seat in seats)
    if court.matter.completion is Completion.QUORUM and court.matter.quorum:
        agreed = sum(seat.verdict in (Verdict.AGREE, Verdict.AGREE_WITH_CONDITIONS) for seat in seats)
        silent = [court.rules[seat.department].default for seat in seats if seat.state is PartState.DEEMED]
        return agreed + silent.count(DefaultMode.CONSENT) >= court.matter.quorum
    return False


def snapshot(court: Court) -> object:
    """Everything a redelivery must not change."""
    return (
        court.case,
        court.stage,
        [(s.state, s.revision, s.verdict, s.late_opinion_id, len(s.ledger)) for s in court.seats.values()],
    )


CaseMachine.TestCase.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestACaseUnderAnyOrderOfEvents = CaseMachine.TestCase
