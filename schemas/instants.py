"""Instants and days as they are written in whatever is signed: one profile of RFC 3339, within bounds.

An instant is written in one way: ``2026-03-02T09:00:00+08:00``, with upper case ``T`` and ``Z``, seconds with no more
than six decimals, and an offset. What lies outside the bounds is a slip or an attack: databases, calendars and other
time zones cannot hold the years 1 and 9999, and nobody exchanges documents then.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, WithJsonSchema

from exchange.clock import CST
from exchange.language import Text, Unfit

CLOCK_SKEW = timedelta(minutes=10)
"""How far clocks may be apart: the tolerance wherever what a signer says of time is held against something else."""
FIRST_YEAR, LAST_YEAR = 2000, 2200
FIRST_DAYS_YEAR = 1949
"""Of days: a document of former times may be sent, nothing was signed then."""
EARLIEST = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
"""The first instant that is taken."""
END = datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)
"""Every instant that is taken lies before this one."""

_REST = r"-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_DATE = f"[0-9]{{4}}{_REST}"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
_OFFSET = r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_INSTANT = re.compile(f"{_DATE}T{_TIME}{_OFFSET}", re.ASCII)
_DAY = re.compile(_DATE, re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MALFORMED = Text(
    "must be an instant as 2026-03-02T09:00:00+08:00: upper case T and Z, at most six decimals, an offset"
)
_NO_DAY = Text("must be a day, as 2026-03-02")
_NO_OFFSET = Text("must have an offset from UTC, as 2026-03-02T09:00:00+08:00")
_OUTSIDE = Text("must lie within the years {first} to {last}", {"first": FIRST_YEAR, "last": LAST_YEAR})


def within_bounds(at: datetime) -> bool:
    """Return whether an instant, which has an offset, lies within the bounds; its year tells, but for the outermost."""
    return FIRST_YEAR < at.year < LAST_YEAR or EARLIEST <= at < END


def instant_of_seconds(seconds: Any) -> datetime | None:
    """Return the instant of a number of whole seconds since 1970; None for anything else, or outside the bounds."""
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        return None
    if not EARLIEST.timestamp() <= seconds < END.timestamp():
        return None
    return (_EPOCH + timedelta(seconds=seconds)).astimezone(CST)


def parse_instant(text: str) -> datetime:
    """Read an instant from its one way of writing. Raises Unfit, which says what is wrong with it."""
    return _bounded(_read(text))


def parse_day(text: str) -> date:
    """Read a day from its one way of writing. Raises Unfit, which says what is wrong with it."""
    return _bounded_day(_read_day(text))


def _read(text: str) -> datetime:
    if not _INSTANT.fullmatch(text):
        raise _unfit(_MALFORMED)
    try:
        return datetime.fromisoformat(text)
    except ValueError:  # the 30th of February
        raise _unfit(_MALFORMED) from None


def _read_day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise _unfit(_NO_DAY)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _unfit(_NO_DAY) from None


def _from_json(value: Any, info: ValidationInfo) -> Any:
    """Text is an instant in JSON alone; elsewhere it is refused behind this."""
    return _read(value) if info.mode == "json" and isinstance(value, str) else value


def _day_from_json(value: Any, info: ValidationInfo) -> Any:
    return _read_day(value) if info.mode == "json" and isinstance(value, str) else value


def _bounded(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise _unfit(_NO_OFFSET)
    if not within_bounds(value):
        raise _unfit(_OUTSIDE)
    return value


def _bounded_day(value: date) -> date:
    if not FIRST_DAYS_YEAR <= value.year <= LAST_YEAR:
        raise Unfit(_OUTSIDE.template, first=FIRST_DAYS_YEAR, last=LAST_YEAR)
    return value


def _unfit(what: Text) -> Unfit:
    return Unfit(what.template, **what.parameters)


def _schema(form: str, pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "format": form, "pattern": f"^{pattern}$"})


Instant = Annotated[
    datetime,
    BeforeValidator(_from_json),
    AfterValidator(_bounded),
    _schema("date-time", f"(?:1999|2[01][0-9]{{2}}|220[01]){_REST}T{_TIME}{_OFFSET}"),
]
"""A moment with its offset from UTC, from the year 2000 to the year 2200."""

Day = Annotated[
    date,
    BeforeValidator(_day_from_json),
    AfterValidator(_bounded_day),
    _schema("date", f"(?:19(?:49|[5-9][0-9])|2[01][0-9]{{2}}|2200){_REST}"),
]
"""A day of the calendar, from the year 1949 to the year 2200."""
