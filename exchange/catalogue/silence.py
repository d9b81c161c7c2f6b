"""What a department's silence means in a matter, and on which rule, in words for those who apply."""

from __future__ import annotations

from exchange.catalogue.terms import working_days_text
from exchange.language import Listed, Text
from exchange.schemas import Approver, DefaultMode, Exclusion, Matter, StartRule

_REASONS = {
    Exclusion.THIRD_PARTY_INTEREST: Text("interests of others are touched"),
    Exclusion.LIMITED_NUMBERS: Text("the number of licences is limited"),
    Exclusion.HEARING_REQUIRED: Text("a hearing is required"),
    Exclusion.CLASSIFIED: Text("the matter is classified"),
    Exclusion.LIFE_SAFETY: Text("life and safety are at stake"),
}
"""Why silence never counts in a matter."""


def silence_of(approver: Approver, matter: Matter) -> DefaultMode:
    """Return what comes of a department's silence: nothing where the matter excludes it, whatever a rule says."""
    return DefaultMode.NONE if matter.exclusions else approver.default


def silence_text(approver: Approver, matter: Matter) -> Text:
    """Say what comes of a department's silence."""
    mode, days = silence_of(approver, matter), matter.effect_delay_days
    if mode is DefaultMode.NONE:
        return Text("No answer is no consent: when the term is over, its superior is told, and the case waits for it.")
    basis = {"basis": Listed(approver.default_basis)}
    later = basis | {"days": working_days_text(days)}
    if mode is DefaultMode.CONSENT:
        if days:
            return Text("No answer {days} after the term counts as consent ({basis}).", later)
        return Text("No answer within the term counts as consent ({basis}).", basis)
    if days:
        return Text("No answer {days} after the term counts as refusal ({basis}).", later)
    return Text("No answer within the term counts as refusal ({basis}).", basis)


def exclusion_text(matter: Matter) -> Text | None:
    """Say why nobody's silence counts as consent in a matter; None where that is not excluded."""
    if not matter.exclusions:
        return None
    reasons = Listed(tuple(_REASONS[one] for one in matter.exclusions))
    return Text("In this matter no silence ever counts as consent: {reasons}.", {"reasons": reasons})


def start_text(matter: Matter) -> Text:
    """Say from when on the departments' terms are counted."""
    if matter.start is StartRule.SIGNED_FOR:
        return Text("Each term begins when the department has signed for the request.")
    return Text("Each term begins when the request has reached the department.")
