"""The form of a notice as a desk's own form: its fields, what is kept of them, and every fault at its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from exchange.desk.faults import FormFault, FormFaults
from exchange.desk.visit import DeskVisit
from exchange.language import Joined, language
from exchange.notices.answer import filled_in
from exchange.notices.forms.rules import FieldFault, answer_faults
from exchange.schemas import FieldType, Form, FormField

_PREFIX = "f-"
"""Sets fields of a notice's form apart from those that every form of a desk has."""
_KINDS = {FieldType.TEXT: "long-text"}


@dataclass(frozen=True)
class AskedField:
    """One field as the page shows it."""

    id: str
    label: str
    kind: str
    """As `parts.field` knows them."""
    value: str
    required: bool
    unit: str
    hint: str
    choices: tuple[tuple[str, str], ...]


def draft_of_answer(notice_id: str) -> str:
    """Return under what the draft of an answer is kept."""
    return f"notice-answer:{notice_id}"


def asked_fields(visit: DeskVisit, form: Form, before: Mapping[str, str]) -> list[AskedField]:
    """Return the fields of a form with what was typed, or else with what they held before."""
    return [
        AskedField(
            _PREFIX + one.name, one.label, _KINDS.get(one.type, one.type.value),
            visit.typed(_PREFIX + one.name, before.get(one.name, "")), one.required, one.unit, _hint(visit, one),
            _choices(visit, one),
        )
        for one in form.fields
    ]  # fmt: skip


def typed_values(visit: DeskVisit, form: Form) -> dict[str, str]:
    """Return what was typed into a form, by the names of its fields; what is empty is left out."""
    found = {one.name: visit.typed(_PREFIX + one.name).strip() for one in form.fields}
    return {name: value for name, value in found.items() if value}


def check_values(visit: DeskVisit, notice_id: str, form: Form, values: Mapping[str, str]) -> None:
    """Raise FormFaults with every fault at its field."""
    faults = list(_faults(visit, notice_id, form, values))
    if faults:
        raise FormFaults(faults)


def _faults(visit: DeskVisit, notice_id: str, form: Form, values: Mapping[str, str]) -> Iterator[FormFault]:
    labels = {one.name: one.label for one in form.fields}
    for fault in answer_faults(form, filled_in(notice_id, values)):
        name = fault.field if fault.field in labels else form.fields[0].name
        found = fault.found.written(language())
        what, remedy = visit.say(f"现为{found}", f"it holds {found}"), _remedy(visit, form, fault)
        yield FormFault(_PREFIX + name, labels[name], what, remedy)


def _remedy(visit: DeskVisit, form: Form, fault: FieldFault) -> str:
    """What to do, as whoever clicks and types does it: "yes" and "no" are signed, and chosen by other words."""
    if fault.field == "values":
        return visit.say("至少填写一项", "fill in one field at least")
    if any(one.name == fault.field and one.type is FieldType.YES_NO for one in form.fields):
        return visit.say("选择是或否", "choose yes or no")
    between = visit.say("，", " ")
    expected = replace(fault.expected, between=between) if isinstance(fault.expected, Joined) else fault.expected
    said = expected.written(language())
    return visit.say(f"填写{said}", f"give {said}")


def _hint(visit: DeskVisit, field: FormField) -> str:
    least, most = field.minimum, field.maximum
    if least is not None and most is not None:
        return visit.say(f"{least} 至 {most}", f"from {least} to {most}")
    if least is not None:
        return visit.say(f"不小于 {least}", f"{least} or more")
    return visit.say(f"不大于 {most}", f"{most} or less") if most is not None else ""


def _choices(visit: DeskVisit, field: FormField) -> tuple[tuple[str, str], ...]:
    if field.type is FieldType.YES_NO:
        return ("yes", visit.say("是", "yes")), ("no", visit.say("否", "no"))
    return tuple((one, one) for one in field.choices)
