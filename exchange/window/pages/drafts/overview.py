"""A draft at a glance: its steps and which of them are done."""

from __future__ import annotations

from starlette.responses import Response

from exchange.window.forms.lacking import missing_materials, step_path
from exchange.window.forms.steps import CHECK, MATERIALS, FormStep, steps_of
from exchange.window.guest import Guest
from exchange.window.pages.drafts.common import OpenDraft, is_done, opened
from exchange.window.route import GuestRoute

Task = tuple[str, str, str, str, str]


def show(guest: Guest) -> Response:
    """Show the steps of a draft."""
    one = opened(guest)
    steps = steps_of(one.matter)
    next_step = next((step for step in steps if not is_done(one, step)), steps[-1])
    return guest.page(
        "draft.html",
        one.matter.names,
        number=one.number,
        draft=one.draft,
        one=one,
        tasks=[_task(guest, one, step) for step in steps],
        go_on=step_path(one.number, next_step.key),
        begun=any(is_done(one, step) for step in steps),
        crumbs=[
            ("/matters", guest.say("事项目录", "Matters")),
            (f"/matters/{one.matter.code}", guest.words(one.matter.names)),
        ],
    )


def _task(guest: Guest, one: OpenDraft, step: FormStep) -> Task:
    path = step_path(one.number, step.key)
    title, done = guest.words(step.title), is_done(one, step)
    hint = ""
    if step.key == MATERIALS and not done and (later := missing_materials(one.draft, one.matter, promised=True)):
        names = guest.say("、", ", ").join(guest.words(material.names) for material in later)
        hint = guest.say(f"可以后补：{names}", f"may follow later: {names}")
    if step.key == CHECK:
        return title, path, "", guest.say("最后一步", "last"), hint
    kind, words = ("good", guest.say("已填", "filled in")) if done else ("", guest.say("待填", "to do"))
    return title, path, kind, words, hint


ROUTES = (GuestRoute("/drafts/{number}", show),)
