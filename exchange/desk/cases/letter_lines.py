"""The messages of a case, each with the state of its signature and of its copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.operations.trace.dossier import Filed
from exchange.schemas.titles import kind_name


@dataclass(frozen=True)
class LetterLine:
    """One message."""

    message_id: str
    what: str
    sender: str
    at: datetime
    sent: bool
    """Whether this member has sent it."""
    holds: bool
    """Whether its signature verifies now, by the directory of now."""
    fault: str
    """Why it does not."""
    signed_at: datetime | None
    copies: tuple[tuple[str, str], ...]
    """Addressee and state of each copy of an own message."""


def letter_lines(letters: Sequence[Filed]) -> list[LetterLine]:
    """Return the messages in the order given."""
    return [_line(one) for one in letters]


def _line(letter: Filed) -> LetterLine:
    stored, verified = letter.stored, letter.verified
    return LetterLine(
        message_id=stored.message_id,
        what=kind_name(stored.kind),
        sender=stored.sender,
        at=stored.recorded_at,
        sent=stored.direction == "sent",
        holds=verified is not None,
        fault=letter.fault,
        signed_at=verified.header.created_at if verified is not None else None,
        copies=tuple((copy.addressee, copy.state.value) for copy in letter.copies),
    )
