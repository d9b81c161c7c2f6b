"""Substitutes at the window: whoever acts for a department has its request, and speaks in its name.

The directory says who may, at the moments at which an opinion was signed and arrived; nothing else does. A term runs by
the department's own receipts alone: what is sent to a substitute moves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from exchange.approval.records import COPIED, CaseRow, PartRow
from exchange.approval.rules.states import CaseState
from exchange.approval.window.checks import check_request, own_part
from exchange.approval.window.deadlines import RUNNING, tell_ledger
from exchange.approval.window.store import Cases
from exchange.directory.substitutes import in_force, substitutes_of, why_not
from exchange.envelope import verify_signed
from exchange.errors import Returned
from exchange.language import Text, noted
from exchange.messaging.documents import Documents
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Node, Step
from exchange.schemas import CaseClosed, Consultation, Opinion, Urgency
from exchange.store.transaction import Transaction

WORK = "substitutes"
LOOK_LIMIT = 100
"""Parts whose substitute is told in one transaction."""

ENDED = noted("the substitution has ended: the department answers for itself")
ANSWERED_ITSELF = noted("the department has answered for itself")
ANSWERED_FOR = noted("a substitute has given the opinion in the department's name")


def check_speaker(step: Step, incoming: Incoming, case: CaseRow, part: PartRow, opinion: Opinion) -> None:
    """Raise Returned unless a department speaks of its own part, or its substitute does, of the request put to it."""
    if opinion.substitution is None:
        own_part(incoming, case, part, opinion.consultation_id)
        return
    moments = (incoming.opened.header.created_at, incoming.arrival.earliest)
    directory = step.node.directory.directory
    why = why_not(directory, opinion.substitution, incoming.sender, part.department, case.matter, moments)
    if why is not None:
        remedy = Text("`exchange substitute list` shows who acts for whom, until when")
        raise Returned(why, code="not-yours", remedy=remedy)
    if step.tx[Cases].part(case.number, incoming.sender) is not None:
        raise Returned(
            "{sender} is asked in case {number} itself, and has one voice in it",
            code="not-yours",
            remedy="the department answers for itself in this case",
            sender=incoming.sender,
            number=case.number,
        )
    check_request(case, part, opinion.consultation_id)


def speaks_for(node: Node, tx: Transaction, sender: str, part: PartRow, at: datetime) -> bool:
    """Return whether a member's word on a part is the department's: its own, or that of its substitute at a moment."""
    if sender == part.department:
        return True
    case = tx[Cases].get(part.case_number)
    return case is not None and any(one == sender for one, _ in _acting(node, tx, case, part.department, at))


def speakers_of(node: Node, tx: Transaction, case_number: str, department: str) -> tuple[str, ...]:
    """Return a department and all who act, or ever acted, for it in a case's matter."""
    case = tx[Cases].get(case_number)
    those = node.directory.directory.substitutions if case is not None else ()
    return tuple(dict.fromkeys((department, *(one.substitute for one in those if one.department == department))))


def send_copies(
    step: Step, case: CaseRow, original: Consultation, original_id: str, enclosures: Sequence[bytes], urgency: Urgency
) -> None:
    """Send a request that has just been put to departments to those that act for them, too."""
    for asked in original.departments:
        part = step.tx[Cases].part(case.number, asked.department)
        for substitute, _ in _acting(step.node, step.tx, case, asked.department, step.now):
            if part is not None:
                _copy(step, case, part, substitute, original, original_id, enclosures, urgency)


def tell_other(step: Step, case: CaseRow, part: PartRow, speaker: str, opinion_id: str) -> None:
    """Tell a department what was said in its name; or its substitute that it has answered itself."""
    if speaker != part.department:
        closed = CaseClosed(
            case_number=case.number, reason=ANSWERED_FOR, at=step.now, given_by=speaker, opinion_id=opinion_id
        )
        step.send(closed, (part.department,), conversation_id=case.conversation_id)
    elif part.substitute is not None:
        _release(step, case, part.substitute, ANSWERED_ITSELF)


class Substitutes:
    """The window's periodic look at who acts for whom: requests go to new ones, and are taken from those that ended."""

    def __init__(self) -> None:
        self._seen: tuple[int, ...] | None = None

    def look(self, node: Node) -> int:
        """Bring requests that wait to those that act for their departments now; returns how many changed hands."""
        those, now = node.directory.directory.substitutions, node.clock.now()
        standing = tuple(one.serial for one in those if in_force(one, now))
        if standing == self._seen:
            return 0
        with node.step() as step:
            waiting = step.tx[Cases].waiting_for({one.department for one in those})
            changed = 0
            for part in waiting:
                changed += _bring(step, part)
                if changed >= LOOK_LIMIT:
                    return changed
        self._seen = standing
        return changed


def _acting(node: Node, tx: Transaction, case: CaseRow, department: str, at: datetime) -> list[tuple[str, int]]:
    """Who acts for a department in a case, and by which entry: nobody that is asked in it itself."""
    found = substitutes_of(node.directory.directory, department, case.matter, at)
    return [(one.substitute, one.serial) for one in found if tx[Cases].part(case.number, one.substitute) is None]


def _bring(step: Step, part: PartRow) -> bool:
    case = step.tx[Cases].get(part.case_number)
    if case is None or case.state not in (CaseState.OPEN, CaseState.READY):
        return False
    acting = [one for one, _ in _acting(step.node, step.tx, case, part.department, step.now)]
    wanted = acting[0] if acting else None
    if wanted == part.substitute or not step.node.reachable([one for one in (wanted, part.substitute) if one]):
        return False
    if part.substitute is not None:
        _release(step, case, part.substitute, ENDED)
        step.tx[Cases].note_substitute(case.number, part.department, None)
    stored = step.tx[Documents].get(step.node.address, part.consultation_id or "")
    if wanted is not None and stored is not None:
        verified = verify_signed(stored.signed, step.node.directory)
        if isinstance(verified.body, Consultation):
            urgency = verified.header.urgency
            _copy(step, case, part, wanted, verified.body, stored.message_id, stored.enclosures, urgency)
    return True


def _copy(
    step: Step,
    case: CaseRow,
    part: PartRow,
    substitute: str,
    original: Consultation,
    original_id: str,
    enclosures: Sequence[bytes],
    urgency: Urgency,
) -> None:
    if not step.node.reachable((substitute,)):
        return  # nobody is shown to have what nobody was sent
    own = tuple(one for one in original.departments if one.department == part.department)
    copy = original.model_copy(update={"departments": own, "copy_of": original_id, "issued_at": step.now})
    copy_id = step.send(
        copy, (substitute,), conversation_id=case.conversation_id, urgency=urgency, enclosures=enclosures
    )
    step.tx[Cases].note_substitute(case.number, part.department, substitute)
    step.note(COPIED, case.number, copy_id, department=part.department, substitute=substitute)
    if part.state in RUNNING:
        tell_ledger(step, case, part, substitute)


def _release(step: Step, case: CaseRow, substitute: str, reason: str) -> None:
    closed = CaseClosed(case_number=case.number, reason=reason, at=step.now)
    step.send(closed, (substitute,), conversation_id=case.conversation_id)
