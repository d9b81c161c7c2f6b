"""Any order of receipts, opinions, silence, amendments, redeliveries and withdrawals leaves one case whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from exchange.approval.rules import amendments
from exchange.approval.rules.completion import OVER
from exchange.approval.rules.deadline import project
from exchange.approval.rules.states import BY_SILENCE, CaseState, PartState
from exchange.clock import CST
from exchange.schemas import DeadlineState, EntryKind, LedgerEntry, Matter, ProcedureKind, Verdict
from tests.property.cases import BASIS, DEPARTMENTS, complete, matters, opinion, recall, snapshot
from tests.property.court import Court
from tests.property.seat import CALENDAR, FINAL, RUNNING, Seat

HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=CST)
departments = st.sampled_from(DEPARTMENTS)


class CaseMachine(RuleBasedStateMachine):
    """What may happen to a case, in any order."""

    court: Court

    @initialize(matter=matters(), signing=st.sampled_from([set(DEPARTMENTS), set(DEPARTMENTS), {"c.a"}, set()]))
    def begin(self, matter: Matter, signing: set[str]) -> None:
        self.court = Court(matter, MONDAY)
        for department in signing:
            self.court.sign(department)
        self.settled: dict[str, tuple[PartState, int]] = {}
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

    @rule(department=departments, which=st.integers(0, 3))
    def the_department_recalls_an_opinion(self, department: str, which: int) -> None:
        """The one that counts, one that never did, or one that was recalled before."""
        seat = self.court.seats[department]
        known = [seat.opinion_id, seat.late_opinion_id, seat.recalled_id, *self.court.effective[department]][which:]
        chosen = next((id_ for id_ in known if id_ is not None), None)
        if chosen is not None:
            self.court.answer(recall(department, chosen, self.court.now))

    @rule(department=departments, hours=st.sampled_from([0, 1, 24]))
    def the_department_thinks_again_and_says_something_else(self, department: str, hours: int) -> None:
        self.the_department_recalls_an_opinion(department, 0)
        self.court.now += hours * HOUR
        self.drain()
        self.court.answer(opinion(department, Verdict.DISAGREE))
        self.drain()

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
        self.amend(department, lambda s: amendments.extend(s, days, "r", BASIS, "c.window", self.court.now, CALENDAR))

    @rule(department=departments, days=st.sampled_from([None, 1, 3]))
    def the_clock_is_stopped(self, department: str, days: int | None) -> None:
        hearing = ProcedureKind.HEARING
        self.amend(
            department, lambda s: amendments.stop(s, hearing, days, "r", BASIS, "c.window", self.court.now, CALENDAR)
        )

    @rule(department=departments)
    def the_clock_runs_on(self, department: str) -> None:
        self.amend(department, lambda s: amendments.resume(s, "r", BASIS, "c.window", self.court.now, CALENDAR))

    @rule(department=departments)
    def the_department_ends_its_procedure(self, department: str) -> None:
        self.amend(department, lambda s: amendments.resume(s, "r", (), department, self.court.now, CALENDAR))

    @rule(department=departments)
    def the_term_begins_anew(self, department: str) -> None:
        self.amend(department, lambda s: amendments.restart(s, "r", BASIS, "c.window", self.court.now, CALENDAR))

    def amend(self, department: str, make: Callable[[DeadlineState], LedgerEntry]) -> None:
        """An amendment that is allowed leaves time, and takes none away unless it lifts a stop."""
        seat = self.court.seats[department]
        before = project(self.court.own(seat), CALENDAR).due_at
        if self.court.amend(make, department):
            after = project(self.court.own(seat), CALENDAR).due_at
            lifts = seat.ledger[-1].kind in (EntryKind.RESUME, EntryKind.RESTART)
            ended = seat.ledger[-1].kind is EntryKind.RESUME and before is not None and after is not None
            assert not ended or after <= before  # type: ignore[operator]
            assert after is None or after >= self.court.now
            assert lifts or before is None or after is None or after >= before

    @rule()
    def the_lead_decides(self) -> None:
        self.court.decide()

    @precondition(lambda self: len(self.court.handled) > 4)
    @rule()
    def the_applicant_withdraws(self) -> None:
        self.court.withdraw()

    @precondition(lambda self: self.court.case in (CaseState.DECIDED, CaseState.WITHDRAWN))
    @rule(asked=st.lists(departments, unique=True))
    def the_lead_reopens_the_case(self, asked: list[str]) -> None:
        self.court.reopen(tuple(asked))
        self.settled = {name: state for name, state in self.settled.items() if name not in asked}
        self.over = None

    # --- what holds at all times --------------------------------------------------------------------------------------

    @invariant()
    def one_word_or_one_silence_of_each_department_took_effect(self) -> None:
        for department, ids in self.court.effective.items():
            spoke = self.court.seats[department].state in (PartState.ANSWERED, *BY_SILENCE)
            assert len(ids) == (1 if spoke else 0)

    @invariant()
    def what_is_settled_stays_as_it_is(self) -> None:
        for name, seat in self.court.seats.items():
            recalls = sum(len(one.recalled_ids) for one in self.court.seats.values())
            before, then = self.settled.get(name, (seat.state, recalls))
            assert before is seat.state or (recalls > then and before not in BY_SILENCE)
            self.settled.pop(name, None)
            if seat.state in FINAL:
                self.settled[name] = (seat.state, recalls)

    @invariant()
    def an_opinion_that_was_recalled_never_counts(self) -> None:
        for name, seat in self.court.seats.items():
            assert len(seat.recalled_ids) == len(set(seat.recalled_ids)), "recalled twice"
            assert not set(seat.recalled_ids) & {*self.court.effective[name], seat.opinion_id}

    @invariant()
    def silence_is_never_written_down_as_a_verdict(self) -> None:
        for seat in self.court.seats.values():
            assert (seat.verdict is not None) == (seat.state is PartState.ANSWERED)

    @invariant()
    def a_late_opinion_never_took_effect_where_silence_has_a_consequence(self) -> None:
        for name, seat in self.court.seats.items():
            if seat.state in BY_SILENCE:
                assert seat.late_opinion_id not in self.court.effective[name]

    @invariant()
    def a_case_is_ready_only_when_its_rule_is_met(self) -> None:
        if self.court.case is CaseState.READY and self.court.reopened:
            assert not any(seat.state in RUNNING for seat in self.court.seats.values())
        elif self.court.case is CaseState.READY:
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
        """Left to itself, with nobody speaking, every part ends in something, whether departments still read or not."""
        if not hasattr(self, "court"):
            return
        reading = len(self.court.handled) % 2 == 0
        for _ in range(60):
            for department in DEPARTMENTS if reading else ():
                self.the_department_signs_for_what_it_has(department)
            self.time_passes_and_everything_arrives(24, True)
        for seat in self.court.seats.values():
            assert seat.state in OVER or self.rightly_waits(seat), f"{seat.department} waits for ever: {seat.state}"

    def rightly_waits(self, seat: Seat) -> bool:
        """Stopped by an officer for an open time, or waiting for somebody who is."""
        if project(self.court.own(seat), CALENDAR).stopped:
            return True
        after = self.court.rules[seat.department].after
        others = [
            other
            for name, other in self.court.seats.items()
            if name in after or (seat.state is PartState.PLANNED and other.stage < seat.stage)
        ]
        return any(other.state not in OVER and self.rightly_waits(other) for other in others)


CaseMachine.TestCase.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestACaseUnderAnyOrderOfEvents = CaseMachine.TestCase
