"""Receive: record once, open, verify, handle, sign for; one transaction a batch, acknowledged only after its commit.

The order for each delivery:
 1. read the clear header within bounds; what is not an envelope goes to the dead letters with its reason;
 2. open and verify; what fails goes to the dead letters (its sender cannot be known, so it gets no receipt);
 3. the broker's user, where it names one, must be the verified sender;
 4. known already under the same digest: its stored receipt is sent again, nothing else happens;
 5. known under another digest: the id was reused, dead letter;
 6. the handler for its kind runs; if it returns the document, the signed receipt carries the reason;
 7. inbox row, effects, receipts and everything to be sent are committed together.
A handler that fails unexpectedly rolls the batch back; its messages are then taken one at a time, so that only the
culprit ends in the dead letters and the consumer goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from exchange.envelope import Opened, open_envelope, peek
from exchange.errors import DatabaseUnavailable, ExchangeError, Forged, IdReused, Returned, SenderError, Unsupported
from exchange.flow.arrival import ArrivalJudge
from exchange.flow.node import Node, Step
from exchange.flow.ports import DeadLetter, Delivery, InboxEntry, Known
from exchange.flow.receipts import OnSigned, ReceiptBook, ReceiptTray
from exchange.rules.arbiter import Arrival
from schemas import Body, ReceiptBatch, Role

log = structlog.get_logger()


@dataclass(frozen=True)
class Incoming:
    """An authentic message as a handler gets it."""

    opened: Opened
    arrival: Arrival

    @property
    def sender(self) -> str:
        """The verified signer."""
        return self.opened.header.sender

    @property
    def message_id(self) -> str:
        """Unique with its sender."""
        return self.opened.header.message_id


Handler = Callable[[Step, Incoming, Body], None]
"""Handles one message inside the step. Decides first, writes after: raising `Returned` must leave nothing behind."""


class Receiver:
    """Takes batches of deliveries for one node. ``handlers`` is what makes it a window, a department or a monitor."""

    def __init__(
        self,
        node: Node,
        handlers: Mapping[str, Handler],
        arrival: ArrivalJudge,
        on_signed: OnSigned | None = None,
        after_commit: Callable[[], None] = lambda: None,
    ) -> None:
        self._node = node
        self._handlers = handlers
        self._arrival = arrival
        self._on_signed = on_signed
        self._after_commit = after_commit

    def on_batch(self, deliveries: Sequence[Delivery]) -> None:
        """Handles deliveries of one queue, in order. Raises only when the database cannot take them now.

        Keys and directory come first: whoever signed or sealed with what is new had the new directory, so it is here.
        """
        self._node.renew()
        try:
            self._take(deliveries)
        except DatabaseUnavailable:
            raise
        except Exception:
            log.exception("batch.rolled-back", node=self._node.address, deliveries=len(deliveries))
            for delivery in deliveries:
                self._take_alone(delivery)
        self._after_commit()

    def _take_alone(self, delivery: Delivery) -> None:
        try:
            self._take([delivery])
        except DatabaseUnavailable:
            raise
        except Exception as error:
            log.exception("message.dead", node=self._node.address, message_id=delivery.message_id, stage="handle")
            letter = _dead_letter(delivery, type(error).__name__, "the handler failed; see the log", "handle")
            with self._node.store.transaction() as tx:
                tx.inbox.dead([letter], self._node.clock.now())

    def _take(self, deliveries: Sequence[Delivery]) -> None:
        now = self._node.clock.now()
        good: list[tuple[Delivery, Incoming]] = []
        dead: list[DeadLetter] = []
        for delivery in deliveries:
            try:
                good.append((delivery, self._open(delivery)))
            except SenderError as error:
                log.warning("message.refused", node=self._node.address, code=error.code, reason=str(error))
                dead.append(_dead_letter(delivery, error.code, error.diagnostics(), "open"))
        with self._node.step() as step:
            dead += self._handle_all(step, good)
            if dead:
                step.tx.inbox.dead(dead, now)

    def _open(self, delivery: Delivery) -> Incoming:
        now = self._node.clock.now()
        opened = open_envelope(delivery.body, self._node.identity, self._node.directory, now)
        if delivery.user_id is not None and delivery.user_id != opened.header.sender:
            raise Forged(f"the broker's user {delivery.user_id} is not the signer {opened.header.sender}")
        if opened.header.kind != ReceiptBatch.KIND and opened.header.kind not in self._handlers:
            raise Unsupported(f"{self._node.address} does not take messages of kind {opened.header.kind}")
        arrival = self._arrival.judge(delivery, opened.header, now)
        if Role.MONITOR in self._node.directory.member(opened.header.sender).roles:
            self._arrival.seen(opened.header)
        return Incoming(opened, arrival)

    def _handle_all(self, step: Step, messages: Sequence[tuple[Delivery, Incoming]]) -> list[DeadLetter]:
        known = step.tx.inbox.known([(message.sender, message.message_id) for _, message in messages])
        book, tray = ReceiptBook(step), ReceiptTray(step, self._on_signed)
        entries: list[InboxEntry] = []
        reused: list[DeadLetter] = []
        for delivery, message in messages:
            key = (message.sender, message.message_id)
            earlier = known.get(key)
            if earlier is None:
                entry = self._handle(step, message, book, tray)
                entries.append(entry)
                known[key] = Known(entry.digest, entry.receipt_id)
            elif earlier.digest != message.opened.digest:
                reused.append(_reused_letter(delivery))
            elif earlier.receipt_id is not None:
                step.tx.outbox.resend(earlier.receipt_id, message.sender, step.now)
        tray.empty()
        book.close()
        if entries:
            step.tx.inbox.record(entries, step.now)
        return reused

    def _handle(self, step: Step, message: Incoming, book: ReceiptBook, tray: ReceiptTray) -> InboxEntry:
        opened, code, reason, receipt_id = message.opened, None, None, None
        if opened.header.kind == ReceiptBatch.KIND:
            tray.put(opened)
        else:
            tray.empty()
            try:
                self._handlers[opened.header.kind](step, message, opened.body)
            except Returned as refusal:
                code, reason = refusal.code, refusal.diagnostics()
                step.note("returned", None, message.message_id, sender=message.sender, code=code)
            receipt_id = book.give(opened, message.arrival, code, reason or "")
        return InboxEntry(
            header=opened.header,
            digest=opened.digest,
            signed=opened.signed,
            enclosures=opened.enclosures,
            arrived_earliest=message.arrival.earliest,
            arrived_latest=message.arrival.latest,
            arrival_source=message.arrival.source,
            receipt_id=receipt_id,
            accepted=code is None,
            reason=f"{code}: {reason}" if code else None,
        )


def _reused_letter(delivery: Delivery) -> DeadLetter:
    error = IdReused(f"message id {delivery.message_id} was used before for another document")
    return _dead_letter(delivery, error.code, error.diagnostics(), "open")


def _dead_letter(delivery: Delivery, code: str, reason: str, stage: str) -> DeadLetter:
    try:
        header = peek(delivery.body)
    except ExchangeError:
        return DeadLetter(code, reason, stage, delivery.queue, delivery.body, delivery.message_id)
    return DeadLetter(code, reason, stage, delivery.queue, delivery.body, header.message_id, header.sender, header.kind)
