"""One document on its way: signed with Ed25519, sealed to the receiver's X25519 key; and when the next one is due."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from benchmarks.peers.plan import Plan

_NONCE = bytes(12)
"""Every key seals one message."""
_KEY, _SIGNATURE = 32, 64


class Letter(NamedTuple):
    """What is published."""

    name: str
    sealed: bytes


class BadLetter(Exception):
    """It is not sealed to the receiver, or not signed by the sender."""


class Sealer:
    """The sender's cryptography."""

    def __init__(self, plan: Plan) -> None:
        self._signing = Ed25519PrivateKey.from_private_bytes(plan.signing)
        self._receiver = X25519PrivateKey.from_private_bytes(plan.decryption).public_key()
        self._to = self._receiver.public_bytes_raw()

    def seal(self, name: str, document: object) -> bytes:
        """Sign a document with its message id and its receiver, and encrypt both."""
        payload = {"id": name, "to": self._to.hex(), "document": document}
        signed = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        ephemeral = X25519PrivateKey.generate()
        public = ephemeral.public_key().public_bytes_raw()
        key = _derived(ephemeral.exchange(self._receiver), public + self._to)
        return public + AESGCM(key).encrypt(_NONCE, self._signing.sign(signed) + signed, None)


class Opener:
    """The receiver's cryptography."""

    def __init__(self, plan: Plan) -> None:
        self._decryption = X25519PrivateKey.from_private_bytes(plan.decryption)
        self._own = self._decryption.public_key().public_bytes_raw()
        signing = Ed25519PrivateKey.from_private_bytes(plan.signing)
        self._sender = Ed25519PublicKey.from_public_bytes(signing.public_key().public_bytes_raw())

    def open(self, sealed: bytes) -> tuple[str, bytes]:
        """Return the message id and what was signed, with the signature. Raises BadLetter."""
        public, encrypted = sealed[:_KEY], sealed[_KEY:]
        try:
            shared = self._decryption.exchange(X25519PublicKey.from_public_bytes(public))
            kept = AESGCM(_derived(shared, public + self._own)).decrypt(_NONCE, encrypted, None)
            self._sender.verify(kept[:_SIGNATURE], kept[_SIGNATURE:])
        except (ValueError, InvalidTag, InvalidSignature) as error:
            raise BadLetter from error
        payload = json.loads(kept[_SIGNATURE:])
        if payload["to"] != self._own.hex():
            raise BadLetter
        return payload["id"], kept


def _derived(shared: bytes, about: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"letter" + about).derive(shared)


class Letters:
    """The letters to send, each sealed when it is due; at once, where the plan has no rate."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self._sealer = plan, Sealer(plan)
        self._due: dict[str, float] = {}

    def __iter__(self) -> Iterator[Letter]:
        for due in self._moments():
            time.sleep(max(0.0, due - time.monotonic()))
            yield self._letter(due)

    async def __aiter__(self) -> AsyncIterator[Letter]:
        for due in self._moments():
            if (rest := due - time.monotonic()) > 0:
                await asyncio.sleep(rest)
            yield self._letter(due)

    def _moments(self) -> Iterator[float]:
        began, rate = time.monotonic(), self._plan.rate
        for number in range(self._plan.count):
            yield began + 0.2 + number / rate if rate else began

    def _letter(self, due: float) -> Letter:
        name = str(uuid.uuid4())
        self._due[name] = due
        return Letter(name, self._sealer.seal(name, self._plan.document))

    def note(self, file: Path) -> None:
        """Write down when each was due."""
        file.write_text(json.dumps(self._due))
