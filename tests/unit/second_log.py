"""Section 7.7 of docs/envelope.md by a second implementation: no module of the exchange, bare primitives.

The tree is computed from above, by splitting; proofs are judged by computing what they must be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.x509.oid import NameOID

from tests.unit.second_papers import CLOCKS, SIGNED, address, digest, instant, no, number, paper
from tests.unit.second_reader import item, octets, read, write


@dataclass(frozen=True)
class Holder:
    """Whom a certificate names, with which key, and from when to when."""

    address: str
    key: bytes
    begins: datetime
    ends: datetime


Certificates = Mapping[bytes, Holder]
"""Who has a certificate, by its SHA-256."""

HEAD = {
    "origin": address,
    "size": number(1, 2**53 - 1),
    "root": digest,
    "hash": lambda value: value == "sha-256",
    "previous": lambda value: value is None or digest(value),
    "issued_at": instant,
    "claimed": number(0, 2**53 - 1),
}


def certified(data: bytes) -> Holder:
    """Whom a certificate names that the directory lists."""
    found = x509.load_der_x509_certificate(data)
    (name,) = found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    key = found.public_key()
    assert isinstance(key, Ed25519PublicKey)
    return Holder(str(name.value), key.public_bytes_raw(), found.not_valid_before_utc, found.not_valid_after_utc)


def leaf(entry: Mapping[str, Any], at: str) -> bytes:
    """The bytes of an entry whose instant is written as the section says."""
    words = (at, entry["event"], entry["case"] or "", entry["message"] or "", entry["detail"])
    if entry.get("message_sha256") is None:
        return write([1, entry["id"], *words])
    return write([2, entry["id"], *words, bytes.fromhex(entry["message_sha256"])])


def root(hashes: Sequence[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    left = half(len(hashes))
    return hashlib.sha256(b"\x01" + root(hashes[:left]) + root(hashes[left:])).digest()


def half(size: int) -> int:
    left = 1
    while left * 2 < size:
        left *= 2
    return left


def hashed(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def head(data: bytes, certificates: Certificates) -> dict[str, Any]:
    """A head by the member that it names; signed while its certificate counted."""
    found = paper(data, "log-head", 4_096, HEAD, labels=SIGNED)
    algorithm, x5t = found.labels[34]
    if algorithm != -16 or x5t not in certificates:
        no("the certificate")
    signer = certificates[x5t]
    found.verify(signer.key)
    if signer.address != found.body["origin"]:
        no("another member's")
    if not signer.begins <= datetime.fromisoformat(found.body["issued_at"]) <= signer.ends:
        no("its moment")
    return found.body


COSIGNATURE = {
    "witness": address,
    "head": lambda value: isinstance(value, str) and value != "",
    "seen_at": instant,
}


def cosignature(data: bytes, certificates: Certificates) -> dict[str, Any]:
    """The head that a witness has seen, in a cosignature that counts."""
    found = paper(data, "log-cosignature", 8_192, COSIGNATURE, labels=SIGNED)
    algorithm, x5t = found.labels[34]
    if algorithm != -16 or x5t not in certificates:
        no("the certificate")
    signer, seen_at = certificates[x5t], datetime.fromisoformat(found.body["seen_at"])
    found.verify(signer.key)
    seen = head(octets(found.body["head"]), certificates)
    if signer.address != found.body["witness"] or signer.address == seen["origin"]:
        no("another's, or its own")
    if not signer.begins <= seen_at <= signer.ends or datetime.fromisoformat(seen["issued_at"]) > seen_at + CLOCKS:
        no("its moment")
    return seen


def receipt(
    data: bytes, kind: int, certificates: Certificates
) -> tuple[list[Any], str, Ed25519PublicKey, bytes, bytes]:
    """The proof, who signed it, with which key, what is signed before the root, and the signature."""
    if data[:2] != b"\xd2\x84":
        no("no COSE_Sign1")
    protected, at = item(data, 2)
    beside, at = item(data, at)
    if data[at] != 0xF6:
        no("the payload")
    signature, end = item(data, at + 1)
    labels = read(protected)
    if end != len(data) or set(labels) != {1, 34, 395} or (labels[1], labels[395]) != (-8, 1):
        no("the labels")
    if (
        not isinstance(beside, dict)
        or set(beside) != {396}
        or set(beside[396]) != {kind}
        or len(beside[396][kind]) != 1
    ):
        no("the proofs")
    proof = read(beside[396][kind][0])
    if len(proof) != 3 or any(len(one) != 32 for one in proof[2]):
        no("the proof")
    algorithm, x5t = labels[34]
    if algorithm != -16 or x5t not in certificates:
        no("the certificate")
    signer = certificates[x5t]
    covered = b"\x84" + write(["Signature1", protected, b""])[1:]
    return proof, signer.address, Ed25519PublicKey.from_public_bytes(signer.key), covered, signature


def included(data: bytes, hash_of_leaf: bytes, certificates: Certificates) -> tuple[int, int, bytes, str]:
    """Index, size, root and signer of a receipt that holds for a leaf."""
    (size, index, path), signer, key, covered, signature = receipt(data, -1, certificates)
    if not 0 <= index < size:
        no("the place")
    found = climbed(hash_of_leaf, index, size, list(path))
    holds(key, signature, covered + write(found))
    return index, size, found, signer


def climbed(below: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    if size == 1:
        if path:
            no("a path that is too long")
        return below
    if not path:
        no("a path that is too short")
    left, sibling = half(size), path.pop()
    if index < left:
        return hashlib.sha256(b"\x01" + climbed(below, index, left, path) + sibling).digest()
    return hashlib.sha256(b"\x01" + sibling + climbed(below, index - left, size - left, path)).digest()


def grown(data: bytes, hashes: Sequence[bytes], certificates: Certificates) -> tuple[int, int, str]:
    """The two sizes and the signer of a receipt of growth; judged by whoever has all leaves."""
    (before, size, path), signer, key, covered, signature = receipt(data, -2, certificates)
    if not 0 < before < size or list(path) != growth(before, hashes[:size], whole=True):
        no("the path")
    holds(key, signature, covered + write(root(hashes[:size])))
    return before, size, signer


def growth(before: int, hashes: Sequence[bytes], *, whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162, section 2.1.4.1."""
    if before == len(hashes):
        return [] if whole else [root(hashes)]
    left = half(len(hashes))
    if before <= left:
        return [*growth(before, hashes[:left], whole=whole), root(hashes[left:])]
    return [*growth(before - left, hashes[left:], whole=False), root(hashes[:left])]


def holds(key: Ed25519PublicKey, signature: bytes, covered: bytes) -> None:
    try:
        key.verify(signature, covered)
    except (InvalidSignature, ValueError):
        no("the signature")
