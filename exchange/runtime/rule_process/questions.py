"""What a rule is asked and what it answers, as one line of JSON each between its process and the one that asks."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, TypeAdapter

from exchange.approval.window.decision import Docket, Ruling, ruling_of, ruling_text
from exchange.errors import BadConfiguration
from exchange.language import Language, Text
from exchange.schemas import AnnouncedYear, Consultation, Opinion
from exchange.workdays import CalendarLayer, WorkingCalendar, announced_years, calendar_of

PARAMETERS = {"department": ("consultation", "today"), "window": ("docket",)}
"""What ``decide`` takes, by whose rule it is."""


class RuleQuestion(BaseModel):
    """What is asked of a rule: of a department's the opinion on a consultation, of a window's the decision."""

    consultation: Consultation | None = None
    today: date | None = None
    years: tuple[AnnouncedYear, ...] = ()
    """What is published of the working days from the consultation until today."""
    docket: str = ""

    def calendar(self) -> WorkingCalendar:
        """Return the calendar by which the rule counts working days."""
        return calendar_of([CalendarLayer("", 0, self.years, b"")] if self.years else [])

    def arguments(self) -> tuple[Any, ...]:
        """Return what the rule's function takes."""
        return (_DOCKET.validate_json(self.docket),) if self.docket else (self.consultation, self.today)


class LoadFault(BaseModel):
    """Why a rule cannot be loaded."""

    message: str
    remedy: str
    parameters: dict[str, str]

    @classmethod
    def of(cls, error: BadConfiguration) -> LoadFault:
        """Return the parts of an error, which its reader's language is put together from."""
        texts = [text for text in (error.remedy_text, error.text) if isinstance(text, Text)]
        parameters = {name: str(value) for text in texts for name, value in text.parameters.items()}
        return cls(message=texts[-1].template, remedy=texts[0].template, parameters=parameters)

    def error(self) -> BadConfiguration:
        """Return the error, with template and parameters as it had them."""
        return BadConfiguration(self.message, remedy=self.remedy, **self.parameters)


class RuleAnswer(BaseModel):
    """What a rule's process says: once when it is ready, then to each question."""

    opinion: Opinion | None = None
    ruling: str = ""
    """As `ruling_text` writes it."""
    failed: str = ""
    """The name of the exception that the rule has raised."""
    reason: str = ""
    trace: str = ""
    printed: str = ""
    fault: LoadFault | None = None
    lacking: tuple[str, ...] = ()
    """What this machine cannot enforce, said when the process is ready."""

    def given(self) -> Opinion | Ruling | None:
        """Return the rule's answer; None where it leaves the case to an officer."""
        return ruling_of(self.ruling) if self.ruling else self.opinion


def about_consultation(consultation: Consultation, today: date, calendar: WorkingCalendar) -> str:
    """Return the question to a department's rule, which goes by that calendar."""
    years = announced_years(calendar, consultation.issued_at.year, today.year)
    return RuleQuestion(consultation=consultation, today=today, years=years).model_dump_json()


def about_docket(docket: Docket) -> str:
    """Return the question to a window's rule."""
    return RuleQuestion(docket=_DOCKET.dump_json(docket).decode()).model_dump_json()


def answered(found: object) -> RuleAnswer:
    """Return the answer with what a rule has given. Raises TypeError for anything but an Opinion, Ruling or None."""
    if isinstance(found, Ruling):
        return RuleAnswer(ruling=ruling_text(found))
    if found is None or isinstance(found, Opinion):
        return RuleAnswer(opinion=found)
    given = Text("the rule gave {type}, not an Opinion or a Ruling", {"type": type(found).__name__})
    raise TypeError(given.written(Language.ENGLISH))


_DOCKET = TypeAdapter(Docket)
