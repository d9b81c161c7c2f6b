"""Of whatever stands there, exactly what an encoder would write of it is taken, be it written anew for that or not."""

from __future__ import annotations

import cbor2
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exchange.envelope import cbor
from exchange.errors import Malformed

NUMBERS = st.one_of(
    st.integers(0, 30),
    st.sampled_from([254, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**63, 2**64 - 1]),
)
TAGS = st.sampled_from([0, 1, 2, 3, 4, 18, 24, 25, 28, 29, 36, 96, 98, 100, 256, 258, 1004, 55_799])
SIZES = {1: 24, 2: 25, 4: 26, 8: 27}


@st.composite
def heads(draw: st.DrawFn, major: int, argument: int) -> bytes:
    """A head, as short as can be or longer."""
    fitting = [size for size in SIZES if argument < 256**size]
    size = draw(st.sampled_from([0, *fitting] if argument < 24 else fitting))
    lead = major << 5 | (SIZES[size] if size else argument)
    return bytes([lead]) + (argument.to_bytes(size, "big") if size else b"")


@st.composite
def items(draw: st.DrawFn, depth: int = 0) -> bytes:
    """An item as its bytes, which need not be as they should be."""
    major = draw(st.integers(0, 3 if depth == 3 else 6))
    inner = items(depth + 1)
    if major < 2:
        return draw(heads(major, draw(NUMBERS)))
    if major < 4:
        content = draw(st.one_of(st.text(max_size=30).map(str.encode), st.binary(max_size=30)))
        return draw(heads(major, len(content))) + content
    if major == 6:
        return draw(heads(major, draw(TAGS))) + draw(inner)
    parts = draw(st.lists(inner, max_size=3))
    whole = parts if major == 4 else [part for each in parts for part in (each, draw(inner))]
    return draw(heads(major, len(parts))) + b"".join(whole)


@settings(max_examples=200)
@given(items(), st.sampled_from([b"", b"", b"", b"\x00", b"\x80"]))
@example(b"\xd8\x12\x80", b"")
@example(b"\xc1\x00", b"")
@example(b"\xa2\x02\x00\x01\x00", b"")
@example(b"\xa1\x18\x01\x00", b"")
def test_what_is_taken_is_what_an_encoder_writes(item: bytes, behind: bytes) -> None:
    try:
        value, fault = cbor.decode_as_it_is(item + behind, "item", 10_000)
    except Malformed:
        return
    try:
        same = cbor2.dumps(value, canonical=True) == item + behind
    except cbor2.CBOREncodeError:
        same = False
    assert (fault is None) is same
