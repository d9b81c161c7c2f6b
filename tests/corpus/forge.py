"""A forge: builds envelopes step by step, so that each step can be done wrong on purpose."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from cbor2 import CBORTag, dumps
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from exchange.envelope import Identity
from exchange.envelope.keys import KEMS, public_key
from exchange.envelope.sealing import key_info
from exchange.schemas import Document, DocumentKind, DocumentNumber, Header, Suite
from tests.corpus.world import NOW, World

Case = tuple[str, str, bytes]
"""A hostile envelope: what is wrong with it, the refusal it must meet, its bytes."""
IDS = ("0b54f2f6-5a10-4c0e-9a53-3e1a6b5d0f01", "7a1c2f3e-9b64-4d7e-8f21-6c5d4e3f2a10")
KEY, IV = bytes(range(32)), bytes(range(12))


def cbor(value: Any) -> bytes:
    """Deterministic CBOR."""
    return dumps(value, canonical=True)


def flipped(data: bytes) -> bytes:
    """The last bit the other way round."""
    return data[:-1] + bytes([data[-1] ^ 1])


def good_header(**changes: Any) -> dict[str, Any]:
    """The fields of a header that holds."""
    header = Header(
        message_id=IDS[0],
        conversation_id=IDS[1],
        kind="document",
        sender="city.alice",
        addressees=("city.bob",),
        created_at=NOW,
    )
    return {**json.loads(header.model_dump_json()), **changes}


def good_body(**changes: Any) -> bytes:
    """The JSON of a document that holds."""
    document = Document(
        number=DocumentNumber(agency="合政办", year=2026, serial=7),
        kind=DocumentKind.NOTICE,
        issuer="市人民政府办公厅",
        title="关于推进并联审批的通知",
        body="现就并联审批有关事项通知如下。",
        date=NOW.date(),
    )
    return json.dumps({**json.loads(document.model_dump_json()), **changes}, ensure_ascii=False).encode()


@dataclass
class Forge:
    """An envelope in the making; every field left alone is what an honest sender would put there."""

    world: World
    header: dict[str, Any] = field(default_factory=good_header)
    payload: bytes = field(default_factory=good_body)
    writer: str = "alice"
    """Whose certificate is named."""
    signing: Identity | None = None
    """Whose key signs, if another's."""
    enclosures: list[bytes] = field(default_factory=list)
    declared: list[Any] | None = None
    """Digests that are signed, if others than the enclosures'."""
    protected: dict[Any, Any] = field(default_factory=dict)
    """Changes to the signature's protected header; a value of None removes a label."""
    unprotected: Any = field(default_factory=dict)
    sealed_to: str = "bob"
    wrapped_for: str = "city.bob"
    """The address that the wrapped key is bound to."""
    suite: Suite = Suite.HYBRID
    alg: Any = None
    kid: Any = None
    content_protected: dict[Any, Any] = field(default_factory=lambda: {1: 3})
    content_unprotected: dict[Any, Any] = field(default_factory=lambda: {5: IV})
    outer_header: bytes | None = None
    """The clear header, if another than the signed one."""
    aad_header: bytes | None = None
    plaintext: bytes | None = None
    version: Any = 1
    tag: int = 96
    key: bytes = KEY

    @property
    def header_bytes(self) -> bytes:
        """The header as it is signed."""
        return json.dumps(self.header, ensure_ascii=False, separators=(",", ":")).encode()

    def signed(self) -> bytes:
        """The COSE_Sign1."""
        digests = self.declared
        if digests is None:
            digests = [hashlib.sha256(one).digest() for one in self.enclosures]
        labels: dict[Any, Any] = {
            1: -8,
            2: ["yizhan-header", "yizhan-enclosures"],
            3: "application/vnd.yizhan.document+json; version=1",
            34: [-16, self.world[self.writer].x5t],
            "yizhan-header": self.header_bytes,
            "yizhan-enclosures": digests,
            **self.protected,
        }
        protected = cbor({label: value for label, value in labels.items() if value is not None})
        signer = self.signing or self.world[self.writer]
        signature = signer.signing_key.sign(cbor(["Signature1", protected, b"", self.payload]))
        return cbor(CBORTag(18, [protected, self.unprotected, self.payload, signature]))

    def recipient(self) -> list[Any]:
        """The recipient structure."""
        key = next(k for k in self.world[self.sealed_to].decryption_keys if k.suite is self.suite)
        kem = KEMS[self.suite]
        protected = cbor({1: self.alg or kem.alg, 4: bytes.fromhex(key.kid) if self.kid is None else self.kid})
        digest = hashlib.sha256(self.aad_header or self.outer_header or self.header_bytes).digest()
        info = key_info(self.wrapped_for, digest, protected)
        sealed = kem.hpke.encrypt(self.key, public_key(self.suite, key.public), info)
        return [protected, {-4: sealed[: kem.enc_length]}, sealed[kem.enc_length :]]

    def parts(self) -> list[Any]:
        """The envelope before its last encoding."""
        header = self.outer_header or self.header_bytes
        protected = cbor(self.content_protected)
        plaintext = self.plaintext if self.plaintext is not None else cbor([self.signed(), self.enclosures])
        aad = cbor(["Encrypt", protected, self.aad_header or header])
        ciphertext = AESGCM(self.key).encrypt(IV, plaintext, aad) if len(self.key) == 32 else plaintext
        encrypt = [protected, self.content_unprotected, ciphertext, [self.recipient()]]
        return [self.version, header, CBORTag(self.tag, encrypt)]

    def envelope(self) -> bytes:
        """The envelope."""
        return cbor(self.parts())
