"""What all pages of a draft begin with: the draft of an open session, and its matter as it is now."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.errors import Conflict, NotFound
from exchange.portal.drafting import draft_of
from exchange.portal.records import ApplicationDraft
from exchange.portal.states import DraftState
from exchange.schemas import Material, Matter
from exchange.window.forms.lacking import step_path
from exchange.window.forms.reading import values_of_step
from exchange.window.forms.steps import AGENT, CHECK, MATERIALS, FormStep, steps_of
from exchange.window.guest import Guest


@dataclass(frozen=True)
class OpenDraft:
    """A draft that can be changed, with its matter."""

    draft: ApplicationDraft
    matter: Matter

    @property
    def number(self) -> str:
        """Its number."""
        return self.draft.number

    @property
    def is_outdated(self) -> bool:
        """Whether the matter has another version than when the draft was begun."""
        return self.draft.matter_version != self.matter.version

    @property
    def completes(self) -> bool:
        """Whether it was handed in before, and completes what was told missing."""
        return self.draft.filing_id is not None


def opened(guest: Guest) -> OpenDraft:
    """Return the draft of the address. Raises SignedOut, NotFound, or Conflict where it was handed in."""
    number = guest.request.path_params["number"]
    guest.check_open(number)
    draft = draft_of(guest.face.node, number)
    if draft.state is not DraftState.OPEN:
        raise Conflict("{number} has been handed in", remedy="follow it; nothing of it is lost", number=number)
    return OpenDraft(draft, guest.face.matter(draft.matter))


def material_of(one: OpenDraft, code: str) -> Material:
    """Return a material that the matter asks for. Raises NotFound."""
    found = next((each for each in one.matter.materials if each.code == code), None)
    if found is None:
        raise NotFound("the matter asks for no such material", remedy="choose one of those that are listed")
    return found


def is_done(one: OpenDraft, step: FormStep) -> bool:
    """Return whether everything that a step must have was saved."""
    draft, matter = one.draft, one.matter
    if step.key == MATERIALS:
        given = {file.material for file in draft.files} | {code for code, note in draft.entered.notes.items() if note}
        return all(material.code in given for material in matter.materials if material.required)
    if step.key == CHECK:
        return False
    values = values_of_step(step, draft)
    if step.key == AGENT:
        return bool(values["f-for"])
    if step.fields:
        return any(values.values()) and all(values[f"f-{name}"] for name in _required(step, draft))
    return any(values.values())


def _required(step: FormStep, draft: ApplicationDraft) -> list[str]:
    return [
        one.name
        for one in step.fields
        if one.required
        and (one.shown_if is None or draft.entered.answers.get(one.shown_if.field) == one.shown_if.value)
    ]


def topics(guest: Guest, one: OpenDraft) -> list[tuple[str, str, bool]]:
    """Return the steps for the stepper: name, path, whether done."""
    return [
        (guest.words(step.title), step_path(one.number, step.key), is_done(one, step)) for step in steps_of(one.matter)
    ]


def crumbs(guest: Guest, one: OpenDraft) -> list[tuple[str, str]]:
    """Return where a page of a draft is."""
    return [
        (f"/matters/{one.matter.code}", guest.words(one.matter.names)),
        (f"/drafts/{one.number}", guest.say(f"草稿 {one.number}", f"Draft {one.number}")),
    ]
