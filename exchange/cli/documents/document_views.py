"""Official documents as one reads them, those of several authorities with everybody who signed."""

from __future__ import annotations

import json
from typing import Any

from exchange.cli.naming import in_full
from exchange.documents.rules.circulation import CirculationReader
from exchange.documents.rules.handling import DocumentHandling, HandlingState
from exchange.joint.reader import JointIssue
from exchange.language import tr
from exchange.messaging.register.records import RegisterEntry
from exchange.operations.said.terms import moment


def joint_json(joint: JointIssue) -> dict[str, Any]:
    """Return a joint document for machines: its text, its date, and who signed it when."""
    return {
        "issued_on": joint.issued_on.isoformat(),
        "signatures": [{"by": one.by, "at": one.at.isoformat()} for one in joint.signatures],
        **without_keys(json.loads(joint.draft.model_dump_json())),
    }


REGISTER_COLUMNS = (
    "direction", "year", "number", "registered_at", "kind", "document_number", "title", "correspondents", "sender",
    "message_id",
)  # fmt: skip


def entry_json(entry: RegisterEntry) -> dict[str, Any]:
    """Return an entry of the register, for machines: by `REGISTER_COLUMNS`, in their order."""
    cells = (
        entry.direction.value, entry.year, entry.number, entry.at.isoformat(), entry.kind.value,
        entry.document_number, entry.title, entry.correspondents, entry.sender, entry.message_id,
    )  # fmt: skip
    return dict(zip(REGISTER_COLUMNS, cells, strict=True))


def reader_json(reader: CirculationReader) -> dict[str, Any]:
    """Return an officer to whom a document is put round, for machines."""
    return {
        "officer": reader.officer, "state": reader.state.value, "put_by": reader.put_by,
        "put_at": reader.put_at.isoformat(), "read_at": reader.read_at.isoformat() if reader.read_at else None,
    }  # fmt: skip


def handled_line(done: DocumentHandling) -> tuple[str, str]:
    """Return what an authority has done with a document, as a label and a text."""
    who = tr("{officer}, {at}", officer=done.officer, at=moment(done.handled_at))
    if done.state is HandlingState.FILED:
        return tr("filed by"), who
    return tr("sent back by {authority}", authority=in_full(done.handled_by)), f"{done.reason} ({who})"


def handled_json(done: DocumentHandling) -> dict[str, Any]:
    """Return what an authority has done with a document, for machines."""
    return {
        "by": done.handled_by, "state": done.state.value, "at": done.handled_at.isoformat(), "officer": done.officer,
        "reason": done.reason, "return_id": done.return_id,
    }  # fmt: skip


def without_keys(body: Any) -> Any:
    """Return a message's body as it was signed, without the keys of large attachments: what is shown ends in logs and
    on screens.
    """
    for document in (body, body.get("opinion"), body.get("document")):
        for claim in document.get("claims", ()) if isinstance(document, dict) else ():
            del claim["content_key"]
    application = body.get("application")
    for material in application.get("materials", ()) if isinstance(application, dict) else ():
        if material.get("claim"):
            del material["claim"]["content_key"]
    return body
