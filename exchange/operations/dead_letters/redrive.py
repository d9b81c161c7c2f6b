"""Redrive: a dead letter is handled again, once what stood in its way is repaired.

It goes through the same `receive` as everything, from the bytes on record and under its own message id, in one
transaction with its leaving the dead letters. What had been handled meanwhile is handled no second time; its receipt
goes out again. What fails again stays a dead letter.

It is judged by when it first arrived, never by when it was redriven: an opinion in time stays in time. That arrival
is on record with the letter; where it could not be established, an interval is known, from the signing to the moment
the message was first set aside, and doubt favours the department. A default that has taken effect stands, unless the
broker itself stamped the opinion within the term and the case is not closed; one that was late is kept as a late one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from exchange.errors import CallerError, DatabaseUnavailable, ExchangeError, Forged, NotFound, OperatorError
from exchange.machine.logger import get_logger
from exchange.messaging.dead_letter_store import DeadLetters
from exchange.messaging.dead_letters import delivery_of
from exchange.messaging.inbox import Inbox
from exchange.messaging.incoming import Handler
from exchange.messaging.node import Node
from exchange.messaging.ports import Delivery
from exchange.messaging.receipts import OnSigned
from exchange.messaging.receive import Receiver
from exchange.messaging.records import DeadLetter
from exchange.messaging.rules.arrival_time import Arrival, ArrivalSource
from exchange.messaging.rules.withholding import TRANSIT
from exchange.schemas import Header

log = get_logger()

_BATCH = 100
"""Letters read at a time."""


class FirstArrival:
    """The arrival of a message of which only is known when it was first set aside."""

    def __init__(self, set_aside: datetime) -> None:
        self._set_aside = set_aside

    def judge(self, delivery: Delivery, header: Header, now: datetime) -> Arrival:
        return Arrival(min(header.created_at, self._set_aside), self._set_aside, ArrivalSource.SET_ASIDE)

    def seen(self, header: Header) -> None:
        """Do nothing: a redriven message is not in its place in the queue, so its order tells nothing."""


class Again(StrEnum):
    """What came of a letter that was redriven."""

    HANDLED = "handled"
    REPEAT = "repeat"
    """It had been handled meanwhile; nothing happened but that its receipt goes out again."""
    FAILED = "failed"
    GONE = "gone"
    """Somebody else has redriven or discarded it meanwhile."""


@dataclass(frozen=True)
class RedriveOutcome:
    """One letter of many that were redriven."""

    letter: DeadLetter
    again: Again
    reason: str = ""


def redrive_cause(
    node: Node, handlers: Mapping[str, Handler], on_signed: OnSigned | None, reason_code: str, stage: str | None = None
) -> Iterator[RedriveOutcome]:
    """Redrive all letters of a cause, the oldest first, each in a transaction of its own.

    What fails again stays, and the next one is tried. Raises DatabaseUnavailable.
    """
    above = 0
    while letters := _batch(node, reason_code, stage, above):
        for letter in letters:
            yield try_redrive(node, handlers, on_signed, letter)
        above = letters[-1].serial


def try_redrive(
    node: Node, handlers: Mapping[str, Handler], on_signed: OnSigned | None, letter: DeadLetter
) -> RedriveOutcome:
    """Redrive one letter, and return what came of it. Raises DatabaseUnavailable only."""
    try:
        return redrive(node, handlers, on_signed, letter.id)
    except DatabaseUnavailable:
        raise
    except NotFound as error:
        return RedriveOutcome(letter, Again.GONE, str(error))
    except ExchangeError as error:
        with node.step() as step:
            step.tx[DeadLetters].tried(letter.serial, step.now)
            step.note("redrive-failed", None, None, letter=letter.id, code=error.code)
        return RedriveOutcome(letter, Again.FAILED, error.diagnostics())


def redrive(
    node: Node,
    handlers: Mapping[str, Handler],
    on_signed: OnSigned | None,
    id: str,
    released_by: tuple[str, str] | None = None,
) -> RedriveOutcome:
    """Handle a dead letter again, under its own id; return it as it was, with what came of it.

    ``released_by`` names the two people who say that it is its sender's, although its certificate had ended when it
    came. Raises NotFound, CallerError for one that is forged, SenderError where its envelope is still refused or it
    waits for two people, and OperatorError where its handler fails again.
    """
    letter = found_letter(node, id)
    arrival = FirstArrival(letter.first_at or node.clock.now())
    receiver = Receiver(node, handlers, arrival, on_signed, released=released_by is not None)
    try:
        with node.step() as step:
            repeat = bool(step.tx[Inbox].known([(letter.sender or "", letter.message_id or "")]))
            receiver.take_again(step, delivery_of(letter, letter.envelope))
            if not step.tx[Inbox].revive(letter):
                raise NotFound("dead letter {id} is gone", remedy="another operator has redriven it", id=id)
            step.note("redriven", None, None, letter=letter.id, code=letter.reason_code, first_at=letter.first_at)
            if released_by is not None:
                first, second = released_by
                step.note("released", None, letter.message_id, letter=letter.id, proposed_by=first, by=second)
    except ExchangeError:
        raise
    except Exception as error:
        log.exception("redrive.failed", node=node.address, letter=letter.id)
        raise OperatorError(
            "the handler failed again: {name}",
            remedy="repair what the log shows; the letter is kept",
            name=type(error).__name__,
        ) from error
    return RedriveOutcome(letter, Again.REPEAT if repeat else Again.HANDLED)


def _batch(node: Node, reason_code: str, stage: str | None, above: int) -> list[DeadLetter]:
    with node.store.reading() as tx:
        return tx[DeadLetters].batch(reason_code, stage, above=above, limit=_BATCH)


def found_letter(node: Node, id: str) -> DeadLetter:
    """Return a letter that can be handled again. Raises NotFound, or CallerError for one that never can."""
    with node.store.reading() as tx:
        letter = tx[Inbox].dead_letter(id)
    if letter is None or letter.discarded_at is not None:
        raise NotFound(
            "no dead letter {id!r} at {address}", remedy="`exchange dead` lists them", id=id, address=node.address
        )
    if letter.reason_code == Forged.code:
        raise CallerError(
            "dead letter {id} is forged: {reason}", remedy="its sender writes it anew", id=id, reason=letter.reason
        )
    if letter.stands_for_more:
        raise CallerError(
            "dead letter {id} stands for messages that are not kept: their sender sends them again",
            remedy="redrive, release or discard those that are kept, then discard this one; what comes then is kept",
            id=id,
        )
    if not letter.whole:
        raise CallerError(
            "of dead letter {id} only the beginning was kept, since nothing in it proves its sender: {reason}",
            remedy="its sender writes it anew",
            id=id,
            reason=letter.reason,
        )
    if letter.stage == TRANSIT:
        remedy = "once the reason is repaired its sender sends it again: exchange resend"
        raise CallerError(
            "dead letter {id} is not for {address}: it was passing through", remedy=remedy, id=id, address=node.address
        )
    return letter
