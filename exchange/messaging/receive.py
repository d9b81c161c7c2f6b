"""Receive: record once, open, verify, handle, sign for; one transaction a batch, acknowledged only after its commit.

The order for each delivery:
 1. read the clear header within bounds; what is not an envelope goes to the dead letters with its reason;
 2. open, and prove who signed it; what proves nobody goes to the dead letters, and gets no receipt;
 3. the broker's account it came by must be the verified sender's, or, for a sender of another domain, that of the own
    domain's relay office; from here on its sender is proved, and what is wrong with its way goes back to it;
 4. known already under the same digest: its stored receipt is sent again, nothing else happens; but one that a wrong
    clock has dated so that nobody can accept it is signed anew (`exchange.messaging.owed.anew`);
 5. come after its signer's certificate had ended, revoked or over, and nothing proves that it is older: a dead letter
    that waits for two people. What else the proved signer has got wrong goes back to it with a signed receipt and the
    exact sentence: a header or body outside its schema, a version or kind that is not taken here, an id that it has
    used before for other bytes. Only receipts are not answered by receipts: faulty ones are dead letters; so is what
    bears no id that a receipt could name, and an opinion among those stands in the way of a default like any other;
 6. the handler for its kind runs; if it returns the document, the signed receipt carries the reason; what came before
    the message it speaks of waits among the dead letters for that (`exchange.messaging.aside.early`);
 7. inbox row, effects, receipts and everything to be sent are committed together.
A handler that fails unexpectedly rolls the batch back; its messages are then taken one at a time, so that only the
culprit ends in the dead letters and the consumer goes on. Its sender, without a receipt, sends it again; it then
counts as arrived when it first arrived (`exchange.messaging.dead_letters`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from exchange.clock import monotonic
from exchange.envelope import Faulty
from exchange.errors import DatabaseUnavailable, Early, Returned, SenderError, TokenUnavailable
from exchange.machine.debts import Debts
from exchange.machine.logger import get_logger
from exchange.messaging.arrival import ArrivalJudge, Arrivals
from exchange.messaging.aside.abandoned import set_aside
from exchange.messaging.aside.doubted import doubt_of
from exchange.messaging.aside.early import EarlyLetters
from exchange.messaging.dead_letters import (
    CAME_IN_ORDER,
    REPEATED,
    failed,
    first_arrivals,
    on_record_since,
    refused,
    settle_letters,
)
from exchange.messaging.freshness import heard
from exchange.messaging.inbox import Inbox
from exchange.messaging.incoming import Arrived, Flawed, Handler, Incoming
from exchange.messaging.node import Node, Step
from exchange.messaging.owed.anew import repeat_receipt
from exchange.messaging.owed.book import ReceiptBook
from exchange.messaging.ports import Delivery
from exchange.messaging.proving import Opener, is_receipt, mind, reused_id, send_back
from exchange.messaging.quotas.gate import OPEN, InboxGate
from exchange.messaging.receipts import OnSigned, ReceiptTray
from exchange.messaging.records import DeadLetter, InboxEntry, Known, Signed
from exchange.messaging.rules.carriage import only_expired
from exchange.messaging.rules.withholding import EARLY

log = get_logger()


@dataclass(frozen=True)
class _Done:
    """What came of the messages of one step."""

    entries: Sequence[InboxEntry]
    set_aside: Sequence[DeadLetter]
    """What waits for two people, and receipts under an id that was used before."""
    refused: Sequence[SenderError]
    """Why these were set aside, or went back without being recorded."""
    signed: Sequence[Signed]


_TRIAL = b"whether this key can sign"
_FOR_EACH_OCTET, _FOR_A_BATCH = 2, 65_536
"""Octets that a batch writes, about: the documents and what is answered to them, with their rows."""


class Receiver:
    """Takes batches of deliveries for one node. ``handlers`` is what makes it a window, a department or a monitor."""

    def __init__(
        self,
        node: Node,
        handlers: Mapping[str, Handler],
        arrival: ArrivalJudge,
        on_signed: OnSigned | None = None,
        after_commit: Callable[[], None] = lambda: None,
        *,
        accounts: bool = False,
        released: bool = False,
        debts: Debts | None = None,
        room: Callable[[], None] = lambda: None,
        gate: InboxGate | None = None,
    ) -> None:
        """``accounts``: members have accounts at the broker, and what names none is not accepted.

        ``released``: two people have said that what an ended certificate has signed is its owner's.

        ``debts``: how long receipts may be owed; without it they are given at once.

        ``room``: raises DatabaseUnavailable while there is no room for anything that comes in.

        ``gate``: keeps out what is too much of one account; nothing is, without it.
        """
        self._node = node
        self._handlers = handlers
        self._on_signed = on_signed
        self._after_commit = after_commit
        self._released = released
        self._debts = debts or Debts()
        self._room, self._gate = room, gate or OPEN
        self._arrivals = Arrivals(arrival)
        self._early = EarlyLetters(node)
        self._opener = Opener(node, handlers, self._arrivals, accounts=accounts)

    def on_batch(self, deliveries: Sequence[Delivery]) -> None:
        """Handle deliveries of one queue, in order. Raises only when the database cannot take them now, or
        the token that keeps this member's key cannot sign for them.

        Keys and directory come first: whoever signed or sealed with what is new had the new directory, so it is here.
        """
        self._room()
        if not (deliveries := self._gate.admit(deliveries)):
            self._gate.tell(self._node)
            return
        self._node.renew()
        heard(self._node, deliveries)
        self._node.beside.hear(deliveries)
        good, dead = self._opener.open_all(deliveries)
        self._gate.judge((delivery for delivery, _ in good), dead)
        self._gate.tell(self._node)
        try:
            taken = self._take(good, dead)
        except (DatabaseUnavailable, TokenUnavailable):
            raise
        except Exception:
            log.exception("batch.rolled-back", node=self._node.address, deliveries=len(deliveries))
            self._take((), dead)
            taken = [entry for delivery, message in good for entry in self._take_alone(delivery, message)]
        self._take_early(taken)
        self._arrivals.forget(deliveries)
        self._after_commit()

    def can_take(self, octets: int) -> None:
        """Raise DatabaseUnavailable as long as a batch of so many octets could not be recorded: it writes as much.

        Raise TokenUnavailable as long as it could not be signed for.
        """
        self._room()
        self._node.renew()
        self._node.identity.signing_key.sign(_TRIAL)
        self._node.store.try_writing(_FOR_EACH_OCTET * octets + _FOR_A_BATCH)

    def take_again(self, step: Step, delivery: Delivery) -> None:
        """Take one message inside the caller's step. Raises what stands in its way; the step then keeps nothing."""
        message = self._opener.open(delivery)
        if isinstance(message, Flawed) and not message.opened.named:
            raise message.opened.fault
        for error in self._handle_all(step, [(delivery, message)], settled_by=None).refused:
            raise error

    def take_abandoned(self, deliveries: Sequence[Delivery]) -> None:
        """Handle what queues have abandoned: set aside what was delivered in vain, and take in what only expired.

        Its sender's time limit takes nothing from anybody. Raises as `on_batch` does.
        """
        expired = [only_expired(each.carriage, each.queue, self._node.address) for each in deliveries]
        if any(expired):
            self.on_batch([each for each, only in zip(deliveries, expired, strict=True) if only])
        if not all(expired):
            self._given_up([each for each, only in zip(deliveries, expired, strict=True) if not only])

    def _given_up(self, deliveries: Sequence[Delivery]) -> None:
        self._node.renew()
        letters = set_aside(self._node, self._opener, deliveries)
        self._node.observer.committed(0.0, (), letters, ())
        self._arrivals.forget(deliveries)

    def _take_early(self, taken: Sequence[InboxEntry]) -> None:
        """Take in what has waited for what was just taken; what still cannot be opened goes on waiting."""
        for delivery in self._early.after(taken):
            message = self._opener.opened(delivery)
            if message is not None:
                self._take_alone(delivery, message, CAME_IN_ORDER)
            self._arrivals.forget([delivery])

    def _take_alone(self, delivery: Delivery, message: Arrived, settled_by: str = REPEATED) -> Sequence[InboxEntry]:
        try:
            return self._take([(delivery, message)], (), settled_by)
        except (DatabaseUnavailable, TokenUnavailable):
            raise
        except Exception as error:
            log.exception("message.dead", node=self._node.address, message_id=message.message_id, stage="handle")
            return self._take((), [failed(delivery, error, message.arrival)])

    def _take(
        self, good: Sequence[tuple[Delivery, Arrived]], dead: Sequence[DeadLetter], settled_by: str = REPEATED
    ) -> Sequence[InboxEntry]:
        with self._node.step() as step:
            done = self._handle_all(step, good, settled_by=settled_by)
            letters = [*dead, *done.set_aside]
            if letters:
                step.tx[Inbox].dead(letters, step.now)
            for letter in dead:
                mind(step, self._handlers, letter)
            handled_at = monotonic()
        self._node.observer.committed(monotonic() - handled_at, done.entries, letters, done.signed)
        return done.entries

    def _handle_all(
        self, step: Step, messages: Sequence[tuple[Delivery, Arrived]], *, settled_by: str | None = REPEATED
    ) -> _Done:
        """Takes messages in; their dead letters are settled by that, but for None."""
        known = step.tx[Inbox].known([(message.sender, message.message_id) for _, message in messages])
        letters = step.tx[Inbox].letters_of({delivery.digest for delivery, _ in messages})
        first = first_arrivals(letters)
        book, tray = ReceiptBook(step, self._debts), ReceiptTray(step, self._on_signed)
        entries: list[InboxEntry] = []
        aside: list[DeadLetter] = []
        refusals: list[SenderError] = []
        for delivery, message in messages:
            key = (message.sender, message.message_id)
            step.at_hand(message.message_id, message.opened.digest)
            earlier = known.get(key)
            if earlier is None or earlier.digest != message.opened.digest:
                arrival = message.arrival.of_earlier(first.get((message.message_id, delivery.digest)))
                since = on_record_since(letters, message.message_id, delivery.digest)
                doubt = doubt_of(step, message, arrival, since, released=self._released)
                if doubt is not None:
                    error, stage = doubt
                    aside.append(refused(delivery, error, arrival, stage=stage))
                    refusals.append(error)
                    continue
            if earlier is None:
                began = monotonic()
                try:
                    entry = self._handle(step, message.having_arrived(arrival), book, tray)
                except Early as early:
                    aside.append(refused(delivery, early, arrival, stage=EARLY))
                    refusals.append(early)
                    self._early.wait()
                    continue
                self._node.observer.handled(delivery, entry, monotonic() - began)
                entries.append(entry)
                known[key] = Known(entry.digest, entry.receipt_id)
            elif earlier.digest != message.opened.digest:
                error = reused_id(message)
                refusals.append(error)
                if is_receipt(message.opened):
                    aside.append(refused(delivery, error))
                else:
                    send_back(step, self._handlers, message, error, book)
                continue
            elif earlier.receipt_id is not None:
                known[key] = repeat_receipt(step, message.opened, earlier, book)
            if settled_by and letters:
                settle_letters(step, letters, message.message_id, delivery.digest, settled_by)
        tray.empty()
        book.close()
        if entries:
            step.tx[Inbox].record(entries, step.now)
        return _Done(entries, aside, refusals, tray.settled)

    def _handle(self, step: Step, message: Arrived, book: ReceiptBook, tray: ReceiptTray) -> InboxEntry:
        opened = message.opened
        fault: SenderError | None = None
        receipt_id: str | None = None
        if isinstance(message, Incoming) and is_receipt(opened):
            tray.put(message.receipts)
        else:
            tray.empty()
            fault = self._hand_over(step, message)
            receipt_id = (
                book.give(opened, message.arrival)
                if fault is None
                else send_back(step, self._handlers, message, fault, book)
            )
        return InboxEntry(
            header=opened.header,
            digest=opened.digest,
            signed=opened.signed,
            enclosures=opened.enclosures,
            arrival=message.arrival,
            receipt_id=receipt_id,
            accepted=fault is None,
            reason=f"{fault.code}: {fault.diagnostics()}" if fault is not None else None,
            readable=isinstance(message, Incoming),
            body=message.opened.body if isinstance(message, Incoming) else None,
        )

    def _hand_over(self, step: Step, message: Arrived) -> SenderError | None:
        """Have a message handled, and return why it goes back instead."""
        if isinstance(message, Incoming):
            try:
                self._handlers[message.opened.header.kind](step, message, message.opened.body)
            except Returned as refusal:
                return refusal
        return message.opened.fault if isinstance(message.opened, Faulty) else None
