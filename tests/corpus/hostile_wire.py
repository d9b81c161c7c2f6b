"""Hostile bytes: what is no envelope, is bent CBOR, floods its reader, or has a header that is invalid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cbor2 import CBORTag

from tests.corpus.forge import Case, Forge, cbor, good_header
from tests.corpus.world import World


def not_envelopes(world: World) -> Iterator[Case]:
    good = Forge(world).envelope()
    yield "nothing at all", "malformed", b""
    yield "a JSON object", "malformed", b'{"version": 1}'
    yield "plain text", "malformed", "关于推进并联审批的通知".encode()
    yield "a zip archive", "malformed", b"PK\x03\x04" + bytes(60)
    yield "a CBOR integer", "malformed", b"\x01"
    yield "an array of two", "malformed", cbor([1, b"{}"])
    yield "an array of four", "malformed", cbor([1, b"{}", CBORTag(96, []), 0])
    yield "truncated to half", "malformed", good[: len(good) // 2]
    yield "its last byte missing", "malformed", good[:-1]
    yield "one byte more", "malformed", good + b"\x00"
    yield "two envelopes in a row", "malformed", good + good
    yield "unknown version", "unsupported", Forge(world, version=2).envelope()
    yield "version zero", "unsupported", Forge(world, version=0).envelope()
    yield "version true", "malformed", Forge(world, version=True).envelope()
    yield "version as text", "unsupported", Forge(world, version="1").envelope()
    yield "COSE_Encrypt0 instead", "malformed", Forge(world, tag=16).envelope()
    yield "larger than any envelope", "malformed", b"\x83\x01\x5a\x00\x90\x00\x00" + bytes(8_388_608)


def bent_cbor(world: World) -> Iterator[Case]:
    good = Forge(world).envelope()
    deep: Any = b""
    for _ in range(200):
        deep = [deep]
    yield "nested two hundred deep", "malformed", cbor(deep)
    yield "a length of many gigabytes", "malformed", b"\x83\x01\x5b\x7f\xff\xff\xff\xff\xff\xff\xff"
    yield "an indefinite array", "malformed", b"\x9f" + good[1:] + b"\xff"
    yield "a version in two bytes", "malformed", b"\x83\x18\x01" + good[2:]
    yield "an indefinite byte string", "malformed", b"\x83\x01\x5f\x41\x7b\xff" + cbor(CBORTag(96, []))
    parts = Forge(world).parts()
    iv = parts[2].value
    iv[1] = {5: iv[1][5], 6: b"x"}
    yield "a second IV label", "malformed", cbor(parts)
    twice = cbor([b"", {5: bytes(12)}, b"", []]).replace(b"\xa1\x05\x4c", b"\xa2\x05\x4c" + bytes(12) + b"\x05\x4c", 1)
    yield "a map key twice", "malformed", b"\x83\x01" + cbor(b"{}") + b"\xd8\x60" + twice
    for place, what in ((0, "protected header"), (2, "ciphertext")):
        parts = Forge(world).parts()
        parts[2].value[place] = "text"
        expected = "unsupported" if place == 0 else "malformed"
        yield f"{what} as text", expected, cbor(parts)
    parts = Forge(world).parts()
    parts[2].value[3] = parts[2].value[3] * 2
    yield "two recipients", "malformed", cbor(parts)
    parts = Forge(world).parts()
    parts[2].value[3] = []
    yield "no recipient", "malformed", cbor(parts)
    parts = Forge(world).parts()
    parts[2].value[3][0][1] = {}
    yield "no encapsulated key", "malformed", cbor(parts)
    parts = Forge(world).parts()
    parts[2].value[3][0][1] = {-4: bytes(31)}
    yield "an encapsulated key too short", "malformed", cbor(parts)


def look_alikes(world: World) -> Iterator[Case]:
    good = Forge(world).envelope()
    yield "a version that is a float", "malformed", b"\x83\xf9\x3c\x00" + good[2:]
    for name, at, label in (("an IV", (1,), 5.0), ("an encapsulated key", (3, 0, 1), -4.0)):
        parts = Forge(world).parts()
        place: Any = parts[2].value
        for step in at[:-1]:
            place = place[step]
        place[at[-1]] = dict.fromkeys([label], *place[at[-1]].values())
        yield f"{name} under a float", "malformed", cbor(parts)
    yield "a signature algorithm that is a float", "malformed", Forge(world, protected={1: -8.0}).envelope()
    yield (
        "a thumbprint algorithm that is a float",
        "malformed",
        Forge(world, protected={34: [-16.0, world["alice"].x5t]}).envelope(),
    )
    parts = Forge(world).parts()
    parts[2].value[0] = b"\xa1\xf5\x03"
    yield "a cipher under the label true", "unsupported", cbor(parts)
    parts = Forge(world).parts()
    recipient = parts[2].value[3][0]
    recipient[0] = recipient[0].replace(b"\xa2\x01", b"\xa2\x18\x01", 1)
    yield "a recipient header in a longer form", "malformed", cbor(parts)


def floods(world: World) -> Iterator[Case]:
    most = 8_388_000
    yield "eight million numbers", "malformed", b"\x9a" + most.to_bytes(4, "big") + bytes(most)
    yield "a map of four thousand million entries", "malformed", b"\xba\xff\xff\xff\xff" + bytes(100)
    yield "tags within tags", "malformed", b"\xc1" * 5_000 + b"\x00"
    enclosures = cbor([Forge(world).signed(), [b""] * 2_000])
    yield "two thousand enclosures", "malformed", Forge(world, plaintext=enclosures).envelope()
    crowd = [f"city.m{number}" for number in range(256)] + ["city.bob"]
    yield "257 addressees", "malformed", Forge(world, header=good_header(addressees=crowd)).envelope()


def bad_headers(world: World) -> Iterator[Case]:
    def with_header(**changes: Any) -> bytes:
        return Forge(world, header=good_header(**changes)).envelope()

    yield "header version two", "unsupported", with_header(version=2)
    yield "an unknown header field", "malformed", with_header(colour="red")
    yield "no addressees", "malformed", with_header(addressees=[])
    yield "an address in capitals", "malformed", with_header(sender="City.Alice")
    yield "a time without offset", "malformed", with_header(created_at="2026-03-02T09:00:00")
    yield "a message id that is none", "malformed", with_header(message_id="1")
    yield "an unknown suite", "malformed", with_header(suite="rot13")
    yield "an urgency of its own", "malformed", with_header(urgency="now!")
    raw = Forge(world)
    for name, header in (
        ("a header that is no JSON", b"\xff\xfe"),
        ("a header that is a list", b"[]"),
        ("a header with a field twice", raw.header_bytes.replace(b'{"version":1', b'{"version":1,"version":1')),
        ("a header nested without end", b"[" * 60_000),
        ("a header too large", raw.header_bytes + b" " * 70_000),
    ):
        yield name, "malformed", Forge(world, outer_header=header).envelope()
