"""Rows held against signed documents, as the terminal and machines are told of them."""

from __future__ import annotations

from typing import Any

from exchange.cli.naming import called
from exchange.cli.view import console, plain
from exchange.language import choose, tr
from exchange.messaging.attested.contradiction import RowContradiction
from exchange.operations.reconciliation.rows import RowsHeld
from exchange.operations.reconciliation.words import ROW_FAULTS

_SHOWN = 200
"""Contradictions that a terminal shows; --json has all that are named."""


def rows_json(held: RowsHeld) -> dict[str, Any]:
    """Return what came of holding rows for machines."""
    return {
        "rows": held.rows,
        "contradictions": [_one_json(one) for one in held.contradictions],
        "unnamed": held.unnamed,
        "unread": [{"name": one.name, "reason": one.reason} for one in held.unread],
    }


def _one_json(one: RowContradiction) -> dict[str, Any]:
    document = one.document
    named = None
    if document is not None:
        named = {"sender": document.sender, "id": document.message_id, "kind": document.kind, "sha256": document.digest}
    return {
        "member": one.member,
        "table": one.table,
        "key": one.key,
        "column": one.column,
        "fault": one.fault.value,
        "row": one.row,
        "signed": one.signed,
        "document": named,
    }


def show_rows(held: RowsHeld) -> None:
    """Print what came of it."""
    for one in held.contradictions[:_SHOWN]:
        console.print(plain("✗ " + row_text(one), "red"))
    more = held.unnamed + max(0, len(held.contradictions) - _SHOWN)
    if more:
        console.print(plain("✗ " + tr("and {more} more", more=more), "red"))
    for unread in held.unread:
        said = tr("could not be read: {name}: {reason}", name=called(unread.name), reason=unread.reason)
        console.print(plain("? " + said, "yellow"))
    if held.is_sound and not held.unread:
        console.print(plain(tr("{rows} rows: none is contradicted by what was signed", rows=held.rows), "green"))
    elif not held.is_sound:
        number = len(held.contradictions) + held.unnamed
        found = tr("{rows} rows: {number} contradictions with what was signed", rows=held.rows, number=number)
        console.print(plain(found, "bold red"))
        console.print(
            tr("keep the database as it is, and find out who can write it: docs/operations/reconciliation.md")
        )


def row_text(one: RowContradiction) -> str:
    """Return a contradiction in words: whose row, what it says, and what was signed by whom."""
    place = f"{called(one.member)} · {one.table} · {one.key} · {one.column}"
    said = tr("the row: {row}; signed: {signed}", row=one.row, signed=one.signed)
    lines = [place, f"  {choose(ROW_FAULTS[one.fault])}", f"  {said}"]
    document = one.document
    if document is not None:
        named = f"{document.kind} {document.message_id} · {called(document.sender)} · sha256 {document.digest}"
        lines.append(f"  {named}")
    return "\n".join(lines)
