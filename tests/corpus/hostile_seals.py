"""Hostile seals: sealed to somebody else, taken from another envelope, altered, or made with weak shares."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.schemas import Suite
from tests.corpus.forge import Case, Forge, cbor, flipped, good_header
from tests.corpus.world import World


def wrong_recipients(world: World) -> Iterator[Case]:
    to_mallory = Forge(world, header=good_header(addressees=["city.mallory"]), sealed_to="mallory")
    to_mallory.wrapped_for = "city.mallory"
    yield "addressed and sealed to another", "not-for-us", to_mallory.envelope()
    yield "addressed to us, sealed to another's key", "not-for-us", Forge(world, sealed_to="mallory").envelope()
    yield "a key id that is nobody's", "not-for-us", Forge(world, kid=bytes(8)).envelope()
    yield "a key id that is a number", "malformed", Forge(world, kid=7).envelope()
    yield "an unknown key algorithm", "unsupported", Forge(world, alg=-70009).envelope()
    yield "the other suite's algorithm", "unsupported", Forge(world, suite=Suite.CLASSICAL).envelope()
    yield "a key wrapped for another address", "forged", Forge(world, wrapped_for="city.mallory").envelope()
    both = Forge(world, header=good_header(addressees=["city.mallory", "city.bob"]), sealed_to="mallory")
    yield "another addressee's copy", "not-for-us", both.envelope()
    yield "a content key too short", "forged", Forge(world, key=bytes(16)).envelope()


def broken_seals(world: World) -> Iterator[Case]:
    readdressed = Forge(world, header=good_header(addressees=["city.mallory"]))
    readdressed.outer_header = Forge(world).header_bytes
    yield "re-addressed in the clear header", "forged", readdressed.envelope()
    replayed = Forge(world)
    replayed.outer_header = Forge(world, header=good_header(message_id=good_header()["conversation_id"])).header_bytes
    yield "replayed under another id", "forged", replayed.envelope()
    stale = Forge(world)
    stale.outer_header = Forge(world, header=good_header(urgency="extra-urgent")).header_bytes
    stale.aad_header = stale.header_bytes
    yield "clear header exchanged, seal left", "forged", stale.envelope()
    yield "another cipher declared", "unsupported", Forge(world, content_protected={1: 1}).envelope()
    yield "a second protected label", "unsupported", Forge(world, content_protected={1: 3, 2: [99]}).envelope()
    yield "an IV of eleven bytes", "malformed", Forge(world, content_unprotected={5: bytes(11)}).envelope()
    for place, name in ((2, "ciphertext"), (1, "IV")):
        parts = Forge(world).parts()
        encrypt = parts[2].value
        if place == 2:
            encrypt[2] = flipped(encrypt[2])
        else:
            encrypt[1] = {5: flipped(encrypt[1][5])}
        yield f"a bit of the {name} flipped", "forged", cbor(parts)
    parts = Forge(world).parts()
    recipient = parts[2].value[3][0]
    recipient[2] = flipped(recipient[2])
    yield "a bit of the wrapped key flipped", "forged", cbor(parts)
    parts = Forge(world).parts()
    recipient = parts[2].value[3][0]
    recipient[1] = {-4: flipped(recipient[1][-4])}
    yield "a bit of the encapsulated key flipped", "forged", cbor(parts)
    first, second = Forge(world).parts(), Forge(world, key=bytes(reversed(range(32)))).parts()
    first[2].value[3] = second[2].value[3]
    yield "the recipient of another envelope", "forged", cbor(first)


def weak_shares(world: World) -> Iterator[Case]:
    for suite, share, name in (
        (Suite.CLASSICAL, bytes(32), "an X25519 share of order one"),
        (Suite.CLASSICAL, b"\x01" + bytes(31), "another X25519 share of low order"),
        (Suite.HYBRID, bytes(1120), "an encapsulated key of zeros"),
        (Suite.HYBRID, b"\xff" * 1120, "an encapsulated key of ones"),
    ):
        parts = Forge(world, header=good_header(suite=suite.value), suite=suite).parts()
        parts[2].value[3][0][1] = {-4: share}
        yield name, "forged", cbor(parts)
    parts = Forge(world).parts()
    parts[2].value[3][0][2] = b""
    yield "no wrapped key at all", "forged", cbor(parts)
    parts = Forge(world).parts()
    parts[2].value[2] = b""
    yield "an empty ciphertext", "forged", cbor(parts)
    lowered = Forge(world, suite=Suite.CLASSICAL)
    lowered.outer_header = Forge(world, header=good_header(suite="x25519")).header_bytes
    yield "sealed anew under the weaker suite", "forged", lowered.envelope()
