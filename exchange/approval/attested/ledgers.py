"""Ledgers of terms against the receipts that began them, and whatever the window has signed of their entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from exchange.approval.attested.reading import EnteredRow, case_row, entry_of, ledger_at, ledger_of, of_kind, part_row
from exchange.approval.rules.defaults import is_proved
from exchange.approval.tables import ledger
from exchange.approval.window.deadlines import kept_matter
from exchange.errors import NotFound
from exchange.messaging.attested.contradiction import DocumentRef, RowAt, RowContradiction
from exchange.messaging.attested.rule import PaperRule, RowRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.messaging.rules.moments import precedes
from exchange.messaging.tables import outbox_copy
from exchange.schemas import (
    Consultation,
    DeadlineNotice,
    Decision,
    EntryKind,
    LedgerEntry,
    Receipt,
    StartRule,
    TermNotice,
)
from exchange.store.rows import Row


def _check(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    entry, part = entry_of(row["entry"]), part_row(view, row["case_number"], row["department"])
    if entry is None:
        yield at.unproved("entry", "-")
    elif part is None:
        yield at.unproved("department", row["department"])
    elif entry.kind is EntryKind.START:
        if row["position"] >= part["ledger_from"]:
            yield from _begins(view, at, part, entry)
    elif case_row(view, row["case_number"]) is not None and not _was_told(view, row, entry):
        yield at.unproved("entry", _shown(entry))


def _begins(view: RowsView, at: RowAt, part: Row, entry: LedgerEntry) -> Iterator[RowContradiction]:
    """A term begins by the department's receipt for what it needs to answer, as the matter has it begin."""
    receipts = list(_receipts(view, part))
    if not receipts:
        yield at.unproved("entry", _shown(entry))
        return
    rule = _start_rule(view, part)
    for _, receipt in receipts:
        claims = [(StartRule.ARRIVAL, receipt.arrived_at), (StartRule.SIGNED_FOR, receipt.signed_for_at)]
        for one, claimed in claims:
            if rule in (one, None) and _is_begun(entry.at, max(claimed, part["issued_at"] or claimed)):
                return
    ref, receipt = receipts[-1]
    claimed = receipt.signed_for_at if rule is StartRule.SIGNED_FOR else receipt.arrived_at
    yield from at.differs("entry", _shown(entry), f"{EntryKind.START} {claimed.isoformat()}", ref)


def _is_begun(at: datetime, claimed: datetime) -> bool:
    """At that moment; or as the window heard of it, where the department's clock was ahead."""
    return at == claimed or (at < claimed and not precedes(at, claimed))


def _start_rule(view: RowsView, part: Row) -> StartRule | None:
    """How the matter has terms begin, as it was when the case was opened; None where it is not on record."""
    request = view.paper(view.member, part["consultation_id"]) if part["consultation_id"] else None
    body = request.body if request is not None else None
    if not isinstance(body, Consultation):
        return None
    try:
        return kept_matter(view.tx, body.matter, body.matter_version).start
    except (NotFound, ValueError):
        return None


def _receipts(view: RowsView, part: Row) -> Iterator[tuple[DocumentRef, Receipt]]:
    """The department's receipts for the request, or for the result that it waited for."""
    ids = [one for one in (part["consultation_id"], part["clearance_id"]) if one is not None]
    for copy in view.rows.where(outbox_copy, "message_id", ids):
        if copy["addressee"] != part["department"] or copy["receipt_id"] is None:
            continue
        receipt = view.taken(part["department"], copy["receipt_id"], copy["receipt_index"])
        batch = view.paper(part["department"], copy["receipt_id"])
        if receipt is not None and batch is not None:
            yield batch.ref, receipt


def _was_told(view: RowsView, row: Row, entry: LedgerEntry) -> bool:
    """Whether something signed says the entry; of a department that nothing can be sent to any more nothing is."""
    if entry.kind is EntryKind.RESTART and entry.notice is not None and view.find(entry.notice):
        return True
    told = [body for _, body in of_kind(view, row["case_number"], TermNotice) if body.department == row["department"]]
    if any(body.entry == entry and body.refused is None for body in told):
        return True
    decided = of_kind(view, row["case_number"], Decision)
    ledgers = [one.rests_on.ledger for _, body in decided for one in body.considered
               if one.department == row["department"] and one.rests_on is not None]  # fmt: skip
    return any(entry in entries for entries in ledgers) or not _may_be_told(view, row["department"])


def _may_be_told(view: RowsView, department: str) -> bool:
    try:
        return view.trust.member(department).revoked_at is None
    except NotFound:
        return False


def _notice(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """What monitors were told of a ledger is its beginning: entries are only ever appended."""
    body = paper.body
    if isinstance(body, DeadlineNotice):
        for state in body.deadlines:
            if is_proved(state.ledger):
                yield from _held(view, paper, state.case_number, state.department, state.consultation_id, state.ledger)


def _decision(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """So is what the decision rests on."""
    body = paper.body
    if isinstance(body, Decision):
        for one in body.considered:
            on = one.rests_on
            if on is not None:
                yield from _held(view, paper, body.case_number, one.department, on.consultation_id, on.ledger)


def _held(
    view: RowsView, paper: RecordedPaper, number: str, department: str, request: str, signed: Sequence[LedgerEntry]
) -> Iterator[RowContradiction]:
    part = part_row(view, number, department)
    if part is None or part["consultation_id"] != request:
        return  # of a round before the department was asked anew
    rows = {one.position: one for one in ledger_of(view, number, department)}
    for position, entry in enumerate(signed, part["ledger_from"]):
        row = rows.get(position)
        if row is None or row.entry != entry:
            yield _contradicted(view, paper, number, department, position, row, entry)


def _contradicted(
    view: RowsView, paper: RecordedPaper, number: str, department: str, position: int, row: EnteredRow | None,
    entry: LedgerEntry,
) -> RowContradiction:  # fmt: skip
    at = ledger_at(view, number, department, position)
    if row is None:
        return at.left_out("entry", None, _shown(entry), paper.ref)
    return next(at.differs("entry", _shown(row.entry), _shown(entry, row.entry), paper.ref))


def _term(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """What a department was told of its term stands in its ledger."""
    body = paper.body
    if not isinstance(body, TermNotice) or body.refused is not None:
        return
    rows = ledger_of(view, body.case_number, body.department)
    if not any(one.entry == body.entry for one in rows):
        at = ledger_at(view, body.case_number, body.department, len(rows))
        yield at.left_out("entry", None, _shown(body.entry), paper.ref)


def _shown(entry: LedgerEntry | None, beside: LedgerEntry | None = None) -> str:
    """An entry without the words in it; beside another that is the same but for those, with all that differs."""
    if entry is None:
        return "-"
    parts = [entry.kind.value, entry.at.isoformat()]
    parts += [f"{entry.days} d"] if entry.days is not None else []
    parts += [f"-> {entry.told.isoformat()}"] if entry.told is not None else []
    if beside is not None and _shown(beside) == " ".join(parts):
        parts.append("(other words)")
    return " ".join(parts)


LEDGERS = RowRule(ledger, ("case_number", "department", "position"), _check, case="case_number")
LEDGER_PAPERS = (
    PaperRule(DeadlineNotice.KIND, "sent", _notice),
    PaperRule(Decision.KIND, "sent", _decision),
    PaperRule(TermNotice.KIND, "sent", _term),
)
