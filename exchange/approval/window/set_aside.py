"""Opinions that were set aside as dead letters, and may yet have been in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exchange.approval.window.acting.substitutes import speakers_of
from exchange.approval.window.faulty import parts_meant
from exchange.directory.substitutes import acts_for
from exchange.envelope import Faulty, Opened, payload_of, prove_envelope
from exchange.errors import ExchangeError, Forged
from exchange.messaging.inbox import Inbox
from exchange.messaging.incoming import SentBack
from exchange.messaging.node import Node
from exchange.messaging.records import DeadLetter
from exchange.schemas import Opinion
from exchange.store.transaction import Transaction

Known = dict[tuple[str, int], tuple[str, str]]
"""Signer and case of opinions that were proved already, by the digest of their bytes and the directory's version: a
term that ends proves anew only what was set aside since, however much that is.
"""

_MOST_KNOWN = 5_000


def opinion_set_aside(
    tx: Transaction,
    node: Node,
    case_number: str,
    department: str,
    due_at: datetime | None = None,
    known: Known | None = None,
) -> bool:
    """Return whether an authentic opinion of the department on this case waits to be taken in.

    It must have arrived by ``due_at``. That it is dated ahead of our clock, or faulty, does not matter.
    """
    return any(
        _set_aside(tx, node, case_number, department, speaker, due_at, {} if known is None else known)
        for speaker in speakers_of(node, tx, case_number, department)
    )


def _set_aside(
    tx: Transaction,
    node: Node,
    case_number: str,
    department: str,
    speaker: str,
    due_at: datetime | None,
    known: Known,
) -> bool:
    letters = tx[Inbox].unhandled(speaker, Opinion.KIND)
    in_time = [one for one in letters if one.arrival and (due_at is None or one.arrival.earliest <= due_at)]
    if speaker != department:
        own = node.directory.directory
        in_time = [one for one in in_time if one.arrival and acts_for(own, speaker, department, one.arrival.earliest)]
    if any(one.stands_for_more for one in in_time):
        return True  # which cases they are about nobody can tell
    acting_for = None if speaker == department else department
    return any(case_number in cases_meant(tx, node, letter, speaker, acting_for, known) for letter in in_time)


def cases_meant(
    tx: Transaction,
    node: Node,
    letter: DeadLetter,
    sender: str,
    acting_for: str | None = None,
    known: Known | None = None,
) -> Iterator[str]:
    """Yield the numbers of the cases that a dead letter is about, if it is an authentic opinion of its sender.

    ``acting_for``: only those in which it spoke for this department, which it acted for when the letter arrived.
    What another's account brought is none, whatever key has signed it; nor is what waits for nothing any more.
    """
    if letter.arrival is None or letter.kind != Opinion.KIND or letter.reason_code == Forged.code:
        return
    key = letter.digest, node.directory.version
    if known is not None and key in known:
        yield from [known[key][1]] if known[key][0] == sender and acting_for is None else []
        return
    try:
        envelope = letter.envelope if letter.whole else tx[Inbox].envelope_of(letter)
        found = prove_envelope(envelope, node.identity, node.directory, None)
    except ExchangeError:
        return
    if found.header.sender != sender:
        return
    if isinstance(found, Faulty) and not found.named:
        return  # nothing can ever take it in: it was minded when it came, as what is sent back is
    if isinstance(found, Opened) and isinstance(found.body, Opinion) and found.body.department == sender:
        meant = [found.body.case_number] if acting_for is None else []
        if known is not None:
            _keep(known, key, (sender, found.body.case_number))
    else:
        payload = payload_of(found.signed) if isinstance(found, Opened) else found.payload
        parts = parts_meant(node, tx, SentBack(found.header, payload, letter.arrival))
        meant = [part.case_number for part in parts if acting_for in (None, part.department)]
    yield from meant


def _keep(known: Known, key: tuple[str, int], said: tuple[str, str]) -> None:
    if len(known) >= _MOST_KNOWN:
        known.clear()
    known[key] = said
