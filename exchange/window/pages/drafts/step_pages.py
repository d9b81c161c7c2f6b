"""One topic of an application a page: what was saved is shown, what is typed is saved, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from exchange.errors import Changed, NotFound
from exchange.portal.drafting import draft_of, save
from exchange.web.application_form import PERSON, anchor_of, question_shown
from exchange.web.autosaving import SAVING_TEXTS
from exchange.window.forms.lacking import step_path
from exchange.window.forms.reading import FOR_OTHERS, StepInput, read_step, values_of_step
from exchange.window.forms.steps import CHECK, MATERIALS, FormStep, step_after, step_of, steps_of
from exchange.window.guest import Guest, goto
from exchange.window.pages.drafts.common import OpenDraft, crumbs, opened, topics
from exchange.window.route import GuestRoute


def show(guest: Guest) -> Response:
    """Show a step with what was saved."""
    one = opened(guest)
    step = step_of_page(guest, one)
    return _shown(guest, one, step, StepInput(values_of_step(step, one.draft)))


def keep(guest: Guest) -> Response:
    """Save a step and go on to the next; where something is wrong, show it again with all that was typed."""
    one = opened(guest)
    step = step_of_page(guest, one)
    typed = read_step(step, one.matter, one.draft, guest.typed)
    if not guest.is_from_session(one.number):
        return _shown(guest, one, step, typed, status=409, notice=_AGAIN)
    if typed.faults:
        return _shown(guest, one, step, typed, status=422)
    try:
        save(guest.face.node, one.number, revision_of(guest), **typed.changes)
    except Changed:
        fresh = OpenDraft(draft_of(guest.face.node, one.number), one.matter)
        if values_of_step(step, fresh.draft) != typed.values:
            return _overtaken(guest, fresh, step, typed)
    return goto(_next(guest, one, step))


def _next(guest: Guest, one: OpenDraft, step: FormStep) -> str:
    """Where to go after a step: on, to the check it was opened from, or out."""
    then = guest.typed("then")
    if then == "leave":
        return f"/drafts/{one.number}?done=saved"
    return step_path(one.number, CHECK if then == "check" else step_after(one.matter, step.key))


_SAVING = {
    **SAVING_TEXTS,
    "over": (
        "会话已结束，不再自动保存。按“保存”后重新输入查询码，已输入的内容会保留。",
        "The session is over, and nothing is saved by itself any more. Press save and give the access code again; what "
        "you typed is kept.",
    ),
}
"""What the script says that saves while somebody types."""
_AGAIN = (
    "您输入的内容尚未保存：本页打开后您重新输入过查询码。请再按一次“保存”。",
    "What you typed is not saved yet: the access code was given again since this page was opened. Please save again.",
)
_OVERTAKEN = (
    "这份草稿刚刚在别处（也许是另一个标签页）被修改过。您输入的内容仍在下面，尚未保存；再按一次“保存”即以它为准。",
    "This draft has just been changed somewhere else, perhaps in another tab. What you typed is still below and not "
    "saved yet; press save once more to have it count.",
)


def _overtaken(guest: Guest, fresh: OpenDraft, step: FormStep, typed: StepInput) -> Response:
    """Show what was typed beside what was saved meanwhile."""
    saved = values_of_step(step, fresh.draft)
    labels = _labels(step)
    differ = [
        (guest.words(labels[name]), value or "–", "")
        for name, value in saved.items()
        if name in labels and value != typed.values.get(name, "")
    ]
    again = read_step(step, fresh.matter, fresh.draft, guest.typed)
    return _shown(guest, fresh, step, again, status=409, notice=_OVERTAKEN, differ=differ)


def _shown(
    guest: Guest,
    one: OpenDraft,
    step: FormStep,
    typed: StepInput,
    status: int = 200,
    notice: tuple[str, str] | None = None,
    differ: list[tuple[str, str, str]] | None = None,
) -> Response:
    keys = [each.key for each in steps_of(one.matter)]
    return guest.page(
        "step.html",
        step.title,
        status,
        number=one.number,
        draft=one.draft,
        one=one,
        step=step,
        values=typed.values,
        faults=typed.faults,
        fault_at={fault.anchor: fault for fault in typed.faults},
        notice=guest.words(notice) if notice else "",
        differ=differ or [],
        topics=topics(guest, one),
        current=keys.index(step.key) + 1,
        person=PERSON,
        saving_texts={key: guest.words(text) for key, text in _SAVING.items()},
        fields=[question_shown(field, one.matter.fields) for field in step.fields],
        then=guest.request.query_params.get("then", ""),
        crumbs=crumbs(guest, one),
    )


def step_of_page(guest: Guest, one: OpenDraft) -> FormStep:
    """Return the step of the address. Raises NotFound."""
    step = step_of(one.matter, guest.request.path_params["step"])
    if step is None or step.key in (MATERIALS, CHECK):
        raise NotFound("the form has no such step", remedy="go on from the draft's own page")
    return step


def revision_of(guest: Guest) -> int:
    """Return the revision of the draft that a form was made from; 0, which none has, for what is no number."""
    text = guest.typed("revision")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _labels(step: FormStep) -> Mapping[str, tuple[str, str]]:
    labels = {anchor_of(key): label for key, label, _ in PERSON}
    labels |= {anchor_of(field.name): field.label.words for field in step.fields}
    return labels | {
        FOR_OTHERS: ("谁来办理", "Who hands it in"),
        anchor_of("project"): ("项目名称", "Name of the project"),
        anchor_of("summary"): ("说明", "Description"),
    }


ROUTES = (
    GuestRoute("/drafts/{number}/steps/{step}", show),
    GuestRoute("/drafts/{number}/steps/{step}", keep, "POST"),
)
