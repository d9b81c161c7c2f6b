"""How a filing and its case stand at its portal, by the window's signed papers."""

from __future__ import annotations

from fastapi import APIRouter, Response

from exchange.api.cases.conditions import ETAG, etag_of, revisions_of
from exchange.api.door.auth import Reading, Shared
from exchange.api.filings.portal_models import AskedAboutOut, FilingPaperOut, FilingProgressOut, PortalFileOut
from exchange.api.problems import documented
from exchange.errors import Changed, Conflict
from exchange.messaging.node import Node, Step
from exchange.portal.asked_about import holders_askers
from exchange.portal.drafting import draft_of
from exchange.portal.granted import licence_of_filing
from exchange.portal.records import DraftFile
from exchange.portal.superior import window_of
from exchange.portal.view import CasePaper, CaseView, case_view, case_view_in
from exchange.schemas import FilingNumber, FilingReceipt

router = APIRouter(tags=["portal"])


@router.get(
    "/filings/{number}/progress",
    response_model=FilingProgressOut,
    summary="办理进度 · How a filing stands",
    description="依窗口签名文书：收件、受理、各部门办理、决定；申请人无权查看的不在其中。 "
    "· By the window's signed papers: receipt, acceptance, every department's line as far "
    "as the applicant may see it, the decision. Scope: read.",
    responses=documented(404, 409, headers={200: ETAG}),
)
def filing_progress(caller: Reading, api: Shared, response: Response, number: FilingNumber) -> FilingProgressOut:
    node = api.member(caller.member).node
    window_of(node)
    found = case_view(node, number)
    response.headers["etag"] = etag_of(found.revision)
    filed, receipt = found.filing, found.last(FilingReceipt)
    opening = next((one for one in found.acceptances if one.opens), None)
    return FilingProgressOut(
        number=number,
        standing=found.standing,
        matter=filed.application.matter,
        project=filed.application.project,
        channel=filed.channel,
        case_number=opening.case_number if opening is not None else None,
        tell_by=receipt.tell_by if receipt is not None else None,
        papers=tuple(map(_paper, found.papers)),
        acceptances=found.acceptances,
        promised=found.promised,
        invited=found.invited,
        progress=found.progress,
        renewal=found.renewal,
        renewed_by_law=found.renewed_by_law,
        decision=found.decision,
        files=tuple(_file(one) for one in draft_of(node, number).files),
        asked=_asked(node, found),
        revision=found.revision,
    )


def expect_progress(step: Step, number: str, if_match: str | None) -> None:
    """Raise Changed where the header names another revision, BadRequest where it names none."""
    known = revisions_of(if_match)
    if known is not None and _view(step, number).revision not in known:
        raise Changed(
            "filing {number} has changed since it was read",
            remedy="read its progress again, and act on what it says now",
            number=number,
        )


def expect_under_way(step: Step, number: str) -> None:
    """Raise Conflict where a filing is over."""
    if _view(step, number).is_over:
        raise Conflict("{number} is over", remedy="read how it ended in its progress", number=number)


def _view(step: Step, number: str) -> CaseView:
    return case_view_in(step.tx, step.node, number)


def _asked(node: Node, found: CaseView) -> tuple[AskedAboutOut, ...]:
    licence = licence_of_filing(node, found)
    asked = holders_askers(node, found, licence) if licence is not None else []
    return tuple(AskedAboutOut(asker=one.asker, at=one.at, purpose=one.purpose, basis=one.basis) for one in asked)


def _file(one: DraftFile) -> PortalFileOut:
    return PortalFileOut(
        material=one.material,
        name=one.name,
        media_type=one.media_type,
        size=one.size,
        digest=one.digest,
        scanned=bool(one.scanned),
    )


def _paper(paper: CasePaper) -> FilingPaperOut:
    return FilingPaperOut(
        kind=paper.body.KIND,
        message_id=paper.message_id,
        ours=paper.ours,
        at=paper.at,
        signed_for=paper.signed_for,
        reason=paper.reason,
    )
