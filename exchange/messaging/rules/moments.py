"""What a signer says of time, held against what is known: when it signed, and what must have been before.

Clocks may be apart by `CLOCK_SKEW`, never more. What does not fit is returned with both dates.
"""

from __future__ import annotations

from datetime import date, datetime

from exchange.clock import CST
from exchange.errors import Implausible
from exchange.language import Text
from exchange.schemas import Body
from exchange.schemas.instants import CLOCK_SKEW


def check_moments(body: Body, signed_at: datetime) -> None:
    """Raise Implausible where a message dates its own signing otherwise than its header, or tells of the future."""
    for place in (*body.MOMENT, *body.HAPPENED):
        said = _value(body, place)
        if said is not None and _is_after(said, signed_at):
            raise Implausible(
                "{field}: says {said}, which is after it was signed at {signed}",
                field=place,
                said=moment_text(said),
                signed=moment_text(signed_at),
            )
    for place in body.MOMENT:
        said = _value(body, place)
        if isinstance(said, datetime) and precedes(said, signed_at):
            raise Implausible(
                "{field}: says {said}, long before it was signed at {signed}",
                field=place,
                said=moment_text(said),
                signed=moment_text(signed_at),
            )


def precedes(said: datetime, at: datetime) -> bool:
    """Return whether a moment lies before another one by more than clocks may be apart."""
    return said < at - CLOCK_SKEW


def check_after(what: Text, said: datetime, before: Text, at: datetime) -> None:
    """Raise Implausible where ``what`` is dated ``said``, before something that happened ``at`` and must precede it."""
    if precedes(said, at):
        raise Implausible(
            "{what} is dated {said}, before {before} at {at}",
            what=what,
            said=moment_text(said),
            before=before,
            at=moment_text(at),
        )


def moment_text(at: datetime | date) -> str:
    """Write a moment in China Standard Time, or a day."""
    return f"{at.astimezone(CST):%Y-%m-%d %H:%M:%S}" if isinstance(at, datetime) else at.isoformat()


def _value(body: Body, place: str) -> datetime | date | None:
    found: object = body
    for name in place.split("."):
        found = getattr(found, name)
    return found if isinstance(found, date) else None


def _is_after(said: datetime | date, signed_at: datetime) -> bool:
    latest = signed_at + CLOCK_SKEW
    return said > latest if isinstance(said, datetime) else said > latest.astimezone(CST).date()
