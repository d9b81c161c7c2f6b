"""Where a notice stands at one member, and what is known of a reader's having it; with what may follow what."""

from __future__ import annotations

from enum import StrEnum

from exchange.schemas import ReaderState
from exchange.transitions import machine


class NoticeSeat(StrEnum):
    """What a member is to a notice."""

    ORIGIN = "origin"
    RELAY = "relay"
    READER = "reader"


class NoticeState(StrEnum):
    """Where a notice stands. WAITING: at a relay office, for its cover. SIGNED and RETURNED: a reader's answer."""

    WAITING = "waiting"
    OPEN = "open"
    SIGNED = "signed"
    RETURNED = "returned"
    RECALLED = "recalled"
    REPLACED = "replaced"


TAKEN_BACK = frozenset({NoticeState.RECALLED, NoticeState.REPLACED})
"""By its origin; whoever has it keeps it."""

NOTICES = machine(
    "a notice",
    {NoticeState.OPEN, NoticeState.WAITING},
    {
        NoticeState.WAITING: {NoticeState.OPEN} | TAKEN_BACK,
        NoticeState.OPEN: {NoticeState.SIGNED, NoticeState.RETURNED} | TAKEN_BACK,
        NoticeState.SIGNED: TAKEN_BACK,
        NoticeState.RETURNED: TAKEN_BACK,
        NoticeState.RECALLED: (),
        NoticeState.REPLACED: (),
    },
)

NOT_SIGNED = frozenset({ReaderState.NONE, ReaderState.HAS})
"""Readers of whom no answer is known."""

READERS = machine(
    "a notice's reader",
    {ReaderState.NONE},
    {
        ReaderState.NONE: {ReaderState.HAS, ReaderState.SIGNED, ReaderState.RETURNED},
        ReaderState.HAS: {ReaderState.SIGNED, ReaderState.RETURNED},
        ReaderState.SIGNED: {ReaderState.RETURNED},  # of contradicting answers the earlier holds
        ReaderState.RETURNED: {ReaderState.SIGNED},
    },
)
