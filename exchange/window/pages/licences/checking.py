"""Verifying a licence: by the number and code that stand on it, by the address in its QR code, or by its file."""

from __future__ import annotations

from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.responses import Response

from exchange.hand_codes import grouped, read_signs
from exchange.language.licences import LICENCE_CHANGES, VERIFICATIONS
from exchange.licences.verifying import Verification, VerifiedLicence, verify, verify_bytes
from exchange.portal.granted import licence_of_filing
from exchange.window.guest import Guest, goto
from exchange.window.pages.cases.status import view_of
from exchange.window.route import GuestRoute

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


def by_file(guest: Guest) -> Response:
    """Show what came of verifying by the file; nothing of it is kept."""
    file = guest.form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return _shown(guest, 422, lacking="file")
    return _result(guest, verify_bytes(guest.face.node, file.file.read()))


def download(guest: Guest) -> Response:
    """Return the signed licence of a case, for whoever has its session."""
    found = licence_of_filing(guest.face.node, view_of(guest))
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
    GuestRoute("/verify/file", by_file, "POST", files=1),
    GuestRoute("/verify/{number}/{code}", by_code),
    GuestRoute("/cases/{number}/licence", download),
)
