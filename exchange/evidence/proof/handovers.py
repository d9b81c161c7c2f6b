"""Handing over to a member's own system: what its log says, held against its receipts and the messages themselves.

It is the word of the member whose system it is, and against that member: nobody else can know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from exchange.errors import Malformed
from exchange.evidence.proof.findings import EvidenceFinding, FindingCode, Weight
from exchange.evidence.proof.logs import LoggedEntry, ProvedLogs
from exchange.evidence.proof.records import ProvedRecords
from exchange.language import Joined, Text
from exchange.messaging.log.handovers import Handover, HandoverEvent, is_handover, read_handover
from exchange.messaging.rules.moments import moment_text
from exchange.schemas import Receipt, ReceiptOutcome
from exchange.schemas.instants import CLOCK_SKEW


def handover_findings(logs: ProvedLogs, records: ProvedRecords) -> Iterator[EvidenceFinding]:
    """Yield of each entry about handing over what it proves, or what contradicts it."""
    told: Counter[tuple[str, str, str]] = Counter()
    for logged in logs.entries:
        if not is_handover(logged.entry.event):
            continue
        entry = logged.entry
        try:
            one = read_handover(entry.event, entry.at, entry.message_id, entry.detail)
        except Malformed as error:
            yield _differs(logged, entry.message_id or logged.member, error.text)
            continue
        if one.event is HandoverEvent.DONE:
            told[logged.member, one.sender, one.message_id] += 1
        yield _judged(logged, one, records)
    for (member, _, message_id), number in sorted(told.items()):
        if number > 1:
            words = Text("{member}'s log says {number} times that its own system has acknowledged {id}",
                         {"member": member, "number": number, "id": message_id})  # fmt: skip
            yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.HANDOVER_DIFFERS, message_id, words)


def _judged(logged: LoggedEntry, one: Handover, records: ProvedRecords) -> EvidenceFinding:
    receipts = [found for found in records.receipts.get((one.sender, one.message_id), ())
                if found.receiver == logged.member]  # fmt: skip
    wrong = _wrong(logged, one, records, receipts)
    if wrong is not None:
        return _differs(logged, one.message_id, wrong)
    named = {"member": logged.member, "id": one.message_id, "sender": one.sender, "at": moment_text(one.at),
             "system": _named(one)}  # fmt: skip
    if not receipts:
        words = Text("{member} says in its log that {id} of {sender} was given to its own system ({system}), and its "
                     "receipt is not in the bundle", named)  # fmt: skip
        return EvidenceFinding(Weight.CLAIMED, FindingCode.HANDOVER_CLAIMED, one.message_id, words)
    if one.event is HandoverEvent.FAILED:
        words = Text("{member} has noted at {at} that its own system had {id} of {sender} and did not acknowledge it "
                     "in time", named)  # fmt: skip
        return EvidenceFinding(Weight.PROVED, FindingCode.HANDOVER_FAILED, one.message_id, words, logged.signed_at)
    words = Text("{member}'s own system ({system}) has acknowledged {id} of {sender}: it stands in {member}'s log, "
                 "dated {at}", named)  # fmt: skip
    return EvidenceFinding(Weight.PROVED, FindingCode.HANDED_OVER, one.message_id, words, logged.signed_at)


def _wrong(logged: LoggedEntry, one: Handover, records: ProvedRecords, receipts: list[Receipt]) -> Text | None:
    """What it cannot be true with; None where there is nothing."""
    document = records.documents.get((one.sender, one.message_id))
    if document is not None and document.digest != one.digest:
        return Text("it is of other bytes than the message")
    if receipts and all(found.digest != one.digest for found in receipts):
        return Text("it is of other bytes than its receipt")
    if any(found.outcome is ReceiptOutcome.RETURNED and found.digest == one.digest for found in receipts):
        return Text("it has sent the message back")
    signed_at = document.verified.header.created_at if document is not None else None
    arrived = [found.arrived_at for found in receipts]
    if any(one.at < earlier - CLOCK_SKEW for earlier in (*arrived, *((signed_at,) if signed_at else ()))):
        return Text("it is dated before the message was there")
    if one.at > logged.signed_at + CLOCK_SKEW:
        return Text("it is dated after the head of the log that it stands under")
    return None


def _named(one: Handover) -> str:
    system = one.system
    return "-" if system is None else system.name or system.way.value


def _differs(logged: LoggedEntry, about: str, why: Text | Joined) -> EvidenceFinding:
    words = Text("{member}'s log says that {id} was given to its own system, and that cannot be: {why}",
                 {"member": logged.member, "id": about, "why": why})  # fmt: skip
    return EvidenceFinding(Weight.CONTRADICTION, FindingCode.HANDOVER_DIFFERS, about, words)
