"""A step that scripts save while it is typed; the page's own button saves it as ever."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from exchange.errors import Changed, ExchangeError
from exchange.language import language
from exchange.portal.drafting import draft_of, save
from exchange.window.forms.fitting import fitting
from exchange.window.forms.reading import read_step, values_of_step
from exchange.window.guest import Guest, SignedOut
from exchange.window.pages.drafts.common import opened
from exchange.window.pages.drafts.step_pages import revision_of, step_of_page
from exchange.window.pages.failing import status_of
from exchange.window.route import GuestRoute


def keep(guest: Guest) -> Response:
    """Save what fits of a step, unless somebody else has changed the draft since the page was opened."""
    try:
        return _kept(guest)
    except SignedOut:
        return Response(status_code=401)
    except ExchangeError as error:
        words = {"what": error.written(language()), "remedy": error.remedy_text.written(language())}
        return JSONResponse({"code": error.code, **words}, status_of(error))


def _kept(guest: Guest) -> Response:
    one = opened(guest)
    guest.check_form(one.number)
    step, revision = step_of_page(guest, one), revision_of(guest)
    typed = read_step(step, one.matter, one.draft, guest.typed)
    changes = fitting(step, one.draft, typed)
    left = len(typed.faults)
    if revision == one.draft.revision and all(getattr(one.draft.entered, name) == now for name, now in changes.items()):
        return JSONResponse({"revision": revision, "left": left})
    try:
        saved = save(guest.face.node, one.number, revision, **changes)
    except Changed:
        saved = draft_of(guest.face.node, one.number)
        if values_of_step(step, saved) != typed.values:
            raise
    return JSONResponse({"revision": saved.revision, "left": left})


ROUTES = (GuestRoute("/drafts/{number}/steps/{step}/autosave", keep, "POST"),)
