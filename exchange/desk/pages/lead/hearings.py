"""Hearings: called, put off, called off, and put on record before the decision (articles 46 to 48)."""

from __future__ import annotations

from exchange.approval.hearings.states import HearingState
from exchange.approval.window.hearing.holding import (
    CalledHearing,
    call_in,
    call_off_in,
    filed_file,
    put_off_in,
    record_in,
)
from exchange.desk.pages.lead.forms import REASONS, CaseField, CaseForm, day_typed, file_sent, moment_typed
from exchange.desk.pages.lead.seeing import LeadCase
from exchange.desk.permissions import DeskAction
from exchange.desk.visit import DeskVisit
from exchange.language import Words
from exchange.messaging.node import Step

_AT: Words = ("时间", "When")
_ON: Words = ("举行日期", "Held on")
_PAPER: Words = ("签字笔录扫描件", "The record as it was signed, scanned")
_TOLD: Words = ("签名并告知", "Sign and tell it")


def _call_fields(visit: DeskVisit, case: LeadCase) -> list[CaseField]:
    return [
        CaseField("at", _AT,
                  hint=("例如 2026-03-20 09:30；至少提前七个工作日", "2026-03-20 09:30; seven working days ahead")),
        CaseField("place", ("地点", "Where")),
        CaseField("chair", ("主持人", "Who chairs it"),
                  hint=("不得是审查该申请的人员", "not who reviews the application")),
        REASONS,
    ]  # fmt: skip


def _wanted(visit: DeskVisit) -> CalledHearing:
    place, chair = visit.typed("place").strip(), visit.typed("chair").strip()
    return CalledHearing(moment_typed(visit, "at", _AT), place, chair, visit.who, visit.typed("reasons"))


def _call(visit: DeskVisit, step: Step, number: str) -> None:
    call_in(step, number, _wanted(visit))


def _put_off(visit: DeskVisit, step: Step, number: str) -> None:
    put_off_in(step, number, _wanted(visit))


def _call_off(visit: DeskVisit, step: Step, number: str) -> None:
    call_off_in(step, number, visit.typed("reasons"))


def _record(visit: DeskVisit, step: Step, number: str) -> None:
    paper = file_sent(visit, "paper", _PAPER)
    held_on, text = day_typed(visit, "on", _ON), visit.typed("record")
    if paper is None:
        record_in(step, number, held_on, text)
    else:
        record_in(step, number, held_on, text, filed_file(*paper), paper[1])


def _is_called(case: LeadCase) -> bool:
    return case.undecided and any(one.state is HearingState.CALLED for one in case.hearings)


def _may_be_called(case: LeadCase) -> bool:
    return case.undecided and not _is_called(case)


def _record_fields(visit: DeskVisit, case: LeadCase) -> list[CaseField]:
    return [
        CaseField("on", _ON, "date"),
        CaseField("record", ("笔录", "The record"), "long-text"),
        CaseField("paper", _PAPER, "file", required=False,
                  hint=("随笔录一并送达；不超过 256 KiB。", "It goes with the record to all; up to 256 KiB.")),
    ]  # fmt: skip


CALL = CaseForm(
    "hearing-call", DeskAction.HEARING_CALL, ("通知听证", "Call a hearing"),
    ("申请人和各部门会收到签名的通知；案件期限停计到举行之日。",
     "Applicant and departments are told; the clock of the case stops until the day on which it is held."),
    _call_fields, _call, _TOLD, ("听证已通知。", "The hearing is called."), _may_be_called,
)  # fmt: skip
PUT_OFF = CaseForm(
    "hearing-put-off", DeskAction.HEARING_PUT_OFF, ("听证改期", "Put the hearing off"),
    ("改到另一天，重新告知。", "It is put off to another day, and told anew."),
    _call_fields, _put_off, _TOLD, ("听证已改期。", "The hearing is put off."), _is_called,
)  # fmt: skip
CALL_OFF = CaseForm(
    "hearing-call-off", DeskAction.HEARING_CALL_OFF, ("取消听证", "Call the hearing off"),
    ("取消须说明理由；期限继续计算。", "It is called off with reasons, and the clock runs on."),
    lambda visit, case: (REASONS,), _call_off, _TOLD, ("听证已取消。", "The hearing is called off."), _is_called,
    grave=True,
)  # fmt: skip
RECORD = CaseForm(
    "hearing-record", DeskAction.HEARING_RECORD, ("登记听证笔录", "Put the hearing on record"),
    ("决定须根据听证笔录作出（第四十八条）。", "The decision is made on the record of the hearing (article 48)."),
    _record_fields, _record, ("签名并登记", "Sign the record"),
    ("听证笔录已入案。", "The hearing is on record."), _is_called, files=1,
)  # fmt: skip
