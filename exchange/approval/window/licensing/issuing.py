"""Issue the licence on a decision that grants: once, numbered, signed for portals and departments, and delivered."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from exchange.approval.clocks.store import CaseClocks
from exchange.approval.filings.store import Filings
from exchange.approval.records import CaseRow
from exchange.approval.renewals.store import Renewals
from exchange.approval.rules.clock.dates import GRANTS
from exchange.approval.rules.renewal import RenewalState
from exchange.approval.rules.states import CaseState
from exchange.approval.window.clock.owed import deliver_in
from exchange.approval.window.deadlines import matter_of
from exchange.approval.window.store import Cases
from exchange.approval.window.submit import number_prefix
from exchange.clock import CST
from exchange.envelope.document import parse_body, payload_of
from exchange.errors import CallerError, Conflict, NotFound
from exchange.licences.kept import register_row
from exchange.licences.records import LicenceRow
from exchange.licences.rules.issuing import check_grantable, check_validity, is_licence_number, licence_number
from exchange.licences.store import Licences
from exchange.licences.telling_holders import portals_of
from exchange.messaging.checks import expect_window
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.wording import check_reason
from exchange.schemas import Application, Decision, Licence, LicenceHolder
from exchange.store.transaction import Transaction


@dataclass(frozen=True)
class LicenceWanted:
    """What an officer says of a licence that is to be issued."""

    officer: str
    permits: str | None = None
    """What it permits; the project of the application where nothing else is said."""
    valid_from: date | None = None
    """Today where no other day is named."""
    valid_until: date | None = None
    """The last day; None: without an end."""
    number: str | None = None
    """By an order of the authority's own; else the window gives the next one."""
    to: str | None = None
    """To whom and how it is handed out; the holder where nothing else is said."""


def issue(node: Node, case_number: str, wanted: LicenceWanted) -> LicenceRow:
    """Issue the licence on a case, and record its delivery where that is not on record; returns its row.

    It goes, as one signed message, to the window's portals and the departments consulted. Raises Denied (this is no
    window), NotFound, Conflict (not decided, nothing granted, issued before, number taken, days that do not fit,
    nobody to send it to) or CallerError.
    """
    with node.step() as step:
        return issue_in(step, case_number, wanted)


def issue_in(step: Step, case_number: str, wanted: LicenceWanted) -> LicenceRow:
    """Do what `issue` does, inside a step."""
    officer = check_reason(wanted.officer, "no officer is named", "say who issues it (--officer)")
    case, decision = _granted(step, case_number)
    licence = _licence(step, case, decision, wanted)
    told = [*portals_of(step.node), *departments_of(step, case.number)]
    message_id = step.send(licence, tuple(dict.fromkeys(told)), conversation_id=case.conversation_id)
    step.flush()  # the register knows it by its signed bytes
    stored = step.tx[Documents].get(step.node.address, message_id)
    if stored is None:
        raise Conflict(
            "nobody can be written to who would keep licence {number}",
            remedy="the window's portal, or a department of the case, has to be in the directory, and not revoked",
            number=licence.number,
        )
    row = register_row(licence, message_id, hashlib.sha256(stored.signed).hexdigest())
    step.tx[Licences].add(row)
    step.note("licence-issued", case.number, message_id, number=row.number, by=officer)
    if step.tx[CaseClocks].get(case.number).delivered_at is None:
        deliver_in(step, case.number, officer, wanted.to or licence.holder.name)
    return row


def departments_of(step: Step, case_number: str) -> list[str]:
    """Return the departments that a case was put to, and who acts for them."""
    parts = step.tx[Cases].parts(case_number)
    return [one for part in parts if part.consultation_id for one in part.hearing]


def licence_on_case(tx: Transaction, window: str, case_number: str) -> str | None:
    """Return the number of the licence that was issued on a case, or that it has renewed; None where there is none."""
    issued = tx[Licences].of_case(window, case_number)
    return issued.number if issued is not None else _renewed_by(tx, case_number)


def _renewed_by(tx: Transaction, case_number: str) -> str | None:
    filing = tx[Filings].of_case(case_number)
    renewal = tx[Renewals].get(filing.portal, filing.number) if filing is not None else None
    return renewal.licence if renewal is not None and renewal.state is RenewalState.GRANTED else None


def _granted(step: Step, number: str) -> tuple[CaseRow, tuple[Decision, bytes]]:
    expect_window(step.node)
    case = step.tx[Cases].get(number)
    if case is None:
        raise NotFound("no case {case_number} here", remedy="`exchange status` lists the cases", case_number=number)
    issued = step.tx[Licences].of_case(step.node.address, number)
    check_grantable(
        number,
        decided=case.state is CaseState.DECIDED and case.decision_id is not None,
        granted=case.outcome in GRANTS,
        issued=issued.number if issued is not None else None,
    )
    renewed = _renewed_by(step.tx, number)
    if renewed is not None:
        raise Conflict(
            "case {case} has renewed licence {number}",
            remedy="`exchange licence show {number}` shows the entry; no other licence is issued on it",
            case=number,
            number=renewed,
        )
    stored = step.tx[Documents].get(step.node.address, case.decision_id or "")
    if stored is None:
        raise NotFound(
            "the signed decision of case {case_number} is not on record",
            remedy="restore the window's database from its backup",
            case_number=number,
        )
    return case, (parse_body(Decision, payload_of(stored.signed)), stored.signed)


def _licence(step: Step, case: CaseRow, decided: tuple[Decision, bytes], wanted: LicenceWanted) -> Licence:
    decision, signed = decided
    today = step.now.astimezone(CST).date()
    valid_from = wanted.valid_from or today
    check_validity(decision.decided_at.astimezone(CST).date(), valid_from, wanted.valid_until)
    matter, window = matter_of(step.tx, case), step.node.directory.member(step.node.address)
    applicant = Application.model_validate_json(case.application).applicant
    permits = case.project if wanted.permits is None else wanted.permits
    return Licence(
        number=_number(step, case, wanted.number),
        case_number=case.number,
        matter=case.matter,
        matter_name=matter.name,
        matter_name_en=matter.name_en,
        holder=LicenceHolder(name=applicant.name, identifier=applicant.identifier),
        permits=check_reason(permits, "it permits nothing", "say what it permits (--permits)"),
        conditions=decision.conditions,
        decision_id=case.decision_id or "",
        decision_digest=hashlib.sha256(signed).hexdigest(),
        basis=decision.basis,
        issuer=step.node.address,
        authority=window.name,
        authority_en=window.name_en,
        decided_at=decision.decided_at,
        valid_from=valid_from,
        valid_until=wanted.valid_until,
        at=step.now,
    )


def _number(step: Step, case: CaseRow, wanted: str | None) -> str:
    if wanted is None:
        year = step.now.astimezone(CST).year
        key = f"licence-serial:{case.matter}:{year}"
        serial = int(step.tx.get_meta(key) or 0) + 1
        step.tx.set_meta(key, str(serial))
        return licence_number(number_prefix(step.node), case.matter, year, serial)
    if not is_licence_number(wanted):
        raise CallerError(
            "{number!r} is no number of a licence",
            remedy="capitals, digits and hyphens, four to eighty of them",
            number=wanted,
        )
    if step.tx[Licences].get(step.node.address, wanted) is not None:
        raise Conflict(
            "licence {number} exists", remedy="leave the number to the window, or choose another", number=wanted
        )
    return wanted
