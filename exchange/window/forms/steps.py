"""The steps of an application, one topic a page: who, for what, the matter's own questions, files, the check."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.catalogue.shown import pages_of
from exchange.language.choice import Words
from exchange.schemas import Matter, MatterField

APPLICANT, AGENT, PROJECT, MATERIALS, CHECK = "applicant", "agent", "project", "materials", "check"
_TOPIC = "topic-"
_UNNAMED = ("具体情况", "Particulars")


@dataclass(frozen=True)
class FormStep:
    """One page of the form."""

    key: str
    """Its part of the address."""
    title: Words
    fields: tuple[MatterField, ...] = ()
    """The matter's own questions on it."""


def steps_of(matter: Matter) -> tuple[FormStep, ...]:
    """Return the steps of a matter's application, in order."""
    topics = [
        FormStep(f"{_TOPIC}{number}", page[0].topic.words if page[0].topic is not None else _UNNAMED, page)
        for number, page in enumerate(pages_of(matter.fields), start=1)
    ]
    return (
        FormStep(APPLICANT, ("申请人", "Who applies")),
        FormStep(AGENT, ("代办人", "Who hands it in")),
        FormStep(PROJECT, ("申请事由", "What it is for")),
        *topics,
        FormStep(MATERIALS, ("材料", "Materials")),
        FormStep(CHECK, ("核对并提交", "Check and hand in")),
    )


def step_of(matter: Matter, key: str) -> FormStep | None:
    """Return a step by its key."""
    return next((step for step in steps_of(matter) if step.key == key), None)


def step_after(matter: Matter, key: str) -> str:
    """Return the key of the next step; the check has none after it."""
    keys = [step.key for step in steps_of(matter)]
    return keys[min(keys.index(key) + 1, len(keys) - 1)]


def step_with(matter: Matter, field: str) -> str:
    """Return the key of the step that asks for a field."""
    return next((step.key for step in steps_of(matter) if any(one.name == field for one in step.fields)), CHECK)
