"""Messages that members' logs name by their bytes: whether those are the bytes here, and by when they were there.

An entry that names an id alone (version 1 of a leaf) says nothing of bytes: whoever has a member's key could later sign
others under that id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.evidence.bundle.reading import Bundle
from exchange.evidence.proof.findings import EvidenceFinding, FindingCode, Weight
from exchange.evidence.proof.logs import LoggedEntry, ProvedLogs
from exchange.evidence.proof.records import DOCUMENTS, ProvedRecords
from exchange.evidence.proof.stamps import ProvedStamps, StampBound
from exchange.evidence.proof.witnesses import SeenLog
from exchange.language import Text
from exchange.messaging.rules.moments import moment_text


@dataclass(frozen=True)
class LogBound:
    """By when a log had named a message's bytes."""

    at: datetime
    by: str
    """Whose word that is: of a witness, of the log's own member, or of a time-stamping authority."""


Bounds = Mapping[str, Sequence[LogBound]]
"""By the SHA-256 of a message's signed bytes."""


def logged_bounds(logs: ProvedLogs, seen: Iterable[SeenLog], stamps: ProvedStamps) -> Bounds:
    """Return by when logs had named which bytes: as members date heads, witnesses had seen them, or authorities have
    stamped them.
    """
    witnessed = {log.member: [(one.head.head.size, one.body) for one in log.shown] for log in seen}
    found: dict[str, list[LogBound]] = defaultdict(list)
    for entry in logs.entries:
        if entry.digest is None:
            continue
        found[entry.digest].append(LogBound(entry.signed_at, entry.member))
        for size, body in witnessed.get(entry.member, ()):
            if entry.index < size:
                found[entry.digest].append(LogBound(body.seen_at, body.witness))
        stamp = stamps.bounds.get((entry.member, entry.size))
        if stamp is not None:
            found[entry.digest].append(LogBound(stamp.at, stamp.authority))
    return found


def named_findings(
    bundle: Bundle, logs: ProvedLogs, records: ProvedRecords, stamps: ProvedStamps
) -> Iterator[EvidenceFinding]:
    """Yield entries that name other bytes under an id than those that are here, and of each document the earliest
    time-stamp over a log that names its bytes.
    """
    listed = {one.path for one in (*bundle.contents.files, *bundle.contents.withheld)}
    senders = {message_id: sender for sender, message_id in records.documents}
    for entry in logs.entries:
        known = entry.message_id in senders and entry.digest is not None
        if known and f"{DOCUMENTS}/{entry.digest}.cose" not in listed:
            named = {"member": entry.member, "id": entry.message_id, "sender": senders[entry.message_id or ""]}
            words = Text("{member}'s log has other bytes of {id} than those of {sender} in the bundle", named)
            yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.LOGGED_OTHER_BYTES, entry.message_id or "", words)
    first = _stamped(logs.entries, stamps)
    for (sender, message_id), document in records.documents.items():
        if document.digest in first:
            bound, member = first[document.digest]
            words = Text("{member}'s journal names {id} of {sender}, at the latest at {at}, as {authority} has"
                         " time-stamped", {"member": member, "id": message_id, "sender": sender,
                                           "at": moment_text(bound.at), "authority": bound.authority})  # fmt: skip
            yield EvidenceFinding(Weight.PROVED, FindingCode.NAMED_BY, message_id, words, at_latest=bound.at)


def _stamped(entries: Iterable[LoggedEntry], stamps: ProvedStamps) -> Mapping[str, tuple[StampBound, str]]:
    """By digest, the first time-stamp over a log that names it, and whose log that is."""
    first: dict[str, tuple[StampBound, str]] = {}
    for entry in entries:
        bound = stamps.bounds.get((entry.member, entry.size))
        if bound is None or entry.digest is None:
            continue
        known = first.get(entry.digest)
        if known is None or (bound.at, entry.member) < (known[0].at, known[1]):
            first[entry.digest] = bound, entry.member
    return first
