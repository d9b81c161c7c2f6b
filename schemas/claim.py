"""The claim check of a large attachment: where its ciphertext lies, how to open it, what must come out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from exchange.schemas.base import Digest, Line, MediaType, Wire

CLAIM_LIMIT = 2_147_483_648
"""Bytes an attachment may have: 2 GiB."""
CHUNK_SIZE = 1_048_576
"""Bytes of plaintext sealed at once, unless a claim says otherwise."""
TAG = 16
"""Bytes by which a sealed chunk is longer than its plaintext (AES-GCM's tag, NIST SP 800-38D)."""
PART_CHUNKS = 8
"""Sealed chunks in one part, one object of the store; only the last part may hold fewer."""


class ClaimCheck(Wire):
    """An attachment (附件) too large to travel inside the envelope; only who reads the document has its key.

    The ciphertext lies in the claim store as the objects ``OBJECT_KEY/00000``, ``OBJECT_KEY/00001`` and so on.
    """

    name: Line
    media_type: MediaType
    size: Annotated[int, Field(ge=0, le=CLAIM_LIMIT)]
    digest: Digest
    """Of the plaintext."""
    chunk_size: Annotated[int, Field(ge=65_536, le=4_194_304)] = CHUNK_SIZE
    """Bytes of plaintext in each chunk; the last one may have fewer."""
    object_key: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """Drawn at random, 256 bits: who was not told it cannot ask for it."""
    content_key: Annotated[bytes, Field(min_length=32, max_length=32, repr=False)]
    """AES-256 key of this one upload."""
    nonce_prefix: Annotated[bytes, Field(min_length=7, max_length=7)]
    ciphertext_digest: Digest
    """Of all parts, one after another."""
