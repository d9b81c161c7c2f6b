"""What was typed into a step: what is to be saved of it, and all its faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from exchange.catalogue.answers import answer_faults
from exchange.catalogue.shown import shown_fields
from exchange.catalogue.typed import tidied
from exchange.language import Text
from exchange.portal.records import ApplicationDraft
from exchange.schemas import Applicant, FieldAnswer, Matter
from exchange.web.application_form import MOST_OF_A_LINE, MOST_OF_A_TEXT, PERSON, anchor_of, text_fault
from exchange.window.forms.fault import InputFault, input_fault
from exchange.window.forms.steps import AGENT, APPLICANT, PROJECT, FormStep

Typed = Callable[[str], str]
"""What was typed into the control of a name."""
FOR_OTHERS = "f-for"


@dataclass(frozen=True)
class StepInput:
    """What a step's form has brought."""

    values: Mapping[str, str]
    """As it is shown again."""
    changes: Mapping[str, object] = field(default_factory=dict)
    """As it is saved."""
    faults: tuple[InputFault, ...] = ()


def values_of_step(step: FormStep, draft: ApplicationDraft) -> dict[str, str]:
    """Return what was saved of a step, by the names of its controls."""
    entered = draft.entered
    if step.key == APPLICANT:
        return _person_values(entered.applicant)
    if step.key == AGENT:
        chosen = "other" if entered.agent is not None else "self" if entered.applicant is not None else ""
        return {FOR_OTHERS: chosen, **_person_values(entered.agent)}
    if step.key == PROJECT:
        return {anchor_of("project"): entered.project, anchor_of("summary"): entered.summary}
    return {anchor_of(one.name): entered.answers.get(one.name, "") for one in step.fields}


def read_step(step: FormStep, matter: Matter, draft: ApplicationDraft, typed: Typed) -> StepInput:
    """Return what was typed into a step."""
    if step.key == APPLICANT:
        return _read_person("applicant", typed)
    if step.key == AGENT:
        return _read_agent(typed)
    return _read_project(typed) if step.key == PROJECT else _read_topic(step, matter, draft, typed)


def _person_values(who: Applicant | None) -> dict[str, str]:
    return {anchor_of(key): getattr(who, key) if who is not None else "" for key, _, _ in PERSON}


def _read_person(what: str, typed: Typed) -> StepInput:
    values = {anchor_of(key): typed(anchor_of(key)).strip() for key, _, _ in PERSON}
    faults = tuple(
        input_fault(anchor_of(key), label, found)
        for key, label, _ in PERSON
        if (found := text_fault(values[anchor_of(key)], required=True)) is not None
    )
    who = None if faults else Applicant(**{key: values[anchor_of(key)] for key, _, _ in PERSON})
    return StepInput(values, {what: who}, faults)


def _read_agent(typed: Typed) -> StepInput:
    chosen = typed(FOR_OTHERS)
    person = _read_person("agent", typed)
    values = {FOR_OTHERS: chosen, **person.values}
    if chosen == "self":
        return StepInput(values, {"agent": None})
    if chosen == "other":
        return StepInput(values, person.changes, person.faults)
    label = ("谁来办理", "Who hands it in")
    return StepInput(values, {}, (input_fault(FOR_OTHERS, label, (Text("is missing"), Text("choose one"))),))


def _read_project(typed: Typed) -> StepInput:
    project, summary = typed(anchor_of("project")).strip(), typed(anchor_of("summary")).strip()
    found = (
        ("project", ("项目名称", "Name of the project"), text_fault(project, required=True, most=MOST_OF_A_LINE)),
        ("summary", ("说明", "Description"), text_fault(summary, required=False, most=MOST_OF_A_TEXT)),
    )
    faults = tuple(input_fault(anchor_of(name), label, fault) for name, label, fault in found if fault is not None)
    values = {anchor_of("project"): project, anchor_of("summary"): summary}
    return StepInput(values, {"project": project, "summary": summary}, faults)


def _read_topic(step: FormStep, matter: Matter, draft: ApplicationDraft, typed: Typed) -> StepInput:
    given = {one.name: tidied(one, typed(anchor_of(one.name))) for one in step.fields}
    together = {**draft.entered.answers, **given}
    asked = {one.name for one in shown_fields(matter.fields, together)}
    answers = {name: value for name, value in together.items() if value and name in asked}
    too_long = {one.name: one.label.words for one in step.fields if len(given[one.name]) > MOST_OF_A_TEXT}
    fit = [FieldAnswer(field=name, value=value) for name, value in answers.items() if name not in too_long]
    faults = [
        input_fault(anchor_of(one.field), one.label, (one.what, one.remedy))
        for one in answer_faults(matter.fields, fit)
        if one.field in given and one.field not in too_long
    ]
    for name, label in too_long.items():
        found = text_fault(given[name], required=False, most=MOST_OF_A_TEXT)
        faults += [input_fault(anchor_of(name), label, found)] if found is not None else []
    values = {anchor_of(name): value for name, value in given.items()}
    return StepInput(values, {"answers": answers}, tuple(faults))
