"""Sealing refuses what no reader would take, before anything is stored or sent."""

from __future__ import annotations

import json

import pytest

from exchange.envelope import Recipient, envelope_for, open_envelope, pack_leaves, seal, unpack_leaves
from exchange.errors import BadKeys, CallerError, Malformed
from exchange.schemas import Document, Header, Suite
from tests.corpus.forge import good_body, good_header
from tests.corpus.world import NOW, load_world

WORLD = load_world()
BOB = WORLD.directory.recipient("city.bob", Suite.HYBRID)
DOCUMENT = Document.model_validate_json(good_body())
MIB = 1 << 20


def header(**changes: object) -> Header:
    return Header.model_validate_json(json.dumps(good_header(**changes)))


def opened_with(enclosures: list[bytes]) -> tuple[bytes, ...]:
    sealed = seal(header(), DOCUMENT, WORLD["alice"], [BOB], enclosures)
    data = envelope_for(sealed.common, sealed.recipients["city.bob"])
    return open_envelope(data, WORLD["bob"], WORLD.directory, NOW).enclosures


def test_the_largest_message_that_is_sealed_is_also_opened() -> None:
    enclosures = [bytes(7 * MIB + 900_000), *([b""] * 49)]
    assert opened_with(enclosures) == tuple(enclosures)


def test_a_message_beyond_eight_mebibytes_is_not_sealed() -> None:
    with pytest.raises(CallerError, match="bytes") as refusal:
        opened_with([bytes(8 * MIB)])
    assert "further messages" in refusal.value.remedy


def test_more_than_fifty_enclosures_are_not_sealed() -> None:
    with pytest.raises(CallerError, match="51 enclosures"):
        opened_with([b"x"] * 51)


def test_a_document_of_more_than_two_mebibytes_is_not_sealed() -> None:
    long = DOCUMENT.model_copy(update={"body": "长" * 700_000})
    with pytest.raises(CallerError, match="bytes"):
        seal(header(), long, WORLD["alice"], [BOB])


def test_sealing_for_others_than_the_addressees_is_a_mistake_of_the_program() -> None:
    mallory = WORLD.directory.recipient("city.mallory", Suite.HYBRID)
    for recipients in ([], [mallory], [BOB, mallory], [BOB, BOB]):
        with pytest.raises(ValueError, match="addressees"):
            seal(header(), DOCUMENT, WORLD["alice"], recipients)


def test_a_key_in_the_directory_that_is_none_is_named() -> None:
    broken = Recipient("city.bob", BOB.kid, Suite.HYBRID, b"\xff" * 1216)
    with pytest.raises(BadKeys, match=r"city\.bob"):
        seal(header(), DOCUMENT, WORLD["alice"], [broken])


def test_two_copies_share_all_but_the_recipient_structure() -> None:
    mallory = WORLD.directory.recipient("city.mallory", Suite.HYBRID)
    sealed = seal(header(addressees=["city.bob", "city.mallory"]), DOCUMENT, WORLD["alice"], [BOB, mallory])
    assert set(sealed.recipients) == {"city.bob", "city.mallory"}
    for name in ("bob", "mallory"):
        copy = envelope_for(sealed.common, sealed.recipients[f"city.{name}"])
        assert open_envelope(copy, WORLD[name], WORLD.directory, NOW).signed == sealed.signed


def test_a_full_list_of_receipts_is_read_and_one_more_is_not() -> None:
    assert len(unpack_leaves(pack_leaves([b"leaf"] * 1000))) == 1000
    with pytest.raises(Malformed):
        unpack_leaves(pack_leaves([b"leaf"] * 1001))


@pytest.mark.parametrize("leaves", [[], [b"x" * 65_537]], ids=["empty", "too-long"])
def test_a_list_of_receipts_outside_its_bounds_is_refused(leaves: list[bytes]) -> None:
    with pytest.raises(Malformed):
        unpack_leaves(pack_leaves(leaves))
