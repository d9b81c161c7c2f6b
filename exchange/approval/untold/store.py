"""Deadlines that have changed and of which the monitors are still to be told, in the order in which they changed."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, delete, select

from exchange.approval.tables import untold_deadline
from exchange.store.bulk import adding

_u = untold_deadline.c
_ADD = adding(untold_deadline, "case_number", "department")
_FIRST = select(_u.case_number, _u.department).order_by(_u.id).limit(bindparam("most"))
_TOLD = delete(untold_deadline).where(
    _u.case_number == bindparam("of_case"), _u.department == bindparam("of_department")
)
_ANY = select(_u.id).limit(1)


class UntoldDeadlines:
    """Parts of cases, by case and department, whose present deadline the monitors are still to be told."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, parts: Collection[tuple[str, str]]) -> None:
        """Note parts whose deadline has changed."""
        _ADD.run(self._db, [{"case_number": number, "department": department} for number, department in parts])

    def first(self, most: int) -> list[tuple[str, str]]:
        """Return the parts of the first rows, up to ``most`` of these; each part once."""
        return list(dict.fromkeys((row[0], row[1]) for row in self._db.execute(_FIRST, {"most": most})))

    @property
    def any(self) -> bool:
        """Whether there are any."""
        return self._db.scalar(_ANY) is not None

    def told(self, number: str, department: str) -> None:
        """Note that with this transaction the monitors are told of a part as it is."""
        self._db.execute(_TOLD, {"of_case": number, "of_department": department})
