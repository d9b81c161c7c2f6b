"""A deemed consent with all that proves it, and large attachments with their chunks."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from exchange.approval.rules.deadline import project
from exchange.approval.rules.derived_ids import reminder_id
from exchange.audit import prove_receipt, tree_root
from exchange.envelope import pack_leaves
from exchange.envelope.chunks import ChunkStream
from exchange.schemas import (
    ClaimCheck,
    DeadlineState,
    DeemedConsent,
    Receipt,
    ReceiptBatch,
    ReceiptOutcome,
    ReceiptProof,
    Reminder,
    ReminderProof,
    Role,
    SentReminder,
)
from tests.corpus.kin import Kin, message
from tests.unit.examples import EXAMPLES
from tests.unit.facts import CALENDAR, ID, OTHER_ID, at, deadline, start

THIRD_ID = "33333333-3333-4333-8333-333333333333"
FOURTH_ID = "44444444-4444-4444-8444-444444444444"


def city() -> Kin:
    """A window, a department and a monitor."""
    return Kin("c", {"window": Role.WINDOW, "transport": Role.DEPARTMENT, "monitor": Role.MONITOR})


def receipt_of(town: Kin, signed: bytes, message_id: str, sender: str, moment: datetime, own_id: str) -> ReceiptProof:
    """The department's receipt for what was signed, in a batch of its own."""
    one = Receipt(
        outcome=ReceiptOutcome.ACCEPTED, message_id=message_id, sender=sender, receiver="c.transport",
        digest=hashlib.sha256(signed).hexdigest(), arrived_at=moment, signed_for_at=moment,
    )  # fmt: skip
    leaves = [one.model_dump_json().encode()]
    batch = ReceiptBatch(root=tree_root(leaves).hex(), size=1, receiver="c.transport", sender=sender, at=moment)
    by = town["transport"]
    return prove_receipt(message(batch, by, (sender,), own_id, moment, enclosures=(pack_leaves(leaves),)), leaves, 0)


def deemed_vector() -> dict[str, Any]:
    """A department that signed for a request on Monday, was reminded on Thursday and never answered."""
    town = city()
    asked = message(EXAMPLES["consultation"], town["window"], ("c.transport",), ID, at("03-02"))  # type: ignore[arg-type]
    state = deadline(start("03-02"), evidence=receipt_of(town, asked, ID, "c.window", at("03-02"), OTHER_ID))
    term = project(state, CALENDAR)
    assert term.due_at is not None
    assert term.started_at is not None
    reminded = reminder_id(state.case_number, state.department, 50, term.started_at, term.due_at)
    words = Reminder(
        case_number=state.case_number, department=state.department, consultation_id=ID, stage=50,
        due_at=term.due_at, default=state.default, began_at=term.started_at,
    )  # fmt: skip
    moment = at("03-06", "18:00")
    signed = message(words, town["monitor"], ("c.transport", "c.window"), reminded, moment)
    proof = ReminderProof(signed=signed, receipt=receipt_of(town, signed, reminded, "c.monitor", moment, THIRD_ID))
    sent = SentReminder(message_id=reminded, stage=50, at=moment, proof=proof)
    deemed = _deemed(state, term.due_at, sent)
    return {
        "what": "the deemed consent of c.monitor on c.transport's silence, and the consultation that it rests on",
        "authority_certificate_der": town.certificate.hex(),
        "directory": town.signed().hex(),
        "calendar": CALENDAR.version,
        "consultation": asked.hex(),
        "reminder_id": reminded,
        "due_at": term.due_at.isoformat(),
        "body_json": deemed.model_dump_json(),
        "signed_document": message(deemed, town["monitor"], ("c.window",), FOURTH_ID, term.due_at).hex(),
    }


def _deemed(state: DeadlineState, due_at: datetime, sent: SentReminder) -> DeemedConsent:
    assert state.evidence is not None
    return DeemedConsent(
        state=state, mode=state.default, due_at=due_at, calendar=CALENDAR.version, reminders=(sent,),
        receipt_digest=hashlib.sha256(state.evidence.receipt).hexdigest(),
    )  # fmt: skip


def claims_vector() -> dict[str, Any]:
    """Attachments of 0, 5 and 65,541 bytes, and the second in ways that are refused."""
    short = _sealed(b"hello")
    check, part = short["claim"], bytes.fromhex(short["parts"][0])
    key, prefix = bytes.fromhex(short["content_key"]), bytes.fromhex(short["nonce_prefix"])
    going_on = ChunkStream(key, prefix, 65_537, 65_536)
    whole = going_on.seal_part(0, b"hello".ljust(65_537, b"\x00"))
    return {
        "what": "sealed attachments; plaintexts that are not printed are that many bytes i mod 251, i from 0",
        "attachments": [_sealed(b""), short, _sealed(bytes(i % 251 for i in range(65_541)), printed=False)],
        "refused": [
            {"name": "no part", "refusal": "claim-missing", "claim": check, "parts": []},
            {"name": "a byte short", "refusal": "claim-truncated", "claim": check, "parts": [part[:-1].hex()]},
            {"name": "a byte long", "refusal": "claim-too-large", "claim": check, "parts": [(part + b"\x00").hex()]},
            {"name": "a bit flipped", "refusal": "claim-differs", "claim": check,
             "parts": [(part[:-1] + bytes([part[-1] ^ 1])).hex()]},
            {"name": "another digest", "refusal": "claim-differs", "claim": check | {"digest": "0" * 64},
             "parts": [part.hex()]},
            {"name": "the first chunk of a longer one, declared whole", "refusal": "claim-too-large",
             "claim": check | {"size": 65_536}, "parts": [whole[: 65_536 + 16].hex()]},
        ],
    }  # fmt: skip


def _sealed(plaintext: bytes, *, printed: bool = True) -> dict[str, Any]:
    key = hashlib.sha256(b"content key of %d" % len(plaintext)).digest()
    prefix = key[:7]
    stream = ChunkStream(key, prefix, len(plaintext), 65_536)
    part = stream.seal_part(0, plaintext)
    check = ClaimCheck(
        name="a.bin", media_type="application/octet-stream", size=len(plaintext),
        digest=hashlib.sha256(plaintext).hexdigest(), chunk_size=65_536, object_key="cd" * 32, content_key=key,
        nonce_prefix=prefix, ciphertext_digest=hashlib.sha256(part).hexdigest(),
    )  # fmt: skip
    found = {
        "claim": check.model_dump(mode="json"), "content_key": key.hex(), "nonce_prefix": prefix.hex(),
        "chunks": stream.chunks,
    }  # fmt: skip
    return found | ({"plaintext": plaintext.hex(), "parts": [part.hex()]} if printed else {})
