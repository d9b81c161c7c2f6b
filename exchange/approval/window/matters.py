"""The matter as it is for one case: with bodies that were added to it, and by what became of it since."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.course.reopening import waiting_for_all, without_default
from exchange.approval.rules.states import BY_SILENCE
from exchange.schemas import Approver, Matter


def for_case(matter: Matter, case: CaseRow, parts: Sequence[PartRow]) -> Matter:
    """Return the matter with the bodies that were added to a case among its approvers.

    In a case that was reopened nobody's silence means anything but what it had come to before.
    """
    added = tuple(_approver(part.added) for part in parts if part.added is not None)
    approvers = (*matter.approvers, *added)
    if case.reopened_at is not None:
        deemed = {part.department for part in parts if part.state in BY_SILENCE}
        approvers = tuple(one if one.department in deemed else without_default(one) for one in approvers)
    return matter if approvers == matter.approvers else matter.model_copy(update={"approvers": approvers})


def completing(case: CaseRow, matter: Matter) -> Matter:
    """Return the matter by whose completion rule a case goes on: in one that was reopened all are waited for."""
    return waiting_for_all(matter) if case.reopened_at is not None else matter


@lru_cache(maxsize=256)
def _approver(text: str) -> Approver:
    return Approver.model_validate_json(text)
