"""What is saved of a step while it is being typed: everything that fits, and nothing in place of what does not yet."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.portal.records import ApplicationDraft
from exchange.web.application_form import anchor_of
from exchange.window.forms.reading import StepInput
from exchange.window.forms.steps import AGENT, APPLICANT, PROJECT, FormStep


def fitting(step: FormStep, draft: ApplicationDraft, typed: StepInput) -> Mapping[str, object]:
    """Return what is saved of a step as it is typed. What does not fit leaves what was saved before as it is."""
    if not typed.faults:
        return typed.changes
    wrong = {fault.anchor for fault in typed.faults}
    if step.key in (APPLICANT, AGENT):
        return {}
    if step.key == PROJECT:
        return {name: value for name, value in typed.changes.items() if anchor_of(name) not in wrong}
    answers = dict(draft.entered.answers)
    for field in step.fields:
        if (anchor := anchor_of(field.name)) not in wrong:
            answers[field.name] = typed.values[anchor]
    return {"answers": {name: value for name, value in answers.items() if value}}
