"""综合窗口: prepares the decision as the departments say; where one objects, a refusal with that reason."""

from __future__ import annotations

from exchange import Docket, Ruling
from exchange.approval.rules.states import PartState
from exchange.schemas import Outcome, Verdict

FOLLOWED = frozenset({Verdict.AGREE, Verdict.AGREE_WITH_CONDITIONS, Verdict.DISAGREE})
"""Verdicts the rule may follow; 非本部门职责 and 须报上级 are for an officer to read."""


def decide(docket: Docket) -> Ruling | None:
    """Grants, grants with the departments' conditions, or refuses; None leaves the case to an officer."""
    if any(part.verdict not in FOLLOWED for part in docket.parts if part.state is PartState.ANSWERED):
        return None
    if any(part.state is PartState.REFUSED for part in docket.parts):
        return None
    if docket.objections:
        reasons = "；".join(f"{department}不同意：{reason}" for department, reason in docket.objections.items())
        return Ruling(Outcome.REFUSE, reasons, officer="综合窗口")
    conditions = "；".join(part.conditions for part in docket.parts if part.conditions)
    reasons = f"经并联征求意见，{_heard(docket)}"
    if conditions:
        return Ruling(Outcome.GRANT_WITH_CONDITIONS, reasons, conditions, officer="综合窗口")
    return Ruling(Outcome.GRANT, reasons, officer="综合窗口")


def _heard(docket: Docket) -> str:
    answered = sum(part.state is PartState.ANSWERED for part in docket.parts)
    silent = [part.department for part in docket.parts if part.state is PartState.DEEMED]
    return f"{answered}个部门同意" + (f"，{'、'.join(silent)}逾期未答复，依规则视为同意" if silent else "")
