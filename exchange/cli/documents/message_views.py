"""Messages on record as one sees them: a case's one after another, one in full, and their attachments as files."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Group, RenderableType
from rich.json import JSON
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from exchange.cli.documents.document_views import (
    entry_json,
    handled_json,
    handled_line,
    joint_json,
    reader_json,
    without_keys,
)
from exchange.cli.naming import in_full, names_known
from exchange.cli.streams import printable
from exchange.cli.view import plain, times
from exchange.documents.rules.circulation import CirculationReader
from exchange.envelope.strict import read_json
from exchange.language import name_of, read_back, tr
from exchange.language.names import CIRCULATION_STATES, COPIES, DIRECTIONS
from exchange.operations.said.document import issuing_lines
from exchange.operations.said.message import said_in
from exchange.operations.said.names import Lines
from exchange.operations.said.terms import moment
from exchange.operations.trace.dossier import Filed, attachments, claims
from exchange.schemas.titles import kind_name


def letter_view(item: Filed) -> RenderableType:
    """Show a message among others of its case: who wrote it and when, and what it says."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    names = names_known()
    for label, text in (*issuing_lines(item.issuing, names), *said_in(item, names), *_handling(item)):
        if text:
            grid.add_row(plain(label), plain(text))
    return Group(_heading(item), Padding(grid, (0, 0, 1, 2)))


def whole_letter_view(item: Filed) -> RenderableType:
    """Show a message with all its fields; to be printed with soft wrapping, since its lines are as long as they are."""
    parts: list[RenderableType] = [_heading(item)]
    if item.verified is not None:
        parts.append(_json(without_keys(read_json(item.verified.payload, item.stored.kind))))
    if item.joint is not None:
        parts.append(_json(joint_json(item.joint)))
    if item.passed_on is not None:
        parts.append(plain(tr("as its origin signed it:"), "dim"))
        parts.append(_json(without_keys(read_json(item.passed_on.payload, item.stored.kind))))
    issuing = issuing_lines(item.issuing, names_known())
    parts += [plain(f"{label}: {text}", "dim") for label, text in (*issuing, *_handling(item))]
    return Group(*parts)


def letter_json(item: Filed) -> dict[str, Any]:
    """Return a message for machines."""
    return {
        "message_id": item.stored.message_id,
        "kind": item.stored.kind,
        "direction": item.stored.direction,
        "sender": item.stored.sender,
        "recorded_at": item.stored.recorded_at.isoformat(),
        "body": without_keys(read_json(item.verified.payload, item.stored.kind)) if item.verified else None,
        "joint": joint_json(item.joint) if item.joint else None,
        "passed_on": without_keys(read_json(item.passed_on.payload, item.stored.kind)) if item.passed_on else None,
        "issuer_is_signer": item.issuing.issuer_is_signer if item.issuing else None,
        "code_is_signers": item.issuing.code_is_signers if item.issuing else None,
        "fault": item.fault,
        "registered": entry_json(item.registered) if item.registered else None,
        "readers": [reader_json(one) for one in item.readers],
        "handled": [handled_json(one) for one in item.handled],
        "replaces": item.replaces,
        "attachments": [attachment.model_dump() for attachment, _ in attachments(item)],
        "copies": [
            {"addressee": copy.addressee, "state": copy.state.value, "attempts": copy.attempts,
             "last_error": copy.last_error}
            for copy in item.copies
        ],
    }  # fmt: skip


def _json(value: Any) -> JSON:
    return JSON(printable(json.dumps(value, ensure_ascii=False)))


def _heading(item: Filed) -> Text:
    stored = item.stored
    return Text.assemble(
        (kind_name(stored.kind), "bold"),
        f" · {moment(stored.recorded_at)} · ",
        tr("sent") if stored.direction == "sent" else tr("from {sender}", sender=in_full(stored.sender)),
        (f"\n  {stored.message_id}", "dim"),
        (
            "\n  " + tr("cannot be verified: {fault}", fault=printable(read_back(item.fault))) if item.fault else "",
            "bold red",
        ),
    )


def _handling(item: Filed) -> Lines:
    if item.registered is not None:
        book = f"{name_of(DIRECTIONS, item.registered.direction)} {item.registered.year}"
        yield tr("register"), tr("{book}, no. {number}", book=book, number=item.registered.number)
    for reader in item.readers:
        yield tr("put round to {officer}", officer=reader.officer), _read_at(reader)
    for done in item.handled:
        yield handled_line(done)
    if item.replaces is not None:
        yield tr("replaces"), tr("{message}, which was sent back", message=item.replaces)
    for attachment, _ in attachments(item):
        yield tr("attachment"), f"{attachment.name} ({tr('{size:,} bytes', size=attachment.size)})"
    for claim in claims(item):
        yield tr("large attachment"), f"{claim.name} ({tr('{size:,} bytes, in the claim store', size=claim.size)})"
    for copy in item.copies:
        error = f"; {printable(read_back(copy.last_error))}" if copy.last_error else ""
        yield f"→ {in_full(copy.addressee)}", f"{name_of(COPIES, copy.state)}, {times(copy.attempts)}{error}"


def _read_at(reader: CirculationReader) -> str:
    state = name_of(CIRCULATION_STATES, reader.state)
    return f"{state} {moment(reader.read_at)}" if reader.read_at else state
