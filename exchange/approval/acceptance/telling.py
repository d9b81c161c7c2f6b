"""A round: portals are told how the cases stand that came in by them, and the decision is served, once."""

from __future__ import annotations

import hashlib
from functools import partial

from exchange.approval.acceptance.accepting import matter_filed
from exchange.approval.acceptance.progress import progress_of
from exchange.approval.filings.records import FilingRow
from exchange.approval.filings.store import Filings
from exchange.approval.rules.acceptance.outcomes import remedies_of
from exchange.approval.rules.clock.dates import deliver_by
from exchange.approval.window.status import CaseStatus, status_in
from exchange.envelope.document import parse_body, payload_of
from exchange.messaging.documents import Documents
from exchange.messaging.failing.apart import each_together
from exchange.messaging.node import Node, Step
from exchange.schemas import CaseProgress, Decision, DecisionServed
from exchange.schemas.instants import EARLIEST
from exchange.store.transaction import Transaction

WORK = "progress for applicants"
"""What this work is called where it fails."""
_AT_ONCE = 50


def look(node: Node) -> int:
    """Tell of all cases that have changed; returns how many were looked at."""
    return len(each_together(node, WORK, _changed, partial(_tell, node), _AT_ONCE))


def _changed(tx: Transaction, limit: int) -> list[tuple[str, FilingRow]]:
    return [(f"{row.portal} {row.number}", row) for row in tx[Filings].changed(limit)]


def _tell(node: Node, step: Step, row: FilingRow) -> None:
    if row.case_number is None:
        return
    case = status_in(step.tx, node, row.case_number)
    served = _serve(step, row, case)
    progress = progress_of(step, row, case)
    told = _digest(progress)
    if told != row.told:
        step.send(progress, (row.portal,), conversation_id=row.filing_id)
    step.tx[Filings].was_told(row, row.serial + (told != row.told), told, served)


def _serve(step: Step, row: FilingRow, case: CaseStatus) -> str | None:
    """Serve the decision, where there is one that was not served; returns which one is served."""
    if case.decision_id is None or case.decision_id == row.served_id:
        return row.served_id
    stored = step.tx[Documents].get(step.node.address, case.decision_id)
    if stored is None:
        return row.served_id
    decision = parse_body(Decision, payload_of(stored.signed))
    until = deliver_by(decision.decided_at, decision.outcome, step.node.calendar)
    served = DecisionServed(
        filing=row.number,
        case_number=case.number,
        matter=decision.matter,
        decision_id=case.decision_id,
        decision_digest=hashlib.sha256(stored.signed).hexdigest(),
        outcome=decision.outcome,
        reasons=decision.reasons,
        conditions=decision.conditions,
        basis=decision.basis,
        remedies=remedies_of(matter_filed(step.tx, row)),
        by_rule=decision.by_rule,
        decided_at=decision.decided_at,
        deliver_by=until[0] if until else None,
        provisional=until[1] if until else False,
    )
    step.send(served, (row.portal,), conversation_id=row.filing_id)
    step.note("decision-served", case.number, None, portal=row.portal, filing=row.number)
    return case.decision_id


def _digest(progress: CaseProgress) -> str:
    """What tells two progresses apart: everything but when they were written."""
    return hashlib.sha256(progress.model_copy(update={"serial": 1, "at": EARLIEST}).as_json()).hexdigest()
