"""A second implementation of docs/envelope.md, written from its text alone: no module of the exchange, no cbor2.

It reads CBOR by itself, derives keys from the bare primitives (X25519, ML-KEM-768, SHA-256, SHA3-256, AES-256-GCM,
Ed25519) and follows the steps of the specification; a test opens the published vectors with it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


@dataclass(frozen=True)
class Tagged:
    """A CBOR tag with its content."""

    number: int
    content: Any


@dataclass(frozen=True)
class Opened:
    """What an envelope held."""

    header: bytes
    signed: bytes
    enclosures: list[bytes]
    payload: bytes
    labels: dict[Any, Any]


def open_with(envelope: bytes, address: str, secret: bytes, signer: bytes) -> Opened:
    """Sections 1 to 5: opens an envelope with a member's secret key, verifies it with the signer's public key."""
    version, header, encrypt = read(envelope)
    assert (version, encrypt.number) == (1, 96)
    protected, unprotected, ciphertext, ((inner, ek, wrapped),) = encrypt.content
    assert read(protected) == {1: 3}
    algorithm = read(inner)[1]
    binding = write([address, hashlib.sha256(header).digest()])
    info = write(["HPKE Recipient", 3, inner, binding])
    content_key = hpke_open(algorithm, secret, ek[-4], wrapped, info)
    plaintext = AESGCM(content_key).decrypt(unprotected[5], ciphertext, write(["Encrypt", protected, header]))
    signed, enclosures = read(plaintext)
    payload, labels = verify(signed, signer)
    assert labels["yizhan-header"] == header
    assert labels["yizhan-enclosures"] == [hashlib.sha256(enclosure).digest() for enclosure in enclosures]
    return Opened(header, signed, enclosures, payload, labels)


def verify(signed: bytes, signer: bytes) -> tuple[bytes, dict[Any, Any]]:
    """Section 3: the payload and the protected labels of a signed document that holds."""
    tagged = read(signed)
    protected, unprotected, payload, signature = tagged.content
    assert (tagged.number, unprotected) == (18, {})
    covered = write(["Signature1", protected, b"", payload])
    Ed25519PublicKey.from_public_bytes(signer).verify(signature, covered)
    return payload, read(protected)


def joint(cose_sign: bytes, keys: dict[str, bytes]) -> tuple[dict[str, Any], list[tuple[str, int]]]:
    """Section 10: the text, and who has signed it when, of a joint document that holds; ``keys`` are public keys."""
    tagged = read(cose_sign)
    protected, unprotected, payload, signatures = tagged.content
    assert (tagged.number, unprotected) == (98, {})
    assert read(protected) == {3: "application/vnd.yizhan.joint-draft+json; version=1"}
    signed = []
    for own, nothing, signature in signatures:
        labels = read(own)
        assert (nothing, labels[1], labels[2], set(labels)) == ({}, -8, [15], {1, 2, 4, 15, 34})
        address, (when,) = labels[4].decode(), labels[15].values()
        covered = write(["Signature", protected, own, b"", payload])
        Ed25519PublicKey.from_public_bytes(keys[address]).verify(signature, covered)
        signed.append((address, when))
    text = json.loads(payload)
    assert [address for address, _ in signed] == text["signers"]
    return text, signed


def claim(check: dict[str, Any], parts: list[bytes]) -> bytes:
    """Section 9: the plaintext of a large attachment that holds. Raises ValueError with the refusal."""
    size, whole = check["size"], check["chunk_size"]
    chunks = max(1, -(-size // whole))
    if len(parts) < -(-chunks // 8):
        raise ValueError("claim-missing")
    sealed, declared = b"".join(parts), size + 16 * chunks
    if len(sealed) != declared:
        raise ValueError("claim-truncated" if len(sealed) < declared else "claim-too-large")
    cipher, prefix, opened = AESGCM(octets(check["content_key"])), octets(check["nonce_prefix"]), []
    for number in range(chunks):
        piece = sealed[number * (whole + 16) : (number + 1) * (whole + 16)]
        last = number == chunks - 1
        endings = (last, not last)
        found = [unsealed(cipher, prefix + number.to_bytes(4, "big") + bytes([end]), piece) for end in endings]
        if found[0] is None:
            raise ValueError("claim-differs" if found[1] is None else "claim-too-large" if last else "claim-truncated")
        opened.append(found[0])
    plaintext = b"".join(opened)
    said = check["digest"], check["ciphertext_digest"]
    if (hashlib.sha256(plaintext).hexdigest(), hashlib.sha256(sealed).hexdigest()) != said:
        raise ValueError("claim-differs")
    return plaintext


def sealed(check: dict[str, Any], plaintext: bytes) -> bytes:
    """The first part of an attachment, sealed anew."""
    cipher, prefix, whole = AESGCM(octets(check["content_key"])), octets(check["nonce_prefix"]), check["chunk_size"]
    chunks = [plaintext[at : at + whole] for at in range(0, max(1, len(plaintext)), whole)]
    nonces = [prefix + at.to_bytes(4, "big") + bytes([at == len(chunks) - 1]) for at in range(len(chunks))]
    return b"".join(cipher.encrypt(nonce, chunk, None) for nonce, chunk in zip(nonces, chunks, strict=True))


def unsealed(cipher: AESGCM, nonce: bytes, piece: bytes) -> bytes | None:
    """A chunk, if it opens under this nonce."""
    try:
        return cipher.decrypt(nonce, piece, None)
    except InvalidTag:
        return None


def octets(text: str) -> bytes:
    """Bytes as JSON carries them."""
    return base64.urlsafe_b64decode(text)


def root(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Section 6: the root that a leaf and its path lead to, by splitting the tree from above."""
    if size == 1:
        assert not path
        return hashlib.sha256(b"\x00" + leaf).digest()
    left = 1
    while left * 2 < size:
        left *= 2
    *below, sibling = path
    if index < left:
        return hashlib.sha256(b"\x01" + root(leaf, index, left, below) + sibling).digest()
    return hashlib.sha256(b"\x01" + sibling + root(leaf, index - left, size - left, below)).digest()


def hpke_open(algorithm: int, secret: bytes, ek: bytes, wrapped: bytes, info: bytes) -> bytes:
    """HPKE in base mode, single shot (RFC 9180, sections 4 to 6), for the two algorithms of the specification."""
    kem, shared = {-70001: (0x647A, hybrid), -70002: (0x0020, dhkem)}[algorithm]
    suite = b"HPKE" + kem.to_bytes(2, "big") + b"\x00\x01\x00\x02"
    context = b"\x00" + extract(b"", suite, b"psk_id_hash", b"") + extract(b"", suite, b"info_hash", info)
    base = extract(shared(secret, ek), suite, b"secret", b"")
    key = expand(base, suite, b"key", context, 32)
    nonce = expand(base, suite, b"base_nonce", context, 12)
    return AESGCM(key).decrypt(nonce, wrapped, b"")


def hybrid(secret: bytes, ek: bytes) -> bytes:
    """The shared secret of ML-KEM-768 and X25519 as X-Wing combines them."""
    post_quantum = MLKEM768PrivateKey.from_seed_bytes(secret[:64]).decapsulate(ek[:1088])
    own = X25519PrivateKey.from_private_bytes(secret[64:])
    classical = own.exchange(X25519PublicKey.from_public_bytes(ek[1088:]))
    public = own.public_key().public_bytes_raw()
    return hashlib.sha3_256(post_quantum + classical + ek[1088:] + public + b"\\.//^\\").digest()


def dhkem(secret: bytes, ek: bytes) -> bytes:
    """The shared secret of DHKEM(X25519, HKDF-SHA256) (RFC 9180, section 4.1)."""
    own = X25519PrivateKey.from_private_bytes(secret)
    suite = b"KEM\x00\x20"
    extracted = extract(b"", suite, b"eae_prk", own.exchange(X25519PublicKey.from_public_bytes(ek)))
    return expand(extracted, suite, b"shared_secret", ek + own.public_key().public_bytes_raw(), 32)


def extract(salt: bytes, suite: bytes, label: bytes, material: bytes) -> bytes:
    """LabeledExtract."""
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + material, "sha256")


def expand(key: bytes, suite: bytes, label: bytes, info: bytes, length: int) -> bytes:
    """LabeledExpand, up to 32 bytes."""
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.digest(key, labelled + b"\x01", "sha256")[:length]


def write(value: int | bytes | str | list[Any]) -> bytes:
    """Deterministic CBOR of what the covered structures are made of."""
    if isinstance(value, int):
        return head(0, value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    return head(4, len(value)) + b"".join(write(item) for item in value)


def head(major: int, argument: int) -> bytes:
    """A CBOR head in its shortest form."""
    for info, size in ((24, 1), (25, 2), (26, 4)):
        if argument < 24:
            return bytes([major << 5 | argument])
        if argument < 1 << 8 * size:
            return bytes([major << 5 | info]) + argument.to_bytes(size, "big")
    raise ValueError("longer than any envelope")


def read(data: bytes) -> Any:
    """Exactly one CBOR item."""
    value, end = item(data, 0)
    assert end == len(data), "bytes follow"
    return value


def item(data: bytes, at: int) -> tuple[Any, int]:
    """The item that starts at an offset, and where it ends."""
    major, info = data[at] >> 5, data[at] & 31
    size = 0 if info < 24 else 1 << info - 24
    argument = int.from_bytes(data[at + 1 : at + 1 + size], "big") if size else info
    at += 1 + size
    if major in (0, 1):
        return (argument if major == 0 else -1 - argument), at
    if major in (2, 3):
        content = data[at : at + argument]
        return (content if major == 2 else content.decode()), at + argument
    if major == 6:
        content, at = item(data, at)
        return Tagged(argument, content), at
    values = []
    for _ in range(argument * (major - 3)):
        value, at = item(data, at)
        values.append(value)
    return (values if major == 4 else dict(zip(values[::2], values[1::2], strict=True))), at
