"""What a member's database says of people who wait and of cases in danger; each read is bounded by an index."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, case, func, select

from exchange.approval.clocks.tables import OVERRUN, UNDELIVERED, UNEXPLAINED, case_clock
from exchange.approval.department.tables import FAILED_RULES, desk
from exchange.approval.rules.clock.watching import UNDECIDED
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.tables import NOT_SIGNED, PUT_TO, TO_REVIEW, UNDATED, case_file, part
from exchange.joint.tables import OPEN_JOINTS, joint
from exchange.messaging.inbox import LETTER_ID
from exchange.messaging.outbox import IMPLAUSIBLE
from exchange.messaging.rules.withholding import WITHHELD
from exchange.messaging.tables import OPEN_LETTERS, STANDS_FOR_MORE, WAITING_COPIES, dead_letter, outbox_copy
from exchange.runtime.gathered import DeadlineFact, Ends, Gathered
from exchange.schemas import ObjectionGround

COUNTED = 10_000
"""Rows that are counted at most."""

_SHOWN = 3

_p, _j, _k, _f, _d, _c, _t = part.c, joint.c, desk.c, case_file.c, dead_letter.c, outbox_copy.c, case_clock.c
_UNDECIDED = _f.state == CaseState.READY


class Troubles:
    """Reads them within a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def ends(self, over: datetime, until: datetime) -> dict[str, Ends]:
        """Count open parts of this window by department.

        They are those whose term ended by ``over``, and those that end by ``until``.
        """
        open_parts = select(_p.department, _p.due_at).where(PUT_TO, _p.due_at <= until)
        rows = open_parts.order_by(_p.due_at).limit(COUNTED).subquery()
        late = func.sum(case((rows.c.due_at <= over, 1), else_=0))
        query = select(rows.c.department, late, func.count()).group_by(rows.c.department)
        return {who: Ends(int(past), int(number) - int(past)) for who, past, number in self._db.execute(query)}

    def ending(self, until: datetime, limit: int) -> list[DeadlineFact]:
        """Return open parts of this window whose term ends by ``until``, over or not, the earliest first."""
        ends = select(_p.case_number, _p.department, _p.due_at, _p.fixed_due, _p.provisional)
        rows = self._db.execute(ends.where(PUT_TO, _p.due_at <= until).order_by(_p.due_at).limit(limit))
        return [
            DeadlineFact(row.case_number, row.department, row.due_at, row.fixed_due, provisional=bool(row.provisional))
            for row in rows
        ]

    def rule_failing(self) -> Gathered:
        """Gather cases that wait for an officer because the member's rule failed; ``detail`` is the kind of error.

        A department's wait on its desk, a lead's for the decision. Nothing of what a rule says of a case is told here.
        """
        desks = self._gathered(_k.case_number, _k.received_at, FAILED_RULES, detail=_k.rule_error)
        led = self._gathered(_f.number, _f.ready_at, _UNDECIDED, _f.rule_error.is_not(None), detail=_f.rule_error)
        both = [one for one in (desks, led) if one.number]
        if len(both) < 2:
            return both[0] if both else Gathered()
        since = min(one.since for one in both if one.since is not None)
        return Gathered(desks.number + led.number, since, (desks.first + led.first)[:_SHOWN], desks.detail)

    def withheld(self) -> Gathered:
        """Gather messages that came after their signer's certificate had ended, by the ids of their dead letters."""
        found = self._gathered(_d.fingerprint, _d.first_at, OPEN_LETTERS, _d.reason_code == WITHHELD)
        return replace(found, first=tuple(one[:LETTER_ID] for one in found.first))

    def withheld_beyond(self) -> Gathered:
        """Gather senders of whose messages that are set aside no further ones are kept."""
        return self._gathered(_d.sender, _d.first_at, OPEN_LETTERS, STANDS_FOR_MORE)

    def implausible(self) -> Gathered:
        """Gather addressees that have signed for messages, which still wait, as of a time before they were written."""
        waiting = select(_c.addressee, _c.written_at, _c.last_error).where(WAITING_COPIES)
        some = waiting.order_by(_c.written_at).limit(COUNTED).subquery().c
        return self._gathered(some.addressee, some.written_at, some.last_error.startswith(f"{IMPLAUSIBLE}:"))

    def undecided(self) -> Gathered:
        """Gather cases of this window that wait for its own decision.

        All opinions are in, or what is missing is over.
        """
        return self._gathered(_f.number, _f.ready_at, _UNDECIDED)

    def escalated(self) -> Gathered:
        """Gather open cases of this window in which a silence was escalated to it: it must decide how to go on."""
        is_open = select(_f.number).where(_f.number == _p.case_number, _f.state == CaseState.OPEN)
        return self._gathered(
            _p.case_number, _p.escalated_at, _p.state == PartState.ESCALATED, is_open.correlate(part).exists()
        )

    def to_review(self) -> Gathered:
        """Gather cases of this window decided over an opinion that was in time, which nobody has reviewed yet."""
        return self._gathered(_p.case_number, _p.review_at, TO_REVIEW, _p.late_ground.is_(None))

    def safety(self) -> Gathered:
        """Gather cases of this window in which a late objection on grounds of safety waits for the lead."""
        return self._gathered(_p.case_number, _p.review_at, TO_REVIEW, _p.late_ground == ObjectionGround.SAFETY)

    def overrun(self) -> Gathered:
        """Gather undecided cases of this window of which it was told that their term is over by law."""
        undecided = select(_f.number).where(_f.number == _t.case_number, _f.state.in_(UNDECIDED))
        return self._gathered(_t.case_number, _t.overrun_at, OVERRUN, undecided.correlate(case_clock).exists())

    def undelivered(self) -> Gathered:
        """Gather cases of this window whose licence is overdue for delivery."""
        return self._gathered(_t.case_number, _t.undelivered_at, UNDELIVERED)

    def unexplained(self) -> Gathered:
        """Gather cases of this window of which a promise was not kept, and nobody has said why."""
        left = select(_f.number).where(_f.number == _t.case_number, _f.state == CaseState.WITHDRAWN)
        return self._gathered(_t.case_number, _t.promise_over_at, UNEXPLAINED, ~left.correlate(case_clock).exists())

    def open_parts(self, department: str) -> int:
        """Count the consultations that wait for a department, in whatever stage."""
        return self._count(select(_p.case_number).where(PUT_TO, _p.department == department))

    def unsigned(self, before: datetime) -> Gathered:
        """Gather requests that went out by ``before`` and are not signed for."""
        return self._gathered(_p.case_number, _p.issued_at, NOT_SIGNED, _p.issued_at <= before)

    def undated(self, before: datetime) -> Gathered:
        """Gather consultations signed for by ``before``, whose term has no end yet."""
        return self._gathered(_p.case_number, _p.signed_at, UNDATED, _p.signed_at <= before)

    def joints(self, before: datetime) -> Gathered:
        """Gather joint documents that have waited for signatures since ``before``, or longer.

        They were put to this member, or by it to others.
        """
        return self._gathered(_j.title, _j.received_at, OPEN_JOINTS, _j.received_at <= before)

    def _gathered(self, name: Any, since: Any, *conditions: Any, detail: Any = None) -> Gathered:
        """How many there are, `COUNTED` at most, since when the first, and which first; ``detail`` up to its colon."""
        columns = [name.label("name"), since.label("at"), *([detail.label("detail")] if detail is not None else [])]
        found = select(*columns).where(*conditions).limit(COUNTED).subquery()
        number, first = self._db.execute(select(func.count(), func.min(found.c.at))).one()
        if not number:
            return Gathered()
        rows = self._db.execute(select(*columns).where(*conditions).order_by(since, name).limit(_SHOWN)).all()
        names = tuple(dict.fromkeys(str(row.name) for row in rows))
        why = str(rows[0].detail).partition(":")[0] if detail is not None else ""
        return Gathered(int(number), first, names, why)

    def _count(self, rows: Select[Any]) -> int:
        return self._db.scalar(select(func.count()).select_from(rows.limit(COUNTED).subquery())) or 0
