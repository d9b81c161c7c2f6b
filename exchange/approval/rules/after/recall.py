"""A department recalls its own opinion: until the lead decides, and with the time that it had left. Pure.

The term runs on by its own ledger as if nothing had been said: a recall neither stops nor lengthens it. Where it is
over, the part is the lead's, whatever silence means in the matter: who has spoken and thought again was not silent.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NoReturn, Protocol

from exchange.approval.rules.deadline import Projection
from exchange.approval.rules.states import BY_SILENCE, CaseState, PartState
from exchange.errors import Returned
from exchange.language import Text, noted
from exchange.schemas import Approver

REQUIRED_RESULT_OPEN = noted("the result for which the department waited was recalled, and no other has come")
"""Why a silence is escalated that would have had its consequence."""

_OPEN = frozenset({PartState.PLANNED, PartState.ISSUED, PartState.SIGNED})


class RecallFacts(Protocol):
    """What a recall depends on, of the department's part."""

    @property
    def state(self) -> PartState: ...
    @property
    def opinion_id(self) -> str | None: ...
    @property
    def late_opinion_id(self) -> str | None: ...
    @property
    def recalled_id(self) -> str | None: ...


class ResultFacts(Protocol):
    """What a department that waits for others depends on, of their parts."""

    @property
    def department(self) -> str: ...
    @property
    def state(self) -> PartState: ...


def check_recall(case_state: CaseState, part: RecallFacts, opinion_id: str) -> None:
    """Raise Returned, with what stands in the way, unless this opinion of the department may be recalled."""
    if opinion_id == part.recalled_id:
        _refuse("already-recalled", Text("this opinion is recalled already"), Text("give the opinion anew"))
    if case_state is CaseState.DECIDED:
        _refuse(
            "case-closed",
            Text("the lead has decided: an opinion is recalled until then"),
            Text("write to the lead, which may review its decision"),
        )
    if case_state is CaseState.BY_LAW:
        _refuse("case-closed", Text("it was granted by law, undecided"), Text("write to the lead, which has the case"))
    if case_state is CaseState.WITHDRAWN:
        _refuse("case-closed", Text("the application was withdrawn"), Text("nothing is to be done"))
    if part.state in BY_SILENCE:
        _refuse(
            "no-opinion",
            Text("your silence has had its effect by rule: there is no opinion that could be recalled"),
            Text("give the opinion that is owed; the lead may review what came of the silence"),
        )
    if part.state is not PartState.ANSWERED:
        _refuse("no-opinion", Text("no opinion of yours is on record"), Text("give the opinion that is asked for"))
    if opinion_id != part.opinion_id:
        _refuse("no-opinion", Text("this is not your opinion on record"), Text("name the opinion that counts"))


def state_after(projection: Projection, at: datetime, signed_for: bool) -> PartState:
    """Return where a part stands once its opinion is recalled; ``at``: when that was taken in.

    Beyond its term it is the lead's; a provisional end ends nothing.
    """
    over = projection.due_at is not None and at > projection.due_at and not projection.provisional
    if over:
        return PartState.ESCALATED
    return PartState.SIGNED if signed_for else PartState.ISSUED


def lacks_required_result(approver: Approver, parts: Iterable[ResultFacts]) -> bool:
    """Return whether a department waits for a result that is not in, or not any more: then its silence is no answer."""
    return any(part.department in approver.after and part.state in _OPEN for part in parts)


def _refuse(code: str, message: Text, remedy: Text) -> NoReturn:
    raise Returned(message, code=code, remedy=remedy)
