"""The published test vectors hold, with nothing but what is printed in them and the corpus' directory."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from exchange.audit import root_from_path, verify_receipt
from exchange.envelope import DecryptionKey, Identity, open_envelope, unpack_leaves
from exchange.envelope.sign1 import read_sign1, verify_sign1
from schemas import ReceiptProof, Suite
from tests.corpus.world import load_world
from tests.real_input import real

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "vectors"
WORLD = load_world()


def vector(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("suite", list(Suite))
def test_an_envelope_vector_opens_with_the_printed_key(suite: Suite) -> None:
    printed = vector(f"envelope-{suite.value}")
    at = datetime.fromisoformat(printed["opened_at"])
    key = DecryptionKey.restore(suite, bytes.fromhex(printed["recipient_secret_key"]), at, at)
    assert (key.kid, key.public.hex()) == (printed["recipient_key_id"], printed["recipient_public_key"])
    bob = Identity("city.bob", WORLD["bob"].signing_key, WORLD["bob"].certificate, (key,))

    opened = open_envelope(bytes.fromhex(printed["envelope"]), bob, WORLD.directory, at)

    assert opened.header_bytes.decode() == printed["header_json"]
    assert opened.signed.hex() == printed["signed_document"]
    assert hashlib.sha256(opened.signed).hexdigest() == opened.digest == printed["signed_document_sha256"]
    assert [enclosure.hex() for enclosure in opened.enclosures] == printed["enclosures"]
    labels = frozenset({"yizhan-header", "yizhan-enclosures"})
    message = read_sign1(opened.signed, 1_000_000, labels)
    assert message.payload.decode() == printed["body_json"]
    verify_sign1(message, Ed25519PublicKey.from_public_bytes(bytes.fromhex(printed["signer_public_key"])))


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
        assert verify_receipt(proof, WORLD.directory).receiver == "city.bob"


def test_the_signature_library_agrees_with_the_published_attack_vectors() -> None:
    from cryptography.exceptions import InvalidSignature

    groups = json.loads(next(real("vectors").glob("*ed25519*")).read_text())["testGroups"]
    checked = 0
    for group in groups:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(group["publicKey"]["pk"]))
        for test in group["tests"]:
            try:
                key.verify(bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"]))
                holds = True
            except InvalidSignature:
                holds = False
            assert holds == (test["result"] == "valid"), test["tcId"]
            checked += 1
    assert checked > 100
