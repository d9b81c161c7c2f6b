"""Filings at a window: what applicants have handed in, with the files, and what is missing by the form's own check."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from exchange.api.cases.conditions import ETAG, etag_of
from exchange.api.door.auth import Reading, Shared
from exchange.api.door.context import Api
from exchange.api.filings.models import (
    FiledApplicationOut,
    FiledFileOut,
    FiledMaterialOut,
    FilingLineOut,
    FilingOut,
    FilingPage,
    ShortcomingOut,
)
from exchange.api.pagination import Cursor, Limit, cursor_of, moment_of, page_of
from exchange.api.problems import documented
from exchange.approval.acceptance.officers import FilingStatus, filing_status, page_of_filings
from exchange.approval.filings.records import FilingRow
from exchange.approval.filings.states import FilingState
from exchange.claims import fetch
from exchange.errors import NotFound, TooLarge
from exchange.machine.files import make_folder
from exchange.runtime.home import open_claims
from exchange.runtime.settings import Home
from exchange.schemas import Attachment, ClaimCheck, FilingNumber, SubmittedMaterial
from exchange.schemas.base import Address

router = APIRouter(tags=["window"])
LARGEST_FILE = 64 * 1024 * 1024
"""Octets of a file that is given out here; it is in memory for a moment."""
State = Annotated[FilingState | None, Query(description="只列此状态 · only those in this state, e.g. received")]
OfPortal = Annotated[
    Address | None,
    Query(alias="portal", description="网上窗口（编号重复时）· whose, where several use a number"),
]


@router.get(
    "/filings",
    response_model=FilingPage,
    summary="收件列表 · Filings",
    description="申请人经网上窗口提交的申请，新的在前。 · What applicants have handed in by a portal, newest first; "
    "with `state=received` what waits for the window. Scope: read.",
    responses=documented(),
)
def filings(
    caller: Reading,
    api: Shared,
    request: Request,
    response: Response,
    state: State = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> FilingPage:
    before, node = moment_of(cursor), api.member(caller.member).node
    rows = page_of_filings(node, state, before, limit + 1)
    kept = {"state": state.value} if state is not None else {}
    shown, following = page_of(request, response, rows, limit, lambda row: cursor_of(*row.place), **kept)
    return FilingPage(items=tuple(map(_line, shown)), next=following)


@router.get(
    "/filings/{number}",
    response_model=FilingOut,
    summary="收件详情 · One filing",
    description="申请内容、一次告知期限，以及表单校验发现的全部缺项。 · The application, until when something must be "
    "said of it, and everything that it lacks by the form's own check. Scope: read.",
    responses=documented(404, headers={200: ETAG}),
)
def filing(
    caller: Reading, api: Shared, response: Response, number: FilingNumber, portal: OfPortal = None
) -> FilingOut:
    found = filing_status(api.member(caller.member).node, number, portal)
    response.headers["etag"] = etag_of(found.revision)
    fields = {name: getattr(_line(found.row), name) for name in FilingLineOut.model_fields}
    return FilingOut(
        **fields,
        provisional=found.term.provisional,
        application=_application(found),
        lacking=_lacking(found),
        promised=found.promised,
        revision=found.revision,
    )


@router.get(
    "/filings/{number}/files/{position}",
    response_class=Response,
    summary="申请材料文件 · A file of a filing",
    description="申请人提交的原始字节，核对后给出；大文件自附件存储取回。 · The bytes as they were handed in, "
    "compared with what was signed; large ones are fetched from the claim store. Scope: read.",
    responses={
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
        **documented(404, 413),
    },
)
def filing_file(caller: Reading, api: Shared, number: FilingNumber, position: int, portal: OfPortal = None) -> Response:
    found = filing_status(api.member(caller.member).node, number, portal)
    contents = iter(found.enclosures)
    for place, (_, named) in enumerate(_files(found)):
        content = next(contents) if isinstance(named, Attachment) else b""
        if place == position:
            data = content if isinstance(named, Attachment) else _fetched(api, caller.member, named)
            headers = {"content-disposition": "attachment"}
            return Response(data, headers=headers, media_type="application/octet-stream")
    raise NotFound(
        "filing {number} has no file {position}",
        remedy="they are counted from 0; `GET /filings/{number}` lists them",
        number=number,
        position=position,
    )


def _fetched(api: Api, member: str, claim: ClaimCheck) -> bytes:
    if claim.size > LARGEST_FILE:
        raise TooLarge(
            "the file {name} has {size:,} octets; at most {largest:,} are given out here",
            remedy="have it handed in as several smaller files",
            name=claim.name,
            size=claim.size,
            largest=LARGEST_FILE,
        )
    settings = api.view.settings
    home = Home(settings.home)
    make_folder(home.uploads(member), 0o700)
    with TemporaryDirectory(dir=home.uploads(member)) as folder:
        return fetch(claim, Path(folder) / "file", open_claims(settings)).read_bytes()


def _files(found: FilingStatus) -> list[tuple[SubmittedMaterial, Attachment | ClaimCheck]]:
    """The files of an application in their order, wherever they lie."""
    named = ((one, one.attachment or one.claim) for one in found.application.materials)
    return [(one, file) for one, file in named if file is not None]


def _application(found: FilingStatus) -> FiledApplicationOut:
    place, application = count(), found.application

    def material(one: SubmittedMaterial) -> FiledMaterialOut:
        named = one.attachment or one.claim
        return FiledMaterialOut(
            code=one.code, note=one.note, file=_file(found, next(place), named) if named is not None else None
        )

    return FiledApplicationOut(
        applicant=application.applicant,
        project=application.project,
        summary=application.summary,
        materials=tuple(map(material, application.materials)),
        answers=application.answers,
        submitted_at=application.submitted_at,
    )


def _file(found: FilingStatus, position: int, named: Attachment | ClaimCheck) -> FiledFileOut:
    return FiledFileOut(
        position=position,
        name=named.name,
        media_type=named.media_type,
        size=named.size,
        digest=named.digest,
        scanned=named.digest in found.scanned,
        href=f"/api/v1/filings/{found.row.number}/files/{position}?portal={found.row.portal}",
    )


def _lacking(found: FilingStatus) -> tuple[ShortcomingOut, ...]:
    later = {one.code for one in found.lacking.promisable}
    return tuple(
        ShortcomingOut(
            what=str(one.what),
            remedy=str(one.remedy),
            field=one.field or None,
            material=one.material or None,
            promisable=one.material in later,
        )
        for one in found.lacking.lacking()
    )


def _line(row: FilingRow) -> FilingLineOut:
    return FilingLineOut(
        number=row.number,
        portal=row.portal,
        state=row.state,
        channel=row.channel,
        matter=row.matter,
        matter_version=row.matter_version,
        project=row.project,
        applicant=row.applicant,
        received_at=row.received_at,
        complete_at=row.complete_at,
        tell_by=row.tell_by if row.state is FilingState.RECEIVED else None,
        told_at=row.told_at,
        ended_at=row.ended_at,
        outcome=row.outcome,
        case_number=row.case_number,
        hearing_at=row.hearing_at,
        filing_id=row.filing_id,
        message_id=row.last_id,
        acceptance_id=row.acceptance_id,
    )
