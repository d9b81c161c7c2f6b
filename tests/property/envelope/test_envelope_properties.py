"""What holds for every document, every key and every damaged bit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.audit import inclusion_path, root_from_path, tree_root
from exchange.envelope import envelope_for, open_envelope, pack_leaves, seal, unpack_leaves
from exchange.errors import Forged, SenderError
from exchange.schemas import Document, DocumentKind, DocumentNumber, Header, Suite, Urgency
from tests.corpus.forge import IDS
from tests.corpus.world import NOW, load_world

WORLD = load_world()
_SEEN = st.characters(
    codec="utf-8",
    exclude_categories=["Cc", "Cf", "Cn", "Co", "Mn", "Zl", "Zp"],
    exclude_characters="\u115f\u1160\u3164\uffa0\u2800",
)
TEXT = st.text(_SEEN, max_size=299).map(lambda text: f"文{text}")


def sealed_for(
    to: tuple[str, ...], document: Document, enclosures: list[bytes], suite: Suite = Suite.HYBRID
) -> dict[str, bytes]:
    header = Header(
        message_id=IDS[0], conversation_id=IDS[1], kind="document", sender="city.alice",
        addressees=to, urgency=Urgency.URGENT, created_at=NOW, suite=suite,
    )  # fmt: skip
    recipients = [WORLD.directory.recipient(address, suite) for address in to]
    sealed = seal(header, document, WORLD["alice"], recipients, enclosures)
    return {address: envelope_for(sealed.common, sealed.recipients[address]) for address in to}


def document(title: str = "题", body: str = "文") -> Document:
    number = DocumentNumber(agency="函", year=2026, serial=1)
    return Document(number=number, kind=DocumentKind.LETTER, issuer="甲", title=title, body=body, date=NOW.date())


@given(TEXT, TEXT, st.lists(st.binary(max_size=2000), max_size=5), st.sampled_from(Suite))
@settings(max_examples=60)
def test_opening_gives_back_what_was_sealed(title: str, body: str, enclosures: list[bytes], suite: Suite) -> None:
    written = document(title, body)
    copies = sealed_for(("city.bob", "city.mallory"), written, enclosures, suite)
    for name in ("bob", "mallory"):
        opened = open_envelope(copies[f"city.{name}"], WORLD[name], WORLD.directory, NOW)
        assert opened.body == written
        assert opened.enclosures == tuple(enclosures)
        assert opened.header.addressees == ("city.bob", "city.mallory")


ENVELOPE = sealed_for(("city.bob",), document(), [b"enclosure"])["city.bob"]


@given(st.integers(0, len(ENVELOPE) * 8 - 1))
@settings(max_examples=400)
def test_any_flipped_bit_is_refused(bit: int) -> None:
    damaged = bytearray(ENVELOPE)
    damaged[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SenderError):
        open_envelope(bytes(damaged), WORLD["bob"], WORLD.directory, NOW)


@given(st.integers(0, len(ENVELOPE) - 1))
@settings(max_examples=200)
def test_any_truncation_is_refused(length: int) -> None:
    with pytest.raises(SenderError):
        open_envelope(ENVELOPE[:length], WORLD["bob"], WORLD.directory, NOW)


@given(st.binary(max_size=400))
@settings(max_examples=300)
def test_arbitrary_bytes_are_refused_by_name_and_never_crash(data: bytes) -> None:
    with pytest.raises(SenderError):
        open_envelope(data, WORLD["bob"], WORLD.directory, NOW)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=70), st.data())
@settings(max_examples=150)
def test_every_leaf_is_proved_by_its_path_and_by_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    root = tree_root(leaves)
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = inclusion_path(leaves, index)
    assert root_from_path(leaves[index], index, len(leaves), path) == root
    assert root_from_path(leaves[index] + b"x", index, len(leaves), path) != root
    for altered in (path[:-1], (*path, b"\x00" * 32)):
        if altered == path:
            continue
        try:
            found = root_from_path(leaves[index], index, len(leaves), altered)
        except Forged:
            continue
        assert found != root
    with pytest.raises(Forged):
        root_from_path(leaves[index], len(leaves), len(leaves), path)


@given(st.lists(st.binary(max_size=100), min_size=1, max_size=60))
@settings(max_examples=60)
def test_leaves_come_out_as_they_went_in(leaves: list[bytes]) -> None:
    assert unpack_leaves(pack_leaves(leaves)) == leaves


def test_an_empty_set_of_leaves_proves_nothing() -> None:
    with pytest.raises(ValueError, match="leaf"):
        tree_root([])
