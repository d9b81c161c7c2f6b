"""What officers are told by mail, and where an address and a letter to it stand."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from exchange.transitions import machine


class MailWish(StrEnum):
    """When somebody wants a letter."""

    DAILY = "daily"
    """On every working day on which something waits."""
    DUE = "due"
    """On working days on which something is due in three working days, in one, or on that day."""


class OfficerMailState(StrEnum):
    """Where an officer's address stands; one that is not wanted any more is deleted."""

    ASKED = "asked"  # 待确认
    CONFIRMED = "confirmed"  # 已确认


OFFICER_MAILS = machine(
    "an officer's address",
    {OfficerMailState.ASKED},
    {OfficerMailState.ASKED: {OfficerMailState.CONFIRMED}, OfficerMailState.CONFIRMED: ()},
)


CONFIRM_WITHIN = timedelta(days=3)
"""An address that is not confirmed by then is deleted."""


class OfficerLetterKind(StrEnum):
    """What a letter is for."""

    CONFIRM = "confirm"
    """Asks whether the address is the officer's own."""
    DUE = "due"
    """Tells what waits and what is due."""


class OfficerLetterState(StrEnum):
    """Where one letter stands."""

    WAITING = "waiting"
    SENT = "sent"
    ABANDONED = "abandoned"


OFFICER_LETTERS = machine(
    "a letter to an officer",
    {OfficerLetterState.WAITING},
    {
        OfficerLetterState.WAITING: {OfficerLetterState.SENT, OfficerLetterState.ABANDONED},
        OfficerLetterState.SENT: (),
        OfficerLetterState.ABANDONED: (),
    },
)
