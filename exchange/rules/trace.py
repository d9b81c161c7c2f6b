"""One message, its whole way: the facts of several stores joined into one timeline an addressee.

What stands next is marked as missing, what failed with its reason, and what cannot be known here as unknown. Records
that contradict one another are named; a contradiction is never smoothed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from exchange.rules.trace_facts import AsideFact, CopyFact, Facts, NoteFact, ReceiptFact, TakenFact

SKEW = timedelta(minutes=10)
"""How far the clocks of two members may be apart before their times contradict one another."""


class Stage(StrEnum):
    """The stations of a message, in order."""

    WRITTEN = "written"
    SEALED = "sealed"
    DISPATCHED = "dispatched"
    ARRIVED = "arrived"
    TAKEN = "taken"
    OPENED = "opened"
    HANDLED = "handled"
    RECEIPTED = "receipted"
    ANSWERED = "answered"


class Mark(StrEnum):
    """Whether a station was reached."""

    DONE = "done"
    FAILED = "failed"
    MISSING = "missing"
    UNKNOWN = "unknown"  # in a store that is not of this domain
    NOT_NEEDED = "not-needed"


class Finding(StrEnum):
    """What is wrong, or worth a look."""

    NO_SIGNATURE = "signature-does-not-hold"
    NO_COPY = "no-copy"
    GIVEN_UP = "given-up"
    SET_ASIDE = "set-aside"
    TAKEN_AFTER_ALL = "taken-after-all"
    STILL_QUEUED = "still-queued"
    NOWHERE = "nowhere"
    RECEIPT_MISSING = "receipt-missing"
    RETURNED = "returned"
    OTHER_BYTES = "other-bytes"
    RECEIPT_OF_OTHER_BYTES = "receipt-of-other-bytes"
    RECEIPT_NOT_PROVEN = "receipt-not-proven"
    STATE_WITHOUT_RECEIPT = "state-without-receipt"
    RECEIPT_WITHOUT_RECORD = "receipt-without-record"
    RECEIPT_DIFFERS = "receipt-differs-from-inbox"
    NOT_ADDRESSED = "not-addressed"
    TIMES = "times"


CONTRADICTIONS = frozenset(
    {
        Finding.NO_SIGNATURE,
        Finding.NO_COPY,
        Finding.NOWHERE,
        Finding.OTHER_BYTES,
        Finding.RECEIPT_OF_OTHER_BYTES,
        Finding.RECEIPT_NOT_PROVEN,
        Finding.STATE_WITHOUT_RECEIPT,
        Finding.RECEIPT_WITHOUT_RECORD,
        Finding.RECEIPT_DIFFERS,
        Finding.NOT_ADDRESSED,
        Finding.TIMES,
    }
)
"""Findings that must not be where every store tells the truth."""


@dataclass(frozen=True)
class Step:
    """One station of one addressee's copy."""

    stage: Stage
    mark: Mark
    at: datetime | None = None
    until: datetime | None = None
    """The end of an interval, where only that is known."""
    where: str = ""
    """Whose record says so."""
    detail: str = ""
    """Ids, attempts and reasons, for people."""


@dataclass(frozen=True)
class Way:
    """One addressee's copy from end to end."""

    addressee: str
    steps: tuple[Step, ...]
    failures: tuple[Step, ...]
    """Attempts to send that failed, and refusals to take it in, in time order."""
    findings: tuple[Finding, ...]

    @property
    def stands(self) -> Step:
        """The first station that is not passed, or the last one."""
        passed = (Mark.DONE, Mark.NOT_NEEDED)
        return next((step for step in self.steps if step.mark not in passed), self.steps[-1])

    @property
    def contradicts(self) -> bool:
        """Whether the records of this copy contradict one another."""
        return bool(CONTRADICTIONS & set(self.findings))


@dataclass(frozen=True)
class Trace:
    """A message with every addressee's way, and what its members noted of it."""

    message_id: str
    sender: str
    kind: str
    conversation_id: str
    created_at: datetime | None
    cases: tuple[str, ...]
    ways: tuple[Way, ...]
    notes: tuple[NoteFact, ...]
    findings: tuple[Finding, ...]
    """Of the message as a whole."""


def trace(facts: Facts) -> Trace:
    """Joins the facts; their order does not matter."""
    message = facts.message
    known = [*message.addressees, *(copy.addressee for copy in facts.copies)]
    strangers = {one.member for one in facts.taken if one.sender == message.sender} - set(known)
    findings = [Finding.NO_SIGNATURE] if message.fault else []
    findings += [Finding.NOT_ADDRESSED] if strangers and known else []
    notes = sorted(facts.notes, key=lambda note: (note.at, note.member, note.event))
    cases = {note.case_number for note in notes if note.case_number} | {desk.case_number for desk in facts.desks}
    addressees = dict.fromkeys([*known, *sorted(strangers)])
    return Trace(
        message.message_id,
        message.sender,
        message.kind,
        message.conversation_id,
        message.created_at,
        tuple(sorted(cases)),
        tuple(_way(_View(facts, address)) for address in addressees),
        tuple(notes),
        tuple(findings),
    )


class _View:
    """The facts about one addressee's copy."""

    def __init__(self, facts: Facts, address: str) -> None:
        self.facts, self.address, self.message = facts, address, facts.message
        self.here = address in facts.members
        self.copy = next((one for one in facts.copies if one.addressee == address), None)
        sender = facts.message.sender
        self.taken = next((one for one in facts.taken if one.member == address and one.sender == sender), None)
        mine = (one for one in facts.aside if one.member == address and one.sender in (None, sender))
        self.aside = sorted(mine, key=lambda one: (one.first_at, one.id))
        self.transit = [one for one in facts.aside if one.member != address and one.stage == "transit"]
        self.receipt = next((one for one in facts.receipts if one.addressee == address), None)
        answers = (one for one in facts.answers if one.member == address)
        self.answers = sorted(answers, key=lambda one: (one.at, one.message_id))
        self.desk = next((one for one in facts.desks if one.member == address), None)

    @property
    def refused(self) -> AsideFact | None:
        """The dead letter that stands in the way now."""
        return self.aside[-1] if self.aside and self.taken is None else None

    @property
    def proven(self) -> ReceiptFact | None:
        return self.receipt if self.receipt is not None and not self.receipt.fault else None

    @property
    def waiting_in_queue(self) -> int | None:
        if self.copy is None or self.facts.queued is None:
            return None
        return self.facts.queued.get(self.copy.queue)


def _way(view: _View) -> Way:
    steps = (*_sent(view), *_received(view), _receipted(view), _answered(view))
    return Way(view.address, steps, tuple(_failures(view)), tuple(_findings(view)))


def _sent(view: _View) -> Iterator[Step]:
    message, copy = view.message, view.copy
    yield Step(Stage.WRITTEN, Mark.DONE, message.created_at or message.recorded_at, None, message.sender)
    if copy is None:
        mark = Mark.MISSING if message.sender in view.facts.members else Mark.UNKNOWN
        yield Step(Stage.SEALED, mark, where=message.sender)
        passed = view.taken is not None or bool(view.aside)
        yield Step(Stage.DISPATCHED, Mark.DONE if passed else mark, where=message.sender)
        return
    yield Step(Stage.SEALED, Mark.DONE, copy.written_at, None, message.sender, copy.queue)
    yield _dispatched(message.sender, copy)


def _dispatched(sender: str, copy: CopyFact) -> Step:
    if copy.state == "failed":
        return Step(Stage.DISPATCHED, Mark.FAILED, copy.failed_at, None, sender, copy.last_error or "")
    if copy.sent_at is not None:
        return Step(Stage.DISPATCHED, Mark.DONE, copy.sent_at, None, sender, f"× {copy.attempts}")
    return Step(Stage.DISPATCHED, Mark.MISSING, None, None, sender, copy.last_error or "")


def _received(view: _View) -> Iterator[Step]:
    taken, refused = view.taken, view.refused
    if taken is not None:
        yield from _taken(taken, view.message.created_at)
    elif refused is not None:
        reason = f"{refused.code}: {refused.reason}"
        yield Step(Stage.ARRIVED, Mark.DONE, refused.first_at, None, view.address)
        yield Step(Stage.TAKEN, Mark.DONE, refused.first_at, None, view.address, refused.id)
        opened = refused.stage == "handle"
        detail = "" if opened else reason
        yield Step(Stage.OPENED, Mark.DONE if opened else Mark.FAILED, refused.last_at, None, view.address, detail)
        mark = Mark.FAILED if opened else Mark.MISSING
        yield Step(
            Stage.HANDLED, mark, refused.last_at if opened else None, None, view.address, reason if opened else ""
        )
    elif view.proven is not None and not view.here:
        yield from _signed_elsewhere(view.proven, view.address)
    else:
        mark = Mark.MISSING if view.here else Mark.UNKNOWN
        for stage in (Stage.ARRIVED, Stage.TAKEN, Stage.OPENED, Stage.HANDLED):
            yield Step(stage, mark, where=view.address)


def _taken(taken: TakenFact, created_at: datetime | None) -> Iterator[Step]:
    # Where only an interval of arrival is known, it begins no earlier than the message itself.
    earliest = min(max(taken.earliest, created_at or taken.earliest), taken.latest)
    until = taken.latest if taken.latest != earliest else None
    yield Step(Stage.ARRIVED, Mark.DONE, earliest, until, taken.member, taken.source)
    fetched = f"→ {taken.fetched_at.isoformat(timespec='seconds')}" if taken.fetched_at else ""
    for stage in (Stage.TAKEN, Stage.OPENED):
        yield Step(stage, Mark.DONE, taken.recorded_at, None, taken.member, fetched if stage is Stage.TAKEN else "")
    mark = Mark.DONE if taken.accepted else Mark.FAILED
    yield Step(Stage.HANDLED, mark, taken.recorded_at, None, taken.member, taken.reason or "")


def _signed_elsewhere(receipt: ReceiptFact, address: str) -> Iterator[Step]:
    """Another domain's member: its receipt is all that is known, and enough."""
    yield Step(Stage.ARRIVED, Mark.DONE, receipt.arrived_at, None, address)
    for stage in (Stage.TAKEN, Stage.OPENED):
        yield Step(stage, Mark.DONE, receipt.signed_for_at, None, address)
    yield Step(Stage.HANDLED, Mark.DONE if receipt.accepted else Mark.FAILED, receipt.signed_for_at, None, address)


def _receipted(view: _View) -> Step:
    copy, receipt, sender = view.copy, view.receipt, view.message.sender
    if copy is not None and not copy.needs_receipt:
        return Step(Stage.RECEIPTED, Mark.NOT_NEEDED)
    if receipt is None:
        known = sender in view.facts.members
        return Step(Stage.RECEIPTED, Mark.MISSING if known else Mark.UNKNOWN, where=sender)
    if receipt.fault:
        return Step(Stage.RECEIPTED, Mark.FAILED, None, None, sender, f"{receipt.receipt_id}: {receipt.fault}")
    return Step(Stage.RECEIPTED, Mark.DONE, receipt.signed_for_at, None, sender, receipt.receipt_id)


def _answered(view: _View) -> Step:
    if view.answers:
        first = view.answers[0]
        return Step(Stage.ANSWERED, Mark.DONE, first.at, None, view.address, f"{first.kind} {first.message_id}")
    if view.desk is not None and view.desk.state == "waiting":
        return Step(Stage.ANSWERED, Mark.MISSING, where=view.address, detail=view.desk.case_number)
    return Step(Stage.ANSWERED, Mark.NOT_NEEDED)


def _failures(view: _View) -> Iterator[Step]:
    sender = view.message.sender
    tried = view.copy.failures if view.copy is not None else ()
    steps = [Step(Stage.DISPATCHED, Mark.FAILED, one.at, None, sender, one.reason) for one in tried]
    for letter in (*view.aside, *view.transit):
        stage = Stage.HANDLED if letter.stage == "handle" else Stage.OPENED
        stage = Stage.DISPATCHED if letter.stage == "transit" else stage
        until = letter.last_at if letter.last_at != letter.first_at else None
        detail = f"{letter.id} {letter.code}: {letter.reason} (× {letter.attempts})"
        steps.append(Step(stage, Mark.FAILED, letter.first_at, until, letter.member, detail))
    yield from sorted(steps, key=lambda step: (step.at is None, step.at))


def _findings(view: _View) -> Iterator[Finding]:
    copy, taken, receipt, message = view.copy, view.taken, view.proven, view.message
    if copy is None and message.sender in view.facts.members:
        yield Finding.NO_COPY
    if copy is not None and copy.state == "failed":
        yield Finding.GIVEN_UP
    if view.refused is not None or view.transit:
        yield Finding.SET_ASIDE
    elif view.aside:
        yield Finding.TAKEN_AFTER_ALL
    yield from _whereabouts(view)
    if taken is not None and taken.digest != message.digest:
        yield Finding.OTHER_BYTES
    if receipt is not None and receipt.digest != message.digest:
        yield Finding.RECEIPT_OF_OTHER_BYTES
    yield from _of_receipts(view)
    if _times_contradict(view):
        yield Finding.TIMES


def _whereabouts(view: _View) -> Iterator[Finding]:
    """A copy that the broker confirmed and nobody has taken in: is it still queued?"""
    copy = view.copy
    if copy is None or copy.state != "sent" or not view.here or view.taken or view.aside:
        return
    waiting = view.waiting_in_queue
    if waiting:
        yield Finding.STILL_QUEUED
    elif waiting == 0:
        yield Finding.NOWHERE


def _of_receipts(view: _View) -> Iterator[Finding]:
    copy, taken, receipt = view.copy, view.taken, view.proven
    settled = copy is not None and copy.state in ("delivered", "returned") and copy.needs_receipt
    if view.receipt is not None and view.receipt.fault:
        yield Finding.RECEIPT_NOT_PROVEN
    elif settled and view.receipt is None:
        yield Finding.STATE_WITHOUT_RECEIPT
    if taken is not None and copy is not None and copy.needs_receipt and not settled and receipt is None:
        yield Finding.RECEIPT_MISSING
    if receipt is None:
        return
    if not receipt.accepted:
        yield Finding.RETURNED
    if view.here and taken is None:
        yield Finding.RECEIPT_WITHOUT_RECORD
    says = "delivered" if receipt.accepted else "returned"
    if (taken is not None and taken.accepted != receipt.accepted) or (copy is not None and copy.state != says):
        yield Finding.RECEIPT_DIFFERS


def _times_contradict(view: _View) -> bool:
    """Nothing arrives before it was written, or is signed for before it arrived."""
    created, taken, receipt = view.message.created_at, view.taken, view.proven
    early = created is not None and taken is not None and taken.latest < created - SKEW
    if receipt is None or receipt.arrived_at is None or receipt.signed_for_at is None:
        return early
    unseen = created is not None and receipt.arrived_at < created - SKEW
    return early or unseen or receipt.signed_for_at < receipt.arrived_at - SKEW
