"""The public register of licences: searched and gone through page by page, and as CSV, JSON and a feed."""

from __future__ import annotations

import base64
from datetime import datetime
from itertools import islice
from urllib.parse import urlencode

from starlette.responses import Response

from exchange.language.licences import LICENCE_CHANGES, LICENCE_STANDINGS
from exchange.licences.published import register_atom, register_csv, register_json
from exchange.licences.records import LicencePlace
from exchange.licences.register import register, whole_register
from exchange.window.guest import Guest
from exchange.window.route import GuestRoute

TITLE = ("行政许可公示", "Register of licences")
LICENCE_TONES = {"valid": "good", "not-yet": "info", "expired": "", "revoked": "bad", "cancelled": "bad"}
_PAGE = 25
_FED = 100
_EXPORTED = 10_000
"""Licences in a table or as data, the latest ones; of others a search finds each."""
_LONGEST = 100


def show(guest: Guest) -> Response:
    """Show a page of the register."""
    words = _words(guest)
    found = register(guest.face.node, words, place_of(guest.request.query_params.get("after", "")), _PAGE)
    query = {"q": words} if words else {}
    onward = urlencode({**query, "after": token_of(found.after)}) if found.after is not None else ""
    return guest.page(
        "licences.html",
        TITLE,
        licences=found.licences,
        search=words,
        query=f"?{urlencode(query)}" if query else "",
        onward=onward,
        standings=LICENCE_STANDINGS,
        changes=LICENCE_CHANGES,
        tones=LICENCE_TONES,
        wide=True,
    )


def as_csv(guest: Guest) -> Response:
    """Return the latest of the register as a table for spreadsheets."""
    text = register_csv(islice(whole_register(guest.face.node, _words(guest)), _EXPORTED))
    named = {"content-disposition": 'attachment; filename="licences.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=named)


def as_json(guest: Guest) -> Response:
    """Return the latest of the register as JSON."""
    text = register_json(islice(whole_register(guest.face.node, _words(guest)), _EXPORTED))
    return Response(text, media_type="application/json")


def as_atom(guest: Guest) -> Response:
    """Return the newest licences as a feed."""
    latest = register(guest.face.node, limit=_FED).licences
    text = register_atom(latest, guest.site, guest.words(TITLE), guest.face.now())
    return Response(text, media_type="application/atom+xml")


def _words(guest: Guest) -> str:
    return guest.request.query_params.get("q", "").strip()[:_LONGEST]


def token_of(place: LicencePlace) -> str:
    """Return a place in the register as an address bears it."""
    said = "\n".join((place.issued_at.isoformat(), place.number, place.issuer))
    return base64.urlsafe_b64encode(said.encode()).decode()


def place_of(token: str) -> LicencePlace | None:
    """Return the place that an address bears; None, which is the beginning, for what is none."""
    try:
        at, number, issuer = base64.urlsafe_b64decode(token.encode()).decode().split("\n")
        found = LicencePlace(datetime.fromisoformat(at), number, issuer)
    except ValueError:  # of base64, UTF-8 and instants alike
        return None
    return found if found.issued_at.tzinfo is not None else None


ROUTES = (
    GuestRoute("/licences", show),
    GuestRoute("/licences.csv", as_csv),
    GuestRoute("/licences.json", as_json),
    GuestRoute("/licences.atom", as_atom),
)
