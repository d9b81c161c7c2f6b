"""Witnesses of a log for docs/vectors: cosignatures, and how a head that is shown stands to one that is held.

Outcomes are written by hand.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from exchange.audit.log.growth import HeadStanding, growth_file
from exchange.audit.log.heads import sign_log_head
from exchange.audit.log.receipts import consistency_receipt
from exchange.envelope import Identity
from exchange.envelope.detached import sign_root
from tests.corpus.forge import cbor, flipped
from tests.corpus.kin import YEAR, Kin, paper
from tests.corpus.log_vectors import VectorLog
from tests.corpus.world import NOW

_STEP = timedelta(seconds=1)
_OTHER = hashlib.sha256(b"another history").digest()


def cosignatures(log: VectorLog, witness: Identity) -> Iterator[tuple[str, bool, bytes]]:
    own, head = log.identity, log.head(7, None)
    good: dict[str, Any] = {"witness": witness.address, "head": _text(head), "seen_at": (NOW + _STEP).isoformat()}

    def made(*, by: Identity = witness, without: str = "", version: int = 1, **changes: Any) -> bytes:
        said = {name: value for name, value in {**good, **changes}.items() if name != without}
        return paper(said, "log-cosignature", by.certificate, by.signing_key, version=version)

    yield "as it is made", True, made()
    early = NOW + _STEP - timedelta(minutes=10)
    yield "ten minutes before the head was signed", True, made(seen_at=early.isoformat())
    yield "of the certificate's end", True, made(seen_at=(NOW + 2 * YEAR).isoformat())
    yield "more than ten minutes before", False, made(seen_at=(NOW - timedelta(minutes=10)).isoformat())
    yield "after the certificate's end", False, made(seen_at=(NOW + 2 * YEAR + _STEP).isoformat())
    yield "of the log's own member", False, made(by=own, witness=own.address)
    yield "in another's name", False, made(witness="p.police")
    yield "by another's key under this one's certificate", False, paper(
        good, "log-cosignature", witness.certificate, own.signing_key
    )  # fmt: skip
    yield "of a head whose last bit was flipped", False, made(head=_text(flipped(head)))
    yield "of a head that another member has signed", False, made(
        head=_text(sign_log_head(witness, 7, log.root(7), None, NOW, 0))
    )  # fmt: skip
    yield "of something else", False, made(head=_text(log.inclusion(4, 7)))
    yield "of nothing", False, made(head="")
    yield "without when it was seen", False, made(without="seen_at")
    yield "with a field more", False, made(note="")
    yield "the last bit of the signature flipped", False, flipped(made())
    yield "of version 2", False, made(version=2)
    yield "a head in its place", False, head


def growths(log: VectorLog) -> Iterator[tuple[str, bool, bytes]]:
    """What leads from three entries to the head over seven."""
    path = list(log.tiles.consistency(3, 7))

    def made(root: bytes = log.root(3), before: int = 3, path: list[bytes] = path, size: int = 7) -> bytes:
        return growth_file(root, consistency_receipt(before, size, path, log.identity.x5t, log.signed(size)))

    yield "as it is made", True, made()
    yield "from another root", False, made(_OTHER)
    yield "from another size", False, made(before=2)
    yield "a path with a hash less", False, made(path=path[:-1])
    yield "a path with a hash more", False, made(path=[*path, path[0]])
    yield "to another size", False, made(path=list(log.tiles.consistency(3, 8)), size=8)
    yield "without the root", False, cbor([consistency_receipt(3, 7, path, log.identity.x5t, log.signed(7))])
    yield "a receipt of an entry in its place", False, growth_file(log.root(3), log.inclusion(3, 7))
    yield "the last bit flipped", False, flipped(made())


def standings(log: VectorLog) -> Iterator[dict[str, Any]]:
    """How a head that is shown stands to the one that is held."""
    own = log.identity

    def head(size: int, minutes: int = 0, root: bytes = b"") -> bytes:
        return sign_log_head(own, size, root or log.root(size), None, NOW + timedelta(minutes=minutes), 0)

    def growth(before: int, size: int) -> bytes:
        path = log.tiles.consistency(before, size)
        receipt = consistency_receipt(before, size, path, own.x5t, sign_root(log.root(size), own.x5t, own.signing_key))
        return growth_file(log.root(before), receipt)

    told = [
        ("grown", head(3), head(7, 1), growth(3, 7), HeadStanding.GROWN),
        ("grown, though it says that it is older", head(3, 1), head(7), growth(3, 7), HeadStanding.GROWN),
        ("the same", head(7), head(7), b"", HeadStanding.KNOWN),
        ("the same, signed again", head(7), head(7, 1), b"", HeadStanding.KNOWN),
        ("one of before", head(7, 1), head(3), b"", HeadStanding.KNOWN),
        ("without a proof", head(3), head(7, 1), b"", HeadStanding.UNPROVED),
        ("with a proof from another size", head(3), head(7, 1), growth(2, 7), HeadStanding.UNPROVED),
        ("as many entries, another root", head(7), head(7, 1, _OTHER), b"", HeadStanding.FORKED),
        ("with a proof from another root", head(3, 0, _OTHER), head(7, 1), growth(3, 7), HeadStanding.FORKED),
        ("fewer entries, signed later", head(7), head(3, 1), b"", HeadStanding.SHORTER),
    ]
    for name, held, shown, proof, standing in told:
        yield {"name": name, "held": held.hex(), "shown": shown.hex(), "growth": proof.hex(),
               "standing": standing.value}  # fmt: skip


def witness_vector(of: Kin) -> dict[str, Any]:
    """Further parts of the vector of the log of p.window."""
    log = VectorLog(of["window"])
    return {
        "cosignatures": [
            {"name": name, "outcome": "taken" if taken else "refused", "cosignature": data.hex()}
            for name, taken, data in cosignatures(log, of["fire"])
        ],
        "growth_to_7": [
            {"name": name, "outcome": "taken" if taken else "refused", "growth": data.hex()}
            for name, taken, data in growths(log)
        ],
        "standings": list(standings(log)),
    }  # fmt: skip


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()
