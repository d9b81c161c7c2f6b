"""The section of a window's desk: its lists, pages, acts and files."""

from __future__ import annotations

from exchange.desk.pages.lead import board, case, filing, filings, outcomes, supplements
from exchange.desk.pages.lead.batch_accepting import ACCEPT_SEVERAL
from exchange.desk.pages.lead.batch_chasing import CHASE_LATE
from exchange.desk.pages.lead.batch_confirming import CONFIRM_SEVERAL
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskDownload, DeskSection
from exchange.schemas import Role

_FILING = filing.FILING.path
_SEVERAL = (CHASE_LATE, CONFIRM_SEVERAL, ACCEPT_SEVERAL)

SECTION = DeskSection(
    pages=(filing.FILING, case.CASE, *(one.page for one in (*case.FORMS, *_SEVERAL))),
    acts=(
        DeskAct(f"{_FILING}/accept", DeskAction.FILING_ACCEPT, outcomes.accept, filing.FILING, outcomes.ask_accept),
        DeskAct(f"{_FILING}/missing", DeskAction.FILING_MISSING, outcomes.tell_missing, filing.FILING),
        DeskAct(f"{_FILING}/refuse", DeskAction.FILING_REFUSE, outcomes.turn_down, filing.FILING),
        *(one.act for one in (*case.FORMS, *_SEVERAL)),
    ),
    downloads=(
        DeskDownload(f"{_FILING}/files/{{digest}}", filing.file_of),
        DeskDownload(f"{case.CASE.path}/files/{{digest}}", case.file_of_case),
    ),
    baskets=(filings.BASKET, board.DUTIES, supplements.ASKED, board.BOARD),
    roles=frozenset({Role.WINDOW}),
    done={
        **{one.key: one.done for one in case.FORMS},
        **{f"several-{one.key}": one.done for one in _SEVERAL},
        "accepted": ("已受理，案件已成立。", "It is accepted, and the case is open."),
        "told-missing": ("已一次告知补正。", "The applicant is told what is missing."),
        "turned-down": ("不予受理已告知申请人。", "The applicant is told that it is not accepted, and why."),
    },
)
