"""Cases and their parts at a window; every transition one guarded UPDATE."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, insert, or_, select

from exchange.flow.ports import CaseRow, PartRow
from exchange.rules.states import CaseState, PartState
from exchange.store.statements import move
from exchange.store.tables import case_file, ledger, part
from schemas import LedgerEntry

_f = case_file.c
_p = part.c
_l = ledger.c
_CASE_COLUMNS = [_f[field.name] for field in fields(CaseRow)]
_PART_COLUMNS = [_p[field.name] for field in fields(PartRow)]

_CASE = select(*_CASE_COLUMNS).where(_f.number == bindparam("number"))
_CASE_LOCKED = _CASE.with_for_update()
_PARTS = select(*_PART_COLUMNS).order_by(_p.case_number, _p.stage, _p.position)
_PARTS_OF_CASE = _PARTS.where(_p.case_number == bindparam("number"))
_PART = _PARTS_OF_CASE.where(_p.department == bindparam("department"))
_PARTS_OF_MESSAGE = _PARTS.where(
    or_(_p.consultation_id == bindparam("message"), _p.clearance_id == bindparam("message"))
)
_THIS_LEDGER = (_l.case_number == bindparam("number")) & (_l.department == bindparam("department"))
_LEDGER = select(_l.entry).where(_THIS_LEDGER).order_by(_l.position)
_LEDGER_LENGTH = select(func.count()).select_from(ledger).where(_THIS_LEDGER)
_APPEND = insert(ledger)


class SqlCases:
    """Implements `exchange.flow.ports.Cases`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def open(self, case: CaseRow, parts: Sequence[PartRow]) -> None:
        self._db.execute(insert(case_file).values(**asdict(case)))
        self._db.execute(insert(part), [{"position": place, **asdict(one)} for place, one in enumerate(parts)])

    def get(self, number: str, *, lock: bool = False) -> CaseRow | None:
        row = self._db.execute(_CASE_LOCKED if lock else _CASE, {"number": number}).first()
        return CaseRow(*row) if row else None

    def recent(self, state: CaseState | None = None, limit: int = 50) -> list[CaseRow]:
        query = select(*_CASE_COLUMNS).order_by(_f.opened_at.desc(), _f.number.desc()).limit(limit)
        if state is not None:
            query = query.where(_f.state == state)
        return [CaseRow(**row._mapping) for row in self._db.execute(query)]

    def parts(self, number: str) -> list[PartRow]:
        return self._parts(_PARTS_OF_CASE, number=number)

    def part(self, number: str, department: str) -> PartRow | None:
        found = self._parts(_PART, number=number, department=department)
        return found[0] if found else None

    def parts_of_message(self, message_id: str) -> list[PartRow]:
        return self._parts(_PARTS_OF_MESSAGE, message=message_id)

    def move(self, number: str, before: Collection[CaseState], after: CaseState, **fields: Any) -> bool:
        return move(self._db, case_file, {"number": number}, before, after, fields)

    def move_part(
        self, number: str, department: str, before: Collection[PartState], after: PartState, **fields: Any
    ) -> bool:
        key = {"case_number": number, "department": department}
        return move(self._db, part, key, before, after, fields)

    def ledger(self, number: str, department: str) -> list[LedgerEntry]:
        entries = self._db.scalars(_LEDGER, {"number": number, "department": department})
        return [LedgerEntry.model_validate_json(entry) for entry in entries]

    def add_entries(self, number: str, department: str, entries: Sequence[LedgerEntry]) -> None:
        first = self._db.scalar(_LEDGER_LENGTH, {"number": number, "department": department}) or 0
        rows = [
            {
                "case_number": number,
                "department": department,
                "position": first + offset,
                "entry": entry.model_dump_json(),
            }
            for offset, entry in enumerate(entries)
        ]
        if rows:
            self._db.execute(_APPEND, rows)

    def counts(self) -> dict[str, int]:
        counts = {
            str(state): int(number)
            for state, number in self._db.execute(select(_p.state, func.count()).group_by(_p.state)).all()
        }
        late = select(func.count()).select_from(part).where(_p.late_opinion_id.is_not(None))
        counts["late"] = self._db.scalar(late) or 0
        for state, number in self._db.execute(select(_f.state, func.count()).group_by(_f.state)).all():
            counts[f"case-{state}"] = int(number)
        return counts

    def _parts(self, query: Select[Any], **values: str) -> list[PartRow]:
        return [PartRow(*row) for row in self._db.execute(query, values)]
