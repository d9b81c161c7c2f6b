"""What the lead must do: cases that wait for its decision, that were escalated to it, or whose request nobody took."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from exchange.approval.rules.completion import PartProgress, may_decide
from exchange.approval.rules.correction import awaiting_correction
from exchange.approval.rules.states import WITHOUT_DECISION, CaseState, PartState
from exchange.schemas import Verdict

UNSIGNED = timedelta(days=1)
"""After so long without a department's signature under its request somebody must ask why: no term runs meanwhile."""


class LeadTask(StrEnum):
    """What is to be done, by the lead's officers."""

    CONFIRM = "confirm"  # its rule has prepared a decision
    DECIDE = "decide"  # all is in, or nobody has time left
    RULE_FAILED = "rule-failed"  # all is in, and the rule that should have prepared failed
    ESCALATED = "escalated"  # a term is over and nothing follows by itself; others still have time
    SAFETY = "safety"  # a late opinion objects on grounds of safety, before or after the decision
    REVIEW = "review"  # decided, and then an opinion came in that had been in time
    CORRECTION = "correction"  # an opinion went back to its department, which may correct it
    ADD_BODY = "add-body"  # a department is not competent, and names who is
    HEARING = "hearing"  # one is owed and not called, or its day has come and it is not on record: before the decision
    OVERRUN = "overrun"  # the term of the case is over by law, and departments still have time: press them, and decide
    EXPLAIN = "explain"  # it was not decided within the days that were promised: say why
    DELIVER = "deliver"  # what was granted is not recorded as handed out in its ten working days
    NEAR = "near"  # half or nine tenths of the term of the case have passed, and departments still have time
    DELIVER_SOON = "deliver-soon"  # and of the ten working days for the delivery
    UNSIGNED = "unsigned"  # a department has not even signed for the request, so that no term runs


class CaseFacts(Protocol):
    """What a lead's task depends on, of the case."""

    @property
    def state(self) -> CaseState: ...
    @property
    def opened_at(self) -> datetime: ...
    @property
    def reopened_at(self) -> datetime | None: ...
    @property
    def ready_at(self) -> datetime | None: ...
    @property
    def prepared(self) -> str | None: ...
    @property
    def rule_error(self) -> str | None: ...


class PartFacts(PartProgress, Protocol):
    """And of a part."""

    @property
    def issued_at(self) -> datetime | None: ...
    @property
    def answered_at(self) -> datetime | None: ...
    @property
    def escalated_at(self) -> datetime | None: ...
    @property
    def review_at(self) -> datetime | None: ...
    @property
    def alarming(self) -> bool: ...
    @property
    def faulty_at(self) -> datetime | None: ...
    @property
    def correct_by(self) -> datetime | None: ...


class ClockFacts(Protocol):
    """And of the terms of the case itself."""

    @property
    def overrun_at(self) -> datetime | None: ...
    @property
    def promise_over_at(self) -> datetime | None: ...
    @property
    def explained_at(self) -> datetime | None: ...
    @property
    def undelivered_at(self) -> datetime | None: ...
    @property
    def delivered_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Waits:
    """What a case waits for at its lead, since when, and because of which departments."""

    task: LeadTask
    since: datetime
    departments: tuple[str, ...] = ()


def what_waits(
    case: CaseFacts,
    parts: Sequence[PartFacts],
    now: datetime,
    to_place: Collection[str] = (),
    clock: ClockFacts | None = None,
    hearing_since: datetime | None = None,
    reminded_since: datetime | None = None,
) -> Waits | None:
    """Return what a case waits for at its lead; None where it waits for departments, or for nothing more.

    ``to_place``: departments that are not competent, in whose place another may be asked. ``hearing_since``: since when
    a hearing waits to be called or put on record. ``reminded_since``: since when the lead is reminded of its own term.
    """
    found = _by_parts(case, parts, now, to_place, hearing_since) or _by_clock(case, clock)
    return found or _by_reminder(case, reminded_since)


def _by_parts(
    case: CaseFacts,
    parts: Sequence[PartFacts],
    now: datetime,
    to_place: Collection[str],
    hearing_since: datetime | None,
) -> Waits | None:
    alarming = {part.department: part.review_at for part in parts if part.alarming and part.review_at is not None}
    if alarming and case.state is not CaseState.WITHDRAWN:
        return Waits(LeadTask.SAFETY, min(alarming.values()), tuple(alarming))
    correcting = awaiting_correction(parts, now)
    if correcting and case.state in (CaseState.OPEN, CaseState.READY):
        back = [part for part in parts if part.department in correcting]
        return Waits(LeadTask.CORRECTION, min(part.faulty_at or case.opened_at for part in back), tuple(correcting))
    if to_place and case.state in (CaseState.OPEN, CaseState.READY):
        answered = [part.answered_at or case.opened_at for part in parts if part.department in to_place]
        return Waits(LeadTask.ADD_BODY, min(answered), tuple(to_place))
    if hearing_since is not None and case.state in (CaseState.OPEN, CaseState.READY):
        return Waits(LeadTask.HEARING, hearing_since)
    if case.state is CaseState.READY:
        return Waits(_to_decide(case), case.ready_at or case.opened_at)
    if case.state is CaseState.DECIDED:
        review = {part.department: part.review_at for part in parts if part.review_at is not None}
        return Waits(LeadTask.REVIEW, min(review.values()), tuple(review)) if review else None
    if case.state is not CaseState.OPEN:
        return None
    escalated = [part for part in parts if part.state is PartState.ESCALATED]
    if escalated:
        task = _to_decide(case) if may_decide(parts) else LeadTask.ESCALATED
        since = min(part.escalated_at or case.opened_at for part in escalated)
        return Waits(task, since, tuple(part.department for part in escalated))
    asked = [(part.department, part.issued_at) for part in parts if part.state is PartState.ISSUED]
    unsigned = {department: at for department, at in asked if at is not None and at + UNSIGNED <= now}
    return Waits(LeadTask.UNSIGNED, min(unsigned.values()), tuple(unsigned)) if unsigned else None


def holds_up(state: PartState, fields: Mapping[str, object]) -> bool:
    """Return whether a part that is so from now on may have its open case wait for the lead; ``fields`` by column."""
    waits = fields.get("correct_by") is not None or fields.get("review_at") is not None
    return state is PartState.ESCALATED or fields.get("verdict") is Verdict.NOT_COMPETENT or waits


def _to_decide(case: CaseFacts) -> LeadTask:
    return LeadTask.CONFIRM if case.prepared else LeadTask.RULE_FAILED if case.rule_error else LeadTask.DECIDE


def _by_clock(case: CaseFacts, clock: ClockFacts | None) -> Waits | None:
    """What is owed because a term of the case itself is over, where nothing else is to be done first."""
    if clock is None or case.state in WITHOUT_DECISION:
        return None
    if case.state is CaseState.OPEN and clock.overrun_at is not None:
        return Waits(LeadTask.OVERRUN, clock.overrun_at)
    if clock.promise_over_at is not None and clock.explained_at is None:
        return Waits(LeadTask.EXPLAIN, clock.promise_over_at)
    if case.state is CaseState.DECIDED and clock.undelivered_at is not None and clock.delivered_at is None:
        return Waits(LeadTask.DELIVER, clock.undelivered_at)
    return None


def _by_reminder(case: CaseFacts, since: datetime | None) -> Waits | None:
    """What the lead is reminded of, where nothing is to be done yet."""
    if since is None or case.state not in (CaseState.OPEN, CaseState.DECIDED):
        return None
    return Waits(LeadTask.NEAR if case.state is CaseState.OPEN else LeadTask.DELIVER_SOON, since)
