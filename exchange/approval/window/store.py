"""Cases and their parts at a window; every transition one guarded UPDATE.

Within a transaction a case, its parts and ledgers are read once: the writers of a member take turns (`store.engine`),
and a reader sees one state throughout. What a write changes is changed here as it would be read back.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import MISSING, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    func,
    literal,
    select,
    tuple_,
    update,
)

from exchange.approval.records import CaseRow, PartRow, ReopeningRow
from exchange.approval.rules.after.supplement import NINE
from exchange.approval.rules.lead import holds_up
from exchange.approval.rules.states import CASES, PARTS, CaseState, PartState
from exchange.approval.statements import (
    APPEND,
    CASE,
    CASE_COLUMNS,
    HOLD_UP,
    LEDGER,
    LEDGERS,
    OPEN,
    OTHERWISE,
    PAPERS,
    PART_COLUMNS,
    PARTS_OF_CASE,
    PARTS_OF_MESSAGES,
    PARTS_OF_SEVERAL,
    PLAN,
    REOPEN,
    REOPENINGS,
    SEVERAL_CASES,
    SUPPLEMENTS,
)
from exchange.approval.tables import (
    PUT_TO,
    case_file,
    ledger,
    part,
)
from exchange.paging import Place
from exchange.schemas import LedgerEntry
from exchange.store.statements import as_stored, move, values_of

_f = case_file.c
_p = part.c
_l = ledger.c


class Cases:
    """Cases and their parts at a window."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._cases: dict[str, CaseRow | None] = {}
        self._parts: dict[str, list[PartRow]] = {}
        self._ledgers: dict[tuple[str, str], list[LedgerEntry]] = {}

    def open(self, case: CaseRow, parts: Sequence[PartRow]) -> None:
        OPEN.run(self._db, [values_of(case)])
        PLAN.run(self._db, [{"position": place, **values_of(one)} for place, one in enumerate(parts)])
        if any(holds_up(one.state, values_of(one)) for one in parts):
            self.hold_up(case.number)
        self._cases.pop(case.number, None)
        self._parts.pop(case.number, None)

    def add_part(self, part: PartRow) -> None:
        """Add a department to a case that is there, behind all others."""
        place = len(self.parts(part.case_number))
        PLAN.run(self._db, [{"position": place, **values_of(part)}])
        self._parts.pop(part.case_number, None)

    def hold_up(self, number: str) -> None:
        """Note that something in a case may wait for its lead before the case is ready."""
        self._db.execute(HOLD_UP, {"held": number})

    def get(self, number: str) -> CaseRow | None:
        if number not in self._cases:
            row = self._db.execute(CASE, {"number": number}).first()
            self._cases[number] = CaseRow(*row) if row else None
        return self._cases[number]

    def read_ahead(self, numbers: Collection[str], *, with_parts: bool = True) -> None:
        """Read several cases, mostly with their parts, by two statements, for what asks for one after the other."""
        lacking = {"numbers": [one for one in numbers if one not in self._cases]}
        if lacking["numbers"]:
            self._cases |= {row[0]: CaseRow(*row) for row in self._db.execute(SEVERAL_CASES, lacking)}
        wanted = {"numbers": [one for one in numbers if one not in self._parts] if with_parts else []}
        if wanted["numbers"]:
            parts: dict[str, list[PartRow]] = {number: [] for number in wanted["numbers"]}
            for row in self._db.execute(PARTS_OF_SEVERAL, wanted):
                parts[row[0]].append(PartRow(*row))
            self._parts |= parts

    def recent(self, state: CaseState | None = None, limit: int = 50, before: Place | None = None) -> list[CaseRow]:
        """Return the latest cases, newest first; ``before`` goes on behind the place of the last one seen."""
        query = select(*CASE_COLUMNS).order_by(_f.opened_at.desc(), _f.number.desc()).limit(limit)
        if state is not None:
            query = query.where(_f.state == state)
        if before is not None:
            last = literal(before[0], type_=_f.opened_at.type), literal(before[1], type_=_f.number.type)
            query = query.where(tuple_(_f.opened_at, _f.number) < tuple_(*last))
        return [CaseRow(**row._mapping) for row in self._db.execute(query)]

    def how_many(self, state: CaseState, most: int) -> int:
        """Return how many cases are in a state, counted no further than ``most``."""
        some = select(_f.number).where(_f.state == state).limit(most).subquery()
        return self._db.scalar(select(func.count()).select_from(some)) or 0

    def running(self, department: str | None, after: PartRow | None, limit: int) -> list[PartRow]:
        """Return a page of the parts that are issued or signed for, of one department or all.

        Those due first are in front, those without a due moment last; the page lies behind one of them. For
        `exchange.paging.every`.
        """
        query = select(*PART_COLUMNS).where(PUT_TO)
        if department is not None:
            query = query.where(_p.department == department)
        first: Sequence[Row[Any]] = ()
        if after is None or after.due_at is not None:
            dated = (_p.due_at, _p.case_number, _p.department)
            first = self._db.execute(_behind(query, dated, after).order_by(*dated).limit(limit)).all()
            after = None
        undated = _behind(query.where(_p.due_at.is_(None)), (_p.case_number, _p.department), after)
        rest = undated.order_by(_p.case_number, _p.department).limit(limit - len(first))
        return [PartRow(*row) for row in (*first, *(self._db.execute(rest) if len(first) < limit else ()))]

    def waiting_for(self, departments: Collection[str]) -> list[PartRow]:
        """Return the parts in undecided cases that were put to departments and wait for them, escalated ones too."""
        if not departments:
            return []
        waits = (PUT_TO | (_p.state == PartState.ESCALATED)) & _p.consultation_id.is_not(None)
        undecided = _f.state.in_([CaseState.OPEN, CaseState.READY])
        query = select(*PART_COLUMNS).join(case_file, _f.number == _p.case_number)
        query = query.where(_p.department.in_(departments), waits, undecided).order_by(_p.case_number, _p.department)
        return [PartRow(*row) for row in self._db.execute(query)]

    def note_substitute(self, number: str, department: str, substitute: str | None) -> None:
        """Note who has a department's request in its place: nobody else has to hear of it."""
        self._note(number, department, substitute=substitute)

    def note_chased(self, number: str, department: str, at: datetime) -> None:
        """Note that a department was reminded by hand: nothing else of its part changes, and no monitor has to hear."""
        self._note(number, department, chased_at=at)

    def supplements_due(self, now: datetime, limit: int) -> list[PartRow]:
        """Return parts of whose supplementary review something is to be told, those due first in front."""
        when = {"now": now, "soon": now + NINE, "most": limit}
        return [PartRow(*row) for row in self._db.execute(SUPPLEMENTS, when)]

    def reckoned_otherwise(self, calendar: str, limit: int) -> list[PartRow]:
        """Return parts whose term runs and was derived by another calendar."""
        found: list[PartRow] = []
        for query in OTHERWISE:
            by = {"by": calendar} if query is not OTHERWISE[0] else {}
            found += [PartRow(*row) for row in self._db.execute(query, {**by, "most": limit - len(found)})]
        return found

    def papers_overdue(self, now: datetime, limit: int) -> list[PartRow]:
        """Return parts whose department owes a paper since before ``now`` and was not reminded of it, the first in
        front; of a withdrawn case nobody owes one.
        """
        return [PartRow(*row) for row in self._db.execute(PAPERS, {"now": now, "most": limit})]

    def reckoned(self, number: str, department: str, calendar: str) -> None:
        """Note that a calendar gives a part's term no other end: nobody has to hear of it."""
        self._note(number, department, calendar=calendar)

    def _note(self, number: str, department: str, **fields: Any) -> None:
        here = (_p.case_number == number) & (_p.department == department)
        self._db.execute(update(part).where(here).values(**fields))
        self._parts.pop(number, None)

    def parts(self, number: str) -> list[PartRow]:
        if number not in self._parts:
            self._parts[number] = [PartRow(*row) for row in self._db.execute(PARTS_OF_CASE, {"number": number})]
        return list(self._parts[number])

    def part(self, number: str, department: str) -> PartRow | None:
        return next((part for part in self.parts(number) if part.department == department), None)

    def parts_of_messages(self, message_ids: Collection[str]) -> list[PartRow]:
        """Return the parts whose consultation or clearance is one of these messages."""
        return [PartRow(*row) for row in self._db.execute(PARTS_OF_MESSAGES, {"messages": list(message_ids)})]

    def move(self, number: str, before: Collection[CaseState], after: CaseState, **fields: Any) -> bool:
        """Change a case by a guarded UPDATE; ``fields`` are columns of CaseRow. True if this call moved it."""
        held = {"held_up": None} if after is not CaseState.OPEN else {} if set(before) == {after} else {"held_up": True}
        moved = move(self._db, case_file, CASES, {"number": number}, before, after, {**fields, **held})
        case = self._cases.get(number)
        if moved and case is not None:
            self._cases[number] = replace(case, **as_stored(case_file, {"state": after, **fields}))
        return moved

    def move_part(
        self, number: str, department: str, before: Collection[PartState], after: PartState, **fields: Any
    ) -> bool:
        """Change a part by a guarded UPDATE that also adds one to ``revision``; True if this call moved it."""
        key = {"case_number": number, "department": department}
        moved = move(self._db, part, PARTS, key, before, after, fields)
        if moved and holds_up(after, fields):
            self.hold_up(number)
        if moved and number in self._parts:
            changed = as_stored(part, {"state": after, **fields})
            self._parts[number] = [
                replace(one, revision=one.revision + 1, **changed) if one.department == department else one
                for one in self._parts[number]
            ]
        return moved

    def ledger(self, number: str, department: str) -> list[LedgerEntry]:
        """Return a part's ledger of this round; what was entered before a reopening stays on record."""
        key = (number, department)
        if key not in self._ledgers:
            here = {"number": number, "department": department, "first": self._ledger_from(number, department)}
            entries = self._db.scalars(LEDGER, here)
            self._ledgers[key] = [LedgerEntry.model_validate_json(entry) for entry in entries]
        return list(self._ledgers[key])

    def read_ledgers(self, number: str) -> None:
        """Read the ledgers of a case's parts at once, for `ledger` to find: a server is asked once."""
        rows = self._db.execute(LEDGERS, {"number": number}).all()
        for one in self.parts(number):
            own = [row.entry for row in rows if row.department == one.department and row.position >= one.ledger_from]
            self._ledgers.setdefault((number, one.department), [LedgerEntry.model_validate_json(text) for text in own])

    def add_entries(self, number: str, department: str, entries: Sequence[LedgerEntry]) -> None:
        """Add entries to a ledger; entries are never changed."""
        if not entries:
            return
        first = self._ledger_from(number, department) + len(self.ledger(number, department))
        texts = [entry.model_dump_json() for entry in entries]
        rows = [
            {"case_number": number, "department": department, "position": place, "entry": text}
            for place, text in enumerate(texts, first)
        ]
        APPEND.run(self._db, rows)
        self._ledgers[(number, department)] += [LedgerEntry.model_validate_json(text) for text in texts]

    def _ledger_from(self, number: str, department: str) -> int:
        part = self.part(number, department)
        return part.ledger_from if part is not None else 0

    def ask_again(self, number: str, department: str) -> None:
        """Begin a part anew, as planned, in a case that is reopened; what it had is in signed documents and older
        entries of its ledger.
        """
        present = self.part(number, department)
        if present is None or present.state is PartState.PLANNED:
            return
        entries = present.ledger_from + len(self.ledger(number, department))
        anew = {field.name: field.default for field in fields(PartRow) if field.default is not MISSING}
        kept = {"revision", "instead_of", "added"}
        blank = {name: value for name, value in anew.items() if name not in kept} | {"ledger_from": entries}
        self.move_part(number, department, PARTS.before(PartState.PLANNED), PartState.PLANNED, **blank)
        self._ledgers.pop((number, department), None)

    def add_reopening(self, row: ReopeningRow) -> None:
        """Put on record that a case is reopened."""
        REOPEN.run(self._db, [values_of(row)])

    def reopenings(self, number: str) -> list[ReopeningRow]:
        """Return the reopenings of a case, the first in front."""
        return [ReopeningRow(**row._mapping) for row in self._db.execute(REOPENINGS, {"number": number})]

    def counts(self) -> dict[str, int]:
        """Count the parts by state, with ``late`` for those with a late opinion, and the cases by ``case-<state>``."""
        counts = {
            str(state): int(number)
            for state, number in self._db.execute(select(_p.state, func.count()).group_by(_p.state)).all()
        }
        late = select(func.count()).select_from(part).where(_p.late_opinion_id.is_not(None))
        counts["late"] = self._db.scalar(late) or 0
        for state, number in self._db.execute(select(_f.state, func.count()).group_by(_f.state)).all():
            counts[f"case-{state}"] = int(number)
        return counts


def _behind(query: Select[Any], order: Sequence[ColumnElement[Any]], last: PartRow | None) -> Select[Any]:
    """The parts that come behind one in an order; from the first with a due, where that is what they are ordered by."""
    if last is None:
        return query.where(order[0].is_not(None))
    place = [literal(getattr(last, column.key or ""), type_=column.type) for column in order]
    return query.where(tuple_(*order) > tuple_(*place))
