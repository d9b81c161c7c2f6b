"""A window, its arbiter queue and its monitors in memory: the rules alone, applied in the order in which the flow does.

Time stands still until moved. What is sent to the window waits in one queue until it is handled; what the window tells
its monitors waits until it is delivered. Whatever must never happen is asserted where it would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

from exchange.clock import CST
from exchange.errors import CallerError, Returned
from exchange.rules.arbiter import AGAIN, Arrival, DeemedRuling, Ruling, rule_on_deemed, rule_on_opinion
from exchange.rules.case import SETTLED, Advance, Progress, may_decide, progress
from exchange.rules.deadline import Projection, project, rung_at
from exchange.rules.defaults import deemed_id, escalation_id, obstacles, reminder_id
from exchange.rules.states import CaseState, PartState
from schemas import (
    Approver,
    DeadlineState,
    DeadlineStatus,
    DeemedConsent,
    DefaultMode,
    EntryKind,
    Escalation,
    LedgerEntry,
    Matter,
    Opinion,
    ReceiptProof,
    SentReminder,
    Term,
    Verdict,
)

CASE = "C-1"
CONSULTATION = "11111111-1111-4111-8111-111111111111"
PROOF = ReceiptProof(receipt=b"leaf", index=0, size=1, path=(), signed=b"root")
RUNNING = (PartState.ISSUED, PartState.SIGNED)
FINAL = (PartState.ANSWERED, PartState.DEEMED, PartState.MOOT)
RUNGS = (50, 90)

Message = Opinion | DeemedConsent | Escalation


class MondayToFriday:
    """A calendar without holidays, fast, and published up to a day."""

    version = "monday-to-friday"

    def is_workday(self, day: date) -> bool:
        return day.weekday() < 5

    def published(self, day: date) -> bool:
        return day.year < 2030


CALENDAR = MondayToFriday()


@dataclass
class Seat:
    """A department's part at the window."""

    department: str
    stage: int
    state: PartState = PartState.PLANNED
    revision: int = 1
    verdict: Verdict | None = None
    late_opinion_id: str | None = None
    signed_for: bool = False
    cleared: bool = False
    ledger: list[LedgerEntry] = field(default_factory=list)

    @property
    def started(self) -> bool:
        """Whether its term has begun."""
        return any(entry.kind is EntryKind.START for entry in self.ledger)


@dataclass(frozen=True)
class Posted:
    """A message in the arbiter queue, with the broker's stamp."""

    id: str
    at: datetime
    body: Message


@dataclass
class Monitor:
    """Deadlines under watch, reminders sent, and what the window has told it and it has not taken in yet."""

    watched: dict[str, DeadlineState] = field(default_factory=dict)
    running: dict[str, bool] = field(default_factory=dict)
    reminders: dict[str, list[SentReminder]] = field(default_factory=dict)
    told: list[DeadlineState] = field(default_factory=list)

    def take_in(self) -> None:
        """Takes in what it was told; an older revision changes nothing."""
        for state in self.told:
            known = self.watched.get(state.department)
            if known is None or known.revision < state.revision:
                self.watched[state.department] = state
                self.running[state.department] = state.status is DeadlineStatus.RUNNING
        self.told.clear()


class Court:
    """One case on its way."""

    def __init__(self, matter: Matter, now: datetime, monitors: int = 2) -> None:
        self.matter, self.now = matter, now
        self.rules: dict[str, Approver] = {approver.department: approver for approver in matter.approvers}
        self.seats = {name: Seat(name, rule.stage) for name, rule in self.rules.items()}
        self.case, self.stage = CaseState.OPEN, 1
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

    def answer(self, opinion: Opinion) -> str:
        """A department's opinion reaches the broker."""
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

    def sweep(self, monitor: Monitor) -> None:
        """A monitor looks at its deadlines: reminds, defaults or escalates."""
        for department, state in monitor.watched.items():
            if not monitor.running[department]:
                continue
            projection = project(state, CALENDAR)
            if projection.due_at is None or projection.effective_at is None:
                continue
            sent = monitor.reminders.setdefault(department, [])
            if self.now > projection.effective_at:
                monitor.running[department] = False
                self._lapse(state, projection, sent)
            elif self.now < projection.due_at:
                self._remind(state, projection, sent)

    # --- what the window does with its queue --------------------------------------------------------------------------

    def handle_next(self) -> None:
        """Takes the next message of the queue; one that was handled before changes nothing."""
        posted = self.queue.pop(0)
        if any(posted.id == known.id for known in self.handled):
            return
        self.handled.append(posted)
        if isinstance(posted.body, Opinion):
            self._take_opinion(posted, posted.body)
        elif isinstance(posted.body, DeemedConsent):
            self._take_deemed(posted, posted.body)
        else:
            self._take_escalation(posted.body)

    def own(self, seat: Seat) -> DeadlineState:
        """The deadline as the window derives it from its records."""
        rule = self.rules[seat.department]
        return DeadlineState(
            case_number=CASE,
            matter=self.matter.code,
            matter_version=self.matter.version,
            department=seat.department,
            lead=self.matter.lead,
            consultation_id=CONSULTATION,
            revision=seat.revision,
            status=DeadlineStatus.RUNNING if self._is_running(seat) else DeadlineStatus.CLOSED,
            term=Term(days=rule.term_days),
            start=self.matter.start,
            ledger=tuple(seat.ledger),
            default=rule.default,
            default_basis=rule.default_basis,
            effect_delay_days=self.matter.effect_delay_days,
            exclusions=self.matter.exclusions,
            evidence=PROOF if seat.signed_for else None,
        )

    def opinions_of(self, department: str) -> Iterator[Posted]:
        """A department's opinions proper that the window has handled (a special procedure is none)."""
        for posted in self.handled:
            body = posted.body
            mine = isinstance(body, Opinion) and body.department == department
            if mine and body.verdict is not Verdict.SPECIAL_PROCEDURE:
                yield posted

    def _take_opinion(self, posted: Posted, opinion: Opinion) -> None:
        seat = self.seats[opinion.department]
        rule = self.rules[seat.department]
        due_at = project(self.own(seat), CALENDAR).due_at
        waiting = bool(rule.after) and not seat.cleared
        arrival = Arrival(posted.at, posted.at, "broker")
        try:
            ruling = rule_on_opinion(self.case, seat, opinion, arrival, due_at, rule.default, seat.ledger, waiting)
        except Returned as error:
            self.sent_back[posted.id] = error.code
            return
        in_time = due_at is None or posted.at <= due_at
        free = rule.default is DefaultMode.NONE or seat.state is PartState.ESCALATED
        assert ruling is not Ruling.LATE or not in_time or seat.state is PartState.DEEMED, "in time, yet kept as late"
        assert ruling is not Ruling.TAKE or in_time or free, "late, yet taken"
        if ruling is Ruling.STOP_CLOCK:
            assert opinion.procedure is not None
            self._stop(seat, posted.at, opinion.procedure.days)
        elif ruling is Ruling.LATE:
            assert seat.late_opinion_id is None, "a late opinion is kept once"
            seat.late_opinion_id = posted.id
            self._move(seat, seat.state)
        else:
            seat.verdict = opinion.verdict
            self._take_effect(seat, PartState.ANSWERED, posted.id)

    def _stop(self, seat: Seat, at: datetime, days: int) -> None:
        seat.ledger.append(
            LedgerEntry(kind=EntryKind.STOP, at=at, days=days, reason="hearing", basis=("45",), actor=seat.department)
        )
        self._move(seat, seat.state)
        self._tell(seat)

    def _take_deemed(self, posted: Posted, deemed: DeemedConsent) -> None:
        seat = self.seats[deemed.state.department]
        own = self.own(seat)
        arrival = Arrival(posted.at, posted.at, "broker")
        ruling = rule_on_deemed(self.case, seat, own, deemed, project(own, CALENDAR), arrival)
        if ruling is not DeemedRuling.EFFECTIVE:
            if ruling in AGAIN and seat.state in RUNNING:
                self._move(seat, seat.state)
                self._tell(seat)
            return
        self._assert_silence_may_count(seat, deemed, posted.at)
        self._take_effect(seat, PartState.DEEMED, posted.id)

    def _assert_silence_may_count(self, seat: Seat, deemed: DeemedConsent, at: datetime) -> None:
        ends = project(self.own(seat), CALENDAR).effective_at
        assert ends is not None, "silence without an end of the term"
        assert at > ends, "silence before the end of the term"
        assert seat.signed_for, "silence without a receipt"
        assert any(reminder.at < deemed.due_at for reminder in deemed.reminders), "silence without a reminder"
        in_time = [posted.id for posted in self.opinions_of(seat.department) if posted.at <= deemed.due_at]
        too_soon = {"premature", "not-consulted"}
        assert all(self.sent_back.get(id_) in too_soon for id_ in in_time), "silence beat an opinion in time"
        assert not self.matter.exclusions

    def _take_escalation(self, escalation: Escalation) -> None:
        seat = self.seats[escalation.department]
        if seat.state not in RUNNING:
            return
        self._move(seat, PartState.ESCALATED)
        if seat.late_opinion_id is not None:
            late = next(posted for posted in self.handled if posted.id == seat.late_opinion_id)
            assert isinstance(late.body, Opinion)
            seat.verdict = late.body.verdict
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
        if self.case is not CaseState.OPEN:
            return
        seats = list(self.seats.values())
        found = progress(self.matter.completion, self.matter.quorum, self.stage, seats, self.matter.approvers)
        for department in found.cleared:
            seat = self.seats[department]
            if not seat.cleared and seat.state in RUNNING:
                seat.cleared = True
                self._move(seat, seat.state)
        if found.kind is Advance.NEXT_STAGE:
            self.stage += 1
            self._issue(self.stage)
        elif found.kind is Advance.READY:
            self._ready(found)

    def _ready(self, found: Progress) -> None:
        open_ones = {name for name, seat in self.seats.items() if seat.state not in SETTLED}
        assert set(found.moot) == open_ones, "whoever is still asked is told that it need not answer"
        self.case = CaseState.READY
        self._close(found.moot)

    def _issue(self, stage: int) -> None:
        for seat in self.seats.values():
            if seat.stage == stage and seat.state is PartState.PLANNED:
                self._move(seat, PartState.ISSUED)

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
        if self._is_running(seat) and not seat.ledger:
            return
        for monitor in self.monitors:
            monitor.told.append(self.own(seat))

    # --- how a monitor acts -------------------------------------------------------------------------------------------

    def _remind(self, state: DeadlineState, projection: Projection, sent: list[SentReminder]) -> None:
        passed = [rung for rung in RUNGS if rung_at(projection, rung) <= self.now]
        if passed and not any(reminder.rung >= passed[-1] for reminder in sent):
            id_ = reminder_id(CASE, state.department, passed[-1])
            sent.append(SentReminder(message_id=id_, rung=passed[-1], at=self.now))

    def _lapse(self, state: DeadlineState, projection: Projection, sent: list[SentReminder]) -> None:
        assert projection.due_at is not None
        hindered = obstacles(state, projection, sent, self.now)
        if hindered:
            id_ = escalation_id(CASE, state.department, state.revision)
            body: Message = Escalation(
                case_number=CASE,
                department=state.department,
                consultation_id=CONSULTATION,
                due_at=projection.due_at,
                obstacles=tuple(hindered),
            )
        else:
            id_ = deemed_id(CASE, state.department, state.revision)
            body = DeemedConsent(
                state=state,
                mode=state.default,
                due_at=projection.due_at,
                calendar=CALENDAR.version,
                reminders=tuple(sent),
                receipt_digest="0" * 64,
            )
        self.queue.append(Posted(id_, self.now, body))


def morning(year: int, month: int, day: int) -> datetime:
    """Nine o'clock in China."""
    return datetime(year, month, day, 9, tzinfo=CST)


HOUR = timedelta(hours=1)
