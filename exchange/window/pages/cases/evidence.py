"""The bundle of evidence of a filing, for whoever has filed it: of what the portal has on record, without the rest."""

from __future__ import annotations

from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from exchange.audit.source import Source, SourceKind
from exchange.errors import TooManyRequests
from exchange.evidence.bundle.contents import BundleReader
from exchange.evidence.making import bundle_of_message
from exchange.operations.audit.store import AuditLog
from exchange.portal.drafting import draft_of
from exchange.portal.view import view_of_draft
from exchange.web.door.turnstile import Crowded, Turnstile
from exchange.web.origins import place_of
from exchange.window.guest import Guest
from exchange.window.route import WaitingRoute

_BOUND = Turnstile("evidence")
"""One is made at a time, a few wait, and there is a quick no beyond that: it is read into memory."""


async def evidence(guest: Guest) -> Response:
    """Send the bundle as a file to be saved, recorded in the audit log.

    Raises SignedOut, NotFound, Conflict (nothing was handed in) or TooManyRequests.
    """
    number, place = guest.request.path_params["number"], place_of(guest.request)
    filing_id = await run_in_threadpool(_filing_of, guest, number)
    try:
        guest.face.proving.check(place, number)
        guest.face.proving.failed(place, number)  # every one counts, made or not
        data = await _BOUND.run(place, partial(_made, guest, number, filing_id))
    except (Crowded, TooManyRequests) as error:
        raise _too_many(error.seconds) from None
    headers = {"content-disposition": f'attachment; filename="{number}.evidence.zip"'}
    return Response(data, media_type="application/zip", headers=headers)


def _filing_of(guest: Guest, number: str) -> str:
    """The id of the filing, for its open session."""
    guest.check_open(number)
    node = guest.face.node
    view = view_of_draft(node, draft_of(node, number))
    return view.papers[0].message_id


def _made(guest: Guest, number: str, filing_id: str) -> bytes:
    node, now = guest.face.node, guest.face.now()
    made = bundle_of_message(guest.face.home, {node.address: node.store}, filing_id, now, BundleReader.APPLICANT)
    with node.store.transaction() as tx:
        came = Source(SourceKind.WEB, place_of(guest.request))
        tx[AuditLog].append(now, "applicant", "evidence", f"{number} reader={made.reader}", "done", came)
    return made.data


def _too_many(seconds: int) -> TooManyRequests:
    found = TooManyRequests("evidence of this case was asked for too often", remedy="try again in a while")
    found.seconds = seconds
    return found


ROUTES = (WaitingRoute("/cases/{number}/evidence.zip", evidence, "GET"),)
