"""Accepting several filings that are complete."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from exchange.approval.acceptance.officers import accept_filing_in, filing_status, revision_in, waiting_filings
from exchange.approval.filings.states import FilingState
from exchange.desk.looking import CHUNK
from exchange.desk.pages.lead.batch import Batch, BatchItem, LeftOut
from exchange.desk.pages.lead.filings import path_of
from exchange.desk.permissions import DeskAction
from exchange.desk.seen import expect_mark, mark_of
from exchange.desk.visit import DeskVisit
from exchange.language import Language, Words
from exchange.messaging.node import Step
from exchange.paging import every


def _candidates(visit: DeskVisit) -> Generator[str]:
    for row in every(lambda last, most: waiting_filings(visit.node, last, most), lambda row: row.waits_at, CHUNK):
        yield f"{row.portal}/{row.number}"


def _named(key: str) -> tuple[str, str]:
    portal, _, number = key.partition("/")
    return portal, number


def _look(visit: DeskVisit, _tx: Any, key: str) -> BatchItem | LeftOut:
    portal, number = _named(key)
    found = filing_status(visit.node, number, portal)
    row, path, lacking = found.row, path_of(found.row), found.lacking.lacking()
    if row.state is not FilingState.RECEIVED:
        return LeftOut(path, number, row.project, ("已有答复", "something was said of it"))
    if lacking:
        first = lacking[0]
        return LeftOut(path, number, row.project, (first.plain(Language.CHINESE), first.plain(Language.ENGLISH)))
    rows: list[tuple[Words, object]] = [
        (("事项", "Matter"), visit.words(found.matter.names)),
        (("申请人", "Applicant"), found.application.applicant.name),
        (("受理自", "Accepted from"), row.complete_at.date().isoformat()),
    ]
    return BatchItem(key, path, number, row.project, mark_of(found.revision), rows)


def _accept(visit: DeskVisit, step: Step, key: str, mark: str) -> None:
    portal, number = _named(key)
    expect_mark(mark, revision_in(step, number, portal))
    accept_filing_in(step, number, visit.who, portal=portal)


ACCEPT_SEVERAL = Batch(
    "accept", DeskAction.FILING_ACCEPT, ("一并受理", "Accept several"),
    ("申请人各收到由本窗口签名的受理通知书，案件成立并送达各部门；材料不齐的不在其内。",
     "Each applicant gets a signed notice of acceptance, and a case is opened and put to its departments. What is not "
     "complete is left out."),
    ("签名并受理所选", "Sign and accept those that are chosen"),
    ("所选申请均已受理。", "All that were chosen are accepted."),
    _candidates, _look, _accept,
)  # fmt: skip
