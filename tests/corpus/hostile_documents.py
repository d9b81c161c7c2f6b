"""Hostile documents, well sealed: signatures, signers, certificates, bodies and enclosures that do not verify."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from cbor2 import CBORTag, dumps, loads

from tests.corpus.forge import Case, Forge, cbor, flipped, good_body, good_header
from tests.corpus.world import NOW, World


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
        ("an unknown body version", 3, "application/vnd.yizhan.document+json; version=99", "unsupported"),
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
    yield "signed in the future", "clock", Forge(world, header=soon).envelope()
    early = good_header(created_at=(NOW - timedelta(days=30)).isoformat())
    yield "signed before the certificate began", "clock", Forge(world, header=early).envelope()


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


def bent_documents(world: World) -> Iterator[Case]:
    yield "a thumbprint cut short", "unsupported", with_x5t(world, [-16, world["alice"].x5t[:31]])
    yield "a thumbprint that is a number", "malformed", with_x5t(world, [-16, 7])
    good = loads(Forge(world).signed(), semantic_decoders={})
    protected, unprotected, payload, signature = good.value
    for name, parts, refusal in (
        ("a signature cut short", [protected, unprotected, payload, signature[:63]], "forged"),
        ("a detached payload", [protected, unprotected, None, signature], "malformed"),
        ("five parts in the signed document", [protected, unprotected, payload, signature, b""], "malformed"),
        ("no protected labels", [cbor({}), unprotected, payload, signature], "unsupported"),
    ):
        yield name, refusal, Forge(world, plaintext=cbor([cbor(CBORTag(18, parts)), []])).envelope()
    yield "digests that are a map", "malformed", Forge(world, protected={"yizhan-enclosures": {}}).envelope()
    yield "a signed header that is no JSON", "malformed", Forge(world, protected={"yizhan-header": b"{"}).envelope()
    yield (
        "a signed header of another version",
        "unsupported",
        Forge(world, protected={"yizhan-header": json.dumps(good_header(version=2)).encode()}).envelope(),
    )
    marked = b"\xef\xbb\xbf" + good_body()
    yield "a body behind a byte order mark", "malformed", Forge(world, payload=marked).envelope()
    half = good_body().replace("市人民".encode(), b"\\ud800")
    yield "half a surrogate pair", "malformed", Forge(world, payload=half).envelope()
    nan = good_body().replace(b'"year": 2026', b'"year": NaN')
    yield "a number that is none", "malformed", Forge(world, payload=nan).envelope()
    yield (
        "a year with a fraction",
        "malformed",
        Forge(world, payload=good_body().replace(b'"year": 2026', b'"year": 2026.5')).envelope(),
    )
    yield "JSON and then more", "malformed", Forge(world, payload=good_body() + b"{}").envelope()


def with_x5t(world: World, reference: list[Any]) -> bytes:
    """An envelope whose signature names its certificate in another way."""
    return Forge(world, protected={34: reference}).envelope()
