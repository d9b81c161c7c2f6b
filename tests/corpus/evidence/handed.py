"""What might be tried with the word that a department's own system has a message."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from exchange.audit import inclusion_path, tree_root
from exchange.audit.log.heads import sign_log_head
from exchange.audit.log.leaves import LogEntry
from exchange.audit.log.receipts import inclusion_receipt
from exchange.envelope import cbor
from exchange.envelope.detached import sign_root
from exchange.evidence.proof.logs import LOG
from exchange.messaging.log.handovers import (
    HandingSystem,
    Handover,
    HandoverEvent,
    HandoverWay,
    handover_line,
)
from exchange.schemas import ReceiptOutcome
from tests.corpus.evidence.town import ASKED, LEAD, OPINION, POLICE, TRANSPORT, PaperTown, good
from tests.unit.facts import at

REGISTRY = HandingSystem(way=HandoverWay.API, name="档案系统", token_id="0123456789ab")
SEALED = at("03-10", "10:00")


@dataclass(frozen=True)
class _Told:
    """One line of the police's journal; by default that its system has acknowledged the request."""

    event: HandoverEvent = HandoverEvent.DONE
    at: datetime = field(default_factory=lambda: at("03-02", "16:00"))
    sender: str = LEAD
    message_id: str = ASKED
    digest: str = ""
    system: HandingSystem | None = REGISTRY


def handed(*told: _Told, by: str = "police", changed: str = "") -> Callable[[], PaperTown]:
    """The good case, in which a department's log has these lines; ``changed``: another digest written in afterwards."""

    def make() -> PaperTown:
        town = good()
        digest = _request(town)
        lines = [Handover(one.event, one.at, one.sender, one.message_id, one.digest or digest, one.system)
                 for one in told]  # fmt: skip
        _log(town, by, lines, changed)
        return town

    return make


TOLD = _Told()
LAPSED = _Told(HandoverEvent.FAILED, at("03-02", "15:00"), system=None)
OF_OTHER_BYTES = _Told(digest="ab" * 32)
TOO_EARLY = _Told(at=at("03-01"))
AFTER_ITS_HEAD = _Told(at=at("03-12"))
NOT_THERE = _Told(sender=POLICE, message_id=OPINION, digest="cd" * 32)


def sent_back_and_had() -> PaperTown:
    """Transport has sent the decision back, and its log says that its own system has it."""
    town = good()
    [signed] = [one for one in town.parts.files.values() if b"vnd.yizhan.decision+json" in one]
    decision = _Told(message_id="40000000-0000-4000-8000-000000000000", at=at("03-10", "09:30"))
    town.receipt(signed, decision.message_id, LEAD, TRANSPORT, at("03-10"), outcome=ReceiptOutcome.RETURNED,
                 reason_code="not-yours", reason="不属本机关职权")  # fmt: skip
    digest = hashlib.sha256(signed).hexdigest()
    _log(town, "transport", [Handover(HandoverEvent.DONE, decision.at, LEAD, decision.message_id, digest, REGISTRY)])
    return town


def _request(town: PaperTown) -> str:
    files = town.parts.files.values()
    [signed] = [one for one in files if b"vnd.yizhan.consultation+json" in one and ASKED.encode() in one[:2000]]
    return hashlib.sha256(signed).hexdigest()


def _log(town: PaperTown, by: str, lines: list[Handover], changed: str = "") -> None:
    own = town.kin[by]
    entries: list[LogEntry] = []
    for number, line in enumerate(map(handover_line, lines), 1):
        entries.append(
            LogEntry(
                number, line.at, line.event, None, line.message_id, json.dumps(dict(line.detail), ensure_ascii=False)
            )
        )
    leaves = [entry.as_leaf() for entry in entries]
    root = tree_root(leaves)
    signature, place = sign_root(root, own.x5t, own.signing_key), f"{LOG}/{own.address}"
    town.parts.files[f"{place}/heads/{len(leaves)}.cose"] = sign_log_head(own, len(leaves), root, None, SEALED, 0)
    for n, entry in enumerate(entries):
        proof = inclusion_receipt(n, len(leaves), inclusion_path(leaves, n), own.x5t, signature)
        shown = replace(entry, detail=entry.detail.replace("档案系统", changed)) if changed else entry
        town.parts.files[f"{place}/entries/{n}.cbor"] = cbor.encode([shown.as_leaf(), proof])
