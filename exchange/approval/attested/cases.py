"""A case's row against its consultation and the decision."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from exchange.approval.attested.reading import case_at, case_row, of_kind, parts_of
from exchange.approval.attested.stages import case_staged
from exchange.approval.filings.tables import filing
from exchange.approval.rules.states import CaseState
from exchange.approval.tables import case_file, reopening
from exchange.messaging.attested.contradiction import RowAt, RowContradiction, withheld
from exchange.messaging.attested.rule import PaperRule, RowRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.schemas import Application, CaseClosed, CaseReopened, Consultation, Decision
from exchange.store.rows import Row
from exchange.store.types import printable


def _check(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    first = next(((paper, body) for paper, body in of_kind(view, row["number"], Consultation)), None)
    if first is not None:
        yield from _as_asked(view, at, row, *first)
    elif any(one["consultation_id"] is not None for one in parts_of(view, row["number"])):
        yield at.unproved("conversation_id", row["conversation_id"])
    yield from case_staged(view, at, row)
    yield from _closed(view, at, row)
    yield from _opened_again(view, at, row)


def _as_asked(
    view: RowsView, at: RowAt, row: Row, paper: RecordedPaper, body: Consultation
) -> Iterator[RowContradiction]:
    yield from at.differs("number", row["number"], body.case_number, paper.ref)
    yield from at.differs("matter", row["matter"], body.matter, paper.ref)
    yield from at.differs("matter_version", row["matter_version"], body.matter_version, paper.ref)
    yield from at.differs("applicant", withheld(row["applicant"]), withheld(printable(body.application.applicant.name)),
                          paper.ref)  # fmt: skip
    yield from at.differs("project", withheld(row["project"]), withheld(printable(body.application.project)), paper.ref)
    if _application(row["application"]) != body.application:
        yield from at.differs("application", withheld(row["application"]), withheld(body.application.as_json()),
                              paper.ref)  # fmt: skip
    filed = view.rows.where(filing, "case_number", (row["number"],))
    if row["opened_at"] > body.issued_at or (not filed and row["opened_at"] != body.issued_at):
        yield from at.differs("opened_at", row["opened_at"], body.issued_at, paper.ref)


def _application(data: bytes) -> Application | None:
    try:
        return Application.model_validate_json(data)
    except ValidationError:
        return None


def _closed(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    state, decision = row["state"], row["decision_id"]
    if decision is None:
        if state == CaseState.DECIDED:
            yield at.unproved("state", state)
        for column in ("outcome", "decided_at", "by_rule"):
            if row[column] is not None:
                yield at.unproved(column, row[column])
    else:
        paper = view.paper(view.member, decision)
        if paper is None:
            yield at.unproved("decision_id", decision)
        elif isinstance(paper.body, Decision):
            yield from _as_decided(at, row, paper, paper.body)
        elif paper.fault is None:
            yield at.unproved("decision_id", decision, paper.ref)
    if row["withdrawn_at"] is not None and state != CaseState.WITHDRAWN:
        yield at.unproved("withdrawn_at", row["withdrawn_at"])
    elif row["withdrawn_at"] is not None:
        yield from _withdrawn(view, at, row)
    elif state == CaseState.WITHDRAWN:
        yield at.unproved("state", state)


def _opened_again(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    told = [(paper, body) for paper, body in of_kind(view, row["number"], CaseReopened)]
    if told:
        paper, last = told[-1]
        if row["reopened_at"] is None or row["reopened_at"] < last.at:
            yield from at.differs("reopened_at", row["reopened_at"], last.at, paper.ref)
    elif row["reopened_at"] is not None and not view.rows.where(reopening, "case_number", (row["number"],)):
        yield at.unproved("reopened_at", row["reopened_at"])


def _as_decided(at: RowAt, row: Row, paper: RecordedPaper, body: Decision) -> Iterator[RowContradiction]:
    if body.case_number != row["number"]:
        yield from at.differs("decision_id", row["decision_id"], body.case_number, paper.ref)
        return
    yield from at.differs("state", row["state"], CaseState.DECIDED.value, paper.ref)
    yield from at.differs("outcome", row["outcome"], body.outcome.value, paper.ref)
    yield from at.differs("decided_at", row["decided_at"], body.decided_at, paper.ref)
    yield from at.differs("by_rule", bool(row["by_rule"]), body.by_rule, paper.ref)


def _withdrawn(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """Whoever had not answered was told of it, at that very moment; where everybody had, nobody was."""
    told = [(paper, body) for paper, body in of_kind(view, row["number"], CaseClosed) if body.given_by is None]
    open_then = [one for one in parts_of(view, row["number"])
                 if one["moot_at"] == row["withdrawn_at"] and one["consultation_id"] is not None]  # fmt: skip
    if open_then and row["withdrawn_at"] not in {body.at for _, body in told}:
        yield at.unproved("withdrawn_at", row["withdrawn_at"])


def _decision(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """Every decision that was signed is the one of its case, or that of a round before it was reopened."""
    body = paper.body
    if not isinstance(body, Decision):
        return
    row, at = case_row(view, body.case_number), case_at(view, body.case_number)
    if row is None:
        yield at.left_out("number", None, body.outcome.value, paper.ref)
        return
    former = {one["former_id"] for one in view.rows.where(reopening, "case_number", (body.case_number,))}
    if row["decision_id"] != paper.ref.message_id and paper.ref.message_id not in former:
        yield at.left_out("decision_id", row["decision_id"], paper.ref.message_id, paper.ref)


def _former(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """What was decided before a case was taken up again."""
    paper = view.paper(view.member, row["former_id"]) if row["former_id"] is not None else None
    if row["former_id"] is not None and paper is None:
        yield at.unproved("former_id", row["former_id"])
    if paper is not None and isinstance(paper.body, Decision):
        yield from at.differs("former_outcome", row["former_outcome"], paper.body.outcome.value, paper.ref)
        yield from at.differs("former_at", row["former_at"], paper.body.decided_at, paper.ref)
    notice = view.paper(view.member, row["notice_id"]) if row["notice_id"] is not None else None
    if row["notice_id"] is not None and notice is None:
        yield at.unproved("notice_id", row["notice_id"])
    if notice is not None and isinstance(notice.body, CaseReopened):
        yield from _as_told(at, row, notice, notice.body)


def _as_told(at: RowAt, row: Row, paper: RecordedPaper, body: CaseReopened) -> Iterator[RowContradiction]:
    yield from at.differs("case_number", row["case_number"], body.case_number, paper.ref)
    yield from at.differs("at", row["at"], body.at, paper.ref)
    yield from at.differs("officer", row["officer"], printable(body.officer), paper.ref)
    yield from at.differs("ordered_by", row["ordered_by"], body.ordered_by.value, paper.ref)
    yield from at.differs("former_id", row["former_id"], body.former, paper.ref)
    order = printable(body.order) if body.order is not None else None
    for column, said in (("reasons", body.reasons), ("basis", "\n".join(body.basis)), ("order_named", order)):
        signed = withheld(printable(said)) if said is not None else None
        yield from at.differs(column, withheld(row[column]), signed, paper.ref)


def _reopened(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """A case that was told to be taken up again was."""
    body = paper.body
    if isinstance(body, CaseReopened):
        rows = view.rows.where(reopening, "case_number", (body.case_number,))
        if all(one["notice_id"] != paper.ref.message_id for one in rows):
            at = RowAt(view.member, reopening.name, body.case_number)
            yield at.left_out("notice_id", None, paper.ref.message_id, paper.ref)


CASES = RowRule(case_file, ("number",), _check, newest="opened_at", case="number")
REOPENINGS = RowRule(reopening, ("case_number", "round"), _former, case="case_number")
DECISIONS = PaperRule(Decision.KIND, "sent", _decision)
REOPENED = PaperRule(CaseReopened.KIND, "sent", _reopened)
