"""What changes the course of a case, as one sees it: who is to be asked besides, and when it was reopened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from exchange.approval.records import ReopeningRow
from exchange.approval.rules.after.paper import OwedPaper, PaperState
from exchange.approval.window.status import CaseStatus
from exchange.cli.naming import called
from exchange.cli.view import plain, state_text
from exchange.language import name_of, plural, tr
from exchange.language.names import ORDERED_BY
from exchange.operations.said.terms import due_text, moment


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


def paper_text(paper: OwedPaper | None) -> str:
    """Write what a department owes after its deemed consent, and whether it has come; nothing where it owes nothing."""
    if paper is None:
        return ""
    due = due_text(paper.owed_by)
    late = plural(paper.days_late, "{number} working day late", "{number} working days late")
    if paper.state is PaperState.OWED:
        return tr("owed by {due}", due=due)
    if paper.came_at is not None:
        at = moment(paper.came_at)
        in_time = paper.state is PaperState.IN_TIME
        return tr("came {at}, in time", at=at) if in_time else tr("came {at}, {late}", at=at, late=late)
    owed = tr("owed since {due}, {late}", due=due, late=late)
    return f"{owed}{tr(', reminded {at}', at=moment(paper.reminded_at))}" if paper.reminded_at else owed


def paper_json(paper: OwedPaper | None) -> dict[str, Any] | None:
    """Return an owed paper, for machines."""
    if paper is None:
        return None
    return {
        "state": paper.state.value, "owed_by": paper.owed_by.isoformat(), "days_late": paper.days_late,
        "came_at": paper.came_at.isoformat() if paper.came_at else None,
        "reminded_at": paper.reminded_at.isoformat() if paper.reminded_at else None,
    }  # fmt: skip


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
