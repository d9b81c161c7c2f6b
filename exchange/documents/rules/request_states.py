"""Where a request (请示) stands at one member, with what may follow what."""

from __future__ import annotations

from enum import StrEnum

from exchange.transitions import machine


class RequestSeat(StrEnum):
    """What a member is to a request: it sent it, or it came here to be answered or passed on."""

    ORIGIN = "origin"
    ASKED = "asked"


class RequestState(StrEnum):
    """Where it stands. FORWARDED: it went further up, as far as is known here. RETURNED: who was asked sent it back."""

    OPEN = "open"
    FORWARDED = "forwarded"
    ANSWERED = "answered"
    RETURNED = "returned"


REQUESTS = machine(
    "a request",
    {RequestState.OPEN},
    {
        RequestState.OPEN: {RequestState.FORWARDED, RequestState.ANSWERED, RequestState.RETURNED},
        RequestState.FORWARDED: {RequestState.ANSWERED},
        RequestState.ANSWERED: (),
        RequestState.RETURNED: (),
    },
)


class RequestProgress(StrEnum):
    """How a request is shown: at its origin, while nothing more is known, as its copy stands."""

    SENT = "sent"
    RECEIVED = "received"
    RETURNED = "returned"
    FAILED = "failed"
    FORWARDED = "forwarded"
    ANSWERED = "answered"
