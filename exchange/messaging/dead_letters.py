"""Dead letters: what could not be taken in is kept with its reason, and with when it arrived.

Whoever sent it loses nothing by a failure of ours: the same bytes, taken in later, arrived when they first arrived,
and until then an opinion among them stands in the way of its department's silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from exchange.envelope import Faulty, peek
from exchange.envelope.claims import UNREADABLE
from exchange.errors import ExchangeError, Forged, Malformed, SenderError
from exchange.errors.sender import BroughtByAnother
from exchange.messaging.inbox import Inbox
from exchange.messaging.node import Step
from exchange.messaging.ports import Delivery
from exchange.messaging.records import DeadLetter
from exchange.messaging.rules.arrival_time import Arrival
from exchange.messaging.rules.carriage import Carriage, may_be_of, sole_bringer
from exchange.schemas import Opinion


def refused(
    delivery: Delivery, error: SenderError, arrival: Arrival | None = None, own: str | None = None, stage: str = "open"
) -> DeadLetter:
    """Make a dead letter of a message that cannot be accepted as it came.

    With ``own``, the domain here, it is one that was not proved: what proves nobody, and never can, is marked so.
    """
    letter = _letter(delivery, error.code, error.diagnostics(), stage, arrival)
    return letter if own is None else replace(letter, unproved=_never_proved(delivery, letter, error, own))


def _never_proved(delivery: Delivery, letter: DeadLetter, error: SenderError, own: str) -> bool:
    """Tell what no repair of ours makes a message: it does not verify, is none, or is brought by another's account.

    What does verify, and was brought by another, is kept whole: it shows that somebody's key has signed it.
    """
    if type(error) in (Forged, Malformed):
        return True
    known = letter.sender is None or may_be_of(letter.sender, delivery.carriage, delivery.user_id, own)
    return not known and not isinstance(error, BroughtByAnother)


def failed(delivery: Delivery, error: Exception, arrival: Arrival | None, stage: str = "handle") -> DeadLetter:
    """Make a dead letter of a message that something of ours failed on."""
    if isinstance(error, ExchangeError):
        return _letter(delivery, error.code, error.diagnostics(), stage, arrival)
    return _letter(delivery, type(error).__name__, "the handler failed; see the log", stage, arrival)


def unanswerable(delivery: Delivery, found: Faulty, arrival: Arrival) -> DeadLetter:
    """Make a dead letter of what its proved signer has got wrong without an id by which a receipt could name it."""
    fault, header = found.fault, found.header
    letter = DeadLetter(
        fault.code, fault.diagnostics(), "open", delivery.queue, delivery.body, None, header.sender,
        meant_as(header.kind, delivery.queue), proved=found,
    )  # fmt: skip
    return brought(letter, delivery, arrival)


def meant_as(kind: str, queue: str) -> str:
    """Return the kind of a message; of one that names none, in a queue of opinions, that it is an opinion."""
    return Opinion.KIND if kind == UNREADABLE and queue.endswith(".opinions") else kind


def abandoned(delivery: Delivery, arrival: Arrival | None) -> DeadLetter:
    """Make a dead letter of a message that a queue delivered too often in vain."""
    return _letter(delivery, "given-up", "its queue gave it up: delivered too often in vain", "broker", arrival)


def delivery_of(letter: DeadLetter, envelope: bytes) -> Delivery:
    """Return a dead letter as something that is delivered again, with its whole envelope."""
    return Delivery(
        queue=letter.queue,
        body=envelope,
        message_id=letter.message_id,
        user_id=letter.broker_user,
        headers={},
        redelivered=True,
        stamp=None,
        backlog=True,
        carriage=Carriage(letter.key_sender),
    )


def came_abandoned(dead: str, batch: Sequence[Delivery]) -> bool:
    """Tell whether a batch, which is of one queue, is of the dead one; an empty batch is of none."""
    way = batch[0].carriage if batch else None
    return way is not None and (way.died_of is not None or batch[0].queue == dead)


def first_arrivals(letters: Sequence[DeadLetter]) -> Mapping[tuple[str, str], Arrival]:
    """Return when messages that were set aside first arrived, by message id and digest of their bytes."""
    found: dict[tuple[str, str], Arrival] = {}
    for letter in letters:
        if letter.message_id is not None and letter.arrival is not None:
            found.setdefault((letter.message_id, letter.digest), letter.arrival)
    return found


def on_record_since(letters: Sequence[DeadLetter], message_id: str, digest: str) -> datetime | None:
    """Return since when bytes of this digest are among the dead letters; None where they are not."""
    moments = [one.first_at for one in letters if one.message_id == message_id and one.digest == digest]
    return min((at for at in moments if at is not None), default=None)


REPEATED, CAME_IN_ORDER = "its repetition was taken", "what it speaks of has come"
"""What settles a dead letter, as the journal has it."""


def settle_letters(step: Step, letters: Sequence[DeadLetter], message_id: str, digest: str, by: str = REPEATED) -> bool:
    """Take a message's dead letters off the list, now that the same bytes were taken; return whether any were there.

    What somebody has discarded stays on record as that; what bears the id and is other bytes is another matter.
    """
    same = [one for one in letters if one.message_id == message_id and one.digest == digest]
    ours = next((one for one in same if one.discarded_at is None), None)
    if ours is None or not step.tx[Inbox].revive(ours):
        return False
    step.note(
        "dead-letter-settled", None, message_id, letter=ours.id, code=ours.reason_code, stage=ours.stage,
        first_at=ours.first_at, by=by,
    )  # fmt: skip
    return True


def _letter(delivery: Delivery, code: str, reason: str, stage: str, arrival: Arrival | None) -> DeadLetter:
    message_id, sender, kind, vouched = delivery.message_id, None, None, False
    try:
        header = peek(delivery.body)
    except ExchangeError:
        pass
    else:
        message_id, sender, kind = header.message_id, header.sender, header.kind
        vouched = sole_bringer(delivery.carriage, delivery.user_id) == sender
    return brought(
        DeadLetter(code, reason, stage, delivery.queue, delivery.body, message_id, sender, kind, vouched=vouched),
        delivery,
        arrival,
    )


def brought(letter: DeadLetter, delivery: Delivery, arrival: Arrival | None = None) -> DeadLetter:
    """Return a dead letter with who brought it, by the broker's word, and when."""
    key_sender = delivery.carriage.account if delivery.carriage is not None else None
    return replace(letter, broker_user=delivery.user_id, key_sender=key_sender, arrival=arrival)
