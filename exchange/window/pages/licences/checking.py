"""Verifying a licence: by the number and code that stand on it, by the address in its QR code, or by its file."""

from __future__ import annotations

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from exchange.hand_codes import grouped, read_signs
from exchange.language.licences import LICENCE_CHANGES, VERIFICATIONS
from exchange.licences.kept import KeptLicence
from exchange.licences.verifying import Verification, VerifiedLicence, verify, verify_bytes
from exchange.paper.originals import is_pdf
from exchange.portal.granted import licence_of_filing
from exchange.window.drawn import licence_link, original_in_pdf, paper_as_pdf, setting_of
from exchange.window.guest import Guest, goto
from exchange.window.pages.cases.status import view_of
from exchange.window.route import GuestRoute, WaitingRoute

_TITLE = ("许可证件核验", "Verify a licence")
_TONES = {
    Verification.VALID: "good",
    Verification.NOT_YET: "info",
    Verification.EXPIRED: "warn",
    Verification.ELSEWHERE: "warn",
}
_LONGEST = 100


def ask(guest: Guest) -> Response:
    """Ask for number and code, or for the file."""
    return _shown(guest)


def typed(guest: Guest) -> Response:
    """Go to the page of what was typed, which is the address in the QR code of such a licence, too."""
    number, code = guest.typed("number").strip().upper()[:_LONGEST], read_signs(guest.typed("code")[:_LONGEST])
    if not number or not code:
        return _shown(guest, 422, typed_number=number, lacking="code")
    return goto(f"/verify/{quote(number, safe='')}/{quote(code, safe='')}")


def by_code(guest: Guest) -> Response:
    """Show what came of verifying by number and code."""
    path = guest.request.path_params
    number, code = str(path["number"])[:_LONGEST], str(path["code"])[:_LONGEST]
    return _result(guest, verify(guest.face.node, number, code), typed_number=number, typed_code=grouped(code))


async def by_file(guest: Guest) -> Response:
    """Show what came of verifying by the signed file, or by the one inside a paper; nothing of it is kept."""
    file = guest.form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return await run_in_threadpool(_shown, guest, 422, lacking="file")
    data = await file.read()
    if is_pdf(data):
        data = await original_in_pdf(guest, data) or b""
    return await run_in_threadpool(_verified, guest, data)


def _verified(guest: Guest, data: bytes) -> Response:
    return _result(guest, verify_bytes(guest.face.node, data))


async def as_pdf(guest: Guest) -> Response:
    """Return the licence of a case as it is shown to others: PDF/A, with the signed licence inside."""
    found = await run_in_threadpool(_licence_of, guest)
    if found is None:
        return goto(f"/cases/{guest.request.path_params['number']}")
    row = found.row
    setting = setting_of(guest, link=licence_link(guest, row.number, row.code), code=row.code)
    return await paper_as_pdf(guest, found.signed, setting, row.number)


def _licence_of(guest: Guest) -> KeptLicence | None:
    return licence_of_filing(guest.face.node, view_of(guest))


def download(guest: Guest) -> Response:
    """Return the signed licence of a case, for whoever has its session."""
    found = _licence_of(guest)
    if found is None:
        return goto(f"/cases/{guest.request.path_params['number']}")
    named = {"content-disposition": f'attachment; filename="{found.row.number}.cose"'}
    return Response(found.signed, media_type="application/cose", headers=named)


def _result(guest: Guest, found: VerifiedLicence, **more: object) -> Response:
    shown = {"found": found, "tone": _TONES.get(found.result, "bad"), "said": guest.words(VERIFICATIONS[found.result])}
    return _shown(guest, 200, **shown, changes=LICENCE_CHANGES, **more)


def _shown(guest: Guest, status: int = 200, **more: object) -> Response:
    base = {"found": None, "typed_number": "", "typed_code": "", "lacking": ""}
    return guest.page("verify.html", _TITLE, status, **{**base, **more})


ROUTES = (
    GuestRoute("/verify", ask),
    GuestRoute("/verify", typed, "POST"),
    WaitingRoute("/verify/file", by_file, "POST", files=1),
    GuestRoute("/verify/{number}/{code}", by_code),
    GuestRoute("/cases/{number}/licence", download),
    WaitingRoute("/cases/{number}/licence.pdf", as_pdf, "GET"),
)
