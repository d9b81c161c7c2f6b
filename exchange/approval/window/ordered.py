"""Who else is told of what is entered in a term: whoever is named as having ordered it hears what came of that."""

from __future__ import annotations

from exchange.approval.window.store import Cases
from exchange.messaging.node import Step
from exchange.schemas import LedgerEntry, TermNotice

_MOST = 500
"""Characters of a refusal that a notice holds."""


def who_ordered(step: Step, department: str, actor: str) -> tuple[str, ...]:
    """Return who is told besides the department: an entry's actor that is another member and can be reached."""
    node = step.node
    is_told = actor not in (node.address, department) and node.directory.reachable(actor, node.suite)
    return (actor,) if is_told else ()


def tell_refused(step: Step, number: str, department: str, entry: LedgerEntry | None, why: str) -> str | None:
    """Tell another member, in whose name an entry was asked for, that it was refused; returns the notice's id.

    The department is told, too, of what was asked for in its own name. None where nobody is to be told, the entry says
    too little to be one, or there is no such part.
    """
    case, part = step.tx[Cases].get(number), step.tx[Cases].part(number, department)
    if case is None or part is None or part.consultation_id is None or entry is None:
        return None
    node = step.node
    own = entry.actor == department != node.address and node.directory.reachable(department, node.suite)
    told = (department,) if own else who_ordered(step, department, entry.actor)
    if not told:
        return None
    notice = TermNotice(
        case_number=number,
        department=department,
        consultation_id=part.consultation_id,
        entry=entry,
        due_at=part.due_at,
        provisional=part.due_at is not None and bool(part.provisional),
        refused=why[:_MOST],
    )
    return step.send(notice, told, conversation_id=case.conversation_id)
