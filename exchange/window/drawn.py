"""Papers drawn for guests, and looked into: one at a time, a few waiting, and a quick no beyond that."""

from __future__ import annotations

from functools import partial

from starlette.responses import Response

from exchange.errors import TooManyRequests
from exchange.paper.drawing import DrawnPaper, draw
from exchange.paper.links import status_link, verification_link
from exchange.paper.making import sheet_of
from exchange.paper.originals import original_of
from exchange.paper.pen import PaperSetting
from exchange.schemas import Matter
from exchange.web.door.turnstile import Crowded, Turnstile
from exchange.web.origins import place_of
from exchange.window.guest import Guest

_DRAWN, _READ = Turnstile("papers"), Turnstile("originals")
"""Whoever has PDF looked into keeps nobody from a paper of theirs."""


def setting_of(
    guest: Guest, matter: Matter | None = None, *, addressee: str = "", link: str = "", code: str = ""
) -> PaperSetting:
    """Return what a paper is drawn with for a guest: its language, and the names that our pages have."""
    return PaperSetting(
        language=guest.language,
        names=guest.face.names(),
        matters={matter.code: matter.names} if matter is not None else {},
        materials={one.code: one.names for one in matter.materials} if matter is not None else {},
        addressee=addressee,
        link=link,
        code=code,
    )


def case_link(guest: Guest, number: str) -> str:
    """Return the address that leads to a case from outside."""
    return status_link(guest.site, number)


def licence_link(guest: Guest, number: str, code: str) -> str:
    """Return the address at which a licence is verified, from outside."""
    return verification_link(guest.site, number, code)


async def paper_as_pdf(guest: Guest, signed: bytes, setting: PaperSetting, name: str) -> Response:
    """Return a paper as a file to be saved. Raises TooManyRequests, FontsMissing or PaperNotDrawn."""
    try:
        drawn = await _DRAWN.run(place_of(guest.request), partial(_draw, guest, signed, setting))
    except Crowded as error:
        raise _too_many(error) from None
    headers = {"content-disposition": f'attachment; filename="{name}.pdf"'}
    return Response(drawn.pdf, media_type="application/pdf", headers=headers)


def _draw(guest: Guest, signed: bytes, setting: PaperSetting) -> DrawnPaper:
    return draw(sheet_of(signed, guest.face.node.directory, setting), signed, guest.face.fonts)


async def original_in_pdf(guest: Guest, pdf: bytes) -> bytes | None:
    """Return the signed document in a PDF; None where there is none. Raises TooManyRequests."""
    try:
        return await _READ.run(place_of(guest.request), partial(original_of, pdf))
    except Crowded as error:
        raise _too_many(error) from None


def _too_many(error: Crowded) -> TooManyRequests:
    found = TooManyRequests("too many papers are asked for at once", remedy="try again in a moment")
    found.seconds = error.seconds
    return found
