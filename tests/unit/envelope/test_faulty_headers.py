"""Whatever a proved signer has got wrong in its clear header is laid at its door, with the sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import cbor2
import pytest

from exchange.envelope import Faulty, prove_envelope
from exchange.errors import SenderError, Untrusted
from exchange.schemas import Suite
from tests.corpus.forge import Forge, good_header
from tests.corpus.world import NOW, load_world

WORLD = load_world()
HEADER = good_header(suite="x25519", in_reply_to=None)
ODD: tuple[Any, ...] = (None, 0, 1.5, [], {}, "", "Ünknown" * 40, [HEADER["addressees"]])


def written(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, separators=(",", ":")).encode()


def faults() -> Iterator[tuple[str, bytes]]:
    for name, value in HEADER.items():
        for odd in ODD:
            if odd != value:
                yield f"{name}: {odd!r}", written(HEADER | {name: odd})
        if name not in ("version", "in_reply_to", "urgency", "suite"):
            yield f"{name}: missing", written({one: said for one, said in HEADER.items() if one != name})
        pair = f'"{name}":{json.dumps(value)}'.encode()
        yield f"{name}: twice the same", written(HEADER).replace(b"{", b"{" + pair + b",", 1)
        yield f"{name}: twice another", written(HEADER).replace(b"{", b'{"' + name.encode() + b'":"b",', 1)
    yield "unknown member", written(HEADER | {"more": 1})
    yield "another version", written(HEADER | {"version": 2})
    yield "addressed twice", written(HEADER | {"addressees": ["city.bob", "city.bob"]})
    yield "addressed with another that is none", written(HEADER | {"addressees": ["city.bob", "Nobody!"]})
    yield "too many addressees", written(HEADER | {"addressees": ["city.bob", *(f"city.x{n}" for n in range(300))]})
    for at in ("2026-03-02t09:00:00+08:00", "2026-03-02T09:00:00", "0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z"):
        yield f"created at {at}", written(HEADER | {"created_at": at})
    yield "half a character", written(HEADER | {"conversation_id": "\ud800"})
    yield "a byte order mark", b"\xef\xbb\xbf" + written(HEADER)
    yield "no JSON", b"{"
    yield "a list", b"[]"
    yield "too long", written(HEADER) + b" " * 65_536


@pytest.mark.parametrize("header", [one for _, one in faults()], ids=[name for name, _ in faults()])
def test_whatever_is_wrong_with_a_header_its_proved_signer_is_told(header: bytes) -> None:
    forge = Forge(WORLD, suite=Suite.CLASSICAL, protected={"yizhan-header": header}, outer_header=header)
    found = prove_envelope(forge.envelope(), WORLD["bob"], WORLD.directory, NOW, "city.alice")
    assert isinstance(found, Faulty)
    assert found.header.sender == "city.alice"
    assert "city.bob" in found.header.addressees
    assert found.fault.diagnostics()
    assert found.header.kind == "document", "what the header does not say, its content type does"
    assert found.named == _usable(header)
    if found.named:
        assert found.header.message_id == HEADER["message_id"]


def _usable(header: bytes) -> bool:
    try:
        pairs = json.loads(header, object_pairs_hook=list)
    except ValueError:
        return False
    said = [value for name, value in pairs if name == "message_id"]
    return bool(said) and all(one == HEADER["message_id"] for one in said)


def test_of_a_faulty_header_what_it_says_of_its_time_still_decides_whether_the_signature_counts() -> None:
    after = written(HEADER | {"more": 1, "created_at": "2199-01-01T00:00:00Z"})
    forge = Forge(WORLD, suite=Suite.CLASSICAL, protected={"yizhan-header": after}, outer_header=after)
    with pytest.raises(Untrusted):
        prove_envelope(forge.envelope(), WORLD["bob"], WORLD.directory, None, "city.alice")


@pytest.mark.parametrize("brought_by", [None, "city.mallory"])
@pytest.mark.parametrize(
    "changed", [{"addressees": ["city.mallory", 1]}, {"addressees": "city.bob"}, {"sender": "city.mallory"}]
)
def test_what_does_not_say_that_it_is_its_signers_word_to_us_is_told_to_nobody_but_who_has_brought_it(
    changed: dict[str, Any], brought_by: str | None
) -> None:
    header = written(HEADER | {"more": 1} | changed)
    forge = Forge(WORLD, suite=Suite.CLASSICAL, protected={"yizhan-header": header}, outer_header=header)
    with pytest.raises(SenderError):
        prove_envelope(forge.envelope(), WORLD["bob"], WORLD.directory, NOW, brought_by)
    assert isinstance(prove_envelope(forge.envelope(), WORLD["bob"], WORLD.directory, NOW, "city.alice"), Faulty)


def test_a_header_in_another_encoding_than_ours_still_proves_its_signer() -> None:
    """A second implementation's first mistake: labels in another order than the deterministic one."""
    forge = Forge(WORLD, header=HEADER, suite=Suite.CLASSICAL)
    forge.plaintext = unsorted_labels(forge)
    found = prove_envelope(forge.envelope(), WORLD["bob"], WORLD.directory, NOW)
    assert isinstance(found, Faulty)
    assert "deterministic" in str(found.fault)
    assert found.named


def unsorted_labels(forge: Forge) -> bytes:
    protected, _, payload, _ = cbor2.loads(forge.signed()).value
    labels = cbor2.loads(protected)
    other = cbor2.dumps(dict(reversed(labels.items())))
    assert other != protected
    signature = WORLD["alice"].signing_key.sign(cbor2.dumps(["Signature1", other, b"", payload], canonical=True))
    signed = cbor2.dumps(cbor2.CBORTag(18, [other, {}, payload, signature]), canonical=True)
    return cbor2.dumps([signed, []], canonical=True)
