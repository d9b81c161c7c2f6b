"""Entries of members' journals in a bundle: each stands in its member's log, under a head of the member's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime

from exchange.audit.log.heads import SignedHead, read_log_head
from exchange.audit.log.leaves import read_leaf
from exchange.audit.log.receipts import verify_inclusion
from exchange.envelope import Trust, cbor
from exchange.errors import ExchangeError, Forged, Malformed
from exchange.evidence.bundle.reading import Bundle
from exchange.evidence.proof.findings import EvidenceFinding, FindingCode, Weight
from exchange.language import Text
from exchange.messaging.rules.moments import moment_text

LOG, HEADS, ENTRIES = "log", "heads", "entries"
_LIMIT = 16_842_752
_WHAT = Text("entry of a log")


def log_findings(bundle: Bundle, trust: Trust) -> Iterator[EvidenceFinding]:
    """Yield, member by member, how many entries its log has, and each that it has not."""
    logged: dict[str, list[datetime]] = defaultdict(list)
    heads: dict[str, dict[int, SignedHead]] = defaultdict(dict)
    entries: list[tuple[str, str, str, bytes]] = []
    for path, data in bundle.under(LOG):
        member, folder, name = ([*path.split("/"), "", ""])[:3]
        if folder == HEADS:
            try:
                head = _head(data, member, trust)
                heads[member][head.head.size] = head
            except ExchangeError as error:
                yield _fault(path, error)
        else:
            entries.append((path, member, name, data))
    for path, member, name, data in entries:
        try:
            signed_at = _entry(data, name, heads[member], trust)
        except ExchangeError as error:
            yield _fault(path, error)
        else:
            logged[member].append(signed_at)
    for member, moments in sorted(logged.items()):
        named = {"member": member, "number": len(moments), "at": moment_text(max(moments))}
        words = Text("{number} entries of {member}'s journal stand in its log, under its head of {at}", named)
        yield EvidenceFinding(Weight.PROVED, FindingCode.LOGGED, member, words, at_latest=max(moments))


def _head(data: bytes, member: str, trust: Trust) -> SignedHead:
    head = read_log_head(data, trust)
    if head.head.origin != member:
        raise Forged("head of a log: of {origin}, and kept as one of {member}", origin=head.head.origin, member=member)
    return head


def _entry(data: bytes, name: str, heads: Mapping[int, SignedHead], trust: Trust) -> datetime:
    """When the head was signed under which an entry stands. Raises Malformed, Untrusted or Forged."""
    parts = cbor.decode(data, _WHAT, _LIMIT)
    if not isinstance(parts, list | tuple) or len(parts) != 2 or not all(isinstance(one, bytes) for one in parts):
        raise Malformed("entry of a log: not an entry with its receipt")
    leaf, receipt = parts
    read_leaf(leaf)
    found = verify_inclusion(receipt, leaf, trust)
    head = heads.get(found.size)
    if head is None or head.head.root != found.root.hex() or name != f"{found.index}.cbor":
        raise Forged("entry of a log: no head in the bundle is over it")
    return head.head.issued_at


def _fault(path: str, error: ExchangeError) -> EvidenceFinding:
    where = "/".join((LOG, path))
    words = Text("{path}: {why}", {"path": where, "why": error.text})
    return EvidenceFinding(Weight.CONTRADICTION, FindingCode.LOG_NOT_VERIFIED, where, words)
