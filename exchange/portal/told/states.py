"""What applicants are told of, by which ways, and where a contact and a word to it stand."""

from __future__ import annotations

from enum import StrEnum

from exchange.transitions import machine


class ToldWay(StrEnum):
    """How somebody is told."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class ToldEvent(StrEnum):
    """What somebody is told of; the values are what webhooks call it."""

    CONFIRM = "contact.confirm"
    """Nothing has happened: whoever has the address is asked whether it wants to be told."""
    RECEIVED = "filing.received"
    INCOMPLETE = "filing.incomplete"
    INVITED = "filing.invited"
    ACCEPTED = "filing.accepted"
    REFUSED = "filing.refused"
    EXTENDED = "filing.extended"
    HEARING = "filing.hearing"
    HEARING_HELD = "filing.hearing-held"
    OPINION = "filing.opinion"
    OVERRUN = "filing.overrun"
    WITHDRAWN = "filing.withdrawn"
    DECIDED = "filing.decided"
    LICENSED = "licence.issued"
    LICENCE_CHANGED = "licence.changed"
    LICENCE_ENDED = "licence.ended"
    PROMISE_DUE = "promise.due"
    DRAFT_ENDING = "draft.ending"


class ContactState(StrEnum):
    """Where a contact stands; one that is stopped, or not wanted any more, is deleted."""

    ASKED = "asked"  # 待确认
    CONFIRMED = "confirmed"  # 已确认


CONTACTS = machine(
    "a contact of an applicant",
    {ContactState.ASKED},
    {ContactState.ASKED: {ContactState.CONFIRMED}, ContactState.CONFIRMED: ()},
)


class WordState(StrEnum):
    """Where one word to one contact stands."""

    WAITING = "waiting"
    SENT = "sent"
    ABANDONED = "abandoned"


WORDS = machine(
    "a word to an applicant",
    {WordState.WAITING},
    {WordState.WAITING: {WordState.SENT, WordState.ABANDONED}, WordState.SENT: (), WordState.ABANDONED: ()},
)
