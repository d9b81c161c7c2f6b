"""What is to be told is noted in the step in which it happens: nothing is told that did not come about, or lost."""

from __future__ import annotations

import uuid

from exchange.messaging.node import Step
from exchange.portal.told.records import ContactRow, WordRow
from exchange.portal.told.states import ToldEvent, WordState
from exchange.portal.told.store import Contacts, WordsToTell

_SPACE = uuid.UUID("0b5d4b0e-7a35-5a56-9d0c-6f1f0f1a9c42")


def note_in(step: Step, number: str, event: ToldEvent, subject: str) -> int:
    """Note an event for every contact of a number that is confirmed; ``subject`` and event make it the same one.

    Returns to how many it is to be told.
    """
    return sum(note_for(step, contact, event, subject) for contact in step.tx[Contacts].confirmed(number))


def note_for(step: Step, contact: ContactRow, event: ToldEvent, subject: str) -> bool:
    """Note an event for one contact; tells whether it was not noted before."""
    word_id = str(uuid.uuid5(_SPACE, f"{contact.contact_id}/{event}/{subject}"))
    row = WordRow(word_id, contact.contact_id, contact.number, event, WordState.WAITING, 0, step.now, step.now)
    return step.tx[WordsToTell].add(row)
