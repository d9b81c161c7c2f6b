"""Licences and the entries on them against the signed licence and the signed entries, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.licences.kept import register_row
from exchange.licences.tables import licence, licence_entry, licence_told
from exchange.messaging.attested.contradiction import RowAt, RowContradiction, withheld
from exchange.messaging.attested.rule import PaperRule, RowRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.schemas import Licence, LicenceAnswer, LicenceEntry
from exchange.store.rows import Row
from exchange.store.types import printable

_NAMED = ("state", "matter", "case_number", "code", "issued_at", "entries")
_OF_THE_HOLDER = ("shown_name", "shown_code", "identifier")


def _check(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    paper = view.paper(row["issuer"], row["message_id"])
    if paper is None:
        yield at.unproved("message_id", row["message_id"])
        return
    if not isinstance(paper.body, Licence):
        if paper.fault is None:
            yield at.unproved("message_id", row["message_id"], paper.ref)
        return
    entries = list(_entries(view, row))
    signed = register_row(paper.body, paper.ref.message_id, paper.ref.digest, [body for _, body in entries])
    last = entries[-1][0] if entries else paper
    yield from at.differs("issuer", row["issuer"], signed.issuer, paper.ref)
    yield from at.differs("number", row["number"], signed.number, paper.ref)
    yield from at.differs("digest", row["digest"], signed.digest, paper.ref)
    for column in _NAMED:
        by = last if column in ("state", "entries") else paper
        yield from at.differs(column, row[column], getattr(signed, column), by.ref)
    for column in _OF_THE_HOLDER:
        said = withheld(printable(getattr(signed, column)))
        yield from at.differs(column, withheld(row[column]), said, last.ref)


def _entries(view: RowsView, row: Row) -> Iterator[tuple[RecordedPaper, LicenceEntry]]:
    for one in view.rows.where(licence_entry, "number", (row["number"],), ("position",), issuer=row["issuer"]):
        paper = view.paper(row["issuer"], one["message_id"])
        if paper is not None and isinstance(paper.body, LicenceEntry):
            yield paper, paper.body


def _entry(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    paper = view.paper(row["issuer"], row["message_id"])
    if paper is None:
        yield at.unproved("message_id", row["message_id"])
    elif isinstance(paper.body, LicenceEntry):
        yield from at.differs("number", row["number"], paper.body.number, paper.ref)
        yield from at.differs("position", row["position"], paper.body.position, paper.ref)
        yield from at.differs("change", row["change"], paper.body.change.value, paper.ref)
    elif paper.fault is None:
        yield at.unproved("message_id", row["message_id"], paper.ref)


def _told(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    paper = view.paper(view.member, row["message_id"])
    if paper is None:
        yield at.unproved("message_id", row["message_id"])
    elif isinstance(paper.body, LicenceAnswer):
        yield from at.differs("at", row["at"], paper.signed_at, paper.ref)
        if row["number"] not in _numbers(paper.body):
            yield from at.differs("number", row["number"], ", ".join(sorted(_numbers(paper.body))), paper.ref)
    elif paper.fault is None:
        yield at.unproved("message_id", row["message_id"], paper.ref)


def _numbers(body: LicenceAnswer) -> set[str]:
    return {one.number for one in body.licences} | ({body.number} if body.number is not None else set())


def _issued(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """A licence that was issued or taken in stands in the register."""
    body = paper.body
    if isinstance(body, Licence) and _counts(view, paper):
        here = view.rows.where(licence, "number", (body.number,), issuer=paper.ref.sender)
        if not here:
            at = RowAt(view.member, licence.name, f"{paper.ref.sender} · {body.number}")
            yield at.left_out("number", None, body.number, paper.ref)


def _entered(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """An entry that was made or taken in stands in the register, in its place."""
    body = paper.body
    if isinstance(body, LicenceEntry) and _counts(view, paper):
        rows = view.rows.where(licence_entry, "number", (body.number,), issuer=paper.ref.sender)
        here = next((one for one in rows if one["position"] == body.position), None)
        at = RowAt(view.member, licence_entry.name, f"{paper.ref.sender} · {body.number} · {body.position}")
        if here is None:
            yield at.left_out("position", None, body.change.value, paper.ref)
        elif here["message_id"] != paper.ref.message_id:
            yield at.left_out("message_id", here["message_id"], paper.ref.message_id, paper.ref)


def _answered(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """Whoever was told of a licence is found by it."""
    body = paper.body
    if not isinstance(body, LicenceAnswer):
        return
    numbers = _numbers(body)
    here = {one["number"] for one in view.rows.where(licence_told, "number", numbers, message_id=paper.ref.message_id)}
    for number in sorted(numbers - here):
        at = RowAt(view.member, licence_told.name, f"{number} · {paper.ref.message_id}")
        yield at.left_out("number", None, number, paper.ref)


def _counts(view: RowsView, paper: RecordedPaper) -> bool:
    return paper.direction == "sent" or view.accepted(paper)


LICENCE_ROWS = (
    RowRule(licence, ("issuer", "number"), _check, newest="issued_at", case="case_number"),
    RowRule(licence_entry, ("issuer", "number", "position"), _entry),
    RowRule(licence_told, ("number", "message_id"), _told),
)
LICENCE_PAPERS = (
    *(PaperRule(Licence.KIND, way, _issued) for way in ("sent", "received")),
    *(PaperRule(LicenceEntry.KIND, way, _entered) for way in ("sent", "received")),
    PaperRule(LicenceAnswer.KIND, "sent", _answered),
)
