"""A large attachment's encryption: chunk by chunk in constant memory, once for all recipients.

AES-256-GCM under a key of this one upload; the nonce of chunk ``i`` is prefix, ``i`` in four bytes and a last byte that
is 1 for the last chunk only. This is the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár (CRYPTO 2015):
what was cut short, moved, doubled or lengthened does not open. An empty file is one empty chunk, the last.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from exchange.envelope.primitives import decrypt
from exchange.errors import ClaimDiffers, ClaimTooLarge, ClaimTruncated
from exchange.schemas.claim import CHUNK_SIZE, PART_CHUNKS, TAG, ClaimCheck


def new_content_key() -> bytes:
    """Return a fresh AES-256 key; no two uploads share one, else their nonces would meet."""
    return os.urandom(32)


def new_nonce_prefix() -> bytes:
    """Return the seven bytes that all nonces of one upload begin with."""
    return os.urandom(7)


@dataclass(frozen=True)
class ChunkStream:
    """One attachment's key and measures; each chunk is sealed and opened by its place, so work can go on anywhere.

    A key must never see two different plaintexts at one place: whoever resumes makes sure that the file is the same.
    """

    key: bytes = field(repr=False)
    prefix: bytes
    size: int
    chunk_size: int = CHUNK_SIZE

    @classmethod
    def of(cls, claim: ClaimCheck) -> ChunkStream:
        """Return the stream that a claim check describes."""
        return cls(claim.content_key, claim.nonce_prefix, claim.size, claim.chunk_size)

    @property
    def chunks(self) -> int:
        """Return the number of chunks; at least one."""
        return max(1, -(-self.size // self.chunk_size))

    @property
    def parts(self) -> int:
        """Return the number of stored parts, each of several chunks."""
        return -(-self.chunks // PART_CHUNKS)

    def plain_length(self, part: int) -> int:
        """Return the number of bytes of plaintext in a part."""
        whole = self.chunk_size * PART_CHUNKS
        return min(whole, self.size - part * whole)

    def sealed_length(self, part: int) -> int:
        """Return the number of bytes of ciphertext in a part."""
        return self.plain_length(part) + TAG * len(self._places(part))

    def seal_part(self, part: int, plaintext: bytes) -> bytes:
        """Encrypt a part. Raises ValueError for a plaintext that is not as long as the part."""
        if len(plaintext) != self.plain_length(part):
            raise ValueError(f"part {part} has {self.plain_length(part)} bytes")
        pieces = _cut(plaintext, self.chunk_size)
        return b"".join(
            self._cipher.encrypt(self._nonce(index), piece, None)
            for index, piece in zip(self._places(part), pieces, strict=True)
        )

    def open_part(self, part: int, ciphertext: bytes) -> bytes:
        """Decrypt a part. Raises ClaimTruncated, ClaimTooLarge or ClaimDiffers; nothing of a bad part is given out."""
        expected = self.sealed_length(part)
        if len(ciphertext) < expected:
            raise ClaimTruncated(
                "part {part} has {count:,} bytes, {expected:,} are declared",
                part=part,
                count=len(ciphertext),
                expected=expected,
            )
        if len(ciphertext) > expected:
            raise ClaimTooLarge(
                "part {part} has {count:,} bytes, {expected:,} are declared",
                part=part,
                count=len(ciphertext),
                expected=expected,
            )
        pieces = _cut(ciphertext, self.chunk_size + TAG)
        return b"".join(self._open(index, piece) for index, piece in zip(self._places(part), pieces, strict=True))

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self.key)

    def _places(self, part: int) -> range:
        if not 0 <= part < self.parts:
            raise ValueError(f"there are {self.parts} parts, no part {part}")
        return range(part * PART_CHUNKS, min((part + 1) * PART_CHUNKS, self.chunks))

    def _nonce(self, index: int, *, as_other: bool = False) -> bytes:
        last = (index == self.chunks - 1) != as_other
        return self.prefix + index.to_bytes(4) + (b"\x01" if last else b"\x00")

    def _open(self, index: int, piece: memoryview) -> bytes:
        plaintext = decrypt(self._cipher, self._nonce(index), piece, None)
        if plaintext is None:
            self._tell_length(index, piece)
            raise ClaimDiffers("chunk {index} was altered", index=index)
        return plaintext

    def _tell_length(self, index: int, piece: memoryview) -> None:
        """Tells a chunk that is authentic, but ends where it should not, from one that was altered."""
        if decrypt(self._cipher, self._nonce(index, as_other=True), piece, None) is None:
            return
        if index == self.chunks - 1:
            raise ClaimTooLarge("the attachment goes on beyond the {size:,} bytes that are declared", size=self.size)
        raise ClaimTruncated("the attachment ends before the {size:,} bytes that are declared", size=self.size)


class ChunkDigests:
    """The digests of an attachment as a whole, counted part by part."""

    def __init__(self) -> None:
        self._plain, self._sealed = hashlib.sha256(), hashlib.sha256()

    def add(self, plaintext: bytes, ciphertext: bytes) -> None:
        """Count one part."""
        self._plain.update(plaintext)
        self._sealed.update(ciphertext)

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the plaintext so far, hexadecimal."""
        return self._plain.hexdigest()

    @property
    def ciphertext_digest(self) -> str:
        """Return the SHA-256 of the ciphertext so far, hexadecimal."""
        return self._sealed.hexdigest()

    def check(self, claim: ClaimCheck) -> None:
        """Raise ClaimDiffers unless both digests are those of the claim check."""
        if self.ciphertext_digest != claim.ciphertext_digest:
            raise ClaimDiffers("the digest of the ciphertext differs from the claim check's")
        if self.digest != claim.digest:
            raise ClaimDiffers("the digest differs from the claim check's")


def _cut(data: bytes, length: int) -> list[memoryview]:
    view = memoryview(data)
    return [view[at : at + length] for at in range(0, max(1, len(data)), length)]
