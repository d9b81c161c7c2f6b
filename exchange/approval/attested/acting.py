"""Who is asked in a department's place, at the window, against the copies of the request that were sent."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.approval.attested.reading import of_kind
from exchange.messaging.attested.contradiction import RowAt, RowContradiction
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.schemas import CaseClosed, Consultation
from exchange.store.rows import Row


def acting(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """Hold the substitute that a part names against the last copy, unless that was taken back since."""
    copies = [paper for paper, body in of_kind(view, row["case_number"], Consultation)
              if body.copy_of == row["consultation_id"] and paper.header is not None
              and any(one.department == row["department"] for one in body.departments)]  # fmt: skip
    if not copies:
        if row["substitute"] is not None:
            yield at.unproved("substitute", row["substitute"])
        return
    last = copies[-1]
    to = last.header.addressees[0] if last.header is not None else None
    if row["substitute"] is None:
        if not _taken_back(view, row, last, to):
            yield at.left_out("substitute", None, to, last.ref)
    else:
        yield from at.differs("substitute", row["substitute"], to, last.ref)


def _taken_back(view: RowsView, row: Row, copy: RecordedPaper, to: str | None) -> bool:
    told = [paper for paper, _ in of_kind(view, row["case_number"], CaseClosed) if paper.header is not None]
    return any(one.recorded_at >= copy.recorded_at and to in (one.header.addressees if one.header else ())
               for one in told)  # fmt: skip
