"""What holds for every large attachment: it comes out as it went in, or not at all."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.envelope.chunks import ChunkStream
from exchange.errors import BadClaim, ClaimDiffers, ClaimTooLarge, ClaimTruncated
from exchange.schemas.claim import PART_CHUNKS, TAG

CHUNK = 64
PART = CHUNK * PART_CHUNKS
KEY, PREFIX = bytes(range(32)), b"prefix!"

AROUND_LIMITS = st.builds(
    lambda unit, count, offset: max(0, unit * count + offset),
    st.sampled_from([CHUNK, PART]),
    st.integers(0, 3),
    st.integers(-2, 2),
)
SIZES = AROUND_LIMITS | st.integers(0, 4 * PART)


def text(size: int) -> bytes:
    """Bytes of which no two chunks are alike."""
    return b"".join(index.to_bytes(4) for index in range(size // 4 + 1))[:size]


def stream(size: int) -> ChunkStream:
    return ChunkStream(KEY, PREFIX, size, CHUNK)


def sealed(size: int) -> list[bytes]:
    """All chunks of an attachment, sealed."""
    found, plain = stream(size), text(size)
    parts = [found.seal_part(part, plain[part * PART : (part + 1) * PART]) for part in range(found.parts)]
    assert [len(one) for one in parts] == [found.sealed_length(part) for part in range(found.parts)]
    whole = b"".join(parts)
    return [whole[at : at + CHUNK + TAG] for at in range(0, len(whole), CHUNK + TAG)]


def opened(chunks: Sequence[bytes], size: int) -> bytes:
    """What a reader gets who believes in ``size`` and finds these chunks in the store, cut as they come."""
    found, whole = stream(size), b"".join(chunks)
    cut = PART_CHUNKS * (CHUNK + TAG)
    parts = [whole[at : at + cut] for at in range(0, max(len(whole), 1), cut)]
    plain = b""
    for part in range(found.parts):
        plain += found.open_part(part, parts[part] if part < len(parts) else b"")
    if len(parts) > found.parts:
        raise ClaimTooLarge("more parts than are asked for")
    return plain


@given(SIZES)
@settings(max_examples=200)
def test_what_was_sealed_opens_to_the_same(size: int) -> None:
    assert opened(sealed(size), size) == text(size)


@given(SIZES, st.data())
@settings(max_examples=200)
def test_any_flipped_bit_is_refused(size: int, data: st.DataObject) -> None:
    chunks = sealed(size)
    which = data.draw(st.integers(0, len(chunks) - 1))
    bit = data.draw(st.integers(0, len(chunks[which]) * 8 - 1))
    bad = bytearray(chunks[which])
    bad[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ClaimDiffers, match=f"chunk {which} "):
        opened([*chunks[:which], bytes(bad), *chunks[which + 1 :]], size)


@given(st.integers(1, 3 * PART), st.data())
@settings(max_examples=200)
def test_dropped_doubled_swapped_and_appended_chunks_are_refused(size: int, data: st.DataObject) -> None:
    chunks = sealed(size)
    one = data.draw(st.integers(0, len(chunks) - 1))
    damaged = [
        [*chunks[:one], *chunks[one + 1 :]],
        [*chunks[: one + 1], *chunks[one:]],
        [*chunks, chunks[one]],
    ]
    if len(chunks) > 1:
        other = data.draw(st.integers(0, len(chunks) - 1).filter(lambda index: index != one))
        swapped = list(chunks)
        swapped[one], swapped[other] = swapped[other], swapped[one]
        damaged.append(swapped)
    for found in damaged:
        with pytest.raises(BadClaim):
            opened(found, size)


@given(st.integers(0, 3 * PART), st.integers(1, PART))
@settings(max_examples=200)
def test_a_size_declared_too_small_or_too_large_is_refused(size: int, more: int) -> None:
    with pytest.raises((ClaimTooLarge, ClaimDiffers)):
        opened(sealed(size + more), size)
    with pytest.raises((ClaimTruncated, ClaimDiffers)):
        opened(sealed(size), size + more)


@pytest.mark.parametrize("chunks", [2, PART_CHUNKS, PART_CHUNKS + 1])
def test_an_attachment_that_goes_on_or_ends_early_is_told_from_an_altered_one(chunks: int) -> None:
    whole = sealed(chunks * CHUNK)
    with pytest.raises(ClaimTooLarge, match="goes on beyond"):
        opened(whole[:-1], (chunks - 1) * CHUNK)
    filler = bytes(CHUNK + TAG)
    with pytest.raises(ClaimTruncated, match="ends before"):
        opened([*whole, filler], (chunks + 1) * CHUNK)


@pytest.mark.parametrize("size", [0, 1, CHUNK, PART, PART + 1])
def test_a_reader_written_from_the_specification_alone_opens_it(size: int) -> None:
    chunks = sealed(size)
    plain = b"".join(
        AESGCM(KEY).decrypt(PREFIX + struct.pack(">IB", index, index == len(chunks) - 1), chunk, None)
        for index, chunk in enumerate(chunks)
    )
    assert plain == text(size)


def test_another_key_or_prefix_opens_nothing() -> None:
    part = b"".join(sealed(PART))
    for other in (ChunkStream(bytes(32), PREFIX, PART, CHUNK), ChunkStream(KEY, b"another", PART, CHUNK)):
        with pytest.raises(ClaimDiffers):
            other.open_part(0, part)


def test_a_nonce_is_never_used_for_two_places() -> None:
    found = stream(100 * CHUNK)
    nonces = {found._nonce(index) for index in range(found.chunks)}
    assert len(nonces) == 100
    assert {len(nonce) for nonce in nonces} == {12}


def test_a_part_of_the_wrong_length_is_not_sealed() -> None:
    with pytest.raises(ValueError, match="part 0 has"):
        stream(PART).seal_part(0, b"short")
    with pytest.raises(ValueError, match="no part 1"):
        stream(PART).seal_part(1, b"")


def test_the_key_does_not_show() -> None:
    assert str(KEY) not in repr(stream(1))
