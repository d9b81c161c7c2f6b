"""Receipts: one signature over many, each proved alone, none for what was not signed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest

from exchange.audit import ReceiptTree, inclusion_path, prove_receipt, tree_root, verify_receipt
from exchange.envelope import sign_document
from exchange.errors import Forged, Malformed, SenderError, Untrusted
from exchange.schemas import Body, Document, Header, Receipt, ReceiptBatch, ReceiptOutcome, ReceiptProof
from tests.corpus.forge import IDS, good_body
from tests.corpus.world import NOW, load_world

WORLD = load_world()
DIRECTORY = WORLD.directory


def receipt(number: int = 0, **changes: object) -> Receipt:
    """Bob's receipt for one of Alice's messages."""
    fields: dict[str, object] = {
        "outcome": ReceiptOutcome.ACCEPTED,
        "message_id": f"00000000-0000-4000-8000-{number:012d}",
        "sender": "city.alice",
        "receiver": "city.bob",
        "digest": "0" * 64,
        "arrived_at": NOW,
        "signed_for_at": NOW,
    }
    return Receipt.model_validate({**fields, **changes})


def leaves_of(*receipts: Receipt) -> list[bytes]:
    return [one.model_dump_json().encode() for one in receipts]


def batch_of(leaves: Sequence[bytes], **changes: object) -> ReceiptBatch:
    batch = ReceiptBatch(
        root=tree_root(leaves).hex(), size=len(leaves), receiver="city.bob", sender="city.alice", at=NOW
    )
    return batch.model_copy(update=changes)


def signed_by(name: str, body: Body, addressee: str = "city.alice") -> bytes:
    header = Header(
        message_id=IDS[0], conversation_id=IDS[0], kind=body.KIND, sender=f"city.{name}",
        addressees=(addressee,), created_at=NOW,
    )  # fmt: skip
    return sign_document(header.model_dump_json().encode(), body, WORLD[name], [])


LEAVES = leaves_of(*(receipt(number) for number in range(7)))
SIGNED = signed_by("bob", batch_of(LEAVES))


@pytest.mark.parametrize("index", range(7))
def test_every_receipt_of_a_batch_is_proved_alone(index: int) -> None:
    proof = prove_receipt(SIGNED, LEAVES, index)
    assert verify_receipt(proof, DIRECTORY) == receipt(index)
    assert len(proof.path) <= 3


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_receipts_that_are_cut_one_after_another_are_as_each_alone(size: int) -> None:
    leaves = LEAVES[:size]
    tree = ReceiptTree(SIGNED, leaves)
    again = [tree.prove(index) for index in (*range(size), *reversed(range(size)))]
    assert [proof.path for proof in again[:size]] == [inclusion_path(leaves, index) for index in range(size)]
    assert again[size:] == list(reversed(again[:size]))
    with pytest.raises(ValueError, match="no such leaf"):
        tree.prove(size)


def test_a_batch_of_one_needs_no_path() -> None:
    leaves = LEAVES[:1]
    proof = prove_receipt(signed_by("bob", batch_of(leaves)), leaves, 0)
    assert proof.path == ()
    assert verify_receipt(proof, DIRECTORY) == receipt(0)


@pytest.mark.parametrize(
    "changes",
    [
        {"index": 4},
        {"index": 7},
        {"size": 6},
        {"size": 8},
        {"path": ()},
        {"path": (b"\x00" * 32,) * 3},
        {"path": (b"\x00" * 32,) * 10},
        {"receipt": LEAVES[4]},
        {"receipt": LEAVES[3] + b" "},
        {"receipt": b""},
    ],
    ids=lambda changes: f"another-{next(iter(changes))}-{str(*changes.values())[:12]}",
)
def test_a_proof_with_any_part_exchanged_is_forged(changes: dict[str, object]) -> None:
    proof = prove_receipt(SIGNED, LEAVES, 3).model_copy(update=changes)
    with pytest.raises(Forged):
        verify_receipt(proof, DIRECTORY)


def test_an_inner_node_of_the_tree_does_not_pass_for_a_receipt() -> None:
    hashes = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in LEAVES[:2]]
    node = b"".join(hashes)
    leaves = LEAVES[:4]
    proof = ReceiptProof(
        receipt=node, index=0, size=4, path=inclusion_path(leaves, 0)[1:], signed=signed_by("bob", batch_of(leaves))
    )
    with pytest.raises(Forged):
        verify_receipt(proof, DIRECTORY)
    with pytest.raises(Forged):
        verify_receipt(proof.model_copy(update={"size": 2}), DIRECTORY)


def test_nobody_signs_for_somebody_else() -> None:
    leaves = LEAVES[:1]
    for signed in (
        signed_by("mallory", batch_of(leaves)),
        signed_by("mallory", batch_of(leaves, receiver="city.mallory")),
        signed_by("bob", batch_of(leaves, receiver="city.mallory")),
    ):
        with pytest.raises(Forged, match="somebody else than its signer"):
            verify_receipt(prove_receipt(signed, leaves, 0), DIRECTORY)


def test_a_receipt_is_for_the_addressee_of_its_batch_only() -> None:
    leaves = leaves_of(receipt(sender="city.mallory"))
    for signed in (
        signed_by("bob", batch_of(leaves)),
        signed_by("bob", batch_of(leaves, sender="city.mallory")),
    ):
        with pytest.raises(Forged, match="somebody else's message"):
            verify_receipt(prove_receipt(signed, leaves, 0), DIRECTORY)


def test_another_signed_document_is_no_batch_of_receipts() -> None:
    signed = signed_by("bob", Document.model_validate_json(good_body()))
    with pytest.raises(Malformed, match="not a batch"):
        verify_receipt(prove_receipt(signed, LEAVES[:1], 0), DIRECTORY)


def test_a_leaf_outside_its_schema_is_malformed_even_if_it_was_signed() -> None:
    leaves = [LEAVES[0].replace(b'"version":1', b'"version":2')]
    with pytest.raises(Malformed, match="schema"):
        verify_receipt(prove_receipt(signed_by("bob", batch_of(leaves)), leaves, 0), DIRECTORY)


def test_a_stranger_proves_nothing() -> None:
    header = Header(
        message_id=IDS[0], conversation_id=IDS[0], kind="receipt", sender="city.alice",
        addressees=("city.bob",), created_at=NOW,
    )  # fmt: skip
    signed = sign_document(header.model_dump_json().encode(), batch_of(LEAVES), WORLD["stranger"], [])
    with pytest.raises(Untrusted):
        verify_receipt(prove_receipt(signed, LEAVES, 0), DIRECTORY)


@pytest.mark.parametrize("at", range(0, len(SIGNED), 37))
def test_a_flipped_bit_in_the_signed_batch_is_refused(at: int) -> None:
    damaged = bytearray(SIGNED)
    damaged[at] ^= 1
    proof = prove_receipt(bytes(damaged), LEAVES, 2)
    with pytest.raises(SenderError):
        verify_receipt(proof, DIRECTORY)
