"""Writes docs/vectors: everything a second implementation needs to open an envelope and check receipt and directory.

python -m tests.corpus.vectors
"""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from cbor2 import loads

from exchange.audit import inclusion_path, tree_root
from exchange.envelope import countersign, join, open_envelope, pack_leaves, sign_document
from exchange.envelope.cosign import BODY_PROTECTED
from exchange.envelope.keys import KEMS
from exchange.envelope.sealing import content_aad, key_info
from exchange.schemas import (
    ArrivalBasis,
    Document,
    Header,
    JointDraft,
    Receipt,
    ReceiptArrival,
    ReceiptBatch,
    ReceiptOutcome,
    Suite,
)
from tests.corpus.body_vectors import bodies_vector
from tests.corpus.calendar_vectors import calendars_vector
from tests.corpus.case_vectors import claims_vector, deemed_vector
from tests.corpus.evidence_vectors import write_evidence
from tests.corpus.forge import IDS, Forge, cbor, good_body, good_header
from tests.corpus.log_vectors import domain_of_log, log_vector
from tests.corpus.negative import negative_vector
from tests.corpus.negative_sections import sections_vector
from tests.corpus.paper_vectors import papers_vector
from tests.corpus.recovery_vectors import recovery_vector
from tests.corpus.statement_vectors import heads_vector, substitutions_vector
from tests.corpus.tree_vectors import directories_vector, forwarding_vector, freshness_vector, tree_vector
from tests.corpus.witness_vectors import witness_vector
from tests.corpus.world import FOLDER as WORLD_FOLDER
from tests.corpus.world import NOW, World, load_world

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "vectors"


def envelope_vector(world: World, suite: Suite) -> dict[str, Any]:
    """One envelope with the keys that open it and what is found inside."""
    forge = Forge(world, header=good_header(suite=suite.value), suite=suite, enclosures=["附件一".encode()])
    data = forge.envelope()
    opened = open_envelope(data, world["bob"], world.directory, NOW)
    key = next(key for key in world["bob"].decryption_keys if key.suite is suite)
    return {
        "what": f"an envelope of suite {suite.value}, from city.alice to city.bob",
        "suite": suite.value,
        "cose_algorithm": KEMS[suite].alg,
        "opened_at": NOW.isoformat(),
        "recipient_address": "city.bob",
        "recipient_key_id": key.kid,
        "recipient_secret_key": key.secret.hex(),
        "recipient_public_key": key.public.hex(),
        "signer_certificate_der": world["alice"].certificate.hex(),
        "signer_public_key": world["alice"].signing_key.public_key().public_bytes_raw().hex(),
        "envelope": data.hex(),
        "header_json": opened.header_bytes.decode(),
        "content_associated_data": content_aad(opened.header_bytes).hex(),
        "recipient_info": key_info("city.bob", sha256(opened.header_bytes).digest(), forge.recipient()[0]).hex(),
        "content_key": forge.key.hex(),
        "signature_covers": to_be_signed(opened.signed).hex(),
        "signed_document": opened.signed.hex(),
        "signed_document_sha256": opened.digest,
        "body_json": forge.payload.decode(),
        "enclosures": [enclosure.hex() for enclosure in opened.enclosures],
    }


def to_be_signed(signed: bytes) -> bytes:
    """The bytes that a signature covers."""
    protected, _, payload, _ = loads(signed, semantic_decoders={}).value
    return cbor(["Signature1", protected, b"", payload])


def joint_vector(world: World) -> dict[str, Any]:
    """A joint document of three bodies, the last of which signed on the day after."""
    names = ("alice", "bob", "mallory")
    times = (NOW, NOW + timedelta(hours=20), NOW + timedelta(hours=3))
    payload = joint_text().model_dump_json().encode()
    signatures = [countersign(payload, world[name], at) for name, at in zip(names, times, strict=True)]
    return {
        "what": "a joint document of city.alice, city.bob and city.mallory for city.erin",
        "payload_json": payload.decode(),
        "payload_sha256": sha256(payload).hexdigest(),
        "body_protected": BODY_PROTECTED.hex(),
        "signers": [
            {
                "address": f"city.{name}",
                "certificate_der": world[name].certificate.hex(),
                "public_key": world[name].signing_key.public_key().public_bytes_raw().hex(),
                "signed_at": at.isoformat(),
                "signature_covers": cbor(["Signature", BODY_PROTECTED, loads(one)[0], b"", payload]).hex(),
                "cose_signature": one.hex(),
            }
            for name, at, one in zip(names, times, signatures, strict=True)
        ],
        "cose_sign": join(payload, signatures).hex(),
        "issued_on": "2026-03-03",
    }


def joint_text() -> JointDraft:
    """What the three sign."""
    document = Document.model_validate_json(good_body(date=None))
    signers = ("city.alice", "city.bob", "city.mallory")
    return JointDraft(joint_id=IDS[0], document=document, signers=signers, addressees=("city.erin",))


def directory_vector(world: World) -> dict[str, Any]:
    """The signed directory that envelopes and receipts are verified with."""
    return {
        "what": "the directory of the domain city: carol is revoked, dave's certificate is over",
        "read_at": NOW.isoformat(),
        "authority_certificate_der": (WORLD_FOLDER / "authority" / "authority.der").read_bytes().hex(),
        "directory": (WORLD_FOLDER / "directory.cose").read_bytes().hex(),
        "domain": world.directory.domain,
        "version": world.directory.version,
        "members": [
            {
                "address": member.address,
                "certificate_sha256": [sha256(one).hexdigest() for one in member.certificates],
                "encryption_keys": {key.suite.value: key.kid for key in member.encryption_keys},
                "revoked_at": member.revoked_at.isoformat() if member.revoked_at else None,
            }
            for member in world.directory.members
        ],
    }


def receipts_vector(world: World) -> dict[str, Any]:
    """A batch of five receipts with every inclusion path."""
    leaves = [receipt(number).model_dump_json().encode() for number in range(5)]
    batch = ReceiptBatch(root=tree_root(leaves).hex(), size=5, receiver="city.bob", sender="city.alice", at=NOW)
    header = Header(
        message_id=IDS[1], conversation_id=IDS[1], kind="receipt", sender="city.bob",
        addressees=("city.alice",), created_at=NOW,
    )  # fmt: skip
    enclosure = pack_leaves(leaves)
    signed = sign_document(header.model_dump_json().encode(), batch, world["bob"], [enclosure])
    return {
        "what": "five receipts of city.bob for messages of city.alice under one signature",
        "signer_certificate_der": world["bob"].certificate.hex(),
        "signer_public_key": world["bob"].signing_key.public_key().public_bytes_raw().hex(),
        "signed_batch": signed.hex(),
        "enclosure": enclosure.hex(),
        "root": batch.root,
        "receipts": [
            {"json": leaf.decode(), "index": index, "path": [step.hex() for step in inclusion_path(leaves, index)]}
            for index, leaf in enumerate(leaves)
        ],
    }


ARRIVALS = (
    None,
    ReceiptArrival(basis=ArrivalBasis.BROKER_STAMP),
    ReceiptArrival(basis=ArrivalBasis.BROKER_STAMP, earlier_copy=True, stamped_at=NOW + timedelta(seconds=1)),
    ReceiptArrival(basis=ArrivalBasis.OWN_CLOCK, not_before=NOW - timedelta(hours=2)),
    ReceiptArrival(basis=ArrivalBasis.OWN_CLOCK, stamped_at=NOW + timedelta(seconds=4)),
)
"""How the arrivals of the batch's receipts are known."""


def receipt(number: int) -> Receipt:
    """One receipt of the batch; the first is as earlier releases wrote them, the last one returns its document."""
    returned, arrival = number == 4, ARRIVALS[number]
    return Receipt(
        version=1 if arrival is None else 2,
        outcome=ReceiptOutcome.RETURNED if returned else ReceiptOutcome.ACCEPTED,
        message_id=f"00000000-0000-4000-8000-00000000000{number}",
        sender="city.alice",
        receiver="city.bob",
        digest=f"{number:064x}",
        arrived_at=NOW,
        arrival=arrival,
        signed_for_at=NOW + timedelta(seconds=number),
        reason_code="secret" if returned else None,
        reason="classified documents do not travel here" if returned else "",
    )


def write() -> None:
    """Writes all vectors."""
    world = load_world()
    FOLDER.mkdir(parents=True, exist_ok=True)
    vectors = {f"envelope-{suite.value}": envelope_vector(world, suite) for suite in Suite}
    vectors |= {"receipts": receipts_vector(world), "directory": directory_vector(world), "joint": joint_vector(world)}
    vectors |= {"negative": negative_vector(world), "bodies": bodies_vector(world), "claims": claims_vector()}
    vectors |= {"directories": directories_vector(), "tree": tree_vector(), "freshness": freshness_vector()}
    vectors["negative-sections"] = sections_vector(world, joint_text())
    vectors |= {"forwarding": forwarding_vector(), "deemed": deemed_vector()}
    vectors |= {"papers": papers_vector(), "audit-heads": heads_vector()}
    vectors |= {"calendars": calendars_vector(), "substitutions": substitutions_vector()}
    vectors["recovery"] = recovery_vector()
    of_log = domain_of_log()
    vectors["log"] = log_vector(of_log) | witness_vector(of_log)
    for name, vector in vectors.items():
        text = json.dumps(vector, ensure_ascii=False, indent=1) + "\n"
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")
    write_evidence(FOLDER / "evidence")


if __name__ == "__main__":
    write()
