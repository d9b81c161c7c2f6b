"""Whether the answers to a matter's fields fit: every fault is told at once, each with its field and its remedy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exchange.catalogue.shown import shown_fields
from exchange.catalogue.values import value_fault
from exchange.language import NamedText, Text, Words
from exchange.schemas import FieldAnswer, MatterField


@dataclass(frozen=True)
class AnswerFault:
    """What is wrong with the answer to one field."""

    field: str
    label: Words
    what: Text
    remedy: Text

    @property
    def text(self) -> Text:
        """Say all of it in one line."""
        return Text(
            "{label} ({field_named}): {what}; {remedy}",
            {"label": NamedText(self.label), "field_named": self.field, "what": self.what, "remedy": self.remedy},
        )


def answer_faults(fields: Sequence[MatterField], answers: Sequence[FieldAnswer]) -> tuple[AnswerFault, ...]:
    """Return what is wrong with an application's answers, in the order of the form; what it does not have comes last.

    Answers that are blank are none.
    """
    times = Counter(answer.field for answer in answers)
    doubled = {
        field.name: _fault(
            field, Text("is answered {times} times", {"times": times[field.name]}), Text("give one of the answers")
        )
        for field in fields
        if times[field.name] > 1
    }
    found = form_faults(fields, {answer.field: answer.value for answer in answers})
    others = {fault.field: fault for fault in found} | doubled
    return tuple(others[name] for name in dict.fromkeys((*(field.name for field in fields), *times)) if name in others)


def form_faults(fields: Sequence[MatterField], values: Mapping[str, str]) -> tuple[AnswerFault, ...]:
    """Return what is wrong with a form as it is filled in, in its order; one fault a field."""
    given = {name: value for name, value in values.items() if value.strip()}
    asked = {field.name for field in shown_fields(fields, given)}
    by_name = {field.name: field for field in fields}
    found = (_fault_of(field, given.get(field.name), field.name in asked, by_name) for field in fields)
    unknown = (_unknown(name) for name in values if name not in by_name)
    return (*(fault for fault in found if fault is not None), *unknown)


def _fault_of(
    field: MatterField, value: str | None, asked: bool, by_name: Mapping[str, MatterField]
) -> AnswerFault | None:
    if value is None:
        missing = asked and field.required
        return _fault(field, Text("the answer is missing"), Text("answer it")) if missing else None
    if not asked:
        return _not_asked(field, by_name)
    found = value_fault(field, value)
    return _fault(field, *found) if found else None


def _not_asked(field: MatterField, by_name: Mapping[str, MatterField]) -> AnswerFault:
    needs = field.shown_if
    earlier = by_name[needs.field] if needs is not None else field
    named = {"earlier": NamedText(earlier.label.words)}
    return _fault(
        field,
        Text("is not asked after the answer to: {earlier}", named),
        Text("leave it out, or correct that answer"),
    )


def _unknown(name: str) -> AnswerFault:
    return AnswerFault(name, (name, name), Text("the form has no such field"), Text("leave it out"))


def _fault(field: MatterField, what: Text, remedy: Text) -> AnswerFault:
    return AnswerFault(field.name, field.label.words, what, remedy)
