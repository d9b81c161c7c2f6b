"""What must never happen to a case, asserted where it would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from exchange.approval.rules.arbiter import OpinionRuling
from exchange.approval.rules.deadline import project
from exchange.approval.rules.defaults import is_proved
from exchange.approval.rules.states import BY_SILENCE, PartState
from exchange.schemas import DeadlineState, DeemedConsent, DefaultMode, Opinion, Verdict
from tests.property.monitors import Posted
from tests.property.seat import CALENDAR, Seat

TOO_SOON = frozenset({"premature", "not-consulted"})
"""Reasons for which an opinion was sent back before its time had come: it is none."""


def assert_ruled_by_arrival(ruling: OpinionRuling, seat: Seat, in_time: bool, default: DefaultMode) -> None:
    """What arrived in time is never kept as late; what was late is never taken where silence has a consequence."""
    free = default is DefaultMode.NONE or seat.state is PartState.ESCALATED
    assert ruling is not OpinionRuling.LATE or not in_time or seat.state in BY_SILENCE, "in time, yet kept as late"
    assert ruling is not OpinionRuling.TAKE or in_time or free, "late, yet taken"


def assert_silence_may_count(
    own: DeadlineState, deemed: DeemedConsent, at: datetime, handled: Sequence[Posted], sent_back: Mapping[str, str]
) -> None:
    """Silence counts only after the end, with receipt and reminder, and where no opinion in time stands before it."""
    ends = project(own, CALENDAR).effective_at
    assert ends is not None, "silence without an end of the term"
    assert at > ends, "silence before the end of the term"
    assert own.evidence is not None, "silence without a receipt"
    assert is_proved(own.ledger), "silence in a term that no receipt has begun"
    proved = [reminder for reminder in deemed.reminders if reminder.proof is not None]
    assert any(reminder.at < deemed.due_at for reminder in proved), "silence without a reminder"
    assert not own.exclusions, "silence where it is excluded"
    for posted in handled:
        if is_opinion_of(posted, own.department) and posted.at <= deemed.due_at:
            assert sent_back.get(posted.id) in TOO_SOON, "silence beat an opinion in time"


def is_opinion_of(posted: Posted, department: str) -> bool:
    """Whether a message is a department's opinion proper; a special procedure is none."""
    body = posted.body
    return isinstance(body, Opinion) and body.department == department and body.verdict is not Verdict.SPECIAL_PROCEDURE
