"""Whether a clock can be right: held against other clocks, and against what is known to have happened already.

A department must not lose its say because somebody's clock is wrong by hours or months. What is signed names its time,
brokers stamp, database servers have a clock of their own, and no clock may be behind what it has itself written down.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from exchange.clock import CST
from exchange.language import Text

READ_TOGETHER = timedelta(seconds=5)
"""How far two clocks may be apart that were read at the same moment."""

HAPPENED = timedelta(minutes=1)
"""How far a clock may be behind something that has happened."""

ACT = timedelta(hours=1)
"""How far it may be off for a monitor to draw consequences from a term that is over."""


@dataclass(frozen=True)
class Witness:
    """Something by which a clock is judged."""

    what: Text
    """In words, as the subject of a sentence: the database server's clock; the directory."""
    at: datetime
    exact: bool
    """A clock read at this moment; else something that has happened by now: our clock must not be behind it."""
    kind: Text
    """What it is one of, for a list: the signed directory, records, databases, broker."""


def broker_clock(at: datetime) -> Witness:
    """Return the witness of the broker's clock, read just now."""
    return Witness(Text("the broker's clock"), at, exact=True, kind=Text("broker"))


def database_clock(at: datetime) -> Witness:
    """Return the witness of a database server's clock, read just now."""
    return Witness(Text("the database server's clock"), at, exact=True, kind=Text("databases"))


def signing_of_directory(at: datetime) -> Witness:
    """Return the witness of when the directory was signed."""
    return Witness(Text("the signing of the directory"), at, exact=False, kind=Text("the signed directory"))


def sign_of_life(member: str, at: datetime) -> Witness:
    """Return the witness of when a member was last known to consume."""
    what = Text("the last sign of life of {member}", {"member": member})
    return Witness(what, at, exact=False, kind=Text("records"))


def last_entry(member: str, at: datetime) -> Witness:
    """Return the witness of when a member last wrote into its journal."""
    what = Text("the last entry in the journal of {member}", {"member": member})
    return Witness(what, at, exact=False, kind=Text("records"))


def doubt(now: datetime, witness: Witness, allowed: timedelta | None = None) -> Text | None:
    """Return what is wrong with a clock that says ``now``, with both dates; None where nothing speaks against it.

    ``allowed``: how far it may be off, by default as the kind of witness demands.
    """
    limit = allowed or (READ_TOGETHER if witness.exact else HAPPENED)
    apart = witness.at - now
    if apart <= limit and (not witness.exact or -apart <= limit):
        return None
    said: dict[str, object] = {"now": _text(now), "witness": witness.what, "at": _text(witness.at)}
    if witness.exact:
        return Text("this machine's clock says {now}, but {witness} says {at}", said)
    return Text("this machine's clock says {now}, but {witness} was at {at}", said)


def doubts(now: datetime, witnesses: Iterable[Witness], allowed: timedelta | None = None) -> list[Text]:
    """Return all that speaks against a clock, the witness that is furthest off first."""
    found = sorted(witnesses, key=lambda witness: -abs(witness.at - now))
    return [told for witness in found if (told := doubt(now, witness, allowed)) is not None]


def _text(at: datetime) -> str:
    return f"{at.astimezone(CST):%Y-%m-%d %H:%M:%S}"
