"""Acceptance: the window's documents on a filing, by the five outcomes of article 32, and the case that is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from exchange.approval.filings.application import filed_in
from exchange.approval.filings.records import FilingRow
from exchange.approval.filings.states import FilingState
from exchange.approval.filings.store import Filings
from exchange.approval.rules.acceptance.outcomes import check_complete, is_complete, promises_of, remedies_of
from exchange.approval.rules.clock.dates import CaseLedgers, case_dates
from exchange.approval.rules.hearings import request_by
from exchange.approval.window.deadlines import kept_matter
from exchange.approval.window.issuing import CaseFiles
from exchange.approval.window.store import Cases
from exchange.approval.window.submit import open_case
from exchange.errors import Conflict
from exchange.messaging.node import Step
from exchange.schemas import (
    ACCEPTED_BY_LAW,
    Acceptance,
    AcceptanceMode,
    AcceptanceOutcome,
    Filing,
    FilingSupplement,
    HearingMode,
    Matter,
    MissingItem,
    Promised,
)
from exchange.store.transaction import Transaction

BASIS = ("行政许可法第三十二条",)


def matter_filed(tx: Transaction, row: FilingRow) -> Matter:
    """Return the matter as it was when the application was handed in. Raises NotFound."""
    return kept_matter(tx, row.matter, row.matter_version)


def accept_by_form(
    step: Step, row: FilingRow, matter: Matter, filed: Filing | FilingSupplement, enclosures: Sequence[bytes]
) -> None:
    """Accept at once what is complete by the form's own check, where the matter says so; else an officer looks."""
    if matter.acceptance is AcceptanceMode.AUTOMATIC and is_complete(filed.application, matter, enclosures):
        _open(step, row, AcceptanceOutcome.ACCEPTED, matter, filed, enclosures, by_rule=True)


def accept_by_law(
    step: Step, row: FilingRow, case_number: str | None = None, fixed_due: Mapping[str, datetime] | None = None
) -> str:
    """Accept what nobody has said anything of within five working days, from the day it was received.

    Whatever is missing. Returns the case number.
    """
    filed, enclosures = filed_in(step.tx, row)
    said: dict[str, Any] = {
        "statement": ACCEPTED_BY_LAW, "by_rule": True, "number": case_number, "fixed_due": fixed_due
    }  # fmt: skip
    matter = matter_filed(step.tx, row)
    return _open(step, row, AcceptanceOutcome.BY_LAW, matter, filed, enclosures, **said)


def accept_in(
    step: Step,
    row: FilingRow,
    officer: str,
    promised: Sequence[str] = (),
    case_number: str | None = None,
    fixed_due: Mapping[str, datetime] | None = None,
) -> str:
    """Accept a filing by an officer; returns the case number.

    ``promised``: codes of materials that are missing and may be handed in later. Raises BadApplication where anything
    else is missing, BadAcceptance where a material may not be promised, NotFound.
    """
    matter, (filed, enclosures) = matter_filed(step.tx, row), filed_in(step.tx, row)
    application = filed.application
    promises = promises_of(application, matter, promised, step.now.date(), step.node.calendar)
    check_complete(application, matter, enclosures, frozenset(promised))
    said: dict[str, Any] = {"promised": promises, "officer": officer, "number": case_number, "fixed_due": fixed_due}
    return _open(step, row, AcceptanceOutcome.ACCEPTED, matter, filed, enclosures, **said)


def tell_missing(step: Step, row: FilingRow, missing: Sequence[MissingItem], officer: str) -> str:
    """Tell the applicant everything that is missing, once; returns the message id."""
    body = _document(step, row, AcceptanceOutcome.INCOMPLETE, missing=tuple(missing))
    return _send(step, row, body, FilingState.INCOMPLETE, officer, told_at=step.now)


def turn_down(
    step: Step, row: FilingRow, outcome: AcceptanceOutcome, reasons: str, officer: str, competent_body: str | None
) -> str:
    """Tell the applicant that its filing is not accepted, why, and where to turn; returns the message id."""
    body = _document(
        step, row, outcome, reasons=reasons, competent_body=competent_body,
        remedies=remedies_of(matter_filed(step.tx, row)),
    )  # fmt: skip
    return _send(step, row, body, FilingState.NOT_ACCEPTED, officer, ended_at=step.now)


def _open(
    step: Step,
    row: FilingRow,
    outcome: AcceptanceOutcome,
    matter: Matter,
    filed: Filing | FilingSupplement,
    enclosures: Sequence[bytes],
    *,
    by_rule: bool = False,
    promised: tuple[Promised, ...] = (),
    statement: str | None = None,
    officer: str | None = None,
    number: str | None = None,
    fixed_due: Mapping[str, datetime] | None = None,
) -> str:
    has_files = any(one.attachment or one.claim for one in filed.application.materials)
    files = CaseFiles(enclosures, scanned=filed.scanned if has_files else None)
    case = open_case(
        step, filed.application, matter, files,
        accepted_from=row.complete_at, number=number, fixed_due=fixed_due,
    )  # fmt: skip
    if row.hearing_at is not None:
        step.tx[Cases].hold_up(case.number)
    term = case_dates(case, matter, CaseLedgers(), step.node.calendar)
    body = _document(
        step, row, outcome, case_number=case.number, accepted_from=row.complete_at, decide_by=term.decide_by,
        provisional=term.provisional, promised=promised, by_rule=by_rule, statement=statement,
        hearing_by=request_by(step.now, step.node.calendar) if matter.hearing is HearingMode.ON_REQUEST else None,
    )  # fmt: skip
    _send(
        step, row, body, FilingState.ACCEPTED, officer, case_number=case.number, ended_at=step.now,
        changed_at=step.now,
    )  # fmt: skip
    return case.number


def _document(step: Step, row: FilingRow, outcome: AcceptanceOutcome, **said: Any) -> Acceptance:
    return Acceptance(
        filing=row.number, filing_id=row.last_id, matter=row.matter, outcome=outcome, basis=BASIS, at=step.now, **said
    )


def _send(
    step: Step, row: FilingRow, body: Acceptance, after: FilingState, officer: str | None, **moved: datetime | str
) -> str:
    message_id = step.send(body, (row.portal,), conversation_id=row.filing_id, in_reply_to=row.last_id)
    if not step.tx[Filings].move(row, after, outcome=body.outcome, acceptance_id=message_id, **moved):
        raise Conflict(
            "something else was done with filing {number} meanwhile", remedy="look at it again", number=row.number
        )
    step.note(
        "acceptance", body.case_number, message_id,
        portal=row.portal, filing=row.number, outcome=body.outcome.value, officer=officer,
    )  # fmt: skip
    return message_id
