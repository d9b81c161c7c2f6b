"""Heads of an audit log that were signed at some time, as somebody else holds them. Pure.

A log only grows. So heads in the order of their signing never step back, and the log has the entry of each for ever: a
tail that was cut off, and an entry that was rewritten, contradict what is held, whatever was appended since.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.audit.chain import ChainHead

_LATEST, _DAYS = 32, 64
"""Heads that are held: the latest, and of earlier ones the first of each day."""


@dataclass(frozen=True, order=True)
class HeldHead:
    """A head, and when it was signed."""

    issued_at: datetime
    seq: int
    hash: str

    @property
    def head(self) -> ChainHead:
        """Return the place and hash of the entry."""
        return ChainHead(self.seq, self.hash)


def with_head(held: Sequence[HeldHead], new: HeldHead) -> tuple[HeldHead, ...]:
    """Return what is held, in the order of signing, with another one."""
    every = sorted({*held, new})
    early, late = every[:-_LATEST], every[-_LATEST:]
    days: dict[object, HeldHead] = {}
    for one in early:
        days.setdefault(one.issued_at.date(), one)
    return (*list(days.values())[-_DAYS:], *late)


def stepped_back(held: Sequence[HeldHead]) -> HeldHead | None:
    """Return the first head that cannot follow those signed before it; None where one growing log can have them all."""
    highest: HeldHead | None = None
    for one in sorted(held):
        if highest is not None and (one.seq < highest.seq or (one.seq == highest.seq and one.hash != highest.hash)):
            return one
        highest = one
    return None


def first_missing(held: Sequence[HeldHead], hash_at: Callable[[int], str | None]) -> HeldHead | None:
    """Return the lowest held head whose entry the log has not, or has otherwise; None where it has all.

    ``hash_at`` gives the hash of an entry by its number; None where there is no such entry.
    """
    ordered = sorted(held, key=lambda one: one.seq)
    return next((one for one in ordered if one.seq and hash_at(one.seq) != one.hash), None)
