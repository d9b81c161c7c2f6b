"""What may be entered on a licence, in which order, and which state it has then. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from enum import StrEnum

from exchange.errors import Conflict
from exchange.language import Text
from exchange.licences.rules.standing import licence_on
from exchange.schemas import Licence, LicenceChange, LicenceEntry
from exchange.transitions import machine


class LicenceState(StrEnum):
    """How a licence is kept; whether it is valid on a day is another question."""

    IN_FORCE = "in-force"
    REVOKED = "revoked"  # 撤销
    CANCELLED = "cancelled"  # 注销


LICENCES = machine(
    "licence",
    [LicenceState.IN_FORCE],
    {
        LicenceState.IN_FORCE: [LicenceState.REVOKED, LicenceState.CANCELLED],
        LicenceState.REVOKED: [LicenceState.CANCELLED],
        LicenceState.CANCELLED: [],
    },
)
"""A licence that was revoked is cancelled besides (article 70, 4); nothing brings one back."""

_DAY = timedelta(days=1)

BASIS = {
    LicenceChange.RENEWED: ("行政许可法第五十条",),
    LicenceChange.CHANGED: ("行政许可法第四十九条",),
    LicenceChange.REVOKED: ("行政许可法第六十九条",),
    LicenceChange.CANCELLED: ("行政许可法第七十条",),
}
"""On which article each rests, where no other is named."""
_AFTER = {LicenceChange.REVOKED: LicenceState.REVOKED, LicenceChange.CANCELLED: LicenceState.CANCELLED}


def state_after(state: LicenceState, change: LicenceChange) -> LicenceState:
    """Return the state of a licence after an entry. Raises Conflict for one that is over."""
    after = _AFTER.get(change, state)
    if state is LicenceState.CANCELLED or (state is LicenceState.REVOKED and after is not LicenceState.CANCELLED):
        raise Conflict(
            "the licence is {ended}, and nothing brings it back",
            remedy="what is granted anew is a case and a licence of its own",
            ended=Text("cancelled") if state is LicenceState.CANCELLED else Text("revoked"),
        )
    return after


def state_by(changes: Collection[LicenceChange]) -> LicenceState:
    """Return the state of a licence by all that was entered on it, in whichever order it came."""
    if LicenceChange.CANCELLED in changes:
        return LicenceState.CANCELLED
    return LicenceState.REVOKED if LicenceChange.REVOKED in changes else LicenceState.IN_FORCE


def check_entry(licence: Licence, before: Sequence[LicenceEntry], entry: LicenceEntry) -> None:
    """Raise Conflict for an entry that holds before there was a licence, or renews it by nothing, or too late."""
    first = min(licence.valid_from, day_issued(licence))
    if entry.effective_on < first:
        raise Conflict(
            "the entry would hold from {day}, before there was a licence",
            remedy="name a day from {first} on",
            day=entry.effective_on.isoformat(),
            first=first.isoformat(),
        )
    if entry.change is not LicenceChange.RENEWED or entry.valid_until is None:
        return
    until = licence_on(licence, before, date.max).valid_until
    if until is None:
        raise Conflict("the licence is valid without an end", remedy="nothing is to be renewed")
    if entry.valid_until <= until:
        raise Conflict(
            "the licence is valid until {until} already", remedy="a renewal names a later day", until=until.isoformat()
        )
    if entry.effective_on > until + _DAY:
        raise Conflict(
            "the licence is over since {until}",
            remedy="what is granted anew is a case and a licence of its own",
            until=until.isoformat(),
        )


def day_issued(licence: Licence) -> date:
    """Return the day on which a licence was issued; instants are read in China Standard Time."""
    return licence.at.date()
