"""Writes the corpus: hostile envelopes, one a file, each with the refusal it must meet.

    python -m tests.corpus.generate

Run it only when the format changes: keys stay as they are, sealed bytes differ from run to run.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from cbor2 import CBORTag, dumps

from schemas import Suite
from tests.corpus.forge import Forge, cbor, good_body, good_header
from tests.corpus.world import FOLDER, HERE, NOW, World, load_world, make_world

FILES = HERE / "envelopes"
Case = tuple[str, str, bytes]
"""Name, expected refusal, bytes."""


def cases(world: World) -> Iterator[Case]:
    """All hostile envelopes."""
    yield from not_envelopes(world)
    yield from bent_cbor(world)
    yield from bad_headers(world)
    yield from wrong_recipients(world)
    yield from broken_seals(world)
    yield from bad_signatures(world)
    yield from untrusted_signers(world)
    yield from bad_contents(world)


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
    yield "version true", "unsupported", Forge(world, version=True).envelope()
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


def bad_signatures(world: World) -> Iterator[Case]:
    yield "signed with another's key", "forged", Forge(world, signing=world["mallory"]).envelope()
    yield "signed by another in alice's name", "forged", Forge(world, writer="mallory").envelope()
    signed = Forge(world).signed()
    yield "a bit of the signature flipped", "forged", Forge(world, plaintext=cbor([flipped(signed), []])).envelope()
    altered = signed.replace("并联".encode(), "串联".encode())
    yield "a word of the text exchanged", "forged", Forge(world, plaintext=cbor([altered, []])).envelope()
    for name, label, value, refusal in (
        ("another signature algorithm", 1, -7, "unsupported"),
        ("no signature algorithm", 1, None, "unsupported"),
        ("an unknown critical header", 2, ["yizhan-header", "yizhan-enclosures", "x"], "unsupported"),
        ("an empty list of critical headers", 2, [], "malformed"),
        ("no critical headers", 2, None, "malformed"),
        ("an unknown label", "x", 1, "unsupported"),
        ("no content type", 3, None, "unsupported"),
        ("an unknown content type", 3, "text/plain", "unsupported"),
        ("an unknown body version", 3, "application/vnd.yizhan.document+json; version=2", "unsupported"),
        ("the content type of another kind", 3, "application/vnd.yizhan.opinion+json; version=1", "forged"),
        ("no certificate reference", 34, None, "malformed"),
        ("a certificate reference by SHA-1", 34, [-14, bytes(20)], "unsupported"),
        ("no signed header", "yizhan-header", None, "malformed"),
    ):
        yield name, refusal, Forge(world, protected={label: value}).envelope()
    yield "an unprotected header beside it", "malformed", Forge(world, unprotected={1: -8}).envelope()
    yield "no signature at all", "malformed", Forge(world, plaintext=cbor([good_body(), []])).envelope()
    sign = Forge(world, plaintext=cbor([cbor(CBORTag(98, [b"", {}, b"", []])), []]))
    yield "a COSE_Sign instead", "malformed", sign.envelope()


def untrusted_signers(world: World) -> Iterator[Case]:
    yield "a certificate of another authority", "untrusted", Forge(world, writer="stranger").envelope()
    carol = good_header(sender="city.carol")
    yield "a revoked signer", "untrusted", Forge(world, header=carol, writer="carol").envelope()
    dave = good_header(sender="city.dave")
    yield "an expired certificate", "untrusted", Forge(world, header=dave, writer="dave").envelope()
    soon = good_header(created_at=(NOW + timedelta(minutes=11)).isoformat())
    yield "signed in the future", "untrusted", Forge(world, header=soon).envelope()
    early = good_header(created_at=(NOW - timedelta(days=30)).isoformat())
    yield "signed before the certificate began", "untrusted", Forge(world, header=early).envelope()


def bad_contents(world: World) -> Iterator[Case]:
    def body(data: bytes) -> bytes:
        return Forge(world, payload=data).envelope()

    yield "a body that is no JSON", "malformed", body(b"\x00")
    yield "a body in UTF-16", "malformed", body(good_body().decode().encode("utf-16"))
    yield "an unknown field in the body", "malformed", body(good_body(colour="red"))
    yield "a field twice in the body", "malformed", body(good_body().replace(b'{"number"', b'{"title":"x","number"'))
    yield "a kind outside the fifteen", "malformed", body(good_body(kind="便条"))
    yield "a title that is a number", "malformed", body(good_body(title=7))
    yield "a body nested without end", "malformed", body(b'{"a":' * 50_000)
    yield "a body beyond its size", "malformed", body(good_body(body="字" * 200_001))
    unknown = Forge(world, header=good_header(kind="gossip"))
    unknown.protected = {3: "application/vnd.yizhan.gossip+json; version=1"}
    yield "an unknown kind", "unsupported", unknown.envelope()
    yield "an enclosure too many", "forged", Forge(world, enclosures=[b"a"], declared=[]).envelope()
    yield "an enclosure missing", "forged", Forge(world, declared=[bytes(32)]).envelope()
    yield "an enclosure exchanged", "forged", Forge(world, enclosures=[b"a"], declared=[bytes(32)]).envelope()
    yield "a digest that is none", "malformed", Forge(world, declared=[b"short"]).envelope()
    yield "more enclosures than allowed", "malformed", Forge(world, enclosures=[b""] * 51).envelope()
    yield "an enclosure that is text", "malformed", Forge(world, plaintext=cbor([b"", ["text"]])).envelope()
    loose = dumps([Forge(world).signed(), []]) + b"\x00"
    yield "bytes behind the content", "malformed", Forge(world, plaintext=loose).envelope()


def flipped(data: bytes) -> bytes:
    """The last bit the other way round."""
    return data[:-1] + bytes([data[-1] ^ 1])


def write(emit: Callable[[str], None] = print) -> None:
    """Writes every case to a file of its own."""
    if not FOLDER.exists():
        make_world()
    FILES.mkdir(exist_ok=True)
    for old in FILES.glob("*.json"):
        old.unlink()
    for number, (name, refusal, data) in enumerate(cases(load_world()), 1):
        record = {"what": name, "refusal": refusal, **stored(data)}
        path = FILES / f"{number:03d}-{name.replace(' ', '-').replace(chr(39), '')}.json"
        path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    emit(f"{number} envelopes in {FILES.relative_to(HERE)}")


def stored(data: bytes) -> dict[str, Any]:
    """The bytes in base64; long runs of zeros at the end are only counted."""
    body = data.rstrip(b"\x00")
    zeros = len(data) - len(body)
    if zeros < 64:
        return {"envelope": base64.b64encode(data).decode()}
    return {"envelope": base64.b64encode(body).decode(), "zeros_behind": zeros}


if __name__ == "__main__":
    write()
