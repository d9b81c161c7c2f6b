"""What must be refused of receipts, joint documents and directories, for docs/vectors; refusals are written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from cbor2 import CBORTag, loads

from exchange.audit import prove_receipt, tree_root
from exchange.envelope import countersign, join, pack_leaves
from exchange.envelope.cosign import BODY_PROTECTED
from exchange.schemas import Directory, JointDraft, Receipt, ReceiptBatch, ReceiptOutcome, ReceiptProof
from tests.corpus.forge import IDS, cbor, flipped
from tests.corpus.kin import Kin, message
from tests.corpus.tree_vectors import alone, in_version
from tests.corpus.world import NOW, World
from tests.unit.examples import DOCUMENT

Proofs = Iterator[tuple[str, str, ReceiptProof]]
Joints = Iterator[tuple[str, str, bytes]]


def _batch(world: World, *leaves: bytes, by: str = "bob", **changes: Any) -> ReceiptProof:
    """The first of these receipts, in a batch that is signed."""
    said = {"root": tree_root(leaves).hex(), "size": len(leaves), "receiver": "city.bob", "sender": "city.alice"}
    batch = ReceiptBatch(**{**said, "at": NOW, **changes})
    signed = message(batch, world[by], ("city.alice",), IDS[1], enclosures=(pack_leaves(leaves),))
    return prove_receipt(signed, leaves, 0)


def _leaf(**changes: Any) -> bytes:
    facts: dict[str, Any] = {
        "outcome": ReceiptOutcome.ACCEPTED, "message_id": IDS[0], "sender": "city.alice", "receiver": "city.bob",
        "digest": "0" * 64, "arrived_at": NOW, "signed_for_at": NOW,
    }  # fmt: skip
    return Receipt(**facts | changes).model_dump_json().encode()


def receipts(world: World) -> Proofs:
    """Single receipts with a path and a batch, one thing of which is wrong."""
    good = _batch(world, _leaf(), _leaf(digest="1" * 64))
    document = message(DOCUMENT, world["bob"], ("city.alice",), IDS[1])
    yield "what was signed is a document", "malformed", good.model_copy(update={"signed": document})
    yield "another size than was signed", "forged", good.model_copy(update={"size": 3})
    yield "a step of the path missing", "forged", good.model_copy(update={"path": ()})
    yield "a step of the path too many", "forged", good.model_copy(update={"path": good.path * 2})
    yield "another index", "forged", good.model_copy(update={"index": 1})
    yield "a leaf altered", "forged", good.model_copy(update={"receipt": _leaf(digest="2" * 64)})
    yield (
        "the last byte of the batch missing",
        "malformed",
        good.model_copy(update={"signed": good.signed[:-1]}),
    )
    yield "the last bit of the signature flipped", "forged", good.model_copy(update={"signed": flipped(good.signed)})
    twice = _leaf().replace(b'"outcome":"accepted"', b'"outcome":"returned","outcome":"accepted"')
    yield "a leaf that says its outcome twice", "malformed", _batch(world, twice)
    told = b'"arrival":{"basis":"broker-stamp"},"signed_for_at"'
    known = _leaf().replace(b'"signed_for_at"', told)
    yield "a leaf of version 1 that says how its arrival is known", "malformed", _batch(world, known)
    second = _leaf().replace(b'"version":1', b'"version":2')
    yield "a leaf of version 2 that does not", "malformed", _batch(world, second)
    other = known.replace(b'"version":1', b'"version":2').replace(b"broker-stamp", b"hearsay")
    yield "a leaf that knows its arrival otherwise", "malformed", _batch(world, other)
    yield "a leaf of the year 9999", "malformed", _batch(world, _leaf().replace(b"2026-", b"9999-"))
    reasoned = _leaf().replace(b'"reason":""', b'"reason":"x"').replace(b'"reason_code":null', b'"reason_code":"path"')
    yield "a leaf that accepts for a reason", "malformed", _batch(world, reasoned)
    yield "a receipt of another receiver", "forged", _batch(world, _leaf(receiver="city.erin"))
    yield "a batch of another receiver", "forged", _batch(world, _leaf(), receiver="city.erin")
    yield "a batch signed by another member", "forged", _batch(world, _leaf(), by="mallory")
    yield "a receipt for another's message", "forged", _batch(world, _leaf(sender="city.erin"))


def joints(world: World, text: JointDraft) -> Joints:
    """COSE_Sign messages, one thing of which is wrong; each has one signature, but where the name says otherwise."""
    payload = text.model_dump_json().encode()
    good = countersign(payload, world["alice"], NOW)
    protected, _, signature = loads(good)

    def cosign(*signatures: Any, body: bytes = BODY_PROTECTED, data: bytes = payload) -> bytes:
        return cbor(CBORTag(98, [body, {}, data, list(signatures)]))

    def relabelled(**labels: Any) -> list[Any]:
        """Signed anew with other labels: None takes one out."""
        names = {"alg": 1, "crit": 2, "kid": 4, "claims": 15, "x5t": 34}
        held = dict(loads(protected)) | {names.get(name, name): value for name, value in labels.items()}
        own = cbor({label: value for label, value in held.items() if value is not None})
        covered = cbor(["Signature", BODY_PROTECTED, own, b"", payload])
        return [own, {}, world["alice"].signing_key.sign(covered)]

    yield "a COSE_Sign1", "malformed", cbor(CBORTag(18, [b"", {}, payload, b""]))
    yield "no signature", "malformed", cosign()
    yield "another content type, and no signature", "unsupported", cosign(body=cbor({3: "text/plain"}))
    yield "a signature of two parts", "malformed", cosign([protected, signature])
    yield "ES256", "unsupported", cosign(relabelled(alg=-7))
    yield "an unknown label", "unsupported", cosign(relabelled(x=1))
    yield "no crit", "malformed", cosign(relabelled(crit=None))
    yield "no address", "malformed", cosign(relabelled(kid=None))
    yield "a time with a fraction", "malformed", cosign(relabelled(claims={6: b"1772413200"}))
    yield "a time and a name", "malformed", cosign(relabelled(claims={6: 1_772_413_200, 1: "x"}))
    old = int(datetime(1999, 12, 31, tzinfo=UTC).timestamp())
    yield "a time of 1999", "malformed", cosign(relabelled(claims={6: old}))
    yield "a certificate of nobody", "untrusted", cosign(relabelled(x5t=[-16, bytes(32)]))
    yield "a bit of the signature flipped", "forged", cosign([protected, {}, flipped(signature)])
    yield "of another text", "forged", cosign([protected, {}, signature], data=payload + b" ")
    yield "in another's name", "forged", cosign(relabelled(kid=b"city.bob"))
    yield "by one who was revoked before", "untrusted", cosign(loads(countersign(payload, world["carol"], NOW)))
    late = NOW + timedelta(minutes=11)
    yield "eleven minutes in our future", "clock", cosign(loads(countersign(payload, world["alice"], late)))
    dated = text.model_copy(update={"document": DOCUMENT}).model_dump_json().encode()
    yield "a text with a date", "malformed", join(dated, [countersign(dated, world["alice"], NOW)])


def directories(of: Kin) -> Iterator[tuple[str, bytes]]:
    """Directories of one domain that nobody takes who trusts its authority."""
    good = of.directory()
    signed = of.signed()
    member = in_version(of, 3)
    yield "the last bit the other way round", flipped(signed)
    yield f"schema version {Directory.VERSION + 1}", in_version(of, Directory.VERSION + 1)
    yield "that has ended", in_version(of, 3, expires_at=(NOW - timedelta(hours=1)).isoformat())
    yield "of no version", in_version(of, 3, version=0)
    yield "a field that is not known", in_version(of, 3, more=1)
    first = good.members[0]
    renamed = first.model_copy(update={"address": f"{of.domain}.someone"})
    for name, members in (
        ("a member twice", (first, first)),
        ("a certificate of another member", (renamed,)),
        (
            "a certificate of another authority",
            (Kin(of.domain, {"office": first.roles[0]}, name="x").directory().members[0],),
        ),
        ("a certificate cut short", (first.model_copy(update={"certificates": (first.certificates[0][:-1],)}),)),
        ("a member of another domain", (first.model_copy(update={"address": "elsewhere.office"}),)),
    ):
        changed = good.model_construct(**{**dict(good), "members": members})
        yield name, of.sign(changed)
    yield "a single receipt's bytes", member[1:]


def sections_vector(world: World, text: JointDraft) -> dict[str, Any]:
    """The vector."""
    domain = alone()
    return {
        "what": "receipts and joint documents that are refused by the directory of directory.json, and directories",
        "read_at": NOW.isoformat(),
        "receipts": [
            {"name": name, "refusal": refusal, "proof": proof.model_dump(mode="json")}
            for name, refusal, proof in receipts(world)
        ],
        "joint": [
            {"name": name, "refusal": refusal, "cose_sign": data.hex()} for name, refusal, data in joints(world, text)
        ],
        "authority_certificate_der": domain.certificate.hex(),
        "directories": [{"name": name, "directory": data.hex()} for name, data in directories(domain)],
    }
