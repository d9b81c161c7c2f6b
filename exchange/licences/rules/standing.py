"""How a licence stands on a day: by what it says, and by the entries on it that hold by then. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from exchange.schemas import Licence, LicenceChange, LicenceEntry, LicenceHolder


class LicenceStanding(StrEnum):
    """How a licence stands on a day; a closed set."""

    VALID = "valid"  # 有效
    NOT_YET = "not-yet"  # 尚未生效
    EXPIRED = "expired"  # 已过有效期
    REVOKED = "revoked"  # 已撤销
    CANCELLED = "cancelled"  # 已注销


_ENDED = {LicenceChange.REVOKED: LicenceStanding.REVOKED, LicenceChange.CANCELLED: LicenceStanding.CANCELLED}


@dataclass(frozen=True)
class LicenceOnDay:
    """A licence as it is on a day."""

    standing: LicenceStanding
    holder: LicenceHolder
    permits: str
    conditions: str
    valid_from: date
    valid_until: date | None
    ended_by: LicenceEntry | None = None
    """The entry by which it was revoked or cancelled."""


def licence_on(licence: Licence, entries: Sequence[LicenceEntry], day: date) -> LicenceOnDay:
    """Return how a licence is on a day. ``entries``: all that are on it, in their order."""
    until, holder, permits, conditions = licence.valid_until, licence.holder, licence.permits, licence.conditions
    ended: LicenceEntry | None = None
    for entry in entries:
        if entry.effective_on > day:
            continue
        if entry.ends:
            ended = entry
        until = until if entry.valid_until is None else entry.valid_until
        holder = entry.holder or holder
        permits = entry.permits or permits
        conditions = conditions if entry.conditions is None else entry.conditions
    if ended is not None:
        standing = _ENDED[ended.change]
    elif day < licence.valid_from:
        standing = LicenceStanding.NOT_YET
    elif until is not None and day > until:
        standing = LicenceStanding.EXPIRED
    else:
        standing = LicenceStanding.VALID
    return LicenceOnDay(standing, holder, permits, conditions, licence.valid_from, until, ended)
