"""Cases and their parts at a window; every transition one guarded UPDATE."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from exchange.flow.ports import CaseRow, PartRow
from exchange.rules.states import CaseState, PartState
from exchange.store.tables import case_file, ledger, part
from schemas import LedgerEntry

_f = case_file.c
_p = part.c
_l = ledger.c
_CASE_COLUMNS = [_f[field.name] for field in fields(CaseRow)]
_PART_COLUMNS = [_p[field.name] for field in fields(PartRow)]


class SqlCases:
    """Implements `exchange.flow.ports.Cases`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def open(self, case: CaseRow, parts: Sequence[PartRow]) -> None:
        self._db.execute(insert(case_file).values(**asdict(case)))
        self._db.execute(insert(part), [{"position": place, **asdict(one)} for place, one in enumerate(parts)])

    def get(self, number: str, *, lock: bool = False) -> CaseRow | None:
        query = select(*_CASE_COLUMNS).where(_f.number == number)
        row = self._db.execute(query.with_for_update() if lock else query).first()
        return CaseRow(**row._mapping) if row else None

    def recent(self, state: CaseState | None = None, limit: int = 50) -> list[CaseRow]:
        query = select(*_CASE_COLUMNS).order_by(_f.opened_at.desc(), _f.number.desc()).limit(limit)
        if state is not None:
            query = query.where(_f.state == state)
        return [CaseRow(**row._mapping) for row in self._db.execute(query)]

    def parts(self, number: str) -> list[PartRow]:
        return self._parts(_p.case_number == number)

    def part(self, number: str, department: str) -> PartRow | None:
        found = self._parts((_p.case_number == number) & (_p.department == department))
        return found[0] if found else None

    def parts_of_message(self, message_id: str) -> list[PartRow]:
        return self._parts(or_(_p.consultation_id == message_id, _p.clearance_id == message_id))

    def move(self, number: str, before: Collection[CaseState], after: CaseState, **fields: Any) -> bool:
        moved = self._db.execute(
            update(case_file).where(_f.number == number, _f.state.in_(before)).values(state=after, **fields)
        )
        return moved.rowcount == 1

    def move_part(
        self, number: str, department: str, before: Collection[PartState], after: PartState, **fields: Any
    ) -> bool:
        moved = self._db.execute(
            update(part)
            .where(_p.case_number == number, _p.department == department, _p.state.in_(before))
            .values(state=after, revision=_p.revision + 1, **fields)
        )
        return moved.rowcount == 1

    def ledger(self, number: str, department: str) -> list[LedgerEntry]:
        query = select(_l.entry).where(_l.case_number == number, _l.department == department).order_by(_l.position)
        return [LedgerEntry.model_validate_json(entry) for entry in self._db.scalars(query)]

    def add_entries(self, number: str, department: str, entries: Sequence[LedgerEntry]) -> None:
        here = (_l.case_number == number) & (_l.department == department)
        first = self._db.scalar(select(func.count()).select_from(ledger).where(here)) or 0
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
            self._db.execute(insert(ledger), rows)

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

    def _parts(self, where: Any) -> list[PartRow]:
        query = select(*_PART_COLUMNS).where(where).order_by(_p.case_number, _p.stage, _p.position)
        return [PartRow(**row._mapping) for row in self._db.execute(query)]
