"""What a member does with a document once it is here: it sends it back with a reason, or files it. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from exchange.errors import CallerError, Conflict
from exchange.schemas import Document, DocumentKind
from exchange.transitions import machine


class HandlingState(StrEnum):
    """What became of a document at one authority: it was sent back to who wrote it (退文), or filed (归档)."""

    RETURNED = "returned"
    FILED = "filed"


HANDLINGS = machine(
    "a document that is dealt with",
    {HandlingState.RETURNED, HandlingState.FILED},
    {HandlingState.RETURNED: (), HandlingState.FILED: ()},
)
"""Each is the end: what is missing after a return comes as a document of its own."""


@dataclass(frozen=True, slots=True)
class DocumentHandling:
    """What one authority has done with a document."""

    handled_by: str
    """The authority: the own one, or the addressee that has sent it back to here."""
    state: HandlingState
    handled_at: datetime
    officer: str
    reason: str = ""
    """Of a return."""
    return_id: str | None = None
    """The signed message by which it was sent back."""


def check_returnable(
    document: Document, reader: str, main: Collection[str], before: DocumentHandling | None, *, dealt_with: bool
) -> None:
    """Raise Conflict or CallerError unless an authority may send a document back to who wrote it.

    ``main``: who must act on it; ``dealt_with``: it was answered, or passed on.
    """
    if not is_returnable(document.kind) or reader not in main:
        raise CallerError(
            "this document is not here to be acted on, and is not sent back",
            remedy="write to its sender by a 函 or a 请示",
        )
    if before is not None and before.state is HandlingState.RETURNED:
        raise Conflict("it was sent back before", remedy="wait for the document that replaces it")
    if before is not None:
        raise Conflict("it is filed", remedy="write to its sender by a document of its own")
    if dealt_with:
        raise Conflict("it was answered, or passed on", remedy="write to its sender by a document of its own")


def is_returnable(kind: DocumentKind) -> bool:
    """Return whether a kind is ever sent back: a 批复 decides what its reader has asked for, and stands."""
    return kind is not DocumentKind.REPLY


def check_fileable(before: DocumentHandling | None, *, waits: bool) -> None:
    """Raise Conflict unless a document may be filed; ``waits``: it is a request to which nobody here has answered."""
    if before is not None and before.state is HandlingState.RETURNED:
        raise Conflict("it was sent back, and is not filed", remedy="file the document that replaces it")
    if waits:
        raise Conflict("the request waits for its answer", remedy="answer it, or pass it on; then file it")
