"""The decision as it is made: what the lead has before it, what it rules, and the Decision that follows from both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from exchange.errors import CallerError
from exchange.flow.ports import CaseRow, PartRow, PartState
from schemas import Application, Considered, Decision, Matter, Outcome, Overruling, Standing, Verdict


@dataclass(frozen=True)
class Ruling:
    """What an officer or the window's own rule decides; the flow completes it to a signed Decision."""

    outcome: Outcome
    reasons: str
    conditions: str = ""
    basis: tuple[str, ...] = ()
    overruled: tuple[Overruling, ...] = ()
    officer: str = "window"


@dataclass(frozen=True)
class Docket:
    """All that the lead has before it when it decides."""

    case: CaseRow
    matter: Matter
    application: Application
    parts: tuple[PartRow, ...]

    @property
    def objections(self) -> Mapping[str, str]:
        """Reasons of the departments that disagreed."""
        return {part.department: part.reasons or "" for part in self.parts if part.verdict is Verdict.DISAGREE}


DecideRule = Callable[[Docket], Ruling | None]
"""The lead's rule; None leaves the case to an officer."""


def decision_of(docket: Docket, ruling: Ruling, lead: str, now: datetime) -> Decision:
    """The decision in full. Raises CallerError naming each field of the ruling that does not do, and what to give."""
    case = docket.case
    try:
        return Decision(
            case_number=case.number,
            matter=case.matter,
            lead=lead,
            outcome=ruling.outcome,
            reasons=ruling.reasons,
            conditions=ruling.conditions,
            basis=ruling.basis or docket.matter.basis,
            considered=tuple(_considered(part) for part in docket.parts),
            overruled=ruling.overruled,
            officer=ruling.officer,
            decided_at=now,
        )
    except ValidationError as error:
        faults = list(_faults(error))
        told = "; ".join(f"{field}: {message}" for field, message in faults)
        mends = dict.fromkeys(_GIVE.get(field, f"correct {field}") for field, _ in faults)
        raise CallerError(f"the decision does not hold: {told}", mend="; ".join(mends)) from None


_GIVE = {
    "outcome": "decide grant, grant-with-conditions or refuse",
    "reasons": "give the reasons (--reasons), up to 20,000 characters",
    "conditions": "give the conditions (--conditions) with grant-with-conditions, and only there",
    "overruled": "give reasons for each objection not followed, and for no other (--overrule DEPARTMENT=REASONS)",
    "officer": "name the officer who decides (--officer), in up to 500 characters",
    "basis": "cite up to 20 articles, each in up to 500 characters",
}
"""By field: what a decision needs there."""


def _faults(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Field and fault; a fault of the whole names its field first, as in ``conditions: required``."""
    for item in error.errors(include_input=False, include_url=False):
        message = item["msg"].removeprefix("Value error, ")
        if item["loc"]:
            yield str(item["loc"][0]), message
        else:
            field, _, rest = message.partition(": ")
            yield field, rest


_STANDING = {
    PartState.ANSWERED: Standing.ANSWERED,
    PartState.DEEMED: Standing.DEEMED,
    PartState.ESCALATED: Standing.ESCALATED,
}


def _considered(part: PartRow) -> Considered:
    return Considered(
        department=part.department,
        standing=_STANDING.get(part.state, Standing.MOOT),
        verdict=part.verdict if part.state is PartState.ANSWERED else None,
        message_id=part.opinion_id if part.state is PartState.ANSWERED else part.deemed_id,
    )
