"""Escalated: the department, and the authority above it, hear that silence has come to nothing by itself, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.defaults import as_told
from exchange.approval.superiors import superiors_of
from exchange.messaging.node import Step
from exchange.schemas import DefaultMode, DefaultNotice


def tell_escalated(
    step: Step,
    case: CaseRow,
    part: PartRow,
    obstacles: Sequence[str],
    due_at: datetime | None = None,
    in_reply_to: str | None = None,
) -> None:
    """Tell whoever of them can be reached. The lead has it among its duties; an answer still counts.

    ``due_at``: when the term was over; None where the part was escalated for another reason.
    """
    asked = (part.department,) if part.consultation_id is not None else ()
    above = superiors_of(part.department, step.node.directory, but=step.node.address)
    told = step.node.reachable(tuple(dict.fromkeys((*asked, *above))))
    if not told:
        return
    notice = DefaultNotice(
        case_number=case.number,
        department=part.department,
        mode=DefaultMode.NONE,
        due_at=due_at,
        effective_at=step.now,
        deemed_consent=None,
        basis=(),
        obstacles=as_told(obstacles),
    )
    step.send(notice, told, conversation_id=case.conversation_id, in_reply_to=in_reply_to)
