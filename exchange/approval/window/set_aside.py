"""Opinions that were set aside as dead letters, and may yet have been in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exchange.approval.window.faulty import parts_meant
from exchange.envelope import Faulty, Opened, payload_of, prove_envelope
from exchange.errors import ExchangeError, Forged
from exchange.messaging.inbox import Inbox
from exchange.messaging.incoming import SentBack
from exchange.messaging.node import Node
from exchange.messaging.records import DeadLetter
from exchange.schemas import Opinion
from exchange.store.transaction import Transaction


def opinion_set_aside(
    tx: Transaction, node: Node, case_number: str, department: str, due_at: datetime | None = None
) -> bool:
    """Return whether an authentic opinion of the department on this case waits to be taken in.

    It must have arrived by ``due_at``. That it is dated ahead of our clock, or faulty, does not matter.
    """
    letters = tx[Inbox].unhandled(department, Opinion.KIND)
    in_time = [one for one in letters if one.arrival and (due_at is None or one.arrival.earliest <= due_at)]
    if any(one.stands_for_more for one in in_time):
        return True  # which cases they are about nobody can tell
    return any(number == case_number for letter in in_time for number in cases_meant(tx, node, letter, department))


def cases_meant(tx: Transaction, node: Node, letter: DeadLetter, department: str) -> Iterator[str]:
    """Yield the numbers of the cases that a dead letter is about, if it is an authentic opinion of the department.

    What another's account brought is none, whatever key has signed it; nor is what waits for nothing any more.
    """
    if letter.arrival is None or letter.kind != Opinion.KIND or letter.reason_code == Forged.code:
        return
    try:
        envelope = letter.envelope if letter.whole else tx[Inbox].envelope_of(letter)
        found = prove_envelope(envelope, node.identity, node.directory, None)
    except ExchangeError:
        return
    if found.header.sender != department:
        return
    if isinstance(found, Faulty) and not found.named:
        return  # nothing can ever take it in: it was minded when it came, as what is sent back is
    if isinstance(found, Opened) and isinstance(found.body, Opinion) and found.body.department == department:
        yield found.body.case_number
    else:
        payload = payload_of(found.signed) if isinstance(found, Opened) else found.payload
        yield from (part.case_number for part in parts_meant(tx, SentBack(found.header, payload, letter.arrival)))
