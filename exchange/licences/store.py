"""The register of licences; every transition one guarded UPDATE, which counts the entry that makes it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from exchange.licences.finding.store import LicenceSearch
from exchange.licences.records import LicenceEntryRow, LicenceRow
from exchange.licences.rules.entering import LICENCES, LicenceState
from exchange.licences.tables import licence, licence_entry, licence_told
from exchange.store.bulk import adding
from exchange.store.statements import values_of

_l, _e = licence.c, licence_entry.c
_COLUMNS = [_l[field.name] for field in fields(LicenceRow)]
_ENTRY_COLUMNS = [_e[field.name] for field in fields(LicenceEntryRow)]
_ADD = adding(licence, *(field.name for field in fields(LicenceRow)))
_TELL = adding(licence_told, "number", "at", "message_id")
_ENTER = adding(licence_entry, *(field.name for field in fields(LicenceEntryRow)))
_ONE = select(*_COLUMNS).where(_l.issuer == bindparam("by"), _l.number == bindparam("of"))
_NAMED = select(*_COLUMNS).where(_l.number == bindparam("of")).order_by(_l.issuer).limit(10)
_OF_CASE = select(*_COLUMNS).where(_l.issuer == bindparam("by"), _l.case_number == bindparam("of"))
_BY_DIGEST = select(*_COLUMNS).where(_l.digest == bindparam("of")).limit(1)
_HELD = (
    select(*_COLUMNS).where(_l.identifier == bindparam("of"))
    .order_by(_l.issued_at, _l.number).limit(bindparam("most"))
)  # fmt: skip
_ISSUED_TO = (
    select(*_COLUMNS).where(_l.issuer == bindparam("by"), _l.identifier == bindparam("of"))
    .order_by(_l.issued_at.desc(), _l.number).limit(bindparam("most"))
)  # fmt: skip
_SHOWN_TO = (
    select(*_COLUMNS).where(_l.issuer == bindparam("by"), _l.shown_code == bindparam("of"))
    .order_by(_l.issued_at.desc(), _l.number).limit(bindparam("most"))
)  # fmt: skip
_ENTRIES = (
    select(*_ENTRY_COLUMNS).where(_e.issuer == bindparam("by"), _e.number == bindparam("of")).order_by(_e.position)
)
_ENTRIES_OF = (
    select(*_ENTRY_COLUMNS)
    .where(_e.issuer == bindparam("by"), _e.number.in_(bindparam("numbers", expanding=True)))
    .order_by(_e.number, _e.position)
)
_TOLD = (
    select(licence_told.c.message_id).where(licence_told.c.number == bindparam("of"))
    .order_by(licence_told.c.at.desc(), licence_told.c.message_id.desc()).limit(bindparam("most"))
)  # fmt: skip


class Licences:
    """The register of licences within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, row: LicenceRow) -> None:
        """Add a licence; one of this number or on this case must not be there."""
        _ADD.run(self._db, [values_of(row)])
        LicenceSearch(self._db).keep(row.issued_at, row.number, row.shown_name)

    def get(self, issuer: str, number: str) -> LicenceRow | None:
        """Return one licence."""
        return self._one(_ONE, by=issuer, of=number)

    def of_case(self, issuer: str, case_number: str) -> LicenceRow | None:
        """Return the licence that was issued on a case."""
        return self._one(_OF_CASE, by=issuer, of=case_number)

    def by_digest(self, digest: str) -> LicenceRow | None:
        """Return the licence of these signed bytes."""
        return self._one(_BY_DIGEST, of=digest)

    def named(self, number: str) -> list[LicenceRow]:
        """Return the licences of this number: one, unless several windows have used it."""
        return [LicenceRow(*row) for row in self._db.execute(_NAMED, {"of": number})]

    def held_by(self, identifier: str, most: int) -> list[LicenceRow]:
        """Return a holder's licences, the first in front."""
        return [LicenceRow(*row) for row in self._db.execute(_HELD, {"of": identifier, "most": most})]

    def issued_to(self, issuer: str, code: str, most: int, *, shown: bool) -> list[LicenceRow]:
        """Return what a window has issued to a holder, the latest first; ``shown``: the code is as the register shows
        it.
        """
        query = _SHOWN_TO if shown else _ISSUED_TO
        return [LicenceRow(*row) for row in self._db.execute(query, {"by": issuer, "of": code, "most": most})]

    def entries(self, issuer: str, number: str) -> list[LicenceEntryRow]:
        """Return the entries on a licence, in their order."""
        return [LicenceEntryRow(*row) for row in self._db.execute(_ENTRIES, {"by": issuer, "of": number})]

    def entries_of(self, issuer: str, numbers: Collection[str]) -> Mapping[str, list[LicenceEntryRow]]:
        """Return the entries on several licences of one window, by number, in their order."""
        found: dict[str, list[LicenceEntryRow]] = {one: [] for one in numbers}
        if numbers:
            for row in self._db.execute(_ENTRIES_OF, {"by": issuer, "numbers": list(numbers)}):
                entry = LicenceEntryRow(*row)
                found[entry.number].append(entry)
        return found

    def enter(self, row: LicenceRow, after: LicenceState, entry: LicenceEntryRow, **shown: str) -> bool:
        """Add the next entry on a licence, which moves it on, if it still is as it was read; tells whether it did.

        ``shown``: what is shown of its holder from then on, where that is another one.
        """
        LICENCES.check({row.state}, after)
        here = (_l.issuer == row.issuer, _l.number == row.number, _l.state == row.state, _l.entries == row.entries)
        moved = update(licence).where(*here).values(state=after, entries=row.entries + 1, **shown)
        if self._db.execute(moved).rowcount != 1:
            return False
        _ENTER.run(self._db, [values_of(entry)])
        if "shown_name" in shown:
            LicenceSearch(self._db).keep(row.issued_at, shown["shown_name"])
        return True

    def keep(self, entry: LicenceEntryRow) -> None:
        """Keep an entry on a licence that has not come yet."""
        _ENTER.run(self._db, [values_of(entry)])

    def counts(self) -> dict[str, int]:
        """Return how many licences there are in each state."""
        query = select(_l.state, func.count()).group_by(_l.state)
        return {f"licence-{state.value}": count for state, count in self._db.execute(query)}

    def _one(self, query: Any, **values: str) -> LicenceRow | None:
        row = self._db.execute(query, values).first()
        return LicenceRow(*row) if row else None


class ToldLicences:
    """By which answers departments were told of licences."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, message_id: str, at: datetime, numbers: Iterable[str]) -> None:
        """Note of which licences an answer tells."""
        _TELL.run(self._db, [{"number": one, "at": at, "message_id": message_id} for one in sorted(numbers)])

    def of(self, number: str, most: int) -> list[str]:
        """Return the latest answers about a licence, the latest in front."""
        return list(self._db.scalars(_TOLD, {"of": number, "most": most}))
