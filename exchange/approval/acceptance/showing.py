"""What an applicant sends on a running case is shown, as the portal signed it, to whoever is still to answer, or asked
for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from exchange.approval.filings.records import FilingRow
from exchange.approval.rules.states import PartState
from exchange.approval.window.store import Cases
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Step
from exchange.schemas import CaseAddition

_TO_ANSWER = frozenset({PartState.ISSUED, PartState.SIGNED, PartState.ESCALATED})


def show(step: Step, incoming: Incoming, row: FilingRow, case_number: str, askers: Collection[str] = ()) -> None:
    """Show a paper with its files to the departments of a case that were asked and have not answered.

    ``askers``: departments that have asked for it; they get it whether or not they have answered meanwhile.
    """
    case, parts = step.tx[Cases].get(case_number), step.tx[Cases].parts(case_number)
    owed = [part for part in parts if part.state in _TO_ANSWER or part.department in askers]
    asked = [one for part in owed if part.consultation_id for one in part.hearing]
    told = step.node.reachable(tuple(dict.fromkeys(asked)))
    if case is None or not told:
        return
    signed = incoming.opened.signed
    shown = CaseAddition(
        case_number=case_number,
        filing=row.number,
        portal=row.portal,
        paper_id=incoming.message_id,
        digest=hashlib.sha256(signed).hexdigest(),
    )
    step.send(shown, told, conversation_id=case.conversation_id, enclosures=(signed, *incoming.opened.enclosures))
