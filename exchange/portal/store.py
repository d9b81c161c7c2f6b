"""Drafts at a portal; every change guarded by the revision that its applicant has seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from exchange.portal.records import ClaimRemoval, DraftFile, DraftRow, ShownMatterRow
from exchange.portal.states import DRAFTS, DraftState
from exchange.portal.tables import STILL_KEPT, STILL_OPEN, claim_removal, draft, draft_file, shown_figures, shown_matter
from exchange.store.bulk import adding
from exchange.store.statements import move, values_of

_d, _f, _s, _m = draft.c, draft_file.c, shown_figures.c, shown_matter.c
_COLUMNS = [_d[field.name] for field in fields(DraftRow)]
_FILE_COLUMNS = [_f[field.name] for field in fields(DraftFile)]
_ADD = adding(draft, *(field.name for field in fields(DraftRow)))
_ADD_FILE = adding(draft_file, "number", "position", "content", *(field.name for field in fields(DraftFile)))
_ONE = select(*_COLUMNS).where(_d.number == bindparam("number"))
_FILES = select(*_FILE_COLUMNS).where(_f.number == bindparam("of_number")).order_by(_f.position)
_INLINE = select(_f.content).where(_f.number == bindparam("of_number"), _f.claim.is_(None)).order_by(_f.position)
_LAST = select(func.max(_f.position)).where(_f.number == bindparam("of_number"))
_SAVE = (
    update(draft)
    .where(_d.number == bindparam("at_number"), _d.revision == bindparam("at_revision"), STILL_OPEN)
    .values(revision=_d.revision + 1, entered=bindparam("new_entered"), changed_at=bindparam("new_changed_at"))
)
_ENDING = (
    select(*_COLUMNS)
    .where(STILL_OPEN, _d.filing_id.is_(None), _d.ends_at < bindparam("now"))
    .order_by(_d.ends_at)
    .limit(bindparam("most"))
)


_KEPT = (
    select(*_COLUMNS)
    .where(STILL_KEPT, _d.kept_until <= bindparam("now"))
    .order_by(_d.kept_until)
    .limit(bindparam("most"))
)


class Drafts:
    """Drafts at a portal, and their files."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, row: DraftRow) -> None:
        """Add a draft that was just begun."""
        _ADD.run(self._db, [values_of(row)])

    def get(self, number: str) -> DraftRow | None:
        """Return one draft."""
        row = self._db.execute(_ONE, {"number": number}).first()
        return DraftRow(*row) if row else None

    def save(self, number: str, revision: int, entered: str, now: datetime) -> bool:
        """Keep what was entered, if the draft is open and nobody has changed it since; tells whether it was kept."""
        at = {"at_number": number, "at_revision": revision}
        return self._db.execute(_SAVE, {**at, "new_entered": entered, "new_changed_at": now}).rowcount == 1

    def move(self, number: str, before: DraftState, after: DraftState, **changed: object) -> bool:
        """Move a draft on from a state; tells whether this call did."""
        return move(self._db, draft, DRAFTS, {"number": number}, {before}, after, changed)

    def files(self, number: str) -> tuple[DraftFile, ...]:
        """Return a draft's files in their order, without their contents."""
        return tuple(DraftFile(*row) for row in self._db.execute(_FILES, {"of_number": number}))

    def inline(self, number: str) -> list[bytes]:
        """Return the contents of the files that travel inside the envelope, in their order."""
        return [row[0] for row in self._db.execute(_INLINE, {"of_number": number})]

    def content(self, number: str, file_id: str) -> bytes | None:
        """Return the content of a file that travels inside the envelope; None where there is no such file."""
        here = (_f.number == number, _f.file_id == file_id, _f.claim.is_(None))
        return self._db.scalar(select(_f.content).where(*here))

    def add_file(self, number: str, file: DraftFile, content: bytes) -> None:
        """Add a file behind the others."""
        last = self._db.scalar(_LAST, {"of_number": number})
        row = {"number": number, "position": 0 if last is None else last + 1, "content": content}
        _ADD_FILE.run(self._db, [{**values_of(file), **row}])

    def remove_file(self, number: str, file_id: str) -> bool:
        """Remove a file; tells whether it was there."""
        here = (_f.number == number, _f.file_id == file_id)
        return self._db.execute(delete(draft_file).where(*here)).rowcount == 1

    def empty(self, number: str) -> int:
        """Delete a draft's files; returns how many there were."""
        return self._db.execute(delete(draft_file).where(_f.number == number)).rowcount

    def ending(self, now: datetime, most: int) -> list[DraftRow]:
        """Return open drafts that are over."""
        return [DraftRow(*row) for row in self._db.execute(_ENDING, {"now": now, "most": most})]

    def kept(self, now: datetime, most: int) -> list[DraftRow]:
        """Return cases that have ended for long enough, whose files are still here."""
        return [DraftRow(*row) for row in self._db.execute(_KEPT, {"now": now, "most": most})]

    def counts(self) -> Mapping[str, int]:
        """Return how many drafts there are in each state."""
        query = select(_d.state, func.count()).group_by(_d.state)
        return {f"draft-{state.value}": count for state, count in self._db.execute(query)}


class ShownFigures:
    """The latest figures of each matter at a portal."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def keep(self, matter: str, at: datetime, figures: str) -> None:
        """Keep figures, unless newer ones are there."""
        there = self._db.scalar(select(_s.at).where(_s.matter == matter))
        values = {"at": at, "figures": figures}
        if there is None:
            self._db.execute(insert(shown_figures).values(matter=matter, **values))
        elif there < at:
            self._db.execute(update(shown_figures).where(_s.matter == matter).values(**values))

    def get(self, matter: str) -> str | None:
        """Return the figures of a matter as they were told."""
        return self._db.scalar(select(_s.figures).where(_s.matter == matter))


class ClaimRemovals:
    """What is to be removed from the claim store."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, row: ClaimRemoval) -> None:
        """Write down what is to be removed, and from when on; what was said of it before is not so any more."""
        self.done(row.object_key)
        self._db.execute(insert(claim_removal).values(values_of(row)))

    def due(self, now: datetime, most: int) -> list[ClaimRemoval]:
        """Return what is to be removed now, the oldest first."""
        columns = [claim_removal.c[field.name] for field in fields(ClaimRemoval)]
        query = select(*columns).where(claim_removal.c.since <= now)
        query = query.order_by(claim_removal.c.since, claim_removal.c.object_key).limit(most)
        return [ClaimRemoval(*row) for row in self._db.execute(query)]

    def done(self, object_key: str) -> bool:
        """Forget what was removed, or is named by a draft; tells whether it was to be removed."""
        return self._db.execute(delete(claim_removal).where(claim_removal.c.object_key == object_key)).rowcount == 1


class ShownMatters:
    """Every version of a matter that the public was told of."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def of(self, code: str) -> list[ShownMatterRow]:
        """Return the versions of a matter, the latest first."""
        columns = [_m[field.name] for field in fields(ShownMatterRow)]
        query = select(*columns).where(_m.matter == code).order_by(_m.since.desc(), _m.version.desc())
        return [ShownMatterRow(*row) for row in self._db.execute(query)]

    def latest(self, code: str) -> ShownMatterRow | None:
        """Return the version that was shown last."""
        return next(iter(self.of(code)), None)

    def keep(self, row: ShownMatterRow) -> None:
        """Keep a version that is shown from now on; one that was shown before comes back."""
        here = (_m.matter == row.matter, _m.version == row.version)
        changed = update(shown_matter).where(*here).values(since=row.since, content=row.content)
        if not self._db.execute(changed).rowcount:
            self._db.execute(insert(shown_matter).values(values_of(row)))
