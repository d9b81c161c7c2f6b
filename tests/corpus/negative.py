"""What must be refused, for docs/vectors: envelopes with one fault, or with two of which the first is told.

Every refusal is written here by hand, from the table of docs/envelope.md, section 5, with the number of its check and
whether the sender is told by a receipt.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cbor2 import CBORTag, dumps

from exchange.schemas import Suite
from tests.corpus.forge import Forge, cbor, flipped, good_body, good_header
from tests.corpus.world import NOW, World

LABELS = ["yizhan-header", "yizhan-enclosures"]
OTHER_TYPE = "application/vnd.yizhan.opinion+json; version=1"
DIGEST = bytes(32)


@dataclass(frozen=True)
class Refused:
    """An envelope, and what becomes of it at city.bob."""

    name: str
    check: int
    refusal: str
    envelope: bytes
    returned: bool = False
    """Whether a signed receipt goes back; else it is a dead letter without one."""
    user_id: str | None = None
    """The broker's account that brought it, where that matters."""


class _Bench:
    """Makes envelopes of the short suite, each with its faults."""

    def __init__(self, world: World) -> None:
        self._world = world

    def forge(self, fields: dict[str, Any] | None = None, **faults: Any) -> Forge:
        return Forge(self._world, header=good_header(suite="x25519", **(fields or {})), suite=Suite.CLASSICAL, **faults)

    def __call__(self, fields: dict[str, Any] | None = None, **faults: Any) -> bytes:
        return self.forge(fields, **faults).envelope()

    def other_key(self) -> Any:
        return self._world["mallory"]

    def bent(self, place: int, value: Any) -> bytes:
        """With another part of the COSE_Encrypt."""
        parts = self.forge().parts()
        encrypt = list(parts[2].value)
        encrypt[place] = value
        return cbor([*parts[:2], CBORTag(96, encrypt)])


def negative(world: World) -> Iterator[Refused]:
    """All of them, in the order of the checks."""
    make = _Bench(world)
    yield from _shape(make)
    yield from _header_and_key(make)
    yield from _signature(make)
    yield from _time(make)
    yield from _words(make)
    yield from _bindings(make)


def _nested(depth: int, innermost: Any) -> Any:
    for _ in range(depth):
        innermost = [innermost]
    return innermost


def _shape(make: _Bench) -> Iterator[Refused]:
    good = make()
    yield Refused("a byte behind the envelope", 1, "malformed", good + b"\x00")
    yield Refused("the last byte missing", 1, "malformed", good[:-1])
    yield Refused("an array of four", 1, "malformed", cbor([*make.forge().parts(), 1]))
    yield Refused("a version in two bytes", 1, "malformed", b"\x83\x18\x01" + good[2:])
    yield Refused("an indefinite array", 1, "malformed", b"\x9f" + good[1:] + b"\xff")
    yield Refused(
        "a float for the version, and another version", 1, "malformed", dumps([2.0, *make.forge().parts()[1:]])
    )
    yield Refused("keys of a map not sorted", 1, "malformed", cbor([1, b"", 0])[:-1] + b"\xa2\x02\x00\x01\x00")
    yield Refused("an integer in seven arrays", 1, "malformed", cbor(_nested(7, 1)))
    yield Refused("an empty array in six: its bounds hold, it is no envelope", 1, "malformed", cbor(_nested(6, [])))
    yield Refused("an array of 1,100: one item too many", 1, "malformed", cbor([1] * 1_100))
    yield Refused("version 2", 2, "unsupported", make(version=2))
    yield Refused("version 2, and a header that is text", 2, "unsupported", cbor([2, "", make.forge().parts()[2]]))
    yield Refused("a header that is text", 3, "malformed", cbor([1, "", make.forge().parts()[2]]))
    yield Refused("a COSE_Encrypt0", 3, "malformed", make(tag=16))
    yield Refused("another cipher, and no IV", 3, "unsupported", make(content_protected={1: 1}, content_unprotected={}))
    yield Refused("a second label beside the IV", 3, "malformed", make(content_unprotected={5: bytes(12), 6: b""}))
    yield Refused("an IV of eleven bytes", 3, "malformed", make(content_unprotected={5: bytes(11)}))
    yield Refused("no recipient", 3, "malformed", make.bent(3, []))


def _header_and_key(make: _Bench) -> Iterator[Refused]:
    yield Refused(
        "a header of version 2 with an unknown member", 4, "unsupported", make({"version": 2, "more": 1}), returned=True
    )
    yield Refused("an unknown member of the header", 4, "malformed", make({"more": 1}), returned=True)
    twice = make.forge().header_bytes.replace(b'"version":1', b'"version":1,"version":2')
    yield Refused("a version twice, one of them unknown", 4, "malformed", make(outer_header=twice), returned=True)
    yield Refused("an address twice", 4, "malformed", make({"addressees": ["city.bob", "city.bob"]}), returned=True)
    yield Refused(
        "an address with the reserved label from",
        4,
        "malformed",
        make({"addressees": ["city.bob", "a.from.b"]}),
        returned=True,
    )
    yield Refused(
        "an address that begins with uplink",
        4,
        "malformed",
        make({"addressees": ["city.bob", "uplink.b"]}),
        returned=True,
    )
    yield Refused("an id in capitals", 4, "malformed", make({"message_id": good_header()["message_id"].upper()}))
    yield Refused(
        "an instant with a lower-case t",
        4,
        "malformed",
        make({"created_at": "2026-03-02t09:00:00+08:00"}),
        returned=True,
    )
    yield Refused(
        "an instant with seven decimals",
        4,
        "malformed",
        make({"created_at": "2026-03-02T09:00:00.0000000Z"}),
        returned=True,
    )
    yield Refused("an instant of 1999", 4, "malformed", make({"created_at": "1999-12-31T23:59:59Z"}), returned=True)
    yield Refused("an instant of 2201", 4, "malformed", make({"created_at": "2201-01-01T00:00:00Z"}), returned=True)
    twice = make.forge().header_bytes.replace(b'"kind":', b'"kind":"opinion","kind":')
    yield Refused(
        "a kind twice", 4, "malformed", make(protected={"yizhan-header": twice}, outer_header=twice), returned=True
    )
    yield Refused(
        "no header but brackets", 4, "malformed", make(protected={"yizhan-header": b"[]"}, outer_header=b"[]")
    )
    others = {"addressees": ["city.mallory"]}
    yield Refused(
        "for others, and brought by its signer", 5, "not-for-us", make(others), returned=True, user_id="city.alice"
    )
    yield Refused("for others, and brought by another", 5, "not-for-us", make(others), user_id="city.mallory")
    yield Refused("for others, with a recipient header that is none", 5, "not-for-us", make(others, kid=1))
    yield Refused("a key id that is a number", 6, "malformed", make(kid=1))
    yield Refused("the other suite's algorithm, and nobody's key", 7, "unsupported", make(alg=-70001, kid=bytes(8)))
    yield Refused("nobody's key", 8, "not-for-us", make(kid=bytes(8)))
    protected, _, wrapped = make.forge().recipient()
    yield Refused(
        "an encapsulated key of 31 bytes", 9, "malformed", make.bent(3, [[protected, {-4: bytes(31)}, wrapped]])
    )
    yield Refused("an encapsulated key of zeros", 10, "forged", make.bent(3, [[protected, {-4: bytes(32)}, wrapped]]))
    yield Refused("a key wrapped for another address", 10, "forged", make(wrapped_for="city.mallory"))
    yield Refused(
        "the clear header exchanged", 10, "forged", make(outer_header=make.forge().header_bytes, aad_header=b"{}")
    )
    parts = make.forge().parts()
    yield Refused("a bit of the ciphertext flipped", 11, "forged", make.bent(2, flipped(parts[2].value[2])))
    yield Refused("content that is one byte string", 12, "malformed", make(plaintext=cbor(b"")))
    yield Refused(
        "content of three parts", 12, "malformed", make(plaintext=cbor([make.forge().signed(), [], 0])), returned=True
    )


def _signature(make: _Bench) -> Iterator[Refused]:
    def labels(**more: Any) -> bytes:
        return make(protected={{"alg": 1, "crit": 2, "type": 3, "x5t": 34}.get(k, k): v for k, v in more.items()})

    yield Refused("a COSE_Sign", 12, "malformed", make(plaintext=cbor([cbor(CBORTag(98, [b"", {}, b"", []])), []])))
    yield Refused("an unprotected label", 12, "malformed", make(unprotected={1: -8}), returned=True)
    yield Refused("ES256, and no header", 13, "unsupported", labels(alg=-7, **{"yizhan-header": None}))
    yield Refused(
        "no signed header, and a certificate by SHA-1",
        14,
        "malformed",
        labels(**{"yizhan-header": None}, x5t=[-14, bytes(20)]),
    )
    yield Refused("ES256", 13, "unsupported", labels(alg=-7), returned=True)
    headless = labels(**{"yizhan-header": None})
    yield Refused("no signed header", 14, "malformed", headless)
    yield Refused(
        "no signed header, brought by its signer", 14, "malformed", headless, returned=True, user_id="city.alice"
    )
    yield Refused("no certificate", 14, "malformed", labels(x5t=None))
    yield Refused("a certificate by SHA-1", 15, "unsupported", labels(x5t=[-14, bytes(20)]))
    unknown = {34: [-16, DIGEST], "x": 1}
    yield Refused("an unknown certificate, and an unknown label", 16, "untrusted", make(protected=unknown))
    stolen = make.other_key()
    yield Refused(
        "signed with another's key, and an unknown label", 17, "forged", make(signing=stolen, protected={"x": 1})
    )
    forge = make.forge(protected={"yizhan-header": b"{}"})
    forge.outer_header = forge.header_bytes
    yield Refused("a signed header that is empty", 18, "malformed", forge.envelope())
    anothers = make(writer="mallory")
    yield Refused("signed by another in alice's name", 19, "forged", anothers)
    yield Refused("the same, brought by alice", 19, "forged", anothers, user_id="city.alice")
    yield Refused("the same, brought by its signer", 19, "forged", anothers, returned=True, user_id="city.mallory")
    inner = {**good_header(suite="x25519"), "addressees": ["city.erin"]}
    forge = make.forge(protected={"yizhan-header": json.dumps(inner).encode()})
    forge.outer_header = forge.header_bytes
    yield Refused("signed for others and sealed to us", 19, "forged", forge.envelope())
    yield Refused("an unknown label", 21, "unsupported", make(protected={"x": 1}), returned=True)
    yield Refused("crit that is a text", 21, "malformed", labels(crit="yizhan-header", x=1), returned=True)
    yield Refused("an unknown label, and no crit", 21, "unsupported", labels(crit=None, x=1), returned=True)
    yield Refused("crit in another order", 21, "malformed", labels(crit=LABELS[::-1]), returned=True)
    yield Refused("crit with a third label that is known", 21, "malformed", labels(crit=[*LABELS, 3]), returned=True)
    yield Refused("a digest of 31 bytes", 21, "malformed", make(declared=[bytes(31)], enclosures=[b""]), returned=True)
    yield Refused("51 enclosures", 21, "malformed", make(enclosures=[b""] * 51), returned=True)


def _time(make: _Bench) -> Iterator[Refused]:
    def at(moment: Any, **faults: Any) -> bytes:
        return make({"created_at": moment.isoformat()}, **faults)

    late = NOW + timedelta(minutes=10, seconds=1)
    yield Refused(
        "ten minutes and a second in our future, and no content type", 20, "clock", at(late, protected={3: None})
    )
    yield Refused("a certificate that had ended", 20, "untrusted", make({"sender": "city.dave"}, writer="dave"))
    yield Refused("a signer that was revoked before", 20, "untrusted", make({"sender": "city.carol"}, writer="carol"))
    early = NOW - timedelta(days=30)
    yield Refused("before the signer's certificate began", 26, "clock", at(early), returned=True)
    yield Refused("the same, and no content type", 22, "unsupported", at(early, protected={3: None}), returned=True)


def _words(make: _Bench) -> Iterator[Refused]:
    def typed(content_type: str, **faults: Any) -> bytes:
        return make(protected={3: content_type}, **faults)

    def body(**changes: Any) -> bytes:
        return make(payload=good_body(**changes))

    document = "application/vnd.yizhan.document+json; version="
    yield Refused(
        "two spaces in the content type", 22, "unsupported", typed(document.replace("; ", ";  ") + "1"), returned=True
    )
    yield Refused("a version with a leading zero", 22, "unsupported", typed(f"{document}01"), returned=True)
    yield Refused(
        "another kind's content type, of no known version", 22, "forged", typed(OTHER_TYPE[:-1] + "9"), returned=True
    )
    yield Refused(
        "version 6 of a document, and no JSON", 22, "unsupported", typed(f"{document}6", payload=b""), returned=True
    )
    yield Refused("no JSON", 23, "malformed", make(payload=b"{"), returned=True)
    yield Refused("a byte order mark", 23, "malformed", make(payload=b"\xef\xbb\xbf" + good_body()), returned=True)
    twice = good_body().replace(b'"notes": ""', b'"notes": "", "n\\u006ftes": "x"')
    yield Refused("a name twice, once escaped", 23, "malformed", make(payload=twice), returned=True)
    half = good_body(notes="X").replace(b'"X"', b'"\\ud800"')
    yield Refused("half a character", 23, "malformed", make(payload=half), returned=True)
    number = good_body().replace(b'"year": 2026', b'"year": 2026.0')
    yield Refused("a number with a fraction", 23, "malformed", make(payload=number), returned=True)
    yield Refused("an unknown field", 23, "malformed", body(more=1), returned=True)
    yield Refused(
        "a number as text", 23, "malformed", body(number={"agency": "合", "year": "2026", "serial": 1}), returned=True
    )
    yield Refused("a day that is none", 23, "malformed", body(date="2026-02-30"), returned=True)
    yield Refused("a day of 1948", 23, "malformed", body(date="1948-12-31"), returned=True)
    yield Refused(
        "a request without signatory", 23, "malformed", body(kind="请示", addressees=["省人民政府"]), returned=True
    )
    yield Refused("copies in a body of version 1", 23, "malformed", body(copies=["city.bob"]), returned=True)


def _bindings(make: _Bench) -> Iterator[Refused]:
    clear = json.dumps(good_header(suite="x25519", urgency="urgent")).encode()
    yield Refused("another clear header than was signed", 24, "forged", make(outer_header=clear), returned=True)
    both = {"addressees": ["city.bob", "city.mallory"]}
    others = json.dumps(good_header(suite="x25519", urgency="urgent", **both)).encode()
    yield Refused("the same, and others have the signed bytes as well", 24, "forged", make(both, outer_header=others))
    again = make(both, outer_header=others)
    yield Refused("the same, brought by its signer", 24, "forged", again, returned=True, user_id="city.alice")
    yield Refused("an enclosure exchanged", 25, "forged", make(declared=[DIGEST], enclosures=[b"x"]), returned=True)
    yield Refused(
        "an enclosure that is text", 25, "malformed", make(declared=[DIGEST], plaintext=_with_text(make)), returned=True
    )
    yield Refused("an enclosure too many", 25, "forged", make(declared=[], enclosures=[b"x"]), returned=True)


def _with_text(make: _Bench) -> bytes:
    return cbor([make.forge(declared=[DIGEST]).signed(), ["x"]])


def negative_vector(world: World) -> dict[str, Any]:
    """The vector, with what is needed to refuse them for the right reason."""
    return {
        "what": "envelopes that city.bob refuses; the directory is that of directory.json",
        "opened_at": NOW.isoformat(),
        "recipient_address": "city.bob",
        "recipient_keys": [
            {"suite": key.suite.value, "key_id": key.kid, "secret_key": key.secret.hex()}
            for key in world["bob"].decryption_keys
        ],
        "cases": [
            {
                "name": one.name, "check": one.check, "refusal": one.refusal, "returned": one.returned,
                "broker_account": one.user_id, "envelope": one.envelope.hex(),
            }
            for one in negative(world)
        ],
    }  # fmt: skip
