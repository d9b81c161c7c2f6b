"""Records of collected forms: what was asked, each answer, and the sums of branches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CollectionRow:
    """What a notice asks for, as the member took it from the origin's verified document."""

    notice_id: str
    form: str
    """The form's JSON."""
    serial: int = 0
    """Number of the last aggregate that was sent."""
    changed: bool = False
    """Whether there is more to tell than the last aggregate did; of a relay office only."""
    answer_by: str | None = None
    """Until the end of which day it is to be answered, of a reader that has signed for the notice and not answered."""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """The answer of one of a relay office's own authorities that holds: its latest."""

    notice_id: str
    body: str
    at: datetime
    """When it was signed."""
    proof: str
    """SHA-256 of the signed answer; of two of one moment the higher holds."""
    proof_id: str
    """The message that this is in."""
    answer: str
    """The answer's JSON, checked."""


@dataclass(frozen=True, slots=True)
class AggregateRow:
    """A lower level, and the newest aggregate that its relay office has sent; at an origin, the own level."""

    notice_id: str
    domain: str
    serial: int = 0
    aggregate: str | None = None
