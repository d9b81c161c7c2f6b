"""Transit: a relay office passes on, unopened, what its neighbours bring for others.

Nothing is stored. A batch is published on, many in flight, and acknowledged only when the broker has confirmed all of
it; what is published twice is recorded once by its receiver. If anything of a batch is lost, the whole batch is taken
again in its order, so that one sender's messages to one addressee seldom overtake each other; nothing rests on it.
What cannot go on is kept among the dead letters, and its sender gets a signed notice of non-delivery; notices and
receipts themselves are never answered, or two offices could write to each other for ever.
"""

from __future__ import annotations

import hashlib
import itertools
import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from exchange.directory.addressing import UPLINK
from exchange.envelope import peek
from exchange.errors import BrokerUnavailable, DatabaseUnavailable, Forged, NotFound, SenderError
from exchange.language import Recorded, Text
from exchange.machine.logger import get_logger
from exchange.messaging.dead_letter_store import DeadLetters
from exchange.messaging.dead_letters import brought, settle_letters
from exchange.messaging.hints.logs import passed_on
from exchange.messaging.inbox import Inbox
from exchange.messaging.node import Node, Step
from exchange.messaging.outbox import Outbox
from exchange.messaging.ports import Delivery, Publication, Publisher, PublishOutcome, PublishResult
from exchange.messaging.quotas.gate import OPEN, InboxGate
from exchange.messaging.records import DeadLetter
from exchange.messaging.rules.carriage import check_passing
from exchange.messaging.rules.label import TO, Stuck, next_stage
from exchange.messaging.rules.withholding import TRANSIT
from exchange.schemas import Header, NonDelivery, NonDeliveryReason, ReceiptBatch

log = get_logger()

_PARTING = 3.0
"""Seconds that a batch may still wait for confirms once the office is closing."""

_KEPT = "nothing to do: they stay in their queue and go on when the broker takes them"

_UNANSWERED = frozenset({NonDelivery.KIND, ReceiptBatch.KIND})
_IDS = uuid.UUID("3d1a5b0e-52c4-4b0f-9d0c-7a4a7f1f6a52")


@dataclass(frozen=True)
class _Passing:
    """A delivery that goes on."""

    delivery: Delivery
    header: Header
    publication: Publication


@dataclass(frozen=True)
class _Ended:
    """A delivery that does not; without a header where its bytes are no envelope."""

    delivery: Delivery
    header: Header | None
    why: Stuck | Forged

    @property
    def proves_nobody(self) -> bool:
        """Whether it is no envelope, or nobody's who may have brought it."""
        return self.header is None or isinstance(self.why, Forged)

    @property
    def code(self) -> str:
        """Why, for machines."""
        return self.why.code if isinstance(self.why, Forged) else self.why.reason.value


class Fates:
    """What became of the publications of one batch, as the publisher reports it from its own thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._pending: set[int] = set()
        self._found: dict[int, PublishResult] = {}
        self._closing = False

    def expect(self, ids: Sequence[int]) -> None:
        """Begin a batch; results of an earlier one count no more."""
        with self._changed:
            self._pending, self._found = set(ids), {}

    def take(self, results: Sequence[PublishResult]) -> None:
        """Take in results; for the publisher's ``on_results``."""
        with self._changed:
            for result in results:
                if result.id in self._pending:
                    self._pending.discard(result.id)
                    self._found[result.id] = result
            self._changed.notify_all()

    def wait(self) -> dict[int, PublishResult]:
        """Wait for all results and return them by id.

        Raises BrokerUnavailable if the office closes before they are in.
        """
        with self._changed:
            self._changed.wait_for(lambda: not self._pending or self._closing)
            if not self._changed.wait_for(lambda: not self._pending, _PARTING if self._closing else None):
                raise BrokerUnavailable(
                    "{count} messages in transit are unconfirmed", remedy=_KEPT, count=len(self._pending)
                )
            return self._found

    def close(self) -> None:
        """Let a batch wait shortly only."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()


class Transit:
    """One relay office's work on its transit queues. Give ``fates.take`` to its publisher."""

    def __init__(self, node: Node, accounts: bool = False, gate: InboxGate = OPEN) -> None:
        """``accounts``: members have accounts at the broker, and whoever brings a message is known.

        ``gate``: keeps out what is too much of one account.
        """
        self._node, self._gate = node, gate
        self._accounts = accounts
        self._numbers = itertools.count(1)
        self.fates = Fates()
        self._stopped: set[str] | None = None
        """Ids of messages that ended here and may come again; None while that is not known."""
        self.passed_on = 0
        """How many messages went on, those counted that went on again."""

    def on_batch(self, publisher: Publisher, deliveries: Sequence[Delivery]) -> None:
        """Pass deliveries of one queue on, in order. Raises BrokerUnavailable or DatabaseUnavailable: not yet."""
        self._node.renew()
        if not (deliveries := self._gate.admit(deliveries)):
            return
        looked = [self._look_at(delivery) for delivery in deliveries]
        onward = [each for each in looked if isinstance(each, _Passing)]
        stuck = [each for each in looked if isinstance(each, _Ended)]
        ended = self._send_on(publisher, onward)
        lost = {id(each.delivery) for each in ended}
        self._settle([each for each in onward if id(each.delivery) not in lost])
        stuck += ended
        if stuck:
            self._report(stuck)
        strays = [each.delivery for each in stuck if each.proves_nobody]
        self._gate.passing((each.delivery for each in onward), strays)

    def _settle(self, passed: Sequence[_Passing]) -> None:
        """Settles the dead letters of what had ended here and goes on now; that never keeps anything from going on."""
        try:
            if self._stopped is None:
                with self._node.store.reading() as tx:
                    self._stopped = set(tx[DeadLetters].ids(TRANSIT))
            again = [each for each in passed if each.header.message_id in self._stopped]
            if not again:
                return
            with self._node.step() as step:
                letters = step.tx[Inbox].letters_of({each.delivery.digest for each in again})
                settled = {
                    each.header.message_id
                    for each in again
                    if settle_letters(step, letters, each.header.message_id, each.delivery.digest)
                }
            self._stopped -= settled
        except DatabaseUnavailable as error:
            log.warning("transit.settle", node=self._node.address, reason=str(error))

    def _look_at(self, delivery: Delivery) -> _Passing | _Ended:
        try:
            header = peek(delivery.body)
        except SenderError as error:
            return _Ended(delivery, None, Stuck(None, NonDeliveryReason.UNREADABLE, error.text))
        own, came_over = self._node.domain, delivery.came_over
        try:
            check_passing(delivery.carriage, delivery.user_id, header, own, came_over, self._accounts)
        except Forged as error:
            return _Ended(delivery, header, error)
        found = next_stage(header, delivery.headers, own, came_over, self._is_member)
        if isinstance(found, Stuck):
            return _Ended(delivery, header, found)
        publication = Publication(
            id=next(self._numbers),
            queue=found.queue,
            body=delivery.body,
            message_id=header.message_id,
            correlation_id=header.conversation_id,
            kind=header.kind,
            headers={**passed_on(delivery.headers), **found.label},
        )
        return _Passing(delivery, header, publication)

    def _is_member(self, address: str) -> bool:
        try:
            self._node.directory.member(address)
        except NotFound:
            return False
        return True

    def _send_on(self, publisher: Publisher, onward: Sequence[_Passing]) -> list[_Ended]:
        """Publishes and waits for all confirms; what the broker has no queue for, or can never carry, is returned."""
        self.fates.expect([each.publication.id for each in onward])
        publisher.publish([each.publication for each in onward])
        fates = self.fates.wait()
        again = [fate for fate in fates.values() if fate.outcome in (PublishOutcome.LOST, PublishOutcome.REFUSED)]
        if again:
            raise BrokerUnavailable(
                "{count} messages in transit were not taken: {reason}",
                remedy=_KEPT,
                count=len(again),
                reason=again[0].reason,
            )
        ended = [
            _Ended(each.delivery, each.header, why)
            for each in onward
            if (why := _end_of(each.publication, fates[each.publication.id])) is not None
        ]
        self.passed_on += len(onward) - len(ended)
        return ended

    def _report(self, stuck: Sequence[_Ended]) -> None:
        """Keeps what ended here, and tells its senders, in one transaction."""
        self._stopped = None
        with self._node.step() as step:
            step.tx[Inbox].dead([_letter(each) for each in stuck], step.now)
            told: set[str] = set()
            for each in stuck:
                message_id = each.delivery.message_id
                log.warning("transit.stuck", node=self._node.address, message_id=message_id, code=each.code)
                if isinstance(each.why, Forged):
                    continue  # whom it claims to be has not written it
                if each.header is not None and each.header.kind not in _UNANSWERED:
                    self._tell(step, each.delivery, each.header, each.why, told)

    def _tell(self, step: Step, delivery: Delivery, header: Header, why: Stuck, told: set[str]) -> None:
        """One notice a message and addressee: one that comes again has the first notice sent again."""
        if why.addressee is None:
            return
        digest = hashlib.sha256(delivery.body).hexdigest()
        notice_id = str(uuid.uuid5(_IDS, f"{step.node.address}\n{why.addressee}\n{digest}"))
        if notice_id in told or step.tx[Outbox].rows(notice_id):
            step.tx[Outbox].resend(notice_id, None, step.now)
            return
        told.add(notice_id)
        notice = NonDelivery(
            message_id=header.message_id,
            addressee=why.addressee,
            envelope=digest,
            reason_code=why.reason,
            reason=str(why.why),
            at=step.now,
            relay=step.node.address,
        )
        step.send(notice, (header.sender,), conversation_id=header.conversation_id, message_id=notice_id)


def _end_of(publication: Publication, fate: PublishResult) -> Stuck | None:
    """Why a publication went no further; None where it did."""
    if fate.outcome is PublishOutcome.IMPOSSIBLE:
        return Stuck(str(publication.headers[TO]), NonDeliveryReason.CANNOT_BE_CARRIED, Recorded(fate.reason))
    return _no_queue(publication) if fate.outcome is PublishOutcome.UNROUTABLE else None


def _no_queue(publication: Publication) -> Stuck:
    addressee = str(publication.headers[TO])
    if publication.queue.startswith(UPLINK):
        hop = publication.queue.removeprefix(UPLINK).removesuffix(".urgent")
        return Stuck(addressee, NonDeliveryReason.NO_LINK, Text("there is no link to {domain}", {"domain": hop}))
    return Stuck(
        addressee, NonDeliveryReason.UNKNOWN_ADDRESSEE, Text("{addressee} has no queue", {"addressee": addressee})
    )


def _letter(ended: _Ended) -> DeadLetter:
    header = ended.header
    letter = DeadLetter(
        reason_code=ended.code,
        reason=ended.why.diagnostics() if isinstance(ended.why, Forged) else str(ended.why.why),
        stage=TRANSIT,
        queue=ended.delivery.queue,
        envelope=ended.delivery.body,
        message_id=header.message_id if header else ended.delivery.message_id,
        sender=header.sender if header else None,
        kind=header.kind if header else None,
        unproved=ended.proves_nobody,
    )
    return brought(letter, ended.delivery)
