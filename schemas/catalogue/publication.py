"""What the public is told of a matter (Administrative License Law, article 30), beside what the engine goes by."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from exchange.schemas.base import Line, Wire
from exchange.schemas.catalogue.fields import Bilingual

Points = Annotated[tuple[Bilingual, ...], Field(max_length=30)]
"""A list for the public, a point each."""


class AcceptanceMode(StrEnum):
    """Who accepts an application."""

    AUTOMATIC = "automatic"
    """Complete by the form's own check is accepted at once."""
    OFFICER = "officer"
    """An officer of the window looks at it first, within five working days (article 32)."""


class HearingMode(StrEnum):
    """Whether a hearing is held before the decision (articles 46 and 47)."""

    NEVER = "never"
    """Only if the window finds it needed."""
    ON_REQUEST = "on-request"
    """Whoever asks for it in time is heard; the acceptance tells of that."""
    ALWAYS = "always"


class ApplicantSees(StrEnum):
    """What the applicant may see of a department's part."""

    ALL = "all"
    """Verdict, conditions and reasons."""
    VERDICT = "verdict"
    STATE = "state"
    """Whether it has answered, and no more."""


class SeenFrom(StrEnum):
    """From when on."""

    ARRIVAL = "arrival"
    DECISION = "decision"


class Visibility(Wire):
    """What the applicant may see of a department's opinion, and from when on."""

    sees: ApplicantSees = ApplicantSees.ALL
    since: SeenFrom = SeenFrom.ARRIVAL


OPEN = Visibility()
"""What holds where nothing else is said: whoever must answer an objection has to read it."""


class PublicGuide(Wire):
    """A matter's guide for the public (办事指南)."""

    theme: Bilingual
    """Under which heading it stands in the catalogue."""
    about: Bilingual
    applicants: Points
    """Who may apply."""
    conditions: Points
    quota: Bilingual | None = None
    """How many licences there are, where their number is limited."""
    fees: Bilingual
    result: Bilingual
    """What is handed out."""
    validity: Bilingual
    remedies: Points
    """Where to turn against the decision, and until when."""
    place: Bilingual
    """Where the counter is, and when it is open."""
    contact: Line
    complaints: Line
    keywords: Annotated[tuple[Line, ...], Field(max_length=30)] = ()
