"""Any part of an envelope exchanged for any other value, and encoded as it should be, is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from cbor2 import CBORTag, dumps, loads
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from exchange.envelope import open_envelope, verify_signed
from exchange.errors import SenderError
from tests.corpus.forge import Forge
from tests.corpus.world import NOW, load_world

WORLD = load_world()
ENVELOPE = Forge(WORLD, enclosures=[b"enclosure"]).envelope()
SIGNED = Forge(WORLD, enclosures=[b"enclosure"]).signed()

SCALARS = st.one_of(
    st.integers(-(2**63), 2**64 - 1),
    st.sampled_from([1, 3, 5, -4, -8, -16, 18, 34, 96]),
    st.sampled_from([1.0, 3.0, 5.0, -4.0, -8.0, True, False, None]),
    st.floats(allow_nan=False),
    st.binary(max_size=40),
    st.text(max_size=20),
)
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=4), st.dictionaries(SCALARS, SCALARS, max_size=3))
Place = tuple[int, ...]


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Every place in an item, inside byte strings that hold CBOR too."""
    yield at
    for number, child in enumerate(children(value)):
        yield from places(child, (*at, number))


def children(value: Any) -> list[Any]:
    """What an item is made of; a map's keys and values in turn."""
    if isinstance(value, CBORTag):
        return [value.value]
    if isinstance(value, dict):
        return [part for pair in value.items() for part in pair]
    return list(value) if isinstance(value, list | tuple) else []


def exchanged(value: Any, at: Place, new: Any) -> Any:
    """The item with what stands at a place exchanged."""
    if not at:
        return new
    parts = children(value)
    parts[at[0]] = exchanged(parts[at[0]], at[1:], new)
    if isinstance(value, CBORTag):
        return CBORTag(value.tag, parts[0])
    return dict(zip(parts[::2], parts[1::2], strict=True)) if isinstance(value, dict) else parts


def mutant(original: bytes, data: st.DataObject) -> bytes:
    """The item with one part exchanged, encoded as it should be, and another than before."""
    item = loads(original, semantic_decoders={})
    at = data.draw(st.sampled_from(list(places(item))))
    try:
        found = dumps(exchanged(item, at, data.draw(VALUES)), canonical=True)
    except TypeError:  # a list in the place of a map's key
        assume(False)
    assume(found != original)
    return found


@given(st.data())
@settings(max_examples=500)
def test_an_envelope_with_any_part_exchanged_is_refused(data: st.DataObject) -> None:
    damaged = mutant(ENVELOPE, data)
    with pytest.raises(SenderError):
        open_envelope(damaged, WORLD["bob"], WORLD.directory, NOW)


@given(st.data())
@settings(max_examples=300)
def test_a_signed_document_with_any_part_exchanged_is_refused(data: st.DataObject) -> None:
    damaged = mutant(SIGNED, data)
    with pytest.raises(SenderError):
        verify_signed(damaged, WORLD.directory)


@given(st.data())
@settings(max_examples=300)
def test_a_label_of_another_value_is_refused_even_when_it_is_signed(data: st.DataObject) -> None:
    label, value = data.draw(st.sampled_from([1, 2, 3, 34, "yizhan-enclosures"])), data.draw(VALUES)
    assume((label, value, type(value)) != (1, -8, int))
    forge = Forge(WORLD, enclosures=[b"enclosure"], protected={label: value})
    with pytest.raises(SenderError):
        open_envelope(forge.envelope(), WORLD["bob"], WORLD.directory, NOW)
