"""The arbiter: an opinion and a default race, and this decides, once, by the time of arrival.

An opinion that arrived in time always wins; a late one never does. What a monitor says of silence, a default or an
escalation, takes effect only on the very state it was made on, signed and arrived after the end of the term by the
window's own record; a default never on somebody who was not asked or not reminded.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import NoReturn, Protocol

from exchange.approval.rules.deadline import Projection
from exchange.approval.rules.reminders.reminded import reminders_of
from exchange.approval.rules.states import BY_SILENCE, WITHOUT_DECISION, CaseState, PartState
from exchange.approval.rules.stops import Stop, ending_day
from exchange.clock import CST
from exchange.errors import Returned
from exchange.language import Text
from exchange.messaging.rules.arrival_time import Arrival, ArrivalSource
from exchange.schemas import (
    DeadlineState,
    DeemedConsent,
    DefaultMode,
    Escalation,
    Opinion,
    Verdict,
)


class RulingFacts(Protocol):
    """What a ruling needs to know of a department's part."""

    @property
    def department(self) -> str: ...
    @property
    def state(self) -> PartState: ...
    @property
    def late_opinion_id(self) -> str | None: ...


class OpinionRuling(StrEnum):
    """What becomes of an opinion."""

    TAKE = "take"
    LATE = "late"
    OVERTURN = "overturn"  # in time by its stamp, though a failure had the default delivered before it
    STOP_CLOCK = "stop-clock"


def rule_on_opinion(
    case_state: CaseState,
    part: RulingFacts,
    opinion: Opinion,
    arrival: Arrival,
    due_at: datetime | None,
    default: DefaultMode,
    own_stop: Stop | None,
    waiting: bool,
) -> OpinionRuling:
    """Take in an opinion, over a default that it preceded too, keep it as late, or stop the clock.

    Raises Returned with a reason for all else.

    ``own_stop``: a procedure that the department has announced and that stops the clock when this arrives.
    ``waiting``: a prerequisite of this department is not in. Doubt about the arrival favours the department.
    """
    _refuse_settled(case_state, part)
    special = opinion.verdict is Verdict.SPECIAL_PROCEDURE
    in_time = due_at is None or arrival.earliest <= due_at
    if special:
        return _rule_on_procedure(own_stop, arrival, in_time and part.state in _RUNNING)
    if waiting:
        _return(
            "premature", Text("another department's result, for which you wait, is not in"), Text("answer once it is")
        )
    if part.state is PartState.ESCALATED:
        return OpinionRuling.TAKE
    if part.state not in BY_SILENCE and (in_time or default is DefaultMode.NONE):
        return OpinionRuling.TAKE
    if part.state in BY_SILENCE and is_stamped_in_time(arrival, due_at) and case_state not in _CLOSED:
        return OpinionRuling.OVERTURN
    if part.late_opinion_id is not None:
        _return("already-answered", Text("a late opinion of yours is on record"), Text("a further one has no effect"))
    return OpinionRuling.LATE


_RUNNING = frozenset({PartState.ISSUED, PartState.SIGNED})
_CLOSED = frozenset({CaseState.DECIDED}) | WITHOUT_DECISION


def is_stamped_in_time(arrival: Arrival, due_at: datetime | None) -> bool:
    """Return whether the broker itself has stamped an arrival within the term: no default can stand against that."""
    return arrival.source is ArrivalSource.BROKER and due_at is not None and arrival.latest <= due_at


def _refuse_settled(case_state: CaseState, part: RulingFacts) -> None:
    if part.state is PartState.ANSWERED:
        _return("already-answered", Text("your opinion on this case is on record"), Text("an opinion is given once"))
    closed = case_state in _CLOSED and part.state not in BY_SILENCE
    if closed or part.state is PartState.MOOT:
        _return("case-closed", Text("the case needs no opinion any more"), Text("nothing is to be done"))
    if part.state is PartState.PLANNED:
        _return("not-consulted", Text("the case was not put to you yet"), Text("wait for the consultation"))


def _rule_on_procedure(own: Stop | None, arrival: Arrival, running: bool) -> OpinionRuling:
    """One at a time; on the last day of one, or once it was ended, the next may follow."""
    if not running:
        _return("too-late", Text("the term is over and cannot be stopped any more"), Text("give the opinion itself"))
    if own is not None and (own.until is None or ending_day(own.until) > ending_day(arrival.latest)):
        _refuse_second(own)
    return OpinionRuling.STOP_CLOCK


def _refuse_second(own: Stop) -> NoReturn:
    if own.until is None:
        _return(
            "already-stopped",
            Text("a special procedure of yours stops the clock already"),
            Text("give the opinion itself, or end that procedure first"),
        )
    _return(
        "already-stopped",
        Text(
            "a special procedure of yours stops the clock until the end of {day}",
            {"day": ending_day(own.until).isoformat()},
        ),
        Text("give the opinion itself, end that procedure first, or announce the next on its last day"),
    )


def rule_on_ending(case_state: CaseState, part: RulingFacts, *, is_standing: bool) -> None:
    """Raise Returned where a department cannot end a special procedure: what it has announced stops no clock."""
    _refuse_settled(case_state, part)
    if not is_standing or part.state not in _RUNNING:
        _return(
            "not-stopped",
            Text("the special procedure that you end does not stop the clock"),
            Text("nothing is to be done: the term runs, or is over; give the opinion itself"),
        )


def _return(code: str, message: Text, remedy: Text) -> NoReturn:
    raise Returned(message, code=code, remedy=remedy)


class SilenceRuling(StrEnum):
    """What becomes of a monitor's deemed consent or escalation."""

    EFFECTIVE = "effective"
    ANSWERED = "answered"
    CLOSED = "closed"
    OVERTAKEN = "overtaken"
    TOO_EARLY = "too-early"
    NOT_DUE = "not-due"


AGAIN = frozenset({SilenceRuling.OVERTAKEN, SilenceRuling.TOO_EARLY, SilenceRuling.NOT_DUE})
"""Rulings after which the term still runs and the monitor must hear how it stands."""


def rule_on_deemed(
    case_state: CaseState,
    part: RulingFacts,
    own: DeadlineState,
    deemed: DeemedConsent,
    projection: Projection,
    arrival: Arrival,
    signed_at: datetime,
) -> SilenceRuling:
    """Decide whether a default takes effect: only where all it rests on is what the window itself has on record."""
    closed = _closed(case_state, part, frozenset({PartState.SIGNED}))
    if closed is not None:
        return closed
    if deemed.mode is not own.default or own.default is DefaultMode.NONE or own.exclusions:
        return SilenceRuling.OVERTAKEN
    ruling = _rule_on_end(own, deemed.state, deemed.due_at, projection, arrival, signed_at)
    proved = any(reminder.proof is not None for reminder in reminders_of(own, projection, deemed.reminders))
    return ruling if proved or ruling is not SilenceRuling.EFFECTIVE else SilenceRuling.OVERTAKEN


def rule_on_escalation(
    case_state: CaseState,
    part: RulingFacts,
    own: DeadlineState,
    escalation: Escalation,
    projection: Projection,
    arrival: Arrival,
    signed_at: datetime,
) -> SilenceRuling:
    """Decide whether an escalation takes effect: only where the term is over by what the window has on record."""
    closed = _closed(case_state, part, _RUNNING)
    if closed is not None:
        return closed
    if escalation.state is None:
        return SilenceRuling.OVERTAKEN
    return _rule_on_end(own, escalation.state, escalation.due_at, projection, arrival, signed_at)


def _closed(case_state: CaseState, part: RulingFacts, running: Collection[PartState]) -> SilenceRuling | None:
    if part.state is PartState.ANSWERED:
        return SilenceRuling.ANSWERED
    return None if case_state is CaseState.OPEN and part.state in running else SilenceRuling.CLOSED


def _rule_on_end(
    own: DeadlineState,
    told: DeadlineState,
    due_at: datetime,
    projection: Projection,
    arrival: Arrival,
    signed_at: datetime,
) -> SilenceRuling:
    """Hold what a monitor says of a term's end against the window's own record.

    Signed before the end it foretells, and may stand in the queue before an opinion in time; so both moments count, and
    of an arrival that is known as an interval its beginning: doubt favours whoever may still answer.
    """
    if _basis(own) != _basis(told) or told.revision > own.revision:
        return SilenceRuling.OVERTAKEN
    if projection.due_at is None or projection.effective_at is None or projection.provisional:
        return SilenceRuling.NOT_DUE
    if due_at != projection.due_at:
        return SilenceRuling.OVERTAKEN
    over = min(arrival.earliest, signed_at) > projection.effective_at
    return SilenceRuling.EFFECTIVE if over else SilenceRuling.TOO_EARLY


def _basis(state: DeadlineState) -> tuple[object, ...]:
    """What silence comes to rests on this; instants compared as instants."""
    ledger = tuple(
        (entry.kind, entry.at.astimezone(CST), entry.days, entry.told and entry.told.astimezone(CST))
        for entry in state.ledger
    )
    fixed = state.term.fixed.astimezone(CST) if state.term.fixed else None
    return (
        state.lead, state.consultation_id, state.matter, state.matter_version, state.default, state.default_basis,
        state.start, state.effect_delay_days, state.exclusions, state.term.days, fixed, ledger,
    )  # fmt: skip
