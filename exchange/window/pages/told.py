"""Where an applicant wants to be told of what happens: given, confirmed by who gets the first word, stopped by both."""

from __future__ import annotations

import secrets

from starlette.responses import Response

from exchange.errors import NotFound, TooManyRequests
from exchange.language import Text
from exchange.portal.drafting import draft_of
from exchange.portal.told.asking import ask, confirm, contact_of, contacts_of, stop, stop_way
from exchange.portal.told.states import ContactState, ToldWay
from exchange.portal.told.wanted import DRAWN, read_address, wanted_by
from exchange.schemas.written import FaultAndRemedy
from exchange.web.origins import place_of
from exchange.window.forms.fault import InputFault, input_fault
from exchange.window.guest import Guest, goto
from exchange.window.route import GuestRoute

_TITLE = ("接收办理通知", "Be told of what happens")
_LABELS = {ToldWay.MAIL: ("电子邮箱", "Mail address"), ToldWay.WEBHOOK: ("系统接收地址", "Address of your system")}


def _number(guest: Guest) -> str:
    """The number of the address, of an open session. Raises SignedOut, or NotFound where nobody is told anything."""
    number: str = guest.request.path_params["number"]
    guest.check_open(number)
    if not guest.face.told.posts:
        raise NotFound("nobody is told by mail or webhook here", remedy="follow the case on its page")
    draft_of(guest.face.node, number)
    return number


def show(guest: Guest) -> Response:
    """Show who is told, and the forms."""
    return _shown(guest, _number(guest))


def want(guest: Guest) -> Response:
    """Ask an address; where something is wrong with it, show it again."""
    number = _number(guest)
    guest.check_form(number)
    way = ToldWay.WEBHOOK if guest.typed("way") == ToldWay.WEBHOOK.value else ToldWay.MAIL
    typed = guest.typed(way.value)
    found = _read(guest, way, typed)
    if not isinstance(found, str):
        return _shown(guest, number, {way: typed}, (input_fault(way.value, _LABELS[way], found),), 422)
    wanted = wanted_by(way, found, guest.language, secrets.token_bytes(DRAWN))
    try:
        guest.face.askings.check(place_of(guest.request), number)
        guest.face.askings.failed(place_of(guest.request), number)
        asked = ask(guest.face.node, number, wanted)
    except TooManyRequests as error:
        found = Text("was asked for too often"), Text("try again tomorrow, or follow the case on its page")
        answer = _shown(guest, number, {way: typed}, (input_fault(way.value, _LABELS[way], found),), 429)
        answer.headers["retry-after"] = str(error.seconds)
        return answer
    if asked and wanted.secret is not None:
        return _shown(guest, number, secret=wanted.secret)
    return goto(f"/cases/{number}/told?done={'asked' if asked else 'told'}")


def _read(guest: Guest, way: ToldWay, typed: str) -> str | FaultAndRemedy:
    if way is ToldWay.MAIL and not guest.face.told.mails:
        raise NotFound("no mails are sent from here", remedy="follow the case on its page")
    return read_address(way, typed)


def no_more(guest: Guest) -> Response:
    """Stop a way, for who has the number's code."""
    number = _number(guest)
    guest.check_form(number)
    way = ToldWay.WEBHOOK if guest.typed("way") == ToldWay.WEBHOOK.value else ToldWay.MAIL
    stop_way(guest.face.node, number, way)
    return goto(f"/cases/{number}/told?done=untold")


def _shown(
    guest: Guest,
    number: str,
    typed: dict[ToldWay, str] | None = None,
    faults: tuple[InputFault, ...] = (),
    status: int = 200,
    secret: str = "",
) -> Response:
    contacts = {one.way.value: one for one in contacts_of(guest.face.node, number)}
    return guest.page(
        "told.html",
        _TITLE,
        status,
        number=number,
        contacts=contacts,
        confirmed={way: one.state is ContactState.CONFIRMED for way, one in contacts.items()},
        typed={way.value: text for way, text in (typed or {}).items()},
        secret=secret,
        faults=faults,
        fault_at={fault.anchor: fault for fault in faults},
        crumbs=[(f"/cases/{number}", number)],
    )


def by_token(guest: Guest) -> Response:
    """Show what whoever has a word's link can do; nothing is done yet: programs that look at mails open links."""
    return _of_token(guest)


def affirm(guest: Guest) -> Response:
    """Confirm, for whoever got the first word: a person by its page, a system by its link."""
    found = confirm(guest.face.node, guest.request.path_params["token"])
    return _of_token(guest, "confirmed" if found else "")


def decline(guest: Guest) -> Response:
    """Stop, by the page or by one click of a mail program (RFC 8058), which has no page of ours and no session."""
    stop(guest.face.node, guest.request.path_params["token"])
    return _of_token(guest, "stopped")


def _of_token(guest: Guest, outcome: str = "") -> Response:
    token = guest.request.path_params["token"]
    contact = contact_of(guest.face.node, token)
    state = contact.state.value if contact is not None else ""
    title = ("接收办理通知", "Being told of what happens")
    return guest.page(
        "told_link.html",
        title,
        200 if contact is not None or outcome else 404,
        outcome=outcome,
        state=state,
        told_number=contact.number if contact is not None else "",
        link=f"/told/{token}",
        stopping=guest.request.url.path.endswith("/stop"),
    )


ROUTES = (
    GuestRoute("/cases/{number}/told", show),
    GuestRoute("/cases/{number}/told", want, "POST"),
    GuestRoute("/cases/{number}/told/stop", no_more, "POST"),
    GuestRoute("/told/{token}", by_token),
    GuestRoute("/told/{token}/confirm", by_token),
    GuestRoute("/told/{token}/stop", by_token),
    GuestRoute("/told/{token}/confirm", affirm, "POST"),
    GuestRoute("/told/{token}/stop", decline, "POST"),
)
