"""A window, its arbiter queue and its monitors in memory: the rules alone, applied in the order in which the flow does.

Time stands still until moved. What is sent to the window waits in one queue until it is handled; what the window tells
its monitors waits until it is delivered. Whatever must never happen is asserted where it would.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import count

from exchange.approval.rules.after.recall import check_recall, lacks_required_result, state_after
from exchange.approval.rules.arbiter import (
    AGAIN,
    OpinionRuling,
    SilenceRuling,
    rule_on_deemed,
    rule_on_escalation,
    rule_on_opinion,
)
from exchange.approval.rules.completion import SETTLED, Advance, Progress, may_decide, progress
from exchange.approval.rules.course.reopening import waiting_for_all, without_default
from exchange.approval.rules.deadline import project
from exchange.approval.rules.defaults import is_proved
from exchange.approval.rules.entry_reasons import ASKED_ANEW
from exchange.approval.rules.states import BY_SILENCE, CaseState, PartState
from exchange.approval.rules.stops import stopped_at
from exchange.errors import CallerError, Returned
from exchange.messaging.rules.arrival_time import Arrival, ArrivalSource
from exchange.schemas import (
    Approver,
    DeadlineState,
    DeemedConsent,
    DefaultMode,
    EntryKind,
    Escalation,
    LedgerEntry,
    Matter,
    Opinion,
    OpinionRecall,
)
from tests.property.monitors import Monitor, Posted
from tests.property.never import assert_ruled_by_arrival, assert_silence_may_count
from tests.property.seat import CALENDAR, FINAL, RUNNING, Seat, deadline_of, watched


class Court:
    """One case on its way."""

    def __init__(self, matter: Matter, now: datetime, monitors: int = 2) -> None:
        self.matter, self.now = matter, now
        self.rules: dict[str, Approver] = {approver.department: approver for approver in matter.approvers}
        self.seats = {name: Seat(name, rule.stage) for name, rule in self.rules.items()}
        self.case, self.stage = CaseState.OPEN, 1
        self.reopened = False
        self.queue: list[Posted] = []
        self.handled: list[Posted] = []
        self.monitors = [Monitor() for _ in range(monitors)]
        self.sent_back: dict[str, str] = {}
        self.effective: dict[str, list[str]] = {name: [] for name in self.rules}
        """By department: ids of whatever took effect as its word or its silence."""
        self._ids = (f"00000000-0000-4000-8000-{n:012d}" for n in count(1))
        self._issue(1)

    # --- what the outside does ----------------------------------------------------------------------------------------

    def sign(self, department: str) -> None:
        """The department's receipt for its consultation arrives; its term begins unless it waits for another."""
        seat = self.seats[department]
        if seat.state is not PartState.ISSUED or seat.signed_for:
            return
        seat.signed_for = True
        self._move(seat, PartState.SIGNED)
        if not self.rules[department].after:
            self._start(seat)
        self._tell(seat)

    def sign_clearance(self, department: str) -> None:
        """The department's receipt for its clearance arrives; now its term begins."""
        seat = self.seats[department]
        if seat.cleared and not seat.started and seat.state in RUNNING:
            self._start(seat)
            self._move(seat, seat.state)
            self._tell(seat)

    def answer(self, opinion: Opinion | OpinionRecall) -> str:
        """A department's opinion, or the recall of one, reaches the broker."""
        id_ = next(self._ids)
        self.queue.append(Posted(id_, self.now, opinion))
        return id_

    def redeliver(self, which: int) -> None:
        """The broker gives out again what was handled, with the stamp it had."""
        if self.handled:
            self.queue.insert(0, self.handled[which % len(self.handled)])

    def amend(self, make: Callable[[DeadlineState], LedgerEntry], department: str) -> bool:
        """An officer enters something in a ledger; whether it was allowed."""
        seat = self.seats[department]
        if not self._is_running(seat):
            return False
        try:
            entry = make(self.own(seat))
        except CallerError:
            return False
        seat.ledger.append(entry)
        self._move(seat, seat.state)
        self._tell(seat)
        return True

    def withdraw(self) -> None:
        """The applicant withdraws."""
        if self.case in (CaseState.OPEN, CaseState.READY):
            self.case = CaseState.WITHDRAWN
            self._close(tuple(self.seats))

    def decide(self) -> None:
        """The lead decides: a case that is ready, or one in which nobody has time left."""
        if self.case is CaseState.OPEN and may_decide(list(self.seats.values())):
            assert not any(seat.state in RUNNING for seat in self.seats.values())
            self.case = CaseState.READY
        if self.case is CaseState.READY:
            self.case = CaseState.DECIDED

    def reopen(self, asked: tuple[str, ...]) -> None:
        """The lead takes a closed case up again and asks some anew; what they had sent on the first request is void."""
        assert self.case in (CaseState.DECIDED, CaseState.WITHDRAWN)
        self.case, self.reopened = (CaseState.OPEN if asked else CaseState.READY), True
        self.stage = max([self.stage, *(self.seats[name].stage for name in asked)])
        old = [
            one for one in self.queue if isinstance(one.body, Opinion | OpinionRecall) and one.body.department in asked
        ]
        self.queue = [one for one in self.queue if one not in old]
        for name, seat in self.seats.items():
            if name in asked:
                self.effective[name] = []
                self.seats[name] = Seat(name, seat.stage, PartState.ISSUED, seat.revision + 2)
                self._ask(self.seats[name])
            elif seat.state is PartState.PLANNED:
                self._move(seat, PartState.MOOT)
        deemed = {name for name, seat in self.seats.items() if seat.state in BY_SILENCE}
        self.rules = {name: rule if name in deemed else without_default(rule) for name, rule in self.rules.items()}
        self._advance()

    def sweep(self, monitor: Monitor) -> None:
        """A monitor looks at its deadlines: reminds, defaults or escalates."""
        self.queue += monitor.sweep(self.now)

    # --- what the window does with its queue --------------------------------------------------------------------------

    def handle_next(self) -> None:
        """Takes the next message of the queue; one that was handled before changes nothing."""
        posted = self.queue.pop(0)
        if any(posted.id == known.id for known in self.handled):
            return
        self.handled.append(posted)
        if isinstance(posted.body, Opinion):
            self._take_opinion(posted, posted.body)
        elif isinstance(posted.body, OpinionRecall):
            self._take_recall(posted, posted.body)
        elif isinstance(posted.body, DeemedConsent):
            self._take_deemed(posted, posted.body)
        else:
            self._take_escalation(posted, posted.body)

    def own(self, seat: Seat) -> DeadlineState:
        """The deadline as the window derives it from its records."""
        return deadline_of(seat, self.matter, self.rules[seat.department], self._is_running(seat))

    def watched(self, seat: Seat) -> DeadlineState:
        """The deadline as it is watched."""
        return watched(self.own(seat), seat, self.matter.lead)

    def _take_opinion(self, posted: Posted, opinion: Opinion) -> None:
        seat = self.seats[opinion.department]
        rule = self.rules[seat.department]
        due_at = project(self.own(seat), CALENDAR).due_at
        waiting = bool(rule.after) and not seat.cleared
        arrival = Arrival(posted.at, posted.at, ArrivalSource.BROKER)
        try:
            own = stopped_at(seat.ledger, CALENDAR, seat.department, posted.at, by=seat.department)
            ruling = rule_on_opinion(self.case, seat, opinion, arrival, due_at, rule.default, own, waiting)
        except Returned as error:
            self.sent_back[posted.id] = error.code
            return
        assert_ruled_by_arrival(ruling, seat, due_at is None or posted.at <= due_at, rule.default)
        if ruling is OpinionRuling.STOP_CLOCK:
            assert opinion.procedure is not None
            self._stop(seat, posted.at, opinion.procedure.days)
        elif ruling is OpinionRuling.LATE:
            assert seat.late_opinion_id is None, "a late opinion is kept once"
            seat.late_opinion_id = posted.id
            self._move(seat, seat.state)
        else:
            if seat.state is PartState.ESCALATED:
                self._clear_again(seat)
            seat.verdict, seat.opinion_id = opinion.verdict, posted.id
            self._take_effect(seat, PartState.ANSWERED, posted.id)

    def _take_recall(self, posted: Posted, recall: OpinionRecall) -> None:
        seat = self.seats[recall.department]
        try:
            check_recall(self.case, seat, recall.opinion_id)
        except Returned as error:
            self.sent_back[posted.id] = error.code
            return
        before = project(self.own(seat), CALENDAR)
        after = state_after(before, max(self.now, posted.at), seat.signed_for)
        self.effective[seat.department].remove(recall.opinion_id)
        seat.recalled_ids.append(recall.opinion_id)
        seat.recalled_id, seat.opinion_id, seat.verdict = recall.opinion_id, None, None
        seat.state, seat.open_since = after, len(self.handled)
        seat.revision += 1
        assert project(self.own(seat), CALENDAR).due_at == before.due_at, "a recall moved the end of a term"
        self._clear_again(seat)
        self._open(seat)
        self._tell(seat)
        self._advance()

    def _clear_again(self, seat: Seat) -> None:
        """Whoever was told its result, or that there is none, is told the next one."""
        for name, rule in self.rules.items():
            waiting = self.seats[name]
            waiting.clear_again |= seat.department in rule.after and waiting.cleared and waiting.state in RUNNING

    def _open(self, recalled: Seat) -> None:
        """A case that was ready waits again, and asks anew whom nobody needed any more."""
        if self.case is not CaseState.READY:
            return
        self.case = CaseState.OPEN
        seats = list(self.seats.values())
        found = progress(self.matter.completion, self.matter.quorum, self.stage, seats, self.matter.approvers)
        if found.kind is Advance.READY:
            return
        for seat in seats:
            if seat.state is PartState.MOOT:
                asked = seat.stage <= self.stage
                seat.state = PartState.ISSUED if asked else PartState.PLANNED
                seat.revision, seat.open_since = seat.revision + 1, len(self.handled)
                seat.signed_for = seat.cleared = seat.clear_again = False
                if asked:
                    self._ask(seat)
                if seat.ledger:
                    self._restart(seat)

    def _restart(self, seat: Seat) -> None:
        seat.ledger.append(LedgerEntry(kind=EntryKind.RESTART, at=self.now, reason=ASKED_ANEW, actor=self.matter.lead))
        self._tell(seat)

    def _stop(self, seat: Seat, at: datetime, days: int) -> None:
        seat.ledger.append(
            LedgerEntry(kind=EntryKind.STOP, at=at, days=days, reason="hearing", basis=("45",), actor=seat.department)
        )
        self._move(seat, seat.state)
        self._tell(seat)

    def _take_deemed(self, posted: Posted, deemed: DeemedConsent) -> None:
        seat = self.seats[deemed.state.department]
        own = self.watched(seat)
        arrival = Arrival(posted.at, posted.at, ArrivalSource.BROKER)
        ruling = rule_on_deemed(self.case, seat, own, deemed, project(own, CALENDAR), arrival, posted.at)
        if ruling is not SilenceRuling.EFFECTIVE:
            if ruling in AGAIN and seat.state in RUNNING:
                self._move(seat, seat.state)
                self._tell(seat)
            return
        assert not self.reopened, "silence counted in a case that was reopened"
        if lacks_required_result(self.rules[seat.department], list(self.seats.values())) or not is_proved(own.ledger):
            self._escalate(seat)
            return
        since = self.handled[seat.open_since :]
        assert_silence_may_count(self.own(seat), deemed, posted.at, since, self.sent_back)
        refusal = deemed.mode is DefaultMode.REFUSAL
        self._take_effect(seat, PartState.REFUSED if refusal else PartState.DEEMED, posted.id)

    def _take_escalation(self, posted: Posted, escalation: Escalation) -> None:
        seat = self.seats[escalation.department]
        own, arrival = self.watched(seat), Arrival(posted.at, posted.at, ArrivalSource.BROKER)
        ruling = rule_on_escalation(self.case, seat, own, escalation, project(own, CALENDAR), arrival, posted.at)
        if ruling is not SilenceRuling.EFFECTIVE:
            if ruling in AGAIN and seat.state in RUNNING:
                self._move(seat, seat.state)
                self._tell(seat)
            return
        ends = project(own, CALENDAR).effective_at
        assert ends is not None, "escalated without an end of the term"
        assert posted.at > ends, "escalated before the end of the term"
        self._escalate(seat)

    def _escalate(self, seat: Seat) -> None:
        self._move(seat, PartState.ESCALATED)
        if seat.late_opinion_id is not None:
            late = next(posted for posted in self.handled if posted.id == seat.late_opinion_id)
            assert isinstance(late.body, Opinion)
            seat.verdict, seat.opinion_id = late.body.verdict, late.id
            self._take_effect(seat, PartState.ANSWERED, late.id)
            return
        self._tell(seat)
        self._advance()

    # --- how the case moves on ----------------------------------------------------------------------------------------

    def _take_effect(self, seat: Seat, state: PartState, id_: str) -> None:
        self.effective[seat.department].append(id_)
        self._move(seat, state)
        self._tell(seat)
        self._advance()

    def _advance(self) -> None:
        while self.case is CaseState.OPEN and self._moved():
            pass

    def _moved(self) -> bool:
        seats = list(self.seats.values())
        before = [seat.state for seat in seats]
        ruled = waiting_for_all(self.matter) if self.reopened else self.matter
        found = progress(ruled.completion, ruled.quorum, self.stage, seats, self.rules.values())
        for department in found.cleared:
            seat = self.seats[department]
            if (not seat.cleared or seat.clear_again) and seat.state in (*RUNNING, PartState.ESCALATED):
                if seat.clear_again and seat.ledger:
                    self._restart(seat)
                seat.cleared, seat.clear_again, seat.asked_at = True, False, self.now
                self._move(seat, seat.state)
                self._tell(seat)
        if found.kind is Advance.NEXT_STAGE:
            self.stage += 1
            self._issue(self.stage)
        elif found.kind is Advance.READY:
            self._ready(found)
        return [seat.state for seat in seats] != before

    def _ready(self, found: Progress) -> None:
        open_ones = {name for name, seat in self.seats.items() if seat.state not in SETTLED}
        assert set(found.moot) == open_ones, "whoever is still asked is told that it need not answer"
        self.case = CaseState.READY
        self._close(found.moot)

    def _issue(self, stage: int) -> None:
        for seat in self.seats.values():
            if seat.stage == stage and seat.state is PartState.PLANNED:
                self._move(seat, PartState.ISSUED)
                self._ask(seat)

    def _ask(self, seat: Seat) -> None:
        seat.asked_at = None if self.rules[seat.department].after else self.now
        self._tell(seat)

    def _close(self, departments: tuple[str, ...]) -> None:
        for department in departments:
            seat = self.seats[department]
            if seat.state not in FINAL:
                self._move(seat, PartState.MOOT)
                self._tell(seat)

    def _start(self, seat: Seat) -> None:
        seat.ledger.append(LedgerEntry(kind=EntryKind.START, at=self.now, reason="signed for", actor=self.matter.lead))

    def _move(self, seat: Seat, after: PartState) -> None:
        assert seat.state not in FINAL or seat.state is after, f"{seat.state} became {after}"
        seat.state = after
        seat.revision += 1

    def _is_running(self, seat: Seat) -> bool:
        return self.case is CaseState.OPEN and seat.state in RUNNING

    def _tell(self, seat: Seat) -> None:
        state = self.watched(seat)
        if self._is_running(seat) and not state.ledger:
            return
        for monitor in self.monitors:
            monitor.told.append(state)
