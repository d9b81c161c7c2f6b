"""The letter by which the lead asks for opinions: a 函 between authorities of one level (Regulation of 2012, article
8).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from exchange.schemas import Application, Document, DocumentKind, DocumentNumber, Matter


def consultation_letter(
    case_number: str,
    stage: int,
    matter: Matter,
    application: Application,
    day: date,
    instead_of: str | None = None,
    no_result: Sequence[str] = (),
) -> Document:
    """Return the official document that accompanies a consultation: what is asked, by which law, about what.

    ``instead_of``: who was asked before and is not competent. ``no_result``: who was asked before, and of whom there is
    no result.
    """
    before = f"前送{instead_of}征求意见，该单位答复非其职责。" if instead_of else ""
    before += f"前一阶段无{'、'.join(no_result)}的意见结果。" if no_result else ""
    body = (
        f"申请人{application.applicant.name}就“{application.project}”提出“{matter.name}”申请，"
        f"我单位已受理（受理编号：{case_number}）。{before}依据{'、'.join(matter.basis)}，现送你单位征求意见，"
        "请在期限内书面答复；逾期未答复的，按附列规则处理。"
    )
    serial = int("".join(ch for ch in case_number if ch.isdigit())[-5:] or 1) or 1
    return Document(
        number=DocumentNumber(agency="联审函", year=day.year, serial=serial),
        kind=DocumentKind.LETTER,
        issuer=matter.lead,
        title=f"关于征求“{matter.name}”意见的函（{case_number}，第{stage}阶段）",
        addressees=tuple(approver.department for approver in matter.approvers if approver.stage == stage),
        body=body,
        date=day,
        attachment_note=tuple(material.name for material in matter.materials),
    )
