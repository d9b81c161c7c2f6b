"""Closing: whoever has not answered need not any more, and is told so."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.approval.records import CaseRow
from exchange.approval.rules.states import PartState
from exchange.approval.window.deadlines import refresh
from exchange.approval.window.store import Cases
from exchange.messaging.node import Step
from exchange.schemas import CaseClosed

OPEN_PARTS = frozenset({PartState.PLANNED, PartState.ISSUED, PartState.SIGNED, PartState.ESCALATED})
"""States of parts of which an opinion may still come."""


def close_parts(step: Step, case: CaseRow, departments: Sequence[str], reason: str, also: Sequence[str] = ()) -> None:
    """Make open parts moot and tell those departments; what they had is kept.

    ``also``: departments of which nothing more is wanted, though their part is over.
    """
    told: list[str] = list(also)
    for part in step.tx[Cases].parts(case.number):
        if part.department not in departments or part.state not in OPEN_PARTS:
            continue
        step.tx[Cases].move_part(case.number, part.department, OPEN_PARTS, PartState.MOOT, moot_at=step.now)
        refresh(step, case.number, part.department)
        if part.consultation_id is not None:
            told += part.hearing
    if told:
        closed = CaseClosed(case_number=case.number, reason=reason, at=step.now)
        step.send(closed, tuple(dict.fromkeys(told)), conversation_id=case.conversation_id)
