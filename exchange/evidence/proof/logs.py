"""Entries of members' journals in a bundle: each stands in its member's log, under a head of the member's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.audit.log.heads import SignedHead, read_log_head
from exchange.audit.log.leaves import LogEntry, read_leaf
from exchange.audit.log.receipts import verify_inclusion
from exchange.envelope import Trust, cbor
from exchange.errors import ExchangeError, Forged, Malformed
from exchange.evidence.bundle.reading import Bundle
from exchange.evidence.proof.findings import EvidenceFinding, FindingCode, Weight
from exchange.language import Text
from exchange.messaging.rules.moments import moment_text

LOG, HEADS, ENTRIES, STAMPS = "log", "heads", "entries", "stamps"
WITNESSES, GROWTH, RESTORED = "witnesses", "growth", "restored"
"""Folders that `exchange.evidence.proof.witnesses` looks at."""
_LIMIT = 16_842_752
_WHAT = Text("entry of a log")


@dataclass(frozen=True)
class LoggedEntry:
    """An entry that stands in its member's log."""

    member: str
    size: int
    """Of the head that it stands under."""
    signed_at: datetime
    """When that head was signed, by its member's own clock."""
    message_id: str | None
    """The message that it names."""
    entry: LogEntry
    """The entry itself."""
    index: int

    @property
    def digest(self) -> str | None:
        """Return the SHA-256 of that message's signed bytes; None where it names no more than the id."""
        named = self.entry.message_digest
        return named.hex() if named is not None else None


@dataclass(frozen=True)
class ProvedLogs:
    """What verifies of members' logs, and what was found on the way."""

    heads: Mapping[str, Mapping[int, SignedHead]]
    """By member and size."""
    entries: tuple[LoggedEntry, ...]
    findings: tuple[EvidenceFinding, ...]

    @property
    def not_proved(self) -> set[str]:
        """Return the files that do not hold: nothing follows from what they say."""
        return {one.about for one in self.findings if one.code is FindingCode.LOG_NOT_VERIFIED}


def read_logs(bundle: Bundle, trust: Trust) -> ProvedLogs:
    """Verify every head of a bundle, and every entry under the head of its size."""
    heads: dict[str, dict[int, SignedHead]] = defaultdict(dict)
    entries: list[LoggedEntry] = []
    findings: list[EvidenceFinding] = []
    for path, member, _, data in files_of_logs(bundle, HEADS):
        try:
            head = _head(data, member, trust)
            heads[member][head.head.size] = head
        except ExchangeError as error:
            findings.append(log_fault(path, error))
    for path, member, name, data in files_of_logs(bundle, None):
        try:
            entries.append(_entry(data, member, name, heads[member], trust))
        except ExchangeError as error:
            findings.append(log_fault(path, error))
    return ProvedLogs(heads, tuple(entries), (*findings, *_told(entries)))


def log_fault(path: str, error: ExchangeError, code: FindingCode = FindingCode.LOG_NOT_VERIFIED) -> EvidenceFinding:
    """Return what is found where a file of a log does not hold."""
    where = "/".join((LOG, path))
    words = Text("{path}: {why}", {"path": where, "why": error.text})
    return EvidenceFinding(Weight.CONTRADICTION, code, where, words)


def files_of_logs(bundle: Bundle, wanted: str | None) -> Iterator[tuple[str, str, str, bytes]]:
    """Yield the files of one folder of every member's log, with path, member and name.

    None: of all that nobody else looks at, and so must be entries.
    """
    for path, data in bundle.under(LOG):
        member, folder, name = ([*path.split("/"), "", ""])[:3]
        if folder == wanted or (wanted is None and folder not in (HEADS, STAMPS, WITNESSES, GROWTH, RESTORED)):
            yield path, member, name, data


def _told(entries: Sequence[LoggedEntry]) -> Iterator[EvidenceFinding]:
    for member in sorted({one.member for one in entries}):
        moments = [one.signed_at for one in entries if one.member == member]
        named = {"member": member, "number": len(moments), "at": moment_text(max(moments))}
        words = Text("{number} entries of {member}'s journal stand in its log, under its head of {at}", named)
        yield EvidenceFinding(Weight.PROVED, FindingCode.LOGGED, member, words, at_latest=max(moments))


def _head(data: bytes, member: str, trust: Trust) -> SignedHead:
    head = read_log_head(data, trust)
    if head.head.origin != member:
        raise Forged("head of a log: of {origin}, and kept as one of {member}", origin=head.head.origin, member=member)
    return head


def _entry(data: bytes, member: str, name: str, heads: Mapping[int, SignedHead], trust: Trust) -> LoggedEntry:
    """An entry with the head under which it stands. Raises Malformed, Untrusted or Forged."""
    leaf, receipt = _parts(data)
    entry = read_leaf(leaf)
    found = verify_inclusion(receipt, leaf, trust)
    head = heads.get(found.size)
    if head is None or head.head.root != found.root.hex() or name != f"{found.index}.cbor":
        raise Forged("entry of a log: no head in the bundle is over it")
    return LoggedEntry(member, found.size, head.head.issued_at, entry.message_id, entry, found.index)


def entry_in(data: bytes) -> LogEntry:
    """Return the entry that a file of a log has, by itself: whether it stands there is another question.

    Raises Malformed.
    """
    return read_leaf(_parts(data)[0])


def _parts(data: bytes) -> tuple[bytes, bytes]:
    parts = cbor.decode(data, _WHAT, _LIMIT)
    if not isinstance(parts, list | tuple) or len(parts) != 2 or not all(isinstance(one, bytes) for one in parts):
        raise Malformed("entry of a log: not an entry with its receipt")
    return parts[0], parts[1]
