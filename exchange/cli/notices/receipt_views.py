"""Receipts behind a notice's counts, in a terminal and for machines: what is proved, missing, and against the count."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from exchange.cli.naming import called, in_full
from exchange.cli.view import plain
from exchange.directory.hierarchy import domain_of, level_of
from exchange.language import language, name_of, tr
from exchange.language.names import READERS
from exchange.notices.evidence.rules import Evidence
from exchange.operations.said.terms import moment
from exchange.schemas import Reader, ReaderState, ReceiptsRequest

_NAMES = 40
"""Authorities that are listed one by one; for more, their number by domain."""
_STATES = (ReaderState.HAS, ReaderState.SIGNED, ReaderState.RETURNED)


def progress(found: Evidence) -> str:
    """Say how far a request has come."""
    asked = len(found.answered) + len(found.waiting)
    return tr(
        "{answered}/{asked} levels, {proved} receipts",
        answered=len(found.answered),
        asked=asked,
        proved=len(found.proved),
    )


def evidence_view(request: ReceiptsRequest, found: Evidence) -> RenderableType:
    """Show what a request has brought."""
    of = called(request.body) if request.body else tr("{domain} and below", domain=request.domain)
    state = Text(tr("all of it holds"), "green") if found.holds else Text(tr("not all of it is proved"), "red")
    lines: list[RenderableType] = [Text.assemble((tr("receipts"), "bold"), f"  {request.notice_id}  {of}  ", state)]
    if found.proved:
        lines.append(_bodies(found.proved) if len(found.proved) <= _NAMES else _domains(found.proved))
    for fault in found.faults:
        lines.append(
            Text.assemble(
                (tr("against the count"), "bold red"), f" {fault.domain}: ", plain(fault.why.written(language()))
            )
        )
    for one in found.missing:
        lines.append(
            Text.assemble(
                (tr("missing"), "red"),
                " ",
                tr("{domain}: {number} counted and not shown", domain=one.domain, number=one.number),
            )
        )
    for domain in found.waiting:
        lines.append(Text.assemble((tr("no answer yet"), "yellow"), " ", domain))
    for domain in found.moved:
        lines.append(
            Text.assemble((tr("has counted on meanwhile"), "yellow"), " ", tr("{domain}: ask again", domain=domain))
        )
    return Group(*lines)


def evidence_json(request: ReceiptsRequest, found: Evidence) -> dict[str, Any]:
    """Return what a request has brought, for machines."""
    return {
        "notice": request.notice_id, "request": request.request_id, "domain": request.domain, "body": request.body,
        "holds": found.holds,
        "proved": [_reader_json(one) for one in found.proved],
        "missing": [{"domain": one.domain, "number": one.number} for one in found.missing],
        "faults": [{"domain": one.domain, "why": str(one.why)} for one in found.faults],
        "waiting": list(found.waiting), "moved": list(found.moved), "answered": list(found.answered),
    }  # fmt: skip


def _bodies(proved: tuple[Reader, ...]) -> Table:
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("authority"), tr("state"), tr("at"), "SHA-256"):
        table.add_column(title, overflow="fold")
    for one in proved:
        at = one.signed_at or one.has_at
        table.add_row(
            in_full(one.address), name_of(READERS, one.state), moment(at) if at else "", (one.proof or "")[:16]
        )
    return table


def _domains(proved: tuple[Reader, ...]) -> Table:
    table = Table(header_style="bold", border_style="dim")
    table.add_column(tr("domain"), overflow="fold")
    for state in _STATES:
        table.add_column(name_of(READERS, state), justify="right")
    found = Counter((domain_of(one.address), one.state) for one in proved)
    for domain in sorted({domain for domain, _ in found}):
        table.add_row(domain, *(str(found[(domain, state)]) for state in _STATES))
    return table


def _reader_json(one: Reader) -> dict[str, Any]:
    return {
        "authority": one.address, "level": level_of(domain_of(one.address)), "state": one.state.value,
        "has_at": one.has_at.isoformat() if one.has_at else None,
        "signed_at": one.signed_at.isoformat() if one.signed_at else None,
        "reason": one.reason, "proof": one.proof,
    }  # fmt: skip
