"""What is put together from ready parts is what an encoder would write, at every length where the head changes."""

from __future__ import annotations

import cbor2
import pytest

from exchange.envelope import cbor, pack_leaves, unpack_leaves
from exchange.errors import Malformed

LENGTHS = [0, 1, 23, 24, 25, 255, 256, 257, 65_535, 65_536, 65_537]


@pytest.mark.parametrize("length", LENGTHS)
def test_the_head_of_a_byte_string_is_the_encoders(length: int) -> None:
    written = cbor2.dumps(bytes(length))
    assert cbor.byte_string(length) == written[: len(written) - length]


def test_the_longest_head_ends_before_4_gib() -> None:
    assert cbor.byte_string(2**32 - 1) == b"\x5a\xff\xff\xff\xff"
    with pytest.raises(ValueError, match="longer"):
        cbor.byte_string(2**32)


@pytest.mark.parametrize("leaves", [[b""], [b"a"], [b"x" * 65_536], [b"%d" % n for n in range(1000)]], ids=len)
def test_leaves_within_their_bounds_come_back(leaves: list[bytes]) -> None:
    assert unpack_leaves(pack_leaves(leaves)) == leaves


@pytest.mark.parametrize(
    "packed",
    [
        pack_leaves([]),
        pack_leaves([b"x" * 65_537]),
        pack_leaves([b"%d" % n for n in range(1001)]),
        cbor.encode({0: b"a"}),
        cbor.encode(b"a"),
        cbor.encode([b"a", "b"]),
        cbor.encode([[b"a"]]),
    ],
    ids=["none", "too long", "too many", "a map", "a string", "text", "nested"],
)
def test_leaves_beyond_their_bounds_are_refused(packed: bytes) -> None:
    with pytest.raises(Malformed):
        unpack_leaves(packed)


def test_a_shorter_bound_may_be_set() -> None:
    assert unpack_leaves(pack_leaves([b"1234"]), 4) == [b"1234"]
    with pytest.raises(Malformed):
        unpack_leaves(pack_leaves([b"12345"]), 4)
