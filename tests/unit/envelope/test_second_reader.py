"""The specification is enough: a reader written from its text opens what the exchange seals, and the vectors."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from exchange.envelope import envelope_for, seal
from exchange.schemas import Document, Header, Suite
from tests.corpus.forge import good_body, good_header
from tests.corpus.world import load_world
from tests.unit import second_reader

VECTORS = Path(__file__).resolve().parent.parent.parent.parent / "docs" / "vectors"
WORLD = load_world()
ALICE = WORLD["alice"].signing_key.public_key().public_bytes_raw()


def vector(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def secret(name: str, suite: Suite) -> bytes:
    return next(key.secret for key in WORLD[name].decryption_keys if key.suite is suite)


def fresh(suite: Suite) -> dict[str, bytes]:
    addressees = ("city.bob", "city.mallory")
    header = Header.model_validate_json(json.dumps(good_header(suite=suite.value, addressees=addressees)))
    recipients = [WORLD.directory.recipient(address, suite) for address in addressees]
    sealed = seal(header, Document.model_validate_json(good_body()), WORLD["alice"], recipients, [b"one", b""])
    return {address: envelope_for(sealed.common, sealed.recipients[address]) for address in addressees}


@pytest.mark.parametrize("suite", list(Suite))
def test_the_second_reader_opens_the_published_envelope(suite: Suite) -> None:
    printed = vector(f"envelope-{suite.value}")
    opened = second_reader.open_with(
        bytes.fromhex(printed["envelope"]),
        printed["recipient_address"],
        bytes.fromhex(printed["recipient_secret_key"]),
        bytes.fromhex(printed["signer_public_key"]),
    )
    assert opened.header.decode() == printed["header_json"]
    assert opened.payload.decode() == printed["body_json"]
    assert opened.signed.hex() == printed["signed_document"]
    assert [enclosure.hex() for enclosure in opened.enclosures] == printed["enclosures"]


@pytest.mark.parametrize("suite", list(Suite))
def test_the_second_reader_opens_every_addressees_copy_of_a_fresh_envelope(suite: Suite) -> None:
    for address, envelope in fresh(suite).items():
        opened = second_reader.open_with(envelope, address, secret(address.removeprefix("city."), suite), ALICE)
        assert json.loads(opened.header)["addressees"] == ["city.bob", "city.mallory"]
        assert opened.enclosures == [b"one", b""]
        assert opened.labels[3] == "application/vnd.yizhan.document+json; version=1"
        assert opened.labels[34] == [-16, WORLD["alice"].x5t]


def test_the_second_reader_verifies_the_directory_of_the_vector() -> None:
    printed = vector("directory")
    authority = x509.load_der_x509_certificate(bytes.fromhex(printed["authority_certificate_der"])).public_key()
    assert isinstance(authority, Ed25519PublicKey)
    payload, labels = second_reader.verify(bytes.fromhex(printed["directory"]), authority.public_bytes_raw())
    assert labels[3] == "application/vnd.yizhan.directory+json; version=1"
    members = json.loads(payload)["members"]
    assert [member["address"] for member in members] == [member["address"] for member in printed["members"]]
    for member, listed in zip(members, printed["members"], strict=True):
        for key in member["encryption_keys"]:
            public = base64.urlsafe_b64decode(key["public"])
            assert hashlib.sha256(public).hexdigest()[:16] == key["kid"] == listed["encryption_keys"][key["suite"]]


@pytest.mark.parametrize("suite", list(Suite))
def test_a_copy_opens_for_nobody_else(suite: Suite) -> None:
    with pytest.raises(InvalidTag):
        second_reader.open_with(fresh(suite)["city.bob"], "city.mallory", secret("bob", suite), ALICE)


def test_the_second_reader_proves_every_receipt_of_the_vector() -> None:
    printed = vector("receipts")
    payload, _ = second_reader.verify(
        bytes.fromhex(printed["signed_batch"]), bytes.fromhex(printed["signer_public_key"])
    )
    batch = json.loads(payload)
    assert second_reader.read(bytes.fromhex(printed["enclosure"])) == [
        one["json"].encode() for one in printed["receipts"]
    ]
    for one in printed["receipts"]:
        path = [bytes.fromhex(step) for step in one["path"]]
        found = second_reader.root(one["json"].encode(), one["index"], batch["size"], path)
        assert found.hex() == batch["root"] == printed["root"]


def test_the_second_reader_verifies_the_joint_document_of_the_vector_and_derives_its_date() -> None:
    printed = vector("joint")
    keys = {one["address"]: bytes.fromhex(one["public_key"]) for one in printed["signers"]}
    text, signed = second_reader.joint(bytes.fromhex(printed["cose_sign"]), keys)
    assert text == json.loads(printed["payload_json"])
    assert text["document"]["date"] is None
    stated = [(one["address"], datetime.fromisoformat(one["signed_at"]).timestamp()) for one in printed["signers"]]
    assert signed == stated
    last = datetime.fromtimestamp(max(when for _, when in signed), timezone(timedelta(hours=8)))
    assert last.date().isoformat() == printed["issued_on"]
