"""The last step: everything once more, the statement of truth, and handing in: once, however often it is pressed."""

from __future__ import annotations

from starlette.responses import Response

from exchange.catalogue.answer_words import answer_words
from exchange.errors import BadApplication, BadText, Secret
from exchange.language import Text, language
from exchange.portal.drafting import draft_of
from exchange.portal.handing_in import hand_in
from exchange.portal.states import DraftState
from exchange.schemas import MatterField
from exchange.web.application_form import PERSON, anchor_of
from exchange.window.forms.fault import InputFault, input_fault
from exchange.window.forms.lacking import lacking, missing_materials, step_path
from exchange.window.forms.steps import AGENT, APPLICANT, CHECK, MATERIALS, PROJECT, FormStep, steps_of
from exchange.window.guest import Guest, goto
from exchange.window.pages.drafts.common import OpenDraft, crumbs, opened, topics
from exchange.window.route import GuestRoute

DECLARATION = (
    "我（单位）对申请材料实质内容的真实性负责，所填内容和所附文件真实、完整。",
    "I answer for the truth of this application: what is filled in and enclosed is true and complete.",
)
"""The statement of truth (Administrative License Law, article 31), as it is affirmed and signed, word for word."""
_TITLE = ("核对并提交", "Check and hand in")
Row = tuple[str, object, str]


def show(guest: Guest) -> Response:
    """Show everything that was saved, and what is lacking."""
    return _shown(guest, opened(guest))


def send(guest: Guest) -> Response:
    """Hand in; what was handed in already is followed."""
    number = guest.request.path_params["number"]
    guest.check_form(number)
    if draft_of(guest.face.node, number).state is DraftState.FILED:
        return goto(f"/cases/{number}")
    one = opened(guest)
    faults = lacking(one.draft, one.matter)
    if faults:
        return _shown(guest, one, faults, 422)
    if guest.typed("revision") != str(one.draft.revision):
        return _shown(guest, one, (_other_since(),), 409)
    if guest.typed("declared") != "yes":
        label = ("真实性声明", "Statement of truth")
        found = Text("is not affirmed"), Text("tick it, if it is so")
        return _shown(guest, one, (input_fault("declared", label, found),), 422)
    try:
        hand_in(guest.face.node, number, guest.words(DECLARATION))
    except (BadApplication, BadText, Secret) as error:
        what = error.written(language()), error.remedy_text.written(language())
        return _shown(guest, one, (InputFault("", "", *what, path=step_path(number, CHECK)),), 422)
    guest.face.partials.end(number)
    return goto(f"/cases/{number}")


def _other_since() -> InputFault:
    found = (
        Text("was changed somewhere else since this page was opened"),
        Text("look through it again, then hand it in"),
    )
    return input_fault("answers", ("申请", "The application"), found)


def _shown(guest: Guest, one: OpenDraft, faults: tuple[InputFault, ...] = (), status: int = 200) -> Response:
    steps = steps_of(one.matter)
    missing = lacking(one.draft, one.matter)
    return guest.page(
        "check.html",
        _TITLE,
        status,
        number=one.number,
        one=one,
        draft=one.draft,
        matter=one.matter,
        parts_of=[(guest.words(step.title), _rows(guest, one, step)) for step in steps if step.key != CHECK],
        missing=missing if not faults else (),
        later=missing_materials(one.draft, one.matter, promised=True),
        faults=faults,
        fault_at={fault.anchor: fault for fault in faults},
        declaration=guest.words(DECLARATION),
        topics=topics(guest, one),
        current=len(steps),
        crumbs=crumbs(guest, one),
    )


def _rows(guest: Guest, one: OpenDraft, step: FormStep) -> list[Row]:
    """What was entered in a step: name, value, where it is changed."""
    path, entered = f"{step_path(one.number, step.key)}?then=check", one.draft.entered
    none = guest.say("未填", "nothing")
    if step.key in (APPLICANT, AGENT):
        who = entered.applicant if step.key == APPLICANT else entered.agent
        if step.key == AGENT and who is None:
            return [(guest.say("谁来办理", "Who hands it in"), guest.say("申请人自己", "the applicant"), path)]
        return [
            (guest.words(label), getattr(who, key) if who is not None else none, f"{path}#{anchor_of(key)}")
            for key, label, _ in PERSON
        ]
    if step.key == PROJECT:
        return [
            (guest.say("项目名称", "Name of the project"), entered.project or none, f"{path}#f-project"),
            (guest.say("说明", "Description"), entered.summary or none, f"{path}#f-summary"),
        ]
    if step.key == MATERIALS:
        return _material_rows(guest, one, path, none)
    return [
        (
            guest.words(field.label.words),
            shown_answer(guest, field, entered.answers[field.name]),
            f"{path}#f-{field.name}",
        )
        for field in step.fields
        if entered.answers.get(field.name)
    ] or [(guest.words(step.title), none, path)]


def _material_rows(guest: Guest, one: OpenDraft, path: str, none: str) -> list[Row]:
    rows: list[Row] = []
    for material in one.matter.materials:
        names = [file.name for file in one.draft.files if file.material == material.code]
        note = one.draft.entered.notes.get(material.code)
        rows.append(
            (guest.words(material.names), [*names, *([note] if note else [])] or none, f"{path}#m-{material.code}")
        )
    return rows


def shown_answer(guest: Guest, field: MatterField, value: str) -> str:
    """Return an answer as people read it: the label of a choice, a figure with its unit."""
    return guest.words(answer_words(field, value))


ROUTES = (
    GuestRoute("/drafts/{number}/steps/check", show),
    GuestRoute("/drafts/{number}/hand-in", send, "POST"),
)
