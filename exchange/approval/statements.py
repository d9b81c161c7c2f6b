"""The SQL statements by which a window reads and writes its cases and their parts, built once."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import BindParameter, bindparam, exists, or_, select, union_all

from exchange.approval.clocks.tables import DELIVERY_REMINDED, OVERRUN, REMINDED, UNDELIVERED, UNEXPLAINED, case_clock
from exchange.approval.records import CaseRow, PartRow, ReopeningRow
from exchange.approval.rules.after.supplement import TO_REMIND
from exchange.approval.rules.states import WITHOUT_DECISION
from exchange.approval.tables import AWAITED, PAPER_TO_REMIND, RECKONED, case_file, ledger, part, reopening
from exchange.store.bulk import adding

_f = case_file.c
_p = part.c
_l = ledger.c
CASE_COLUMNS = [_f[field.name] for field in fields(CaseRow)]
PART_COLUMNS = [_p[field.name] for field in fields(PartRow)]

CASE = select(*CASE_COLUMNS).where(_f.number == bindparam("number"))
_PARTS = select(*PART_COLUMNS).order_by(_p.case_number, _p.stage, _p.position)
PARTS_OF_CASE = _PARTS.where(_p.case_number == bindparam("number"))
_MESSAGES: BindParameter[Any] = bindparam("messages", expanding=True)
PARTS_OF_MESSAGES = _PARTS.where(or_(_p.consultation_id.in_(_MESSAGES), _p.clearance_id.in_(_MESSAGES)))
_THIS_LEDGER = (_l.case_number == bindparam("number")) & (_l.department == bindparam("department"))
LEDGER = select(_l.entry).where(_THIS_LEDGER, _l.position >= bindparam("first")).order_by(_l.position)
REOPENINGS = select(reopening).where(reopening.c.case_number == bindparam("number")).order_by(reopening.c.round)
_NUMBERED = select(*PART_COLUMNS).limit(bindparam("most"))
SUPPLEMENTS = _NUMBERED.where(
    AWAITED,
    (_p.supplement_until < bindparam("now"))
    | ((_p.supplement_told == TO_REMIND) & (_p.supplement_until <= bindparam("soon"))),
).order_by(_p.supplement_until)
OTHERWISE = tuple(
    _NUMBERED.where(RECKONED, other)
    for other in (_p.calendar.is_(None), _p.calendar < bindparam("by"), _p.calendar > bindparam("by"))
)
"""Ranges of the index."""
NOTHING_OWED = exists().where(_f.number == _p.case_number, _f.state.in_(sorted(WITHOUT_DECISION)))
PAPERS = _NUMBERED.where(PAPER_TO_REMIND, _p.paper_by < bindparam("now"), ~NOTHING_OWED).order_by(_p.paper_by)
_OF = select(case_clock.c.case_number)
OVER = union_all(_OF.where(OVERRUN), _OF.where(UNEXPLAINED), _OF.where(REMINDED))
"""Cases of which the lead's own term is over, or it was reminded of it, if they are not decided."""
OWING = union_all(_OF.where(UNEXPLAINED), _OF.where(UNDELIVERED), _OF.where(DELIVERY_REMINDED))
"""Cases of which the lead owes a reason or a delivery, or was reminded of one, if they are."""
OPEN = adding(case_file, *(field.name for field in fields(CaseRow)))
PLAN = adding(part, "position", *(field.name for field in fields(PartRow)))
APPEND = adding(ledger, "case_number", "department", "position", "entry")
REOPEN = adding(reopening, *(field.name for field in fields(ReopeningRow)))
