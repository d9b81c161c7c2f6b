"""What an application lacks before it can be handed in: everything, each with the page on which it is put right."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.catalogue.answers import answer_faults
from exchange.language import Text
from exchange.portal.records import ApplicationDraft
from exchange.schemas import FieldAnswer, Material, Matter
from exchange.web.application_form import anchor_of
from exchange.window.forms.fault import InputFault, input_fault
from exchange.window.forms.steps import APPLICANT, MATERIALS, PROJECT, step_with

_MISSING = Text("is missing")


def step_path(number: str, key: str) -> str:
    """Return the address of a step of a draft."""
    return f"/drafts/{number}/steps/{key}"


def material_anchor(code: str) -> str:
    """Return the id of a material's part of its page."""
    return f"m-{code}"


def lacking(draft: ApplicationDraft, matter: Matter) -> tuple[InputFault, ...]:
    """Return everything that stands in the way of handing a draft in."""
    return tuple(_lacking(draft, matter))


def missing_materials(draft: ApplicationDraft, matter: Matter, *, promised: bool) -> list[Material]:
    """Return the required materials that are not there: those that may follow against a promise, or the others."""
    given = {file.material for file in draft.files} | {code for code, note in draft.entered.notes.items() if note}
    return [
        one
        for one in matter.materials
        if one.required and one.code not in given and (one.promise_days is not None) == promised
    ]


def _lacking(draft: ApplicationDraft, matter: Matter) -> Iterator[InputFault]:
    if draft.entered.applicant is None:
        label = ("申请人", "Who applies")
        yield input_fault("", label, (_MISSING, Text("fill it in")), step_path(draft.number, APPLICANT))
    if not draft.entered.project.strip():
        label = ("项目名称", "Name of the project")
        yield input_fault("", label, (_MISSING, Text("fill it in")), step_path(draft.number, PROJECT))
    answers = [FieldAnswer(field=name, value=value) for name, value in draft.entered.answers.items() if value]
    for one in answer_faults(matter.fields, answers):
        path = step_path(draft.number, step_with(matter, one.field))
        yield input_fault(anchor_of(one.field), one.label, (one.what, one.remedy), path)
    for material in missing_materials(draft, matter, promised=False):
        found = (_MISSING, Text("add a file, or say where it lies"))
        yield input_fault(material_anchor(material.code), material.names, found, step_path(draft.number, MATERIALS))
