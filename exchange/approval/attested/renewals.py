"""Renewals against the authorisation by law, or the decision, by which each was settled."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.approval.attested.filing_papers import confirmed
from exchange.approval.filings.states import FilingState
from exchange.approval.filings.tables import filing
from exchange.approval.renewals.tables import renewal
from exchange.messaging.attested.contradiction import RowAt, RowContradiction
from exchange.messaging.attested.rule import PaperRule, RowRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.schemas import Decision, Filing, TacitAuthorisation
from exchange.store.rows import Row


def _check(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    filed = next(iter(view.rows.where(filing, "number", (row["number"],), portal=row["portal"])), None)
    first = view.paper(row["portal"], filed["filing_id"]) if filed is not None else None
    if filed is None or first is None:
        yield at.unproved("number", row["number"])
        return
    if isinstance(first.body, Filing):
        yield from at.differs("licence", row["licence"], first.body.application.renews, first.ref)
    for receipt, said in confirmed(view, filed, filed["filing_id"]):
        if said.renewal is not None:
            yield from at.differs("in_time", bool(row["in_time"]), said.renewal.in_time, receipt.ref)
    yield from _settled(view, at, row)
    if filed["state"] == FilingState.BY_LAW and row["authorisation_id"] is None:
        yield at.unproved("authorisation_id", None)


def _settled(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    for column, kind in (("authorisation_id", TacitAuthorisation), ("decision_id", Decision)):
        if row[column] is None:
            continue
        paper = view.paper(view.member, row[column])
        if paper is None or (paper.fault is None and not isinstance(paper.body, kind)):
            yield at.unproved(column, row[column], paper.ref if paper is not None else None)
        elif isinstance(paper.body, TacitAuthorisation):
            yield from at.differs("licence", row["licence"], paper.body.licence, paper.ref)
            yield from at.differs("settled_at", row["settled_at"], paper.body.at, paper.ref)


def _by_law(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    body = paper.body
    if not isinstance(body, TacitAuthorisation):
        return
    row = next(iter(view.rows.where(renewal, "number", (body.filing,), portal=body.portal)), None)
    at = RowAt(view.member, renewal.name, f"{body.portal} · {body.filing}")
    if row is None:
        yield at.left_out("number", None, body.filing, paper.ref)
    elif row["authorisation_id"] is None:
        yield at.left_out("authorisation_id", None, paper.ref.message_id, paper.ref)


RENEWALS_HELD = RowRule(renewal, ("portal", "number"), _check)
RENEWAL_PAPERS = (PaperRule(TacitAuthorisation.KIND, "sent", _by_law),)
