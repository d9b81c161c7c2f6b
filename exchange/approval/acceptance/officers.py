"""What an officer of the window does with a filing: look, accept, tell what is missing, turn down."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from exchange.approval.acceptance.accepting import accept_in, matter_filed, tell_missing, turn_down
from exchange.approval.acceptance.promises import promised_in
from exchange.approval.filings.application import filed_in
from exchange.approval.filings.records import FilingRow
from exchange.approval.filings.states import FilingState
from exchange.approval.filings.store import Filings
from exchange.approval.renewals.waiting import expect_not_arisen, renewing
from exchange.approval.rules.acceptance.outcomes import check_open, check_outcome, check_told_once
from exchange.approval.rules.acceptance.term import TellBy, tell_by
from exchange.catalogue.completeness import Completeness, completeness_of
from exchange.errors import BadAcceptance, Changed, NotFound
from exchange.messaging.checks import expect_window
from exchange.messaging.node import Node, Step
from exchange.paging import Place
from exchange.schemas import AcceptanceOutcome, Application, Matter, MissingItem, Promised, RenewalTerm
from exchange.store.transaction import Transaction


@dataclass(frozen=True)
class FilingStatus:
    """A filing as an officer looks at it."""

    row: FilingRow
    matter: Matter
    application: Application
    term: TellBy
    """Until when the applicant must be told what is missing."""
    promised: tuple[Promised, ...]
    """What was accepted against a promise, and has not come."""
    lacking: Completeness
    """What the application lacks by the form's own check; whether it is in form, an officer looks."""
    enclosures: Sequence[bytes]
    """Its files, as far as they came inside the message, in the order in which the application names them."""
    revision: str
    """Another one after any change."""
    scanned: frozenset[str] = frozenset()
    """SHA-256 of the files in which a scanner has found nothing; no other was scanned."""
    renewal: RenewalTerm | None = None
    """Of a renewal: the licence, and whether it was asked for in time."""


def filing_status(node: Node, number: str, portal: str | None = None) -> FilingStatus:
    """Return one filing. Raises Denied (this is no window) or NotFound (none, or of several portals)."""
    expect_window(node)
    with node.store.reading() as tx:
        row, window = _filing(tx, node.address, number, portal), node.address
        term, matter = tell_by(row.complete_at, node.calendar), matter_filed(tx, row)
        filed, enclosures = filed_in(tx, row)
        lacking = completeness_of(filed.application, matter, enclosures)
        promised, scanned = promised_in(tx, row, window), frozenset(filed.scanned)
        asked = renewing(tx, window, row)
        return FilingStatus(
            row, matter, filed.application, term, promised, lacking, enclosures, _revision(row), scanned,
            asked.term if asked is not None else None,
        )  # fmt: skip


def expect_filing_revision(step: Step, number: str, known: Collection[str], portal: str | None = None) -> None:
    """Raise Changed unless a filing is as it was when somebody read one of the ``known`` revisions; or NotFound."""
    if revision_in(step, number, portal) not in known:
        raise Changed(
            "filing {number} has changed since it was read",
            remedy="read the filing again, and act on what it says now",
            number=number,
        )


def revision_in(step: Step, number: str, portal: str | None = None) -> str:
    """Return the revision of a filing within a step. Raises NotFound."""
    return _revision(_filing(step.tx, step.node.address, number, portal))


def filings(node: Node, state: FilingState | None = None, limit: int = 50) -> list[FilingRow]:
    """Return the latest filings, or those that wait for an officer, the longest waiting first."""
    expect_window(node)
    with node.store.reading() as tx:
        return tx[Filings].waiting(limit) if state is FilingState.RECEIVED else tx[Filings].recent(state, limit)


def page_of_filings(node: Node, state: FilingState | None, before: Place | None, limit: int) -> list[FilingRow]:
    """Return filings, the newest first, behind the place of the last one seen. Raises Denied (this is no window)."""
    expect_window(node)
    with node.store.reading() as tx:
        return tx[Filings].recent(state, limit, before)


def waiting_filings(node: Node, after: Place | None, limit: int) -> list[FilingRow]:
    """Return filings that wait for an officer's word, the longest waiting first, behind the place of the last one seen.

    Raises Denied (this is no window).
    """
    expect_window(node)
    with node.store.reading() as tx:
        return tx[Filings].waiting(limit, after)


def waiting_number(node: Node, most: int) -> int:
    """Return how many filings wait for an officer's word, counted no further than ``most``."""
    expect_window(node)
    with node.store.reading() as tx:
        return tx[Filings].how_many_wait(most)


def accept(
    node: Node,
    number: str,
    officer: str,
    *,
    promised: Sequence[str] = (),
    portal: str | None = None,
    case_number: str | None = None,
    fixed_due: Mapping[str, datetime] | None = None,
) -> str:
    """Accept a filing by an officer, and open its case; returns the case number.

    ``promised``: codes of materials that may be handed in later. ``case_number``: else the window gives the next one.
    ``fixed_due`` gives departments a due moment that a statute or court fixed. Raises Denied, NotFound, Conflict
    (settled, accepted by law), BadApplication (something is missing) or BadAcceptance (it may not be promised).
    """
    with node.step() as step:
        return accept_filing_in(
            step, number, officer, promised=promised, portal=portal, case_number=case_number, fixed_due=fixed_due
        )


def accept_filing_in(
    step: Step,
    number: str,
    officer: str,
    *,
    promised: Sequence[str] = (),
    portal: str | None = None,
    case_number: str | None = None,
    fixed_due: Mapping[str, datetime] | None = None,
) -> str:
    """Do what `accept` does, inside a step."""
    row = _open_filing(step, number, portal, officer)
    return accept_in(step, row, officer, promised, case_number, fixed_due)


def tell_incomplete(
    node: Node, number: str, missing: Sequence[MissingItem], officer: str, *, portal: str | None = None
) -> str:
    """Tell the applicant, once, everything that is missing or not in form; returns the message id.

    Raises Denied, NotFound, Conflict (settled, told before, accepted by law) or BadAcceptance (nothing is named).
    """
    with node.step() as step:
        return tell_incomplete_in(step, number, missing, officer, portal=portal)


def tell_incomplete_in(
    step: Step, number: str, missing: Sequence[MissingItem], officer: str, *, portal: str | None = None
) -> str:
    """Do what `tell_incomplete` does, inside a step."""
    row = _open_filing(step, number, portal, officer)
    check_told_once(row)
    if not missing:
        raise BadAcceptance("nothing is said to be missing", remedy="name it all, and what to do about it")
    return tell_missing(step, row, missing, officer)


def refuse(
    node: Node,
    number: str,
    outcome: AcceptanceOutcome,
    reasons: str,
    officer: str,
    *,
    competent_body: str | None = None,
    portal: str | None = None,
) -> str:
    """Turn a filing down, with reasons and remedies; returns the message id.

    Raises Denied, NotFound, Conflict (settled, accepted by law) or BadAcceptance.
    """
    with node.step() as step:
        return refuse_in(step, number, outcome, reasons, officer, competent_body=competent_body, portal=portal)


def refuse_in(
    step: Step,
    number: str,
    outcome: AcceptanceOutcome,
    reasons: str,
    officer: str,
    *,
    competent_body: str | None = None,
    portal: str | None = None,
) -> str:
    """Do what `refuse` does, inside a step."""
    row = _open_filing(step, number, portal, officer)
    check_outcome(row, outcome, reasons, competent_body)
    return turn_down(step, row, outcome, reasons, officer, competent_body)


def _open_filing(step: Step, number: str, portal: str | None, officer: str) -> FilingRow:
    expect_window(step.node)
    if not officer.strip():
        raise BadAcceptance("nobody answers for it", remedy="name the officer")
    row = _filing(step.tx, step.node.address, number, portal)
    check_open(row, step.now, step.node.calendar)
    expect_not_arisen(renewing(step.tx, step.node.address, row), step.now)
    return row


def _revision(row: FilingRow) -> str:
    told = replace(row, serial=0, told=None, changed_at=None)  # what its portal has been told changes nothing of it
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def _filing(tx: Transaction, window: str, number: str, portal: str | None) -> FilingRow:
    found = tx[Filings].named(number) if portal is None else [*filter(None, [tx[Filings].get(portal, number)])]
    if len(found) > 1:
        raise NotFound(
            "several portals have a filing {number}",
            remedy="name the portal: {portals}",
            number=number,
            portals=", ".join(row.portal for row in found),
        )
    if not found:
        raise NotFound(
            "no filing {number} at {window}",
            remedy="`exchange filing list` shows them",
            number=number,
            window=window,
        )
    return found[0]
