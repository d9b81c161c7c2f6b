"""The clocks of a whole case as one sees them: by law and as promised, what moved them, and the delivery."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from exchange.approval.rules.clock.watching import UNDECIDED
from exchange.approval.window.clock.shown import CaseTerm
from exchange.approval.window.status import CaseStatus
from exchange.cli.approval.term_views import amendment_json, stopped_json, stopped_text
from exchange.cli.naming import called
from exchange.cli.view import plain
from exchange.language import listed, read_back, tr
from exchange.operations.said.terms import amendment_text, ends_text, moment, working_days


def clock_rows(case: CaseStatus) -> Iterator[tuple[str, str | Text]]:
    """Yield until when a case is to be decided, by law and as it was promised, and what was granted delivered."""
    term = case.term
    if case.due_at is not None:
        yield tr("decision due"), _with_days(case.due_at, case.provisional, term.days if term else None)
    if term is None:
        return
    dates, record = term.dates, term.record
    if dates.promised_by is not None and case.due_at is not None:
        yield tr("promised by"), _with_days(dates.promised_by, dates.promise_provisional, term.promised_days)
    if term.stopped is not None and case.state in UNDECIDED:
        yield "", stopped_text(term.stopped)
    yield from _reminded(case)
    if record.overrun_at is not None:
        yield tr("overrun"), Text(tr("told {at}", at=moment(record.overrun_at)), style="bold red")
    if record.explanation is not None:
        yield tr("promise not kept"), plain(f"{record.explanation} ({record.explained_by})")
    elif record.promise_over_at is not None:
        yield tr("promise not kept"), Text(tr("not explained yet"), style="red")
    if record.delivered_at is not None:
        yield tr("delivered"), plain(f"{moment(record.delivered_at)}: {record.delivered_to} ({record.delivered_by})")
    elif term.deliver_by is not None:
        due = ends_text(term.deliver_by, provisional=term.delivery_provisional)
        yield tr("to be delivered by"), Text(due, style="red" if record.owes_delivery else "")


def _reminded(case: CaseStatus) -> Iterator[tuple[str, str]]:
    """Of what the lead was reminded, as far as it still runs to that end."""
    if case.term is None:
        return
    record, undecided = case.term.record, case.state in UNDECIDED
    if undecided and record.reminded_at is not None and record.reminded_due_at == case.term.dates.decide_by:
        yield tr("lead reminded"), f"{record.reminded_stage} % ({moment(record.reminded_at)})"
    if not undecided and record.delivery_reminded_at is not None and record.delivered_at is None:
        yield tr("lead reminded"), f"{record.delivery_reminded_stage} % ({moment(record.delivery_reminded_at)})"


def _with_days(due_at: datetime, provisional: bool, days: int | None) -> str:
    due = ends_text(due_at, provisional=provisional)
    return due if days is None else f"{due} ({working_days(days)})"


def case_changes(case: CaseStatus) -> Iterator[RenderableType]:
    """Show what has moved the term of the case: when, why, by what law, and by whose order."""
    entries = case.term.entries if case.term is not None else ()
    if not entries:
        return
    table = Table(title=tr("changes of the case's term"), title_justify="left", header_style="bold", border_style="dim")
    for title in (tr("since"), tr("change"), tr("reason"), tr("basis"), tr("ordered by")):
        table.add_column(title, overflow="fold")
    for entry in entries:
        why, basis = plain(read_back(entry.reason)), plain(listed(entry.basis))
        table.add_row(moment(entry.at), amendment_text(entry), why, basis, plain(called(entry.actor)))
    yield Text("")
    yield table


def case_term_json(term: CaseTerm) -> dict[str, Any]:
    """Return the terms of a case, for machines."""
    dates, record = term.dates, term.record
    return {
        "days": term.days,
        "began_at": dates.began.isoformat(),
        "due_at": dates.decide_by.isoformat(),
        "provisional": dates.provisional,
        "promised_days": term.promised_days,
        "promised_by": _written(dates.promised_by),
        "promise_provisional": dates.promise_provisional,
        "handling": term.handling.value,
        "stopped": stopped_json(term.stopped),
        "amendments": [amendment_json(entry) for entry in term.entries],
        "reminded_at": _written(record.reminded_at),
        "reminded_stage": record.reminded_stage,
        "reminded_due_at": _written(record.reminded_due_at),
        "delivery_reminded_at": _written(record.delivery_reminded_at),
        "delivery_reminded_stage": record.delivery_reminded_stage,
        "overrun_at": _written(record.overrun_at),
        "promise_over_at": _written(record.promise_over_at),
        "explanation": record.explanation,
        "explained_by": record.explained_by,
        "explained_at": _written(record.explained_at),
        "deliver_by": _written(term.deliver_by),
        "delivery_provisional": term.delivery_provisional,
        "undelivered_at": _written(record.undelivered_at),
        "delivered_at": _written(record.delivered_at),
        "delivered_to": record.delivered_to,
        "delivered_by": record.delivered_by,
    }


def _written(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
