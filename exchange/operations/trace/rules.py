"""One message, its whole way: the facts of several stores joined into one timeline an addressee.

What stands next is marked as missing, what failed with its reason, and what cannot be known here as unknown. Records
that contradict one another are named; a contradiction is never smoothed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from exchange.approval.rules.states import DeskState
from exchange.messaging.log.handovers import HandoverEvent
from exchange.messaging.records import OutboxState
from exchange.messaging.rules.withholding import EARLY
from exchange.operations.records.trace_facts import NoteFact, ReceiptFact, TracedCopy, TracedTaking, TraceFacts
from exchange.operations.trace.copy import CopyFacts
from exchange.operations.trace.findings import findings
from exchange.operations.trace.stages import Mark, Stage, TraceFinding, TraceStep, Way


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
    findings: tuple[TraceFinding, ...]
    """Of the message as a whole."""


def trace(facts: TraceFacts) -> Trace:
    """Join the facts into a trace; their order does not matter."""
    message = facts.message
    known = [*message.addressees, *(copy.addressee for copy in facts.copies)]
    strangers = {one.member for one in facts.taken if one.sender == message.sender} - set(known)
    findings = [TraceFinding.NO_SIGNATURE] if message.fault else []
    findings += [TraceFinding.NOT_ADDRESSED] if strangers and known else []
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
        tuple(_way(CopyFacts(facts, address)) for address in addressees),
        tuple(notes),
        tuple(findings),
    )


def _way(view: CopyFacts) -> Way:
    steps = (*_sent(view), *_received(view), _receipted(view), _handed_over(view), _answered(view))
    return Way(view.address, steps, tuple(_failures(view)), tuple(findings(view)))


def _sent(view: CopyFacts) -> Iterator[TraceStep]:
    message, copy = view.message, view.copy
    yield TraceStep(Stage.WRITTEN, Mark.DONE, message.created_at or message.recorded_at, None, message.sender)
    if copy is None:
        mark = Mark.MISSING if message.sender in view.facts.members else Mark.UNKNOWN
        yield TraceStep(Stage.SEALED, mark, where=message.sender)
        passed = view.taken is not None or bool(view.aside)
        yield TraceStep(Stage.DISPATCHED, Mark.DONE if passed else mark, where=message.sender)
        return
    yield TraceStep(Stage.SEALED, Mark.DONE, copy.written_at, None, message.sender, copy.queue)
    yield _dispatched(message.sender, copy)


def _dispatched(sender: str, copy: TracedCopy) -> TraceStep:
    if copy.state == OutboxState.FAILED:
        return TraceStep(Stage.DISPATCHED, Mark.FAILED, copy.failed_at, None, sender, copy.last_error or "")
    if copy.sent_at is not None:
        return TraceStep(Stage.DISPATCHED, Mark.DONE, copy.sent_at, None, sender, f"× {copy.attempts}")
    return TraceStep(Stage.DISPATCHED, Mark.MISSING, None, None, sender, copy.last_error or "")


def _received(view: CopyFacts) -> Iterator[TraceStep]:
    taken, refused = view.taken, view.refused
    if taken is not None:
        yield from _taken(taken, view.message.created_at)
    elif refused is not None:
        reason = f"{refused.code}: {refused.reason}"
        yield TraceStep(Stage.ARRIVED, Mark.DONE, refused.first_at, None, view.address)
        yield TraceStep(Stage.TAKEN, Mark.DONE, refused.first_at, None, view.address, refused.id)
        opened = refused.stage == "handle"
        detail = "" if opened else reason
        yield TraceStep(Stage.OPENED, Mark.DONE if opened else Mark.FAILED, refused.last_at, None, view.address, detail)
        mark = Mark.FAILED if opened else Mark.MISSING
        yield TraceStep(
            Stage.HANDLED, mark, refused.last_at if opened else None, None, view.address, reason if opened else ""
        )
    elif view.proven is not None and not view.here:
        yield from _signed_elsewhere(view.proven, view.address)
    else:
        mark = Mark.MISSING if view.here else Mark.UNKNOWN
        for stage in (Stage.ARRIVED, Stage.TAKEN, Stage.OPENED, Stage.HANDLED):
            yield TraceStep(stage, mark, where=view.address)


def _taken(taken: TracedTaking, created_at: datetime | None) -> Iterator[TraceStep]:
    # Where only an interval of arrival is known, it begins no earlier than the message itself.
    earliest = min(max(taken.earliest, created_at or taken.earliest), taken.latest)
    until = taken.latest if taken.latest != earliest else None
    yield TraceStep(Stage.ARRIVED, Mark.DONE, earliest, until, taken.member, taken.source)
    for stage in (Stage.TAKEN, Stage.OPENED):
        yield TraceStep(stage, Mark.DONE, taken.recorded_at, None, taken.member)
    mark = Mark.DONE if taken.accepted else Mark.FAILED
    yield TraceStep(Stage.HANDLED, mark, taken.recorded_at, None, taken.member, taken.reason or "")


def _signed_elsewhere(receipt: ReceiptFact, address: str) -> Iterator[TraceStep]:
    """Another domain's member: its receipt is all that is known, and enough."""
    yield TraceStep(Stage.ARRIVED, Mark.DONE, receipt.arrived_at, None, address)
    for stage in (Stage.TAKEN, Stage.OPENED):
        yield TraceStep(stage, Mark.DONE, receipt.signed_for_at, None, address)
    yield TraceStep(Stage.HANDLED, Mark.DONE if receipt.accepted else Mark.FAILED, receipt.signed_for_at, None, address)


def _receipted(view: CopyFacts) -> TraceStep:
    copy, receipt, sender = view.copy, view.receipt, view.message.sender
    if copy is not None and not copy.needs_receipt:
        return TraceStep(Stage.RECEIPTED, Mark.NOT_NEEDED)
    if receipt is None:
        known = sender in view.facts.members
        return TraceStep(Stage.RECEIPTED, Mark.MISSING if known else Mark.UNKNOWN, where=sender)
    if receipt.fault:
        return TraceStep(Stage.RECEIPTED, Mark.FAILED, None, None, sender, f"{receipt.receipt_id}: {receipt.fault}")
    return TraceStep(Stage.RECEIPTED, Mark.DONE, receipt.signed_for_at, None, sender, receipt.receipt_id)


def _handed_over(view: CopyFacts) -> TraceStep:
    """The member's own system has it; what nobody has acknowledged lacks nothing: a member need not have a system."""
    taken = view.taken
    if taken is None or taken.fetched_at is None:
        return TraceStep(Stage.HANDED_OVER, Mark.NOT_NEEDED)
    done = next((one for one in view.handovers if one.event is HandoverEvent.DONE), None)
    system = done.system if done is not None else None
    detail = " ".join(part for part in (system.way.value, system.name) if part) if system is not None else ""
    return TraceStep(Stage.HANDED_OVER, Mark.DONE, taken.fetched_at, None, taken.member, detail)


def _answered(view: CopyFacts) -> TraceStep:
    if view.answers:
        first = view.answers[0]
        return TraceStep(Stage.ANSWERED, Mark.DONE, first.at, None, view.address, f"{first.kind} {first.message_id}")
    if view.desk is not None and view.desk.state == DeskState.WAITING:
        return TraceStep(Stage.ANSWERED, Mark.MISSING, where=view.address, detail=view.desk.case_number)
    return TraceStep(Stage.ANSWERED, Mark.NOT_NEEDED)


def _failures(view: CopyFacts) -> Iterator[TraceStep]:
    sender = view.message.sender
    tried = view.copy.failures if view.copy is not None else ()
    steps = [TraceStep(Stage.DISPATCHED, Mark.FAILED, one.at, None, sender, one.reason) for one in tried]
    for letter in (*view.aside, *view.transit):
        stage = Stage.HANDLED if letter.stage in ("handle", EARLY) else Stage.OPENED
        stage = Stage.DISPATCHED if letter.stage == "transit" else stage
        until = letter.last_at if letter.last_at != letter.first_at else None
        by = f", by the account of {letter.account}" if letter.account not in (None, letter.sender) else ""
        detail = f"{letter.id} {letter.code}: {letter.reason} (× {letter.attempts}{by})"
        steps.append(TraceStep(stage, Mark.FAILED, letter.first_at, until, letter.member, detail))
    over = [one for one in view.handovers if one.event is HandoverEvent.FAILED]
    steps += [TraceStep(Stage.HANDED_OVER, Mark.FAILED, one.at, None, view.address) for one in over]
    yield from sorted(steps, key=lambda step: (step.at is None, step.at))
