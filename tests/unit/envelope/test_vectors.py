"""The published test vectors hold, with nothing but what is printed in them."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from cbor2 import loads
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from exchange.audit import root_from_path, verify_receipt
from exchange.directory import DirectoryView, load_directory
from exchange.envelope import (
    DecryptionKey,
    Identity,
    open_envelope,
    read_cosigned,
    unpack_leaves,
    verify_countersignature,
)
from exchange.envelope.keys import KEMS
from exchange.envelope.sealing import content_aad
from exchange.envelope.sign1 import read_sign1, verify_sign1
from exchange.joint.rules import Joint, check_issue
from exchange.schemas import ReceiptProof, Suite

FOLDER = Path(__file__).resolve().parent.parent.parent.parent / "docs" / "vectors"


def vector(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


def directory() -> DirectoryView:
    printed = vector("directory")
    certificate = x509.load_der_x509_certificate(bytes.fromhex(printed["authority_certificate_der"]))
    at = datetime.fromisoformat(printed["read_at"])
    return load_directory(bytes.fromhex(printed["directory"]), certificate, at, printed["version"])


def test_the_directory_vector_lists_what_is_printed() -> None:
    printed, found = vector("directory"), directory()
    assert (found.domain, found.version) == (printed["domain"], printed["version"])
    assert [member.address for member in found.members] == [member["address"] for member in printed["members"]]
    for member in printed["members"]:
        for x5t in member["certificate_sha256"]:
            signer = found.signer(bytes.fromhex(x5t))
            assert signer.address == member["address"]
            assert (signer.revoked_at.isoformat() if signer.revoked_at else None) == member["revoked_at"]
        if member["revoked_at"] is None:
            for suite, kid in member["encryption_keys"].items():
                assert found.recipient(member["address"], Suite(suite)).kid == kid


@pytest.mark.parametrize("suite", list(Suite))
def test_an_envelope_vector_opens_with_the_printed_key(suite: Suite) -> None:
    printed = vector(f"envelope-{suite.value}")
    at = datetime.fromisoformat(printed["opened_at"])
    key = DecryptionKey.restore(suite, bytes.fromhex(printed["recipient_secret_key"]), at, at)
    assert (key.kid, key.public.hex()) == (printed["recipient_key_id"], printed["recipient_public_key"])
    bob = Identity("city.bob", Ed25519PrivateKey.generate(), b"", (key,))

    opened = open_envelope(bytes.fromhex(printed["envelope"]), bob, directory(), at)

    assert opened.header_bytes.decode() == printed["header_json"]
    assert opened.signed.hex() == printed["signed_document"]
    assert hashlib.sha256(opened.signed).hexdigest() == opened.digest == printed["signed_document_sha256"]
    assert [enclosure.hex() for enclosure in opened.enclosures] == printed["enclosures"]
    message = read_sign1(opened.signed, 1_000_000, ("yizhan-header", "yizhan-enclosures"))
    assert message.payload.decode() == printed["body_json"]
    assert content_aad(opened.header_bytes).hex() == printed["content_associated_data"]
    verify_sign1(message, Ed25519PublicKey.from_public_bytes(bytes.fromhex(printed["signer_public_key"])))


@pytest.mark.parametrize("suite", list(Suite))
def test_the_structures_on_the_way_are_those_that_are_covered(suite: Suite) -> None:
    printed = vector(f"envelope-{suite.value}")
    parts = loads(bytes.fromhex(printed["envelope"]), semantic_decoders={})[2].value
    _, ek, wrapped = parts[3][0]
    at = datetime.fromisoformat(printed["opened_at"])
    key = DecryptionKey.restore(suite, bytes.fromhex(printed["recipient_secret_key"]), at, at)
    info = bytes.fromhex(printed["recipient_info"])
    assert KEMS[suite].hpke.decrypt(ek[-4] + wrapped, key.private, info).hex() == printed["content_key"]
    signature = loads(bytes.fromhex(printed["signed_document"]), semantic_decoders={}).value[3]
    signer = Ed25519PublicKey.from_public_bytes(bytes.fromhex(printed["signer_public_key"]))
    signer.verify(signature, bytes.fromhex(printed["signature_covers"]))


def test_every_receipt_of_the_vector_is_proved_alone() -> None:
    printed = vector("receipts")
    leaves = unpack_leaves(bytes.fromhex(printed["enclosure"]))
    for one in printed["receipts"]:
        path = tuple(bytes.fromhex(step) for step in one["path"])
        leaf = one["json"].encode()
        assert leaf == leaves[one["index"]]
        assert root_from_path(leaf, one["index"], 5, path).hex() == printed["root"]
        proof = ReceiptProof(
            receipt=leaf, index=one["index"], size=5, path=path, signed=bytes.fromhex(printed["signed_batch"])
        )
        assert verify_receipt(proof, directory()).receiver == "city.bob"


def test_the_joint_document_of_the_vector_holds_and_so_does_every_signature_alone() -> None:
    printed = vector("joint")
    payload = printed["payload_json"].encode()
    found = read_cosigned(bytes.fromhex(printed["cose_sign"]), directory())
    assert (found.payload, hashlib.sha256(payload).hexdigest()) == (payload, printed["payload_sha256"])
    alone = [
        verify_countersignature(bytes.fromhex(one["cose_signature"]), payload, directory())
        for one in printed["signers"]
    ]
    assert list(found.signatures) == alone
    assert [(one.by, one.at.isoformat()) for one in alone] == [
        (one["address"], one["signed_at"]) for one in printed["signers"]
    ]
    check_issue(Joint(printed["payload_sha256"], found.text.signers), alone, date.fromisoformat(printed["issued_on"]))
    for one in printed["signers"]:
        _, _, signature = loads(bytes.fromhex(one["cose_signature"]))
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(one["public_key"]))
        key.verify(signature, bytes.fromhex(one["signature_covers"]))
