"""Whose a delivery is, and what its signer has got wrong: before anything of it has effect. The signer is told."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from exchange.clock import monotonic
from exchange.directory.addressing import is_for_arbiter
from exchange.envelope import Authentic, Faulty, Opened, payload_of, peek, prove_envelope
from exchange.envelope.document import kind_declared
from exchange.errors import ExchangeError, IdReused, SenderError, Unsupported
from exchange.language.names import coded
from exchange.machine.logger import get_logger
from exchange.messaging.arrival import Arrivals
from exchange.messaging.dead_letters import failed, refused, unanswerable
from exchange.messaging.incoming import Arrived, Flawed, Handler, Incoming, Minding, SentBack
from exchange.messaging.node import Node, Step
from exchange.messaging.owed.book import ReceiptBook
from exchange.messaging.ports import Delivery
from exchange.messaging.receipts import read_receipts
from exchange.messaging.records import DeadLetter
from exchange.messaging.rules.arrival_time import Arrival
from exchange.messaging.rules.carriage import check_bringer, fault_of, sole_bringer
from exchange.messaging.rules.moments import check_moments
from exchange.messaging.rules.portals import check_reader, fault_of_portal
from exchange.schemas import Header, Opinion, ReceiptBatch
from exchange.schemas.titles import TITLES

log = get_logger()


def prove(
    node: Node, delivery: Delivery, taken: Container[str], now: datetime, *, accounts: bool = False
) -> Opened | Faulty:
    """Open a delivery; what is wrong once its signer is proved makes it Faulty, a kind that is not ``taken`` first.

    ``accounts``: members have accounts at the broker, and what names none is not accepted.

    Raises SenderError for what proves nobody, for what another's account brought, for what a portal gets from others
    than its window, whom it cannot answer, and for faulty receipts, which receipts do not answer.
    """
    brought_by = sole_bringer(delivery.carriage, delivery.user_id)
    found = prove_envelope(delivery.body, node.identity, node.directory, now, brought_by)
    check_bringer(delivery.carriage, delivery.user_id, found.header, node.domain, accounts)
    check_reader(node.directory, node.address, found.header.sender)
    fault = fault_of(delivery.carriage, delivery.user_id, found.header, delivery.queue, accounts)
    if is_receipt(found):
        if isinstance(found, Faulty):
            raise found.fault
        if fault is not None:
            raise fault
        check_moments(found.body, found.header.created_at)
        return found
    if found.header.kind not in taken:
        return _not_taken(found, node.address)
    if isinstance(found, Faulty):
        return found
    return _permitted(node, _dated(found)) if fault is None else _faulty(found, fault)


def is_receipt(found: Authentic) -> bool:
    """Tell whether a message is a batch of receipts."""
    return found.header.kind == ReceiptBatch.KIND


class Opener:
    """Opens what one member gets. ``taken``: the kinds that it takes; ``accounts``: members have some at the broker."""

    def __init__(self, node: Node, taken: Container[str], arrivals: Arrivals, *, accounts: bool) -> None:
        self._node = node
        self._taken = taken
        self._arrivals = arrivals
        self._accounts = accounts

    def open_all(self, deliveries: Sequence[Delivery]) -> tuple[list[tuple[Delivery, Arrived]], list[DeadLetter]]:
        """Return what is authentic, and dead letters of the rest: once, so that no second try changes an arrival."""
        good: list[tuple[Delivery, Arrived]] = []
        dead: list[DeadLetter] = []
        for delivery in deliveries:
            began = monotonic()
            if self._node.clock_watch is not None:
                self._node.clock_watch.heard(delivery)
            try:
                message = self.open(delivery)
                if isinstance(message, Flawed) and not message.opened.named:
                    dead.append(unanswerable(delivery, message.opened, message.arrival))
                else:
                    good.append((delivery, message))
            except SenderError as error:
                log.warning("message.refused", node=self._node.address, code=error.code, reason=str(error))
                dead.append(refused(delivery, error, self.arrived(delivery), self._node.domain))
            except Exception as error:
                log.exception("message.dead", node=self._node.address, message_id=delivery.message_id, stage="open")
                dead.append(failed(delivery, error, self.arrived(delivery), stage="open"))
            self._node.observer.opened(monotonic() - began)
        return good, dead

    def open(self, delivery: Delivery) -> Arrived:
        """Return a message whose signer is proved, with when it arrived. Raises as `prove` does."""
        now = self._node.clock.now()
        found = prove(self._node, delivery, self._taken, now, accounts=self._accounts)
        receipts = read_receipts(found) if isinstance(found, Opened) and is_receipt(found) else ()
        arrival = self._arrivals.judge(delivery, found.header, now)
        if isinstance(found, Faulty):
            return Flawed(found, arrival, delivery.queue)
        return Incoming(found, arrival, delivery.queue, tuple(receipts))

    def opened(self, delivery: Delivery) -> Arrived | None:
        """Return an authentic message; None for what cannot be opened, whatever the reason."""
        try:
            return self.open(delivery)
        except Exception:
            return None

    def arrived(self, delivery: Delivery) -> Arrival | None:
        """Return when something arrived that cannot be opened; None where nothing says so."""
        return self._arrivals.of_refused(delivery, self._node.clock.now())


def peeked(envelope: bytes) -> Header | None:
    """Return the clear header, unverified; None where there is none."""
    try:
        return peek(envelope)
    except ExchangeError:
        return None


def reused_id(message: Arrived) -> IdReused:
    """Return the fault of a message whose id its sender has used before for other bytes."""
    return IdReused("message id {message_id} was used before for another document", message_id=message.message_id)


def send_back(
    step: Step, handlers: Mapping[str, Handler], message: Arrived, fault: SenderError, book: ReceiptBook
) -> str:
    """Give the receipt that names the fault, in full; return the id of its batch."""
    header, opened = message.opened.header, message.opened
    step.note("returned", None, message.message_id, sender=message.sender, code=fault.code, kind=header.kind)
    _tell(step, handlers, _sent_back(opened, message.arrival, message.queue))
    return book.give(opened, message.arrival, fault.code, fault.diagnostics())


def mind(step: Step, handlers: Mapping[str, Handler], letter: DeadLetter) -> None:
    """Have a dead letter minded that no receipt can answer, though its signer is proved, or that nobody here could
    open, though the broker vouches for its sender.
    """
    if letter.proved is not None and letter.arrival is not None:
        _tell(step, handlers, _sent_back(letter.proved, letter.arrival, letter.queue))
        return
    header = peeked(letter.envelope)
    if letter.vouched and header is not None and letter.arrival is not None:
        _tell(step, handlers, SentBack(header, b"", letter.arrival, frozenset((header.kind,))))


def _not_taken(found: Opened | Faulty, address: str) -> Faulty:
    fault = Unsupported(
        "{address} does not take messages of kind {kind}", address=address, kind=coded(TITLES, found.header.kind)
    )
    return replace(found, fault=fault) if isinstance(found, Faulty) else _faulty(found, fault)


def _dated(found: Opened) -> Opened | Faulty:
    """Return it as faulty where what it says of time contradicts its own signing."""
    try:
        check_moments(found.body, found.header.created_at)
    except SenderError as fault:
        return _faulty(found, fault)
    return found


def _permitted(node: Node, found: Opened | Faulty) -> Opened | Faulty:
    """Return what a portal has signed as faulty, unless it is a filing."""
    if isinstance(found, Faulty):
        return found
    fault = fault_of_portal(node.directory, found.header.sender, found.header.kind)
    return found if fault is None else _faulty(found, fault)


def _faulty(found: Opened, fault: SenderError) -> Faulty:
    payload = payload_of(found.signed)
    return Faulty(
        found.header, found.header_bytes, found.signed, found.enclosures, found.digest, payload, fault,
        signer=found.signer,
    )  # fmt: skip


def _sent_back(opened: Authentic, arrival: Arrival, queue: str) -> SentBack:
    payload = opened.payload if isinstance(opened, Faulty) else payload_of(opened.signed)
    said = (opened.header.kind, kind_declared(opened.signed))
    other = said[0] == said[1] and said[0] != Opinion.KIND and is_for_arbiter(said[0])
    kinds = (*said, Opinion.KIND if queue.endswith(".opinions") and not other else None)
    return SentBack(opened.header, payload, arrival, frozenset(kind for kind in kinds if kind is not None))


def _tell(step: Step, handlers: Mapping[str, Handler], back: SentBack) -> None:
    for kind in sorted(back.meant):
        handler = handlers.get(kind)
        if isinstance(handler, Minding):
            handler.sent_back(step, back)
