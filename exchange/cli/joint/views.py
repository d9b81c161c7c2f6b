"""Joint documents in a terminal: the text, who has signed it and who has not, and how it ended."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from exchange.cli.documents.document_views import without_keys
from exchange.cli.naming import called, in_full, names_known
from exchange.cli.view import plain
from exchange.joint.records import JointRow
from exchange.joint.status import JointStatus
from exchange.language import listed, name_of, tr
from exchange.language.names import JOINT_SIGNERS, JOINT_STATES
from exchange.operations.said.document import document_lines
from exchange.operations.said.terms import moment

_COLOURS = {"open": "cyan", "signed": "cyan", "issued": "green", "refused": "yellow", "withdrawn": "dim"}
_SIGNERS = {
    "signed": "green", "asked": "cyan", "received": "cyan", "returned": "yellow", "failed": "red",
    "refused": "yellow", "unknown": "dim",
}  # fmt: skip


def joint_view(found: JointStatus) -> RenderableType:
    """Show a joint document with its text and its signers."""
    row, grid = found.row, Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for signer in found.signers:
        at = f"  {moment(signer.at)}" if signer.at else ""
        role = tr("lead") if signer.address == row.lead else tr("signer")
        state = Text.assemble(
            f"{in_full(signer.address)}  ", _signer_text(signer.state), at, "  ", plain(signer.reason)
        )
        grid.add_row(role, state)
    for label, text in document_lines(found.draft.document, names_known()):
        if text:
            grid.add_row(label, plain(text))
    grid.add_row(tr("goes to"), listed(map(in_full, (*found.draft.addressees, *found.draft.document.copies))))
    head = Text.assemble((row.number, "bold"), "  ", plain(row.title), "  ", _state_text(row.state))
    lines: list[RenderableType] = [head, Text(f"{row.joint_id}  {moment(row.received_at)}", "dim"), grid]
    if row.issued_on:
        lines.append(
            Text(tr("date: {issued_on}, message {issue_id}", issued_on=row.issued_on, issue_id=row.issue_id), "green")
        )
    if row.ended_by:
        lines.append(plain(f"{in_full(row.ended_by)}: {row.reasons}", "yellow"))
    if found.answer_fault:
        lines.append(plain(tr("the answer was not taken: {answer_fault}", answer_fault=found.answer_fault), "red"))
    return Group(*lines)


def joints_view(rows: Sequence[JointRow]) -> Table:
    """Show joint documents as a list."""
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("number"), tr("title"), tr("lead"), tr("state"), tr("id")):
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(
            plain(row.number),
            plain(row.title),
            called(row.lead),
            _state_text(row.state),
            row.joint_id,
        )
    return table


def status_json(found: JointStatus) -> dict[str, Any]:
    """Return a joint document for machines, with its text."""
    return {
        **row_json(found.row),
        "signers": [
            {"address": one.address, "state": one.state, "at": one.at.isoformat() if one.at else None,
             "reason": one.reason}
            for one in found.signers
        ],
        "answer_fault": found.answer_fault,
        "addressees": list(found.draft.addressees),
        "document": without_keys(json.loads(found.draft.model_dump_json()))["document"],
    }  # fmt: skip


def row_json(row: JointRow) -> dict[str, Any]:
    """Return a joint document for machines, in a list."""
    return {
        "joint": row.joint_id, "role": row.seat, "state": row.state, "lead": row.lead, "number": row.number,
        "title": row.title, "received_at": row.received_at.isoformat(), "ended_by": row.ended_by,
        "reasons": row.reasons, "issued_on": row.issued_on, "message_id": row.issue_id,
    }  # fmt: skip


def _signer_text(state: str) -> Text:
    return Text(name_of(JOINT_SIGNERS, state), _SIGNERS[state])


def _state_text(state: str) -> Text:
    return Text(name_of(JOINT_STATES, state), _COLOURS[state])
