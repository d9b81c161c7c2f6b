"""What an officer may say of a filing, and when: what is missing is told once, and in time; silence accepts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol

from exchange.approval.filings.states import FilingState
from exchange.approval.rules.acceptance.term import is_accepted_by_law, promised_until
from exchange.catalogue.completeness import check_application
from exchange.errors import BadAcceptance, BadApplication, Conflict
from exchange.schemas import AcceptanceOutcome, Application, Matter, Promised
from exchange.workdays import WorkingCalendar

REMEDIES = (
    "自收到本文书之日起六十日内，可以向本机关的同级人民政府申请行政复议（行政复议法第二十条）",
    "自收到本文书之日起六个月内，可以向人民法院提起行政诉讼（行政诉讼法第四十六条）",
)
"""Where to turn against what an authority has decided, where the matter names nothing else."""


class FilingFacts(Protocol):
    """What the rules need of a filing."""

    @property
    def number(self) -> str: ...
    @property
    def state(self) -> FilingState: ...
    @property
    def complete_at(self) -> datetime: ...
    @property
    def told_at(self) -> datetime | None: ...


def check_open(row: FilingFacts, now: datetime, calendar: WorkingCalendar) -> None:
    """Raise Conflict unless the window may still say something of a filing: it waits, and the five days run."""
    if row.state is FilingState.INCOMPLETE:
        raise Conflict(
            "the applicant of {number} has been told what is missing, and has not handed it in",
            remedy="wait for the supplement; what is missing is told once (Administrative License Law, article 32)",
            number=row.number,
        )
    if row.state is not FilingState.RECEIVED:
        raise Conflict("filing {number} is settled", remedy="see how it stands", number=row.number)
    if is_accepted_by_law(row.complete_at, now, calendar):
        raise Conflict(
            "filing {number} counts as accepted by law: nothing was told within five working days",
            remedy="it is accepted by itself; from then on its case can be decided, and not turned down",
            number=row.number,
        )


def check_told_once(row: FilingFacts) -> None:
    """Raise Conflict where the applicant has been told before what is missing."""
    if row.told_at is not None:
        raise Conflict(
            "the applicant of {number} was told before what is missing",
            remedy="everything is told at once (Administrative License Law, article 32): accept it, or refuse it "
            "with reasons",
            number=row.number,
        )


def check_outcome(row: FilingFacts, outcome: AcceptanceOutcome, reasons: str, competent_body: str | None) -> None:
    """Raise BadAcceptance unless a filing may be turned down so: with reasons, naming who is competent, and nothing
    refused as incomplete that its applicant was not told of.
    """
    if outcome not in (AcceptanceOutcome.NOT_NEEDED, AcceptanceOutcome.NOT_COMPETENT, AcceptanceOutcome.REFUSED):
        raise BadAcceptance(
            "{outcome} turns nothing down",
            remedy="one of: not-needed, not-competent, refused",
            outcome=outcome.value,
        )
    if not reasons.strip():
        raise BadAcceptance("whoever is not accepted is told why", remedy="give the reasons")
    if (outcome is AcceptanceOutcome.NOT_COMPETENT) != bool(competent_body):
        raise BadAcceptance(
            "the competent authority is named where another one is, and only there",
            remedy="name the authority that the applicant should turn to",
        )
    if outcome is AcceptanceOutcome.REFUSED and row.told_at is None:
        raise BadAcceptance(
            "nothing is refused for what its applicant was not told of",
            remedy="tell everything that is missing first (Administrative License Law, article 32)",
        )


def check_complete(
    application: Application, matter: Matter, enclosures: Sequence[bytes], promised: Collection[str] = ()
) -> None:
    """Raise BadApplication naming everything that is missing and was not promised."""
    check_application(application, matter, enclosures, promised)


def is_complete(application: Application, matter: Matter, enclosures: Sequence[bytes]) -> bool:
    """Return whether an application is complete by the form's own check."""
    try:
        check_complete(application, matter, enclosures)
    except BadApplication:
        return False
    return True


def promises_of(
    application: Application, matter: Matter, promised: Sequence[str], day: date, calendar: WorkingCalendar
) -> tuple[Promised, ...]:
    """Return until when each promised material is to come. Raises BadAcceptance for one that may not be promised."""
    there, found = {one.code for one in application.materials}, []
    for code in dict.fromkeys(promised):
        promise = promised_until(matter, code, day, calendar)
        if promise is None or code in there:
            raise BadAcceptance(
                "{code_named} cannot be handed in later",
                remedy="only what is missing, and what the matter allows to be promised, is accepted against a promise",
                code_named=code,
            )
        found.append(promise)
    return tuple(found)


def still_promised(promised: Sequence[Promised], application: Application) -> tuple[Promised, ...]:
    """Return what of the promised materials is not in an application."""
    there = {one.code for one in application.materials}
    return tuple(one for one in promised if one.material not in there)


def remedies_of(matter: Matter) -> tuple[str, ...]:
    """Return where an applicant may turn: as the matter says, else as the law does."""
    guide = matter.guide
    return tuple(point.zh for point in guide.remedies)[:20] if guide is not None and guide.remedies else REMEDIES
