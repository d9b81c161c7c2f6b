"""A clock that has gone back: an answer is not dated before what it answers, or its receiver would send it back."""

from __future__ import annotations

from datetime import datetime

from exchange.envelope.document import check_not_ahead, clear_header
from exchange.errors import ClockBehind, WrongClock
from exchange.messaging.documents import Documents
from exchange.messaging.node import Step
from exchange.messaging.records import StoredDocument
from exchange.messaging.rules.moments import moment_text, precedes
from exchange.schemas import Header


def expect_later(step: Step, came_at: datetime, sender: str, message_id: str) -> None:
    """Raise ClockBehind where an answer that is signed now would be older than the message that it answers.

    ``came_at``: when that was taken in, by this member's own clock. Nothing is taken in that is dated later than clocks
    may be apart, so only a clock that has gone back since can be behind.
    """
    if step.now >= came_at:
        return
    asked = step.tx[Documents].get(sender, message_id)
    if asked is not None and is_behind(asked, step.now):
        raise ClockBehind(
            "this machine's clock says {now}, but what is answered was signed at {signed}",
            now=moment_text(step.now),
            signed=moment_text(clear_header(asked.signed).created_at),
        )


def is_behind(asked: StoredDocument, now: datetime) -> bool:
    """Return whether an answer that is signed now would be older than a message on record."""
    return precedes(now, clear_header(asked.signed).created_at)


def signed_ahead(header: Header, now: datetime) -> WrongClock | None:
    """Return what is wrong where this machine's clock has gone back since a message was opened; None where nothing is.

    It would be taken in, and signed for, before it was signed.
    """
    try:
        check_not_ahead(header.sender, header.created_at, now)
    except WrongClock as error:
        return error
    return None
