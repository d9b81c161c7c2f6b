"""The SQL statements by which a window reads and writes its cases and their parts, built once."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import BindParameter, bindparam, exists, or_, select, true, update

from exchange.approval.records import CaseRow, PartRow, ReopeningRow
from exchange.approval.rules.after.supplement import TO_REMIND
from exchange.approval.rules.states import WITHOUT_DECISION, CaseState
from exchange.approval.tables import AWAITED, PAPER_TO_REMIND, RECKONED, case_file, ledger, part, reopening
from exchange.store.bulk import adding

_f = case_file.c
_p = part.c
_l = ledger.c
CASE_COLUMNS = [_f[field.name] for field in fields(CaseRow)]
PART_COLUMNS = [_p[field.name] for field in fields(PartRow)]

CASE = select(*CASE_COLUMNS).where(_f.number == bindparam("number"))
_PARTS = select(*PART_COLUMNS).order_by(_p.case_number, _p.stage, _p.position)
_SEVERAL: BindParameter[Any] = bindparam("numbers", expanding=True)
SEVERAL_CASES = select(*CASE_COLUMNS).where(_f.number.in_(_SEVERAL))
PARTS_OF_SEVERAL = _PARTS.where(_p.case_number.in_(_SEVERAL))
PARTS_OF_CASE = _PARTS.where(_p.case_number == bindparam("number"))
_MESSAGES: BindParameter[Any] = bindparam("messages", expanding=True)
PARTS_OF_MESSAGES = _PARTS.where(or_(_p.consultation_id.in_(_MESSAGES), _p.clearance_id.in_(_MESSAGES)))
_THIS_LEDGER = (_l.case_number == bindparam("number")) & (_l.department == bindparam("department"))
LEDGER = select(_l.entry).where(_THIS_LEDGER, _l.position >= bindparam("first")).order_by(_l.position)
LEDGERS = (
    select(_l.department, _l.position, _l.entry)
    .where(_l.case_number == bindparam("number"))
    .order_by(_l.department, _l.position)
)
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
_NOT_HELD = (_f.state == CaseState.OPEN) & _f.held_up.is_(None)
HOLD_UP = update(case_file).where(_f.number == bindparam("held"), _NOT_HELD).values({"held_up": true()})
"""Noted once; which of them wait for something is looked at when it is asked."""
OPEN = adding(case_file, *(field.name for field in fields(CaseRow)))
PLAN = adding(part, "position", *(field.name for field in fields(PartRow)))
APPEND = adding(ledger, "case_number", "department", "position", "entry")
REOPEN = adding(reopening, *(field.name for field in fields(ReopeningRow)))
