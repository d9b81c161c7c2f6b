"""Forms: is an answer what was asked for, field by field; and when is it due."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from exchange.errors import CallerError
from exchange.language import Joined, Language, Text, joined
from exchange.schemas import FieldType, Form, FormAnswer, FormField
from exchange.workdays import WorkingCalendar, add_working_days, end_of_day

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_DECIMAL = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,6})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class FieldFault:
    """What is wrong with one field: what was found (its sort, never its content) and what is expected."""

    field: str
    found: Text
    expected: Text | Joined

    def written(self, wanted: Language) -> str:
        """Return the fault in a language."""
        parts = {"field": self.field, "found": self.found, "expected": self.expected}
        return Text("{field}: found {found}, expected {expected}", parts).written(wanted)

    def __str__(self) -> str:
        return self.written(Language.ENGLISH)


def answer_faults(form: Form, answer: FormAnswer) -> Iterator[FieldFault]:
    """Yield every fault of an answer, field by field; an answer that says nothing at all is one."""
    given = Counter(value.name for value in answer.values)
    known = {field.name: field for field in form.fields}
    values = {value.name: value.value for value in answer.values}
    for name, times in given.items():
        if name not in known:
            yield FieldFault(
                name, Text("a field the form does not have"), Text("one of {known}", {"known": ", ".join(known)})
            )
        elif times > 1:
            yield FieldFault(name, Text("{times} values", {"times": times}), Text("one value"))
    for field in form.fields:
        value = values.get(field.name, "")
        if value.strip():
            yield from _value_faults(field, value)
        elif field.required:
            yield FieldFault(field.name, Text("nothing"), _expected(field))
    if not any(value.strip() for value in values.values()):
        yield FieldFault("values", Text("nothing"), Text("at least one field that is filled in"))


def check_answer(form: Form, answer: FormAnswer) -> None:
    """Raise CallerError that names every field at fault; the message quotes no value."""
    faults = list(answer_faults(form, answer))
    if faults:
        raise CallerError(
            "the answer is invalid: {faults_found}",
            remedy="correct the named fields and send the whole answer again",
            code="form-answer",
            faults_found=joined(faults),
        )


def answer_due(form: Form, act_by: date, signed_at: datetime, calendar: WorkingCalendar) -> tuple[datetime, bool]:
    """Return the last moment for the answer to a notice.

    It is the form's own, or the end of the notice's day if that is earlier.
    """
    moment, provisional = due(form, signed_at, calendar)
    last = end_of_day(act_by)
    return (moment, provisional) if moment < last else (last, False)


def answer_day(form: Form, act_by: date, signed_on: date, calendar: WorkingCalendar) -> date:
    """Return the day of that moment."""
    return min(act_by, add_working_days(calendar, signed_on, form.due_days)[0])


def due(form: Form, signed_at: datetime, calendar: WorkingCalendar) -> tuple[datetime, bool]:
    """Return the last moment for the answer of an authority, and whether that is provisional.

    The authority signed at an instant of the exchange's zone; the moment is provisional where the calendar is not
    published that far.
    """
    last, provisional = add_working_days(calendar, signed_at.date(), form.due_days)
    return end_of_day(last), provisional


def _value_faults(field: FormField, value: str) -> Iterator[FieldFault]:
    if not _IS[field.type](value) or (field.type is FieldType.CHOICE and value not in field.choices):
        yield FieldFault(field.name, _found(value), _expected(field))
    elif field.type.is_number:
        if field.minimum is not None and Decimal(value) < Decimal(field.minimum):
            yield FieldFault(field.name, Text("a number below {minimum}", {"minimum": field.minimum}), _expected(field))
        if field.maximum is not None and Decimal(value) > Decimal(field.maximum):
            yield FieldFault(field.name, Text("a number above {maximum}", {"maximum": field.maximum}), _expected(field))


def _is_date(value: str) -> bool:
    if _DATE.fullmatch(value) is None:
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


_IS: dict[FieldType, Callable[[str], bool]] = {
    FieldType.TEXT: lambda value: True,
    FieldType.INTEGER: lambda value: _INTEGER.fullmatch(value) is not None,
    FieldType.DECIMAL: lambda value: _DECIMAL.fullmatch(value) is not None,
    FieldType.DATE: _is_date,
    FieldType.CHOICE: lambda value: True,
    FieldType.YES_NO: lambda value: value in ("yes", "no"),
}
_EXPECTED = {
    FieldType.TEXT: Text("text"),
    FieldType.INTEGER: Text("a whole number in digits"),
    FieldType.DECIMAL: Text("a number with at most six places behind the point"),
    FieldType.DATE: Text("a date such as 2026-03-02"),
    FieldType.YES_NO: Text("yes or no"),
}


def _expected(field: FormField) -> Text | Joined:
    if field.type is FieldType.CHOICE:
        return Text("one of {choices}", {"choices": ", ".join(field.choices)})
    words = [_EXPECTED[field.type]]
    if field.minimum is not None:
        words.append(Text("from {least}", {"least": field.minimum}))
    if field.maximum is not None:
        words.append(Text("up to {most}", {"most": field.maximum}))
    if field.unit:
        words.append(Text("in {unit}", {"unit": field.unit}))
    return joined(words, " ")


def _found(value: str) -> Text:
    """The sort of a value, for an error that must not quote it."""
    sorts = (FieldType.INTEGER, FieldType.DECIMAL, FieldType.DATE, FieldType.YES_NO)
    names = (Text("a whole number"), Text("a number with decimals"), Text("a date"), Text("yes or no"))
    return next((name for sort, name in zip(sorts, names, strict=True) if _IS[sort](value)), Text("text"))
