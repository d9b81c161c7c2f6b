"""Whether a licence may be issued on a case, from when until when, and under which number. Pure."""

from __future__ import annotations

import re
from datetime import date
from typing import get_args

from exchange.errors import Conflict
from exchange.schemas import LicenceNumber

LONGEST = 100
"""Years that a licence with an end is valid at most: beyond it somebody has mistyped the year."""
_NUMBER = re.compile(get_args(LicenceNumber)[1].pattern)


def check_grantable(case_number: str, *, decided: bool, granted: bool, issued: str | None) -> None:
    """Raise Conflict unless a case is decided, granted, and no licence was issued on it."""
    if issued is not None:
        raise Conflict(
            "licence {number} was issued on case {case}",
            remedy="`exchange licence show {number}`; what has changed since is an entry on it",
            number=issued,
            case=case_number,
        )
    if not decided:
        raise Conflict(
            "case {case} is not decided",
            remedy="a licence rests on the decision: `exchange decide {case}`",
            case=case_number,
        )
    if not granted:
        raise Conflict(
            "nothing is granted in case {case}",
            remedy="a licence is issued on what is granted; `exchange status {case}` shows how it stands",
            case=case_number,
        )


def check_validity(decided_on: date, valid_from: date, valid_until: date | None) -> None:
    """Raise Conflict where a licence would be valid before its decision, or end before it begins."""
    if valid_from < decided_on:
        raise Conflict(
            "it would be valid from {day}, before the decision of {decided}",
            remedy="name a day from the decision on",
            day=valid_from.isoformat(),
            decided=decided_on.isoformat(),
        )
    if valid_until is not None and not (valid_from <= valid_until and valid_until.year - valid_from.year <= LONGEST):
        raise Conflict(
            "it would be valid from {day} until {until}",
            remedy="name a last day that comes after the first, within {longest} years; or none",
            day=valid_from.isoformat(),
            until=valid_until.isoformat(),
            longest=LONGEST,
        )


def is_licence_number(text: str) -> bool:
    """Tell whether a text may be the number of a licence."""
    return _NUMBER.fullmatch(text) is not None


def licence_number(prefix: str, matter: str, year: int, serial: int) -> str:
    """Return the number of a licence: of which window, in which matter, year and serial."""
    return f"{prefix}-{matter.upper()[:40].rstrip('-')}-{year}-{serial:05d}"
