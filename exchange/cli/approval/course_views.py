"""What changes the course of a case, as one sees it: who is to be asked besides, and when it was reopened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from exchange.approval.records import ReopeningRow
from exchange.approval.window.status import CaseStatus
from exchange.cli.naming import called
from exchange.cli.view import moment, plain, state_text
from exchange.language import name_of, tr
from exchange.language.names import ORDERED_BY


def reopened(case: CaseStatus) -> Iterator[RenderableType]:
    """Show when and why it was taken up again, and what had been decided: that stays as it was signed."""
    for one in case.reopenings:
        yield Text.assemble("\n", plain(tr("reopened {at}", at=moment(one.at)), "bold"))
        former = state_text(one.former_state, one.former_outcome).plain
        yield labelled(
            (
                (tr("at whose instance"), name_of(ORDERED_BY, one.ordered_by)),
                (tr("order"), one.order_named or ""),
                (tr("reasons"), one.reasons),
                (tr("basis"), one.basis),
                (tr("officer"), one.officer),
                (tr("before"), f"{former} {moment(one.former_at) if one.former_at else ''}".strip()),
                (tr("former decision"), one.former_id or ""),
            )
        )


def proposed(case: CaseStatus) -> Iterator[RenderableType]:
    """Show who is not competent and whom it names, with the command that asks that body."""
    for one in case.proposals:
        body = one.body or "DEPARTMENT"
        add = f"exchange add-body {case.number} {body} --instead-of {one.department} --officer ..."
        yield Text.assemble("\n", plain(tr("{department} is not competent", department=called(one.department)), "bold"))
        yield labelled(((tr("it names"), one.named), (tr("ask that body"), add)))


def reopening_json(one: ReopeningRow) -> dict[str, Any]:
    """Return one reopening, for machines."""
    return {
        "at": one.at.isoformat(), "ordered_by": one.ordered_by.value, "order": one.order_named, "reasons": one.reasons,
        "basis": one.basis.split("\n"), "officer": one.officer, "former_state": one.former_state.value,
        "former_outcome": one.former_outcome, "former_decision_id": one.former_id,
        "former_at": one.former_at.isoformat() if one.former_at else None, "message_id": one.notice_id,
    }  # fmt: skip


def labelled(pairs: Sequence[tuple[str, str]]) -> RenderableType:
    """Show texts, each with what it is; those that are empty are left out."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, text in pairs:
        if text:
            grid.add_row(plain(label), plain(text))
    return Padding(grid, (0, 0, 0, 2))
