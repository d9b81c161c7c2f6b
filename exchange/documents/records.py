"""Requests (请示) at a member: their records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.documents.rules.request_states import RequestSeat, RequestState
from exchange.paging import Place


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request, as one member has it; what each column is about is a signed document on record."""

    request_id: str
    seat: RequestSeat
    state: RequestState
    recorded_at: datetime
    origin: str | None = None
    """This and the following of one that came; None where it was sent from here."""
    source: str | None = None
    """Whom it came from."""
    message_id: str | None = None
    """The message by which it came."""
    digest: str | None = None
    """SHA-256 of the origin's signed request."""
    path: tuple[str, ...] = ()
    """Who passed it on before it came here."""
    answered_by: str | None = None
    answer_id: str | None = None
    answered_at: datetime | None = None

    @property
    def place(self) -> Place:
        """Its place in a list by time."""
        return self.recorded_at, self.request_id


@dataclass(frozen=True, slots=True)
class RequestForward:
    """How a request went further up."""

    request_id: str
    passed_by: str
    passed_to: str
    message_id: str
    """The message that passed it on, or that told of it."""
    passed_at: datetime
