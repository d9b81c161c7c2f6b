"""In which stage a case and its parts are, against the stages that its requests name."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.approval.attested.reading import of_kind, parts_of
from exchange.approval.rules.states import PartState
from exchange.messaging.attested.contradiction import RowAt, RowContradiction
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.schemas import Consultation
from exchange.store.rows import Row


def case_staged(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """Hold a case's stage against the last one that was put to anybody: a later one begins without a request only
    where nobody of it could be reached.
    """
    told = [(paper, body) for paper, body in of_kind(view, row["number"], Consultation) if body.copy_of is None]
    if not told:
        return
    paper, last = max(told, key=lambda one: one[1].stage)
    begun = {one["stage"] for one in parts_of(view, row["number"]) if one["state"] != PartState.PLANNED}
    if row["stage"] < last.stage or (row["stage"] > last.stage and row["stage"] not in begun):
        yield from at.differs("stage", row["stage"], last.stage, paper.ref)


def part_staged(
    view: RowsView, at: RowAt, row: Row, request: RecordedPaper, body: Consultation
) -> Iterator[RowContradiction]:
    """Hold a part's stage against its requests; who is asked again in a reopened case is asked in that one's stage."""
    asked = {one.stage for _, one in of_kind(view, row["case_number"], Consultation)
             if any(each.department == row["department"] for each in one.departments)}  # fmt: skip
    if row["stage"] not in asked:
        yield from at.differs("stage", row["stage"], body.stage, request.ref)
