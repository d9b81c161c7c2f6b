"""What is signed is read by one reader, which refuses whatever two readers could take for two things."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from exchange.audit import prove_receipt, tree_root, verify_receipt
from exchange.directory.grants import Grant, Request, read_grant_paper
from exchange.directory.view import DirectoryView, load_directory, read_paper
from exchange.envelope import pack_leaves
from exchange.envelope.document import CRIT, ENCLOSURES, HEADER, parse_body, parse_header, sign_document, verify_signed
from exchange.envelope.sign1 import ALG, CONTENT_TYPE, X5T, parse_sign1, sign1
from exchange.envelope.strict import MAX_DEPTH, read_json, read_model
from exchange.errors import BadDirectory, Malformed, Unsupported
from exchange.messaging.receipts import read_receipt
from exchange.schemas import MESSAGES, Directory, Header, Opinion, Receipt, ReceiptBatch, ReceiptProof, Suite
from exchange.schemas.base import LARGEST_INTEGER
from exchange.schemas.directory import EncryptionKey
from tests.unit.facts import ID, opinion
from tests.unit.levels import NOW, YEAR, Level, family


def receipt(**fields: Any) -> str:
    facts = {
        "version": 1, "outcome": "accepted", "message_id": ID, "sender": "a.relay", "receiver": "a.planning",
        "digest": "0" * 64, "arrived_at": NOW.isoformat(), "signed_for_at": NOW.isoformat(),
    }  # fmt: skip
    return json.dumps(facts | fields)


FAULTS = {
    "a name twice": ('{"a": 1, "a": 2, ', "a field appears twice"),
    "a name twice, once escaped": ('{"a": 1, "\\u0061": 2, ', "a field appears twice"),
    "half a character in a text": ('{"reason": "\\ud800", ', "half a character"),
    "half a character in a name": ('{"\\udfff": 1, ', "half a character"),
    "NaN": ('{"x": NaN, ', "not an integer"),
    "Infinity": ('{"x": -Infinity, ', "not an integer"),
    "a fraction": ('{"x": 1.0, ', "not an integer"),
    "an exponent": ('{"x": 1e3, ', "not an integer"),
    "too large": ('{"x": 9007199254740992, ', "too large"),
    "far too large": ('{"x": ' + "9" * 5_000 + ", ", "too large"),
    "nested": ('{"x": ' + "[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2) + ", ", "too deep"),
    "nested without end": ('{"x": ' + "[" * 60_000 + ", ", "not JSON"),
    "a comment": ("{/**/", "not JSON"),
}


def seen(level: Level) -> DirectoryView:
    return load_directory(level.signed(), level.authority.certificate, NOW, 0)


def spoiled(text: str, before: str) -> bytes:
    return (before + text[1:]).encode()


@pytest.mark.parametrize("name", FAULTS)
def test_no_entry_takes_json_that_has_two_readings(name: str) -> None:
    before, why = FAULTS[name]
    level = family("a")["a"]
    entries: dict[str, Any] = {
        "body": lambda: parse_body(Opinion, spoiled(opinion().model_dump_json(), before)),
        "header": lambda: parse_header(spoiled(_header().model_dump_json(), before)),
        "leaf": lambda: read_receipt(spoiled(receipt(), before)),
        "proof": lambda: verify_receipt(_proof(level, spoiled(receipt(), before)), seen(level)),
        "directory": lambda: read_paper(_resigned(level, before)),
    }
    for entry, read in entries.items():
        with pytest.raises((Malformed, BadDirectory), match=why):
            read()
        assert entry


def test_a_leaf_that_says_returned_and_accepted_is_no_receipt() -> None:
    leaf = receipt(outcome="returned", reason_code="x", reason="y").replace(
        '"returned"', '"returned","outcome":"accepted"'
    )
    with pytest.raises(Malformed, match="appears twice"):
        read_receipt(leaf.encode())


@pytest.mark.parametrize("data", [b"\xff{}", "﻿{}".encode(), "{}".encode("utf-16"), b"", b"{}{}", b"{},"])
def test_bytes_that_are_not_one_json_value_in_utf8_are_refused(data: bytes) -> None:
    with pytest.raises(Malformed, match="not JSON"):
        read_json(data, "document")


def test_nobody_is_addressed_twice() -> None:
    text = _header().model_dump_json().replace('["a.planning"]', '["a.planning","a.planning"]')
    with pytest.raises(Malformed, match="an address appears twice"):
        parse_header(text.encode())


def test_what_may_be_left_out_of_a_header_may() -> None:
    fields = json.loads(_header().model_dump_json())
    for name in ("version", "in_reply_to", "urgency", "suite"):
        del fields[name]
    assert parse_header(json.dumps(fields).encode()) == _header()


LABELS = {
    "crit is missing": ({CRIT: None}, Malformed),
    "crit is empty": ({CRIT: []}, Malformed),
    "crit lists one of two": ({CRIT: [HEADER]}, Malformed),
    "crit lists one twice": ({CRIT: [HEADER, ENCLOSURES, HEADER]}, Malformed),
    "crit in another order": ({CRIT: [ENCLOSURES, HEADER]}, Malformed),
    "crit lists a common label": ({CRIT: [HEADER, ENCLOSURES, ALG]}, Malformed),
    "crit lists what is unknown": ({CRIT: [HEADER, ENCLOSURES, "more"]}, Unsupported),
    "crit is a number": ({CRIT: 7}, Malformed),
    "crit lists a list": ({CRIT: [[HEADER]]}, Unsupported),
    "another label": ({99: 1}, Unsupported),
    "a leading zero in the version": ({CONTENT_TYPE: "application/vnd.yizhan.opinion+json; version=01"}, Unsupported),
    "no blank before the version": ({CONTENT_TYPE: "application/vnd.yizhan.opinion+json;version=1"}, Unsupported),
    "upper case": ({CONTENT_TYPE: "application/vnd.yizhan.Opinion+json; version=1"}, Unsupported),
    "more behind it": ({CONTENT_TYPE: "application/vnd.yizhan.opinion+json; version=1\n"}, Unsupported),
    "digits of another script": ({CONTENT_TYPE: "application/vnd.yizhan.opinion+json; version=١"}, Unsupported),
    "a list for a content type": ({CONTENT_TYPE: ["x"]}, Unsupported),
    "a map for a content type": ({CONTENT_TYPE: {1: 2}}, Unsupported),
}


@pytest.mark.parametrize("name", LABELS)
def test_a_signature_header_is_exactly_as_its_format_says(name: str) -> None:
    change, error = LABELS[name]
    level = family("a")["a"]
    identity = level.department
    header_bytes = _header(sender="a.planning").model_dump_json().encode()
    good = sign_document(header_bytes, opinion(), identity, [])
    assert verify_signed(good, seen(level)).body == opinion()
    header = {**parse_sign1(good, 1 << 20).header, **change}
    header = {label: value for label, value in header.items() if value is not None}
    with pytest.raises(error):
        verify_signed(sign1(opinion().model_dump_json().encode(), header, identity.signing_key), seen(level))


@pytest.mark.parametrize(
    "change", [{CRIT: [ALG]}, {CRIT: []}, {99: 1}, {CONTENT_TYPE: []}, {CONTENT_TYPE: {}}, {X5T: 1}]
)
def test_directories_and_grants_have_exactly_their_labels(change: dict[Any, Any]) -> None:
    level = family("a")["a"]
    message = parse_sign1(level.signed(), 1 << 26)
    header = {**message.header, **change}
    signed = sign1(message.payload, header, level.authority.key)
    for read in (read_paper, lambda data: read_grant_paper(data, Grant), lambda data: read_grant_paper(data, Request)):
        with pytest.raises(BadDirectory):
            read(signed)


def test_every_integer_of_every_schema_has_bounds_that_every_reader_can_hold() -> None:
    unbounded = {
        (model.__name__, place)
        for model in (*MESSAGES.values(), Directory, Header, Receipt, ReceiptBatch)
        for place, schema in _integers(model.model_json_schema(), "")
        if schema.get("maximum", LARGEST_INTEGER + 1) > LARGEST_INTEGER or "minimum" not in schema
    }
    assert unbounded == set()


def _integers(schema: Any, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        if schema.get("type") == "integer":
            yield place, schema
        for name, inside in schema.items():
            yield from _integers(inside, f"{place}/{name}")
    elif isinstance(schema, list):
        for inside in schema:
            yield from _integers(inside, place)


def _header(sender: str = "a.relay") -> Header:
    return Header(
        message_id=ID, conversation_id=ID, kind="opinion", sender=sender, addressees=("a.planning",), created_at=NOW
    )


def _proof(level: Level, leaf: bytes) -> ReceiptProof:
    batch = ReceiptBatch(root=tree_root([leaf]).hex(), size=1, receiver="a.planning", sender="a.relay", at=NOW)
    head = Header(
        message_id=ID, conversation_id=ID, kind="receipt", sender="a.planning", addressees=("a.relay",), created_at=NOW
    )
    signed = sign_document(
        head.model_dump_json().encode(), batch, level.department, [pack_leaves([leaf])]
    )  # fmt: skip
    return prove_receipt(signed, [leaf], 0)


def _resigned(level: Level, before: str) -> bytes:
    message = parse_sign1(level.signed(), 1 << 26)
    return sign1(spoiled(message.payload.decode(), before), message.header, level.authority.key)


@pytest.mark.parametrize("name", ["a\n  \u2192 remedy: all is well", "\x1b[2J\x00", "\u202eeno on", "\u2028next"])
def test_a_strangers_names_stand_in_a_sentence_without_ending_it(name: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse_header(json.dumps({f"0{name}": 1}).encode())
    assert str(caught.value).isprintable()
    assert "Extra inputs are not permitted" in str(caught.value)


def padless(text: str) -> str:
    return text.rstrip("=")


def standard(text: str) -> str:
    return text.replace("-", "+").replace("_", "/")


def loose(text: str) -> str:
    """Another last character for the same octets, since not all of its bits count."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = padless(text)[-1]
    return padless(text)[:-1] + alphabet[alphabet.index(last) ^ 1] + "=" * (len(text) - len(padless(text)))


@pytest.mark.parametrize("another", [padless, standard, loose, lambda text: text + "=", lambda text: text + "\n"])
def test_bytes_have_one_form(another: Callable[[str], str]) -> None:
    written = urlsafe_b64encode(b"\xfb\xff" * 16).decode()
    key = EncryptionKey(
        kid="0" * 16, suite=Suite.CLASSICAL, public=b"\xfb\xff" * 16, not_before=NOW, not_after=NOW + YEAR
    )
    signed = key.model_dump_json()
    assert read_model(EncryptionKey, signed.replace(",", ", ").encode(), "directory") == key
    assert written in signed
    with pytest.raises(Malformed):
        read_model(EncryptionKey, signed.replace(written, another(written)).encode(), "directory")
