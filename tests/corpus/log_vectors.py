"""A member's log for docs/vectors: leaves, roots, heads and receipts; outcomes are written by hand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from cbor2 import CBORTag

from exchange.audit.log.heads import sign_log_head
from exchange.audit.log.leaves import LogEntry
from exchange.audit.log.receipts import consistency_receipt, inclusion_receipt
from exchange.audit.log.tiles import Tiles, extended
from exchange.audit.merkle import leaf_hash
from exchange.envelope import Identity
from exchange.envelope.detached import sign_root
from exchange.schemas import Role
from tests.corpus.forge import cbor, flipped
from tests.corpus.kin import YEAR, Kin, paper
from tests.corpus.world import NOW

SIZE = 300
"""Entries of the log: more than a tile holds."""
SIZES = (1, 2, 3, 7, 8, 255, 256, 257, 299, 300)
_STEP = timedelta(seconds=1)


def entry(index: int) -> LogEntry:
    """The entry of an index; a number is left out here and there."""
    number = index + 1 + index // 100
    case = f"Q-{index % 7}" if index % 2 else None
    message = f"00000000-0000-4000-8000-{index:012d}" if index % 3 else None
    detail = json.dumps({"n": index, "名": "驿站"}, ensure_ascii=False)
    at = NOW + timedelta(microseconds=1_000_001 * index)
    digest = hashlib.sha256(detail.encode()).digest() if message is not None and index % 5 else None
    return LogEntry(number, at, "message.received", case, message, detail, digest)


class VectorLog:
    """The log as its member keeps it."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.leaves = [entry(index).as_leaf() for index in range(SIZE)]
        self._tiles: dict[tuple[int, int], bytes] = {}
        self._tiles |= extended(self._tile, 0, [leaf_hash(leaf) for leaf in self.leaves])
        self.tiles = Tiles(self._tile)

    def _tile(self, level: int, number: int) -> bytes:
        return self._tiles.get((level, number), b"")

    def root(self, size: int) -> bytes:
        return self.tiles.root(size)

    def signed(self, size: int) -> bytes:
        """The signature over the root of a size."""
        return sign_root(self.root(size), self.identity.x5t, self.identity.signing_key)

    def inclusion(self, index: int, size: int) -> bytes:
        path = self.tiles.inclusion(index, size)
        return inclusion_receipt(index, size, path, self.identity.x5t, self.signed(size))

    def consistency(self, before: int, size: int) -> bytes:
        path = self.tiles.consistency(before, size)
        return consistency_receipt(before, size, path, self.identity.x5t, self.signed(size))

    def head(self, size: int, previous: bytes | None) -> bytes:
        return sign_log_head(self.identity, size, self.root(size), previous, NOW + _STEP, 2)


def _heads(log: VectorLog, other: Identity, certificate: bytes) -> Iterator[tuple[str, bool, bytes]]:
    own = log.identity
    good: dict[str, Any] = {
        "origin": own.address, "size": 7, "root": log.root(7).hex(), "hash": "sha-256", "previous": None,
        "issued_at": NOW.isoformat(), "claimed": 0,
    }  # fmt: skip

    def made(*, by: Identity = own, without: str = "", version: int = 1, **changes: Any) -> bytes:
        said = {name: value for name, value in {**good, **changes}.items() if name != without}
        return paper(said, "log-head", by.certificate, by.signing_key, version=version)

    yield "the first one", True, log.head(3, None)
    yield "one that follows", True, log.head(7, log.head(3, None))
    yield "all of it claimed, and more to come", True, made(claimed=9)
    yield "with as many entries as a number holds", True, made(size=2**53 - 1)
    yield "of the certificate's end", True, made(issued_at=(NOW + 2 * YEAR).isoformat())
    yield "with one more than a number holds", False, made(size=2**53)
    yield "of no entry", False, made(size=0)
    yield "fewer than none claimed", False, made(claimed=-1)
    yield "of a hash that is not known", False, made(hash="sm3")
    yield "a root in capitals", False, made(root="A" * 64)
    yield "a root that is too short", False, made(root="a" * 62)
    yield "without the head before", False, made(without="previous")
    yield "without what is claimed", False, made(without="claimed")
    yield "with a field more", False, made(note="")
    yield "another member's", False, made(by=other)
    yield (
        "by another member's key under this one's certificate",
        False,
        paper(good, "log-head", own.certificate, other.signing_key),
    )
    yield "by the authority", False, paper(good, "log-head", certificate, other.signing_key)
    yield "the last bit of the signature flipped", False, flipped(made())
    yield "before the certificate began", False, made(issued_at=(NOW - YEAR).isoformat())
    yield "after the certificate's end", False, made(issued_at=(NOW + 2 * YEAR + _STEP).isoformat())
    yield "of version 2", False, made(version=2)
    yield "something else", False, paper(good, "log-witness", own.certificate, own.signing_key)


def _receipt(log: VectorLog, **changes: Any) -> bytes:
    """The receipt of entry 4 among seven, with other parts where ``changes`` say so."""
    path = list(log.tiles.inclusion(4, 7))
    proof = changes.get("proof", [7, 4, path])
    labels = {1: -8, 34: [-16, log.identity.x5t], 395: 1} | changes.get("labels", {})
    protected = cbor({label: value for label, value in labels.items() if value is not None})
    covered = cbor(["Signature1", protected, b"", log.root(7)])
    signature = log.identity.signing_key.sign(covered)
    beside = changes.get("beside", {396: {-1: [cbor(proof)]}})
    return cbor(CBORTag(18, [protected, beside, changes.get("payload"), changes.get("signature", signature)]))


def _receipts(log: VectorLog, other: Identity) -> Iterator[tuple[str, bool, bytes]]:
    path, proof = list(log.tiles.inclusion(4, 7)), cbor([7, 4, list(log.tiles.inclusion(4, 7))])
    yield "as it is made", True, log.inclusion(4, 7)
    yield "put together by hand", True, _receipt(log)
    yield "of another entry", False, log.inclusion(3, 7)
    yield "another place", False, _receipt(log, proof=[7, 5, path])
    yield "a place beyond the log", False, _receipt(log, proof=[7, 7, path])
    yield "a path with a hash less", False, _receipt(log, proof=[7, 4, path[:-1]])
    yield "a path with a hash more", False, _receipt(log, proof=[7, 4, [*path, path[0]]])
    yield "a path in another order", False, _receipt(log, proof=[7, 4, path[::-1]])
    yield "a path of short hashes", False, _receipt(log, proof=[7, 4, [one[:31] for one in path]])
    yield "a proof with a part more", False, _receipt(log, proof=[7, 4, path, 0])
    yield "a proof of growth in its place", False, log.consistency(4, 7)
    yield "two proofs", False, _receipt(log, beside={396: {-1: [proof, proof]}})
    yield "both kinds of proof", False, _receipt(log, beside={396: {-1: [proof], -2: [proof]}})
    yield "no proof", False, _receipt(log, beside={})
    yield "something beside the proof", False, _receipt(log, beside={396: {-1: [proof]}, 4: b"1"})
    yield "the root as its payload", False, _receipt(log, payload=log.root(7))
    yield "an empty payload", False, _receipt(log, payload=b"")
    yield "another kind of log", False, _receipt(log, labels={395: 2})
    yield "no kind of log", False, _receipt(log, labels={395: None})
    yield "a label more", False, _receipt(log, labels={3: "application/cbor"})
    yield "another member's certificate", False, _receipt(log, labels={34: [-16, other.x5t]})
    yield "a certificate that nobody has", False, _receipt(log, labels={34: [-16, bytes(32)]})
    yield "a signature that is too short", False, _receipt(log, signature=bytes(63))
    yield "the last bit of the signature flipped", False, flipped(_receipt(log))


def domain_of_log() -> Kin:
    """Whose log it is, and a neighbour."""
    return Kin("p", {"window": Role.WINDOW, "fire": Role.DEPARTMENT})


def log_vector(of: Kin) -> dict[str, Any]:
    """The log of p.window with 300 entries."""
    log = VectorLog(of["window"])
    pairs = [(before, size) for before in SIZES for size in SIZES if before < size]
    return {
        "what": "the log of p.window: entries, roots, heads, receipts of entries and of growth",
        "origin": "p.window",
        "directory": of.signed().hex(),
        "authority_certificate_der": of.certificate.hex(),
        "read_at": NOW.isoformat(),
        "certificates": [
            {"address": one.address, "certificate_der": one.certificate.hex(),
             "public_key": one.signing_key.public_key().public_bytes_raw().hex()}
            for one in of.members.values()
        ],
        "entries": [
            {"id": one.number, "at": one.at.isoformat(), "event": one.event, "case": one.case_number,
             "message": one.message_id, "detail": one.detail,
             "message_sha256": None if one.message_digest is None else one.message_digest.hex()}
            for one in map(entry, range(SIZE))
        ],
        "leaves_sha256": hashlib.sha256(b"".join(log.leaves)).hexdigest(),
        "roots": [{"size": size, "root": log.root(size).hex()} for size in SIZES],
        "inclusion": [
            {"index": index, "size": size, "receipt": log.inclusion(index, size).hex()}
            for size in SIZES for index in sorted({0, size // 2, size - 1})
        ],
        "consistency": [
            {"before": before, "size": size, "receipt": log.consistency(before, size).hex()} for before, size in pairs
        ],
        "heads": [
            {"name": name, "outcome": "taken" if taken else "refused", "head": data.hex()}
            for name, taken, data in _heads(log, of["fire"], of.certificate)
        ],
        "receipts_of_entry_4": [
            {"name": name, "outcome": "taken" if taken else "refused", "receipt": data.hex()}
            for name, taken, data in _receipts(log, of["fire"])
        ],
    }  # fmt: skip
