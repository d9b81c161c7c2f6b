"""A filing's row at its window, against what the applicant's portal has signed and what the window has answered."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.approval.attested.filing_papers import acceptances, confirmed, told_state
from exchange.approval.filings.states import FilingState
from exchange.approval.filings.tables import filing
from exchange.messaging.attested.contradiction import RowAt, RowContradiction, withheld
from exchange.messaging.attested.rule import RowRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.schemas import (
    Acceptance,
    AcceptanceOutcome,
    CaseProgress,
    Decision,
    Filing,
    FilingStatement,
    FilingSupplement,
    FilingWithdrawal,
)
from exchange.schemas.instants import CLOCK_SKEW
from exchange.store.rows import Row
from exchange.store.types import printable


def _check(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    first = view.paper(row["portal"], row["filing_id"])
    if first is None:
        yield at.unproved("filing_id", row["filing_id"])
        return
    if isinstance(first.body, Filing):
        yield from at.differs("number", row["number"], first.body.filing, first.ref)
        yield from at.differs("matter", row["matter"], first.body.application.matter, first.ref)
        yield from at.differs("channel", row["channel"], first.body.channel.value, first.ref)
    elif first.fault is None:
        yield at.unproved("filing_id", row["filing_id"], first.ref)
    yield from _accepted(view, at, row)
    yield from _as_completed(view, at, row)
    yield from _came(view, at, row)
    yield from _state(view, at, row)
    yield from _heard(view, at, row)
    yield from _told(view, at, row)


def _accepted(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """The window's last document on it."""
    if row["acceptance_id"] is None:
        for column in ("outcome", "case_number", "told_at"):
            if row[column] is not None:
                yield at.unproved(column, row[column])
        return
    paper = view.paper(view.member, row["acceptance_id"])
    if paper is None:
        yield at.unproved("acceptance_id", row["acceptance_id"])
    elif isinstance(paper.body, Acceptance):
        body = paper.body
        yield from at.differs("number", row["number"], body.filing, paper.ref)
        yield from at.differs("outcome", row["outcome"], body.outcome.value, paper.ref)
        yield from at.differs("case_number", row["case_number"], body.case_number, paper.ref)
        incomplete = [one for one in acceptances(view, row) if _outcome(one) is AcceptanceOutcome.INCOMPLETE]
        told = [one.body.at for one in incomplete if isinstance(one.body, Acceptance)]
        by = incomplete[-1] if incomplete else paper
        yield from at.differs("told_at", row["told_at"], told[-1] if told else None, by.ref)
    elif paper.fault is None:
        yield at.unproved("acceptance_id", row["acceptance_id"], paper.ref)


def _outcome(paper: RecordedPaper) -> AcceptanceOutcome | None:
    return paper.body.outcome if isinstance(paper.body, Acceptance) else None


def _as_completed(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """The application as it was handed in last before it was accepted, and when that came in."""
    last = view.paper(row["portal"], row["last_id"])
    if last is None:
        yield at.unproved("last_id", row["last_id"])
        return
    settled = acceptances(view, row)
    opened = settled[-1].body if settled and row["state"] == FilingState.ACCEPTED else None
    basis = opened.filing_id if isinstance(opened, Acceptance) else row["last_id"]
    paper = view.paper(row["portal"], basis)
    body = paper.body if paper is not None else None
    if paper is not None and isinstance(body, Filing | FilingSupplement):
        applicant, project = body.application.applicant.name, body.application.project
        yield from at.differs("applicant", withheld(row["applicant"]), withheld(printable(applicant)), paper.ref)
        yield from at.differs("project", withheld(row["project"]), withheld(printable(project)), paper.ref)
    for receipt, said in confirmed(view, row, basis):
        yield from at.differs("complete_at", row["complete_at"], said.received_at, receipt.ref)
        yield from at.differs("tell_by", row["tell_by"], said.tell_by, receipt.ref)


def _came(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    for receipt, said in confirmed(view, row, row["filing_id"]):
        yield from at.differs("received_at", row["received_at"], said.received_at, receipt.ref)


def _state(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    state = row["state"]
    if state == FilingState.WITHDRAWN:
        if not any(view.accepted(one) for one in _from_portal(view, row, FilingWithdrawal.KIND)):
            yield at.unproved("state", state)
        return
    if state == FilingState.BY_LAW:
        return  # of a renewal, whose row is held against the authorisation
    settled = acceptances(view, row)
    paper = settled[-1] if settled else None
    wanted = told_state(paper, row["last_id"])
    if paper is None:
        if state != FilingState.RECEIVED:
            yield at.unproved("state", state)
        return
    yield from at.differs("acceptance_id", row["acceptance_id"], paper.ref.message_id, paper.ref)
    yield from at.differs("state", state, wanted.value, paper.ref)
    over = state in (FilingState.ACCEPTED, FilingState.NOT_ACCEPTED)
    if over and isinstance(paper.body, Acceptance):
        yield from at.differs("ended_at", row["ended_at"], paper.body.at, paper.ref)


def _from_portal(view: RowsView, row: Row, kind: str) -> Iterator[RecordedPaper]:
    for named in view.named(row["filing_id"], kind, row["portal"]):
        paper = view.paper(*named)
        if paper is not None:
            yield paper


def _heard(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """That a hearing was asked for, and about when: between the statement's signature and the receipt for it."""
    asked = [one for one in _from_portal(view, row, FilingStatement.KIND)
             if isinstance(one.body, FilingStatement) and one.body.hearing and view.accepted(one)]  # fmt: skip
    moment = row["hearing_at"]
    if not asked:
        if moment is not None:
            yield at.unproved("hearing_at", moment)
        return
    given = view.own_receipt(asked[0].ref.sender, asked[0].ref.message_id)
    signed_at = asked[0].signed_at
    if given is None or signed_at is None:
        return
    if moment is None or not signed_at - CLOCK_SKEW <= moment <= given.receipt.signed_for_at:
        yield from at.differs("hearing_at", moment, given.receipt.arrived_at, given.batch)


def _told(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """What was served, and how often the progress was told."""
    if row["served_id"] is not None:
        paper = view.paper(view.member, row["served_id"])
        if paper is None:
            yield at.unproved("served_id", row["served_id"])
        elif isinstance(paper.body, Decision):
            yield from at.differs("served_id", row["case_number"], paper.body.case_number, paper.ref)
    sent = view.named(row["filing_id"], CaseProgress.KIND, view.member)
    last = view.paper(*sent[-1]) if sent else None
    if last is not None and isinstance(last.body, CaseProgress) and row["serial"] < last.body.serial:
        yield from at.differs("serial", row["serial"], last.body.serial, last.ref)


FILINGS_HELD = RowRule(filing, ("portal", "number"), _check, newest="received_at", case="case_number")
