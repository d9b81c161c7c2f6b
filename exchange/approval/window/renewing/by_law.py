"""A round: a renewal that was asked for in time, and is undecided when its licence is over, is granted by law.

Nobody has approved it, and the document says so. It is signed by rule, once: the renewal, its filing, its case and the
register move by guarded UPDATEs in the transaction that writes it.
"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from functools import partial

from exchange.approval.filings.changes import cases_changed
from exchange.approval.filings.states import FilingState
from exchange.approval.filings.store import Filings
from exchange.approval.renewals.records import RenewalRow
from exchange.approval.renewals.store import Renewals
from exchange.approval.renewals.waiting import Renewing
from exchange.approval.rules.after.paper import owes
from exchange.approval.rules.renewal import IN_FLIGHT, RenewalRuling, RenewalState
from exchange.approval.rules.states import CASES, CaseState
from exchange.approval.window.closing import close_parts
from exchange.approval.window.deadlines import kept_matter
from exchange.approval.window.licensing.entering import EntryWanted, enter_by
from exchange.approval.window.licensing.issuing import departments_of
from exchange.approval.window.renewing.asked import renewing_row
from exchange.approval.window.store import Cases
from exchange.envelope.document import parse_body, payload_of
from exchange.errors import Conflict, NotFound
from exchange.language import noted
from exchange.licences.rules.entering import BASIS
from exchange.licences.rules.renewing import renewed_until
from exchange.messaging.documents import Documents
from exchange.messaging.failing.apart import each_together
from exchange.messaging.node import Node, Step
from exchange.messaging.records import StoredDocument
from exchange.schemas import RENEWED_BY_LAW, FilingReceipt, LicenceChange, TacitAuthorisation
from exchange.store.transaction import Transaction
from exchange.workdays import end_of_day

WORK = "renewals by law"
"""What this work is called where it fails."""
_AT_ONCE = 50
_CLOSED = noted("the renewal is granted by law: the licence was over, and nothing decided")
_SETTLED = {RenewalRuling.NO_EFFECT: RenewalState.EXPIRED, RenewalRuling.ENDED: RenewalState.ENDED}


def look(node: Node) -> int:
    """Look at all renewals whose licences are over; returns how many were looked at."""
    return len(each_together(node, WORK, partial(_due, node), _rule, _AT_ONCE))


def _due(node: Node, tx: Transaction, limit: int) -> list[tuple[str, RenewalRow]]:
    rows = tx[Renewals].due(node.clock.now() - IN_FLIGHT, limit)
    return [(f"{row.portal} {row.number}", row) for row in rows]


def _rule(step: Step, row: RenewalRow) -> None:
    found = renewing_row(step, row)
    if found is None or found.row.state is not RenewalState.WAITING:
        return
    ruling, last = found.ruling(step.now - IN_FLIGHT), found.expires_on
    if ruling is RenewalRuling.BY_LAW and last is not None:
        _grant(step, found, last)
    elif ruling is RenewalRuling.WAITS and last is not None:
        step.tx[Renewals].look_at(found.row, end_of_day(last))  # it was renewed otherwise meanwhile
    elif ruling is RenewalRuling.INCOMPLETE:
        step.tx[Renewals].look_at(found.row, None)  # until a supplement comes that had arrived before
    else:
        step.tx[Renewals].settle(found.row, _SETTLED[ruling], step.now)
        step.note(f"renewal-{ruling.value}", found.filing.case_number, None, licence=row.licence, filing=row.number)


def _grant(step: Step, found: Renewing, expired_on: date) -> None:
    body = _authorisation(step, found, expired_on, receipt := _receipt(step, found))
    filing, case = found.filing, found.filing.case_number
    told = [filing.portal, *(departments_of(step, case) if case is not None else ())]
    message_id = step.send(
        body, tuple(dict.fromkeys(told)), conversation_id=filing.filing_id, in_reply_to=filing.last_id,
        enclosures=(receipt.signed,),
    )  # fmt: skip
    step.flush()  # nothing rests on a document that could not be written
    if step.tx[Documents].get(step.node.address, message_id) is None:
        raise NotFound(
            "nobody can be told that licence {number} is renewed by law",
            remedy="the portal {portal} has to be in the directory, and not revoked",
            number=found.row.licence,
            portal=filing.portal,
        )
    said = EntryWanted(
        LicenceChange.RENEWED, "", RENEWED_BY_LAW, body.basis, expired_on + timedelta(days=1), body.valid_until,
        authorisation_id=message_id,
    )  # fmt: skip
    enter_by(step, found.licence, said, "law")
    _close(step, found)
    if not step.tx[Renewals].settle(found.row, RenewalState.BY_LAW, step.now, authorisation_id=message_id):
        raise _meanwhile(found)
    step.note("renewed-by-law", case, message_id, licence=found.row.licence, filing=filing.number)


def _authorisation(step: Step, found: Renewing, expired_on: date, receipt: StoredDocument) -> TacitAuthorisation:
    filing, kept = found.filing, found.licence
    until = renewed_until(kept.body, kept.entries)
    matter = kept_matter(step.tx, filing.matter, filing.matter_version)
    return TacitAuthorisation(
        licence=kept.row.number,
        licence_id=kept.row.message_id,
        licence_digest=kept.row.digest,
        matter=filing.matter,
        filing=filing.number,
        portal=filing.portal,
        filing_id=filing.filing_id,
        receipt_id=receipt.message_id,
        receipt_digest=hashlib.sha256(receipt.signed).hexdigest(),
        case_number=filing.case_number,
        received_at=filing.received_at,
        days=found.row.days,
        ask_by=expired_on - timedelta(days=found.row.days),
        expired_on=expired_on,
        valid_until=until or expired_on,
        basis=(*BASIS[LicenceChange.RENEWED], *matter.renewal_basis),
        at=step.now,
    )


def _receipt(step: Step, found: Renewing) -> StoredDocument:
    """The receipt that told the applicant that it had asked in time: the first one."""
    for one in step.tx[Documents].of_conversation(found.filing.filing_id, FilingReceipt.KIND):
        if one.sender == step.node.address and _is_for(one, found):
            return one
    raise NotFound(
        "the signed receipt for filing {number} is not on record",
        remedy="restore the window's database from its backup",
        number=found.filing.number,
    )


def _is_for(one: StoredDocument, found: Renewing) -> bool:
    return parse_body(FilingReceipt, payload_of(one.signed)).filing_id == found.filing.filing_id


def _close(step: Step, found: Renewing) -> None:
    filing = found.filing
    if filing.case_number is None:
        if not step.tx[Filings].move(filing, FilingState.BY_LAW, ended_at=step.now):
            raise _meanwhile(found)
        return
    case = step.tx[Cases].get(filing.case_number)
    if case is None or not step.tx[Cases].move(case.number, CASES.before(CaseState.BY_LAW), CaseState.BY_LAW):
        raise _meanwhile(found)
    parts = step.tx[Cases].parts(case.number)
    owing = step.node.reachable([part.department for part in parts if owes(part)])
    close_parts(step, case, [part.department for part in parts], _CLOSED, also=owing)
    cases_changed(step, [case.number])


def _meanwhile(found: Renewing) -> Conflict:
    return Conflict(
        "something else was done with filing {number} meanwhile", remedy="look at it again", number=found.filing.number
    )
