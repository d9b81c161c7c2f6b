"""Requests as one sees them: where one stands, who has passed it on with what opinion, who has answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from exchange.cli.naming import called, in_full
from exchange.cli.view import plain
from exchange.documents.request_record import RequestStatus
from exchange.language import choose, read_back, tr
from exchange.operations.said.terms import moment

_STATES = {
    "sent": ("已发出", "sent", "cyan"),
    "received": ("已收", "received", "cyan"),
    "returned": ("已退回", "returned", "yellow"),
    "failed": ("未送达", "not delivered", "red"),
    "forwarded": ("已转报", "passed on", "magenta"),
    "answered": ("已批复", "answered", "green"),
}


def request_view(status: RequestStatus) -> RenderableType:
    """Show where a request stands, step by step."""
    lines: list[RenderableType] = [
        Text.assemble((tr("request"), "bold"), "  ", plain(status.title), "  ", _state(status)),
        Text(f"  {in_full(status.origin)} → {in_full(status.to)}", "dim"),
    ]
    if status.reason:
        lines.append(plain(f"  {read_back(status.reason)}", "yellow"))
    for one in status.forwards:
        lines.append(
            plain(f"  {moment(one.at)} " + tr("passed on: {by} → {to}", by=in_full(one.by), to=in_full(one.to)))
        )
        lines.append(plain("    " + tr("opinion: {opinion}", opinion=one.opinion or tr("cannot be verified"))))
    if status.answered_by and status.answered_at:
        answer = f"  {moment(status.answered_at)} " + tr(
            "answered by {by}: {id}", by=in_full(status.answered_by), id=status.answer_id
        )
        lines.append(plain(answer, "green"))
    return Group(*lines)


def requests_view(statuses: Sequence[RequestStatus]) -> Table:
    """Show requests as a list."""
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("request"), tr("from"), tr("to"), tr("state"), tr("id")):
        table.add_column(title, overflow="fold")
    for one in statuses:
        table.add_row(plain(one.title), called(one.origin), called(one.to), _state(one), one.request_id)
    return table


def request_json(status: RequestStatus) -> dict[str, Any]:
    """Return a request for machines."""
    return {
        "request": status.request_id, "origin": status.origin, "to": status.to, "title": status.title,
        "state": status.state, "reason": status.reason,
        "forwards": [
            {"by": one.by, "to": one.to, "at": one.at.isoformat(), "opinion": one.opinion} for one in status.forwards
        ],
        "answered_by": status.answered_by, "answer": status.answer_id,
        "answered_at": status.answered_at.isoformat() if status.answered_at else None,
    }  # fmt: skip


def _state(status: RequestStatus) -> Text:
    chinese, english, colour = _STATES[status.state]
    return Text(choose((chinese, english)), colour)
