"""The decision as it is made: what the lead has before it, what it rules, and the Decision that follows from both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.consent import lacking, objects
from exchange.approval.rules.course.adding import replaced
from exchange.approval.rules.states import PartState
from exchange.errors import CallerError
from exchange.language import Text, joined
from exchange.schemas import (
    Application,
    Considered,
    ConsideredTerm,
    Decision,
    LedgerEntry,
    Matter,
    Outcome,
    Overruling,
    Standing,
    Term,
    WithoutConsent,
)
from exchange.tomlfile import faults_of


@dataclass(frozen=True)
class Ruling:
    """What an officer or the window's own rule decides; the flow completes it to a signed Decision."""

    outcome: Outcome
    reasons: str
    conditions: str = ""
    basis: tuple[str, ...] = ()
    overruled: tuple[Overruling, ...] = ()
    without_consent: tuple[WithoutConsent, ...] = ()
    """With a grant: why, for each department that has given no consent; `Docket.lacking` names them."""
    officer: str = "window"

    def by(self, officer: str) -> Ruling:
        """Return the same ruling, decided by this officer."""
        return replace(self, officer=officer)


_RULING = TypeAdapter(Ruling)


def ruling_text(ruling: Ruling) -> str:
    """Return a ruling as the text that is kept; `ruling_of` reads it again."""
    return _RULING.dump_json(ruling).decode()


def ruling_of(text: str) -> Ruling:
    """Read a ruling from the text that was kept."""
    return _RULING.validate_json(text)


@dataclass(frozen=True)
class Docket:
    """All that the lead has before it when it decides."""

    case: CaseRow
    matter: Matter
    application: Application
    parts: tuple[PartRow, ...]
    ledgers: Mapping[str, tuple[LedgerEntry, ...]] = field(default_factory=dict)
    """Of the terms of those who were asked, by department."""

    @property
    def objections(self) -> Mapping[str, str]:
        """Reasons of the departments that disagreed; and of those whose silence is refusal, that it is."""
        said = {part.department: part.reasons or "" for part in self.parts if objects(part)}
        return said | {part.department: SILENT for part in self.parts if part.state is PartState.REFUSED}

    @property
    def lacking(self) -> tuple[str, ...]:
        """Departments whose consent a grant requires and which have given none, without those that disagreed."""
        matter = self.matter
        return lacking(matter.completion, matter.quorum, self.parts, replaced(self.parts))


SILENT = "逾期未答复，依规则视为不同意"
"""What stands for the reasons of a department whose silence is refusal."""

DecideRule = Callable[[Docket], Ruling | None]
"""The lead's rule; None leaves the case to an officer."""


def decision_of(docket: Docket, ruling: Ruling, lead: str, now: datetime, *, by_rule: bool = False) -> Decision:
    """Return the decision in full.

    Raises CallerError naming each field of the ruling that is not acceptable, and what to give.

    A grant names every department whose consent it lacks, each with the reasons to grant all the same.
    """
    case = docket.case
    _expect_reasons(docket, ruling)
    try:
        return Decision(
            case_number=case.number,
            matter=case.matter,
            lead=lead,
            outcome=ruling.outcome,
            reasons=ruling.reasons,
            conditions=ruling.conditions,
            basis=ruling.basis or docket.matter.basis,
            considered=tuple(_considered(part, docket) for part in docket.parts),
            overruled=ruling.overruled,
            without_consent=ruling.without_consent,
            officer=ruling.officer,
            by_rule=by_rule,
            decided_at=now,
        )
    except ValidationError as error:
        raise CallerError(
            "the decision is invalid: {fault}",
            remedy=Text("{remedies}", {"remedies": joined(_remedies(error))}),
            fault=joined(_told(error)),
        ) from None


def _told(error: ValidationError) -> Iterator[object]:
    """Field and fault; a fault of the whole names its field itself, as in ``conditions: required``."""
    for place, fault in faults_of(error):
        yield Text("{field}: {fault}", {"field": place[0], "fault": fault}) if place else fault


def _remedies(error: ValidationError) -> list[Text]:
    """What to give for each field at fault."""
    fields = [str(place[0]) if place else str(fault).partition(":")[0] for place, fault in faults_of(error)]
    return list({field: _GIVE.get(field, Text("correct {field}", {"field": field})) for field in fields}.values())


def owes_reasons(docket: Docket, ruling: Ruling) -> list[PartRow]:
    """Return the parts of which a ruling must say why it grants without their consent, and does not."""
    if ruling.outcome is Outcome.REFUSE:
        return []
    named = {one.department for one in ruling.without_consent}
    parts = {part.department: part for part in docket.parts}
    return [parts[department] for department in docket.lacking if department not in named]


def _expect_reasons(docket: Docket, ruling: Ruling) -> None:
    owed = owes_reasons(docket, ruling)
    if owed:
        raise CallerError(
            "a grant requires the consent of {departments}",
            remedy="give reasons for each: {options}; or refuse",
            departments=joined(
                (Text("{department} ({how})", {"department": part.department, "how": _how(part)}) for part in owed),
                ", ",
            ),
            options=" ".join(f"--without {part.department}=REASONS" for part in owed),
        )


def _how(part: PartRow) -> Text:
    if part.state is PartState.ANSWERED and part.verdict is not None:
        return Text("has answered {verdict}", {"verdict": part.verdict.value})
    return _WITHOUT[part.state]


_WITHOUT = {
    PartState.PLANNED: Text("has not been asked: its stage has not begun"),
    PartState.ISSUED: Text("has been asked and has not answered"),
    PartState.SIGNED: Text("has signed for the request and has not answered"),
    PartState.MOOT: Text("was told that its opinion is not needed any more"),
    PartState.ESCALATED: Text("has let its term pass, and no default applies"),
}


_GIVE = {
    "outcome": Text("decide grant, grant-with-conditions or refuse"),
    "reasons": Text("give the reasons (--reasons), up to 20,000 characters"),
    "conditions": Text("give the conditions (--conditions) with grant-with-conditions, and only there"),
    "overruled": Text("give reasons for each objection not followed, and for no other (--overrule DEPARTMENT=REASONS)"),
    "without_consent": Text(
        "name who has given no consent, once each, and only with a grant (--without DEPARTMENT=REASONS)"
    ),
    "officer": Text("name the officer who decides (--officer), in up to 500 characters"),
    "basis": Text("cite up to 20 articles, each in up to 500 characters"),
}
"""By field: what a decision needs there."""


_STANDING = {
    PartState.ANSWERED: Standing.ANSWERED,
    PartState.DEEMED: Standing.DEEMED,
    PartState.REFUSED: Standing.DEEMED_REFUSAL,
    PartState.ESCALATED: Standing.ESCALATED,
}


def _considered(part: PartRow, docket: Docket) -> Considered:
    answered = part.state is PartState.ANSWERED
    return Considered(
        department=part.department,
        standing=_STANDING.get(part.state, Standing.MOOT),
        verdict=part.verdict if answered else None,
        message_id=part.opinion_id if answered else part.deemed_id,
        given_by=part.given_by if answered else None,
        rests_on=_term(part, docket),
    )


def _term(part: PartRow, docket: Docket) -> ConsideredTerm | None:
    """What the lead has on record of a department's term; None where it was never asked."""
    ledger = docket.ledgers.get(part.department)
    if ledger is None or part.consultation_id is None:
        return None
    days = next(one.term_days for one in docket.matter.approvers if one.department == part.department)
    return ConsideredTerm(
        consultation_id=part.consultation_id,
        term=Term(fixed=part.fixed_due) if part.fixed_due else Term(days=days),
        start=docket.matter.start,
        ledger=ledger,
        due_at=part.due_at,
        calendar=part.calendar or NO_CALENDAR,
        arrived_at=part.answered_at if part.state is PartState.ANSWERED else None,
    )


NO_CALENDAR = "-"
"""Of a term that was not reckoned yet."""
