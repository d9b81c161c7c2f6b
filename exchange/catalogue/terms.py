"""The terms of a matter as a duration that machines compare, and what is not counted in them."""

from __future__ import annotations

from math import ceil

from exchange.language import Listed, NamedText, Text
from exchange.language.names import PROCEDURES
from exchange.schemas import Matter, ProcedureKind

_WORKED = 5
"""Working days of a week without holidays."""


def working_days_text(number: int) -> Text:
    """Say how many working days."""
    return Text("1 working day") if number == 1 else Text("{number} working days", {"number": number})


def days_to_decide(matter: Matter) -> int:
    """Return within how many working days a matter is decided: as promised, else as the law asks."""
    return matter.promised_days or matter.decision_days


def as_duration(working_days: int) -> str:
    """Write working days as a duration of ISO 8601, which knows none: as calendar days of weeks without holidays."""
    return f"P{ceil(working_days * 7 / _WORKED)}D"


def not_counted(matter: Matter) -> tuple[ProcedureKind, ...]:
    """Return the procedures whose time is not counted (article 45), as far as the matter lets a clock stop."""
    if matter.amendments.stops is None:
        return tuple(ProcedureKind)
    return tuple(rule.procedure for rule in matter.amendments.stops)


def not_counted_text(matter: Matter) -> Text | None:
    """Say what time is not counted; None where all is."""
    kinds = not_counted(matter)
    if not kinds:
        return None
    named = Listed(tuple(NamedText(PROCEDURES[kind.value]) for kind in kinds))
    return Text("Not counted, and told to you with its length: {procedures}.", {"procedures": named})


def longest_extension(matter: Matter) -> int:
    """Return by how many working days a department's term is extended at most, once; 0 where nobody may."""
    return max((rule.days for rule in matter.amendments.extension), default=0)
