"""What applicants are told beyond the pages, within one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, func, insert, select, update

from exchange.portal.tables import STILL_OPEN, draft
from exchange.portal.told.records import ContactRow, PromiseReminder, WordRow
from exchange.portal.told.states import CONTACTS, WORDS, ContactState, ToldEvent, ToldWay, WordState
from exchange.portal.told.tables import STILL_WAITING, told_asked, told_contact, told_promise, told_word
from exchange.store.statements import move, values_of

_c, _w, _p, _a = told_contact.c, told_word.c, told_promise.c, told_asked.c
_CONTACT = [_c[field.name] for field in fields(ContactRow)]
_WORD = [_w[field.name] for field in fields(WordRow)]
_OF = select(*_CONTACT).where(_c.number == bindparam("of_number")).order_by(_c.way)
_DUE = (
    select(*_WORD, *_CONTACT)
    .join(told_contact, _c.contact_id == _w.contact_id)
    .where(STILL_WAITING, _w.next_at <= bindparam("now"), _c.way == bindparam("by_way"))
    .order_by(_w.next_at)
    .limit(bindparam("most"))
)


class Contacts:
    """Where applicants want to be told."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, row: ContactRow) -> None:
        """Add a contact that was just asked for."""
        self._db.execute(insert(told_contact).values(values_of(row)))

    def get(self, contact_id: str) -> ContactRow | None:
        """Return one contact."""
        row = self._db.execute(select(*_CONTACT).where(_c.contact_id == contact_id)).first()
        return ContactRow(*row) if row else None

    def by_token(self, token: str) -> ContactRow | None:
        """Return the contact of whoever has its token."""
        row = self._db.execute(select(*_CONTACT).where(_c.token == token)).first()
        return ContactRow(*row) if row else None

    def of(self, number: str) -> list[ContactRow]:
        """Return the contacts of a number."""
        return [ContactRow(*row) for row in self._db.execute(_OF, {"of_number": number})]

    def confirmed(self, number: str) -> list[ContactRow]:
        """Return the contacts of a number that want to be told."""
        return [one for one in self.of(number) if one.state is ContactState.CONFIRMED]

    def confirm(self, contact_id: str, case_number: str | None, ends_at: datetime | None) -> bool:
        """Let a contact be told from now on; tells whether this call did."""
        changed = {"case_number": case_number, "ends_at": ends_at}
        asked = {ContactState.ASKED}
        return move(
            self._db, told_contact, CONTACTS, {"contact_id": contact_id}, asked, ContactState.CONFIRMED, changed
        )

    def keep(self, number: str, ends_at: datetime | None) -> None:
        """Say until when the confirmed contacts of a number are kept; None: until more is known."""
        self._db.execute(update(told_contact).where(*_confirmed_of(number)).values(ends_at=ends_at))

    def opened(self, number: str, case_number: str) -> None:
        """Note which case was opened from a filing."""
        self._db.execute(update(told_contact).where(_c.number == number).values(case_number=case_number))

    def number_of(self, case_number: str) -> str | None:
        """Return the filing from which a case was opened, where somebody is to be told of it."""
        return self._db.scalar(select(_c.number).where(_c.case_number == case_number).limit(1))

    def erase(self, contact_ids: Collection[str]) -> int:
        """Delete contacts with their addresses, and what was to be told to them; returns how many there were."""
        ids = sorted(contact_ids)
        if not ids:
            return 0
        self._db.execute(delete(told_word).where(_w.contact_id.in_(ids)))
        return self._db.execute(delete(told_contact).where(_c.contact_id.in_(ids))).rowcount

    def ending(self, now: datetime, most: int) -> list[ContactRow]:
        """Return contacts that are kept no longer."""
        query = select(*_CONTACT).where(_c.ends_at <= now).order_by(_c.ends_at).limit(most)
        return [ContactRow(*row) for row in self._db.execute(query)]

    def of_ending_drafts(self, before: datetime, most: int) -> list[ContactRow]:
        """Return confirmed contacts of drafts that end before a moment, which were not told of that."""
        told = exists().where(_w.contact_id == _c.contact_id, _w.event == ToldEvent.DRAFT_ENDING)
        query = (
            select(*_CONTACT)
            .join(draft, draft.c.number == _c.number)
            .where(STILL_OPEN, draft.c.filing_id.is_(None), draft.c.ends_at < before)
            .where(_c.state == ContactState.CONFIRMED, ~told)
            .limit(most)
        )
        return [ContactRow(*row) for row in self._db.execute(query)]

    def times_asked(self, digest: str, since: datetime) -> int:
        """Return how often an address was asked since a moment."""
        query = select(func.count()).select_from(told_asked).where(_a.digest == digest, _a.asked_at > since)
        return int(self._db.scalar(query) or 0)

    def asked(self, digests: Iterable[str], now: datetime) -> None:
        """Note that an address was asked, and of what number."""
        self._db.execute(insert(told_asked), [{"digest": digest, "asked_at": now} for digest in digests])

    def forget_asked(self, before: datetime) -> None:
        """Forget who was asked before a moment."""
        self._db.execute(delete(told_asked).where(_a.asked_at <= before))


class WordsToTell:
    """What is on its way to contacts."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, row: WordRow) -> bool:
        """Add a word, unless it is on record; tells whether it was added."""
        if self._db.scalar(select(_w.word_id).where(_w.word_id == row.word_id)) is not None:
            return False
        self._db.execute(insert(told_word).values(values_of(row)))
        return True

    def due(self, way: ToldWay, now: datetime, most: int) -> list[tuple[WordRow, ContactRow]]:
        """Return what is to be told now by a way, the longest due first, each with its contact."""
        rows = self._db.execute(_DUE, {"by_way": way, "now": now, "most": most})
        return [(WordRow(*row[: len(_WORD)]), ContactRow(*row[len(_WORD) :])) for row in rows]

    def claim(self, row: WordRow, until: datetime) -> bool:
        """Count an attempt that begins; due again at ``until`` if nothing is heard of it. Tells whether it is ours."""
        here = (_w.word_id == row.word_id, STILL_WAITING, _w.attempts == row.attempts)
        moved = self._db.execute(update(told_word).where(*here).values(attempts=row.attempts + 1, next_at=until))
        return moved.rowcount == 1

    def later(self, word_id: str, error: str, again_at: datetime) -> None:
        """Note that an attempt has failed, and when the next one is."""
        here = (_w.word_id == word_id, STILL_WAITING)
        self._db.execute(update(told_word).where(*here).values(next_at=again_at, last_error=error))

    def settle(self, word_id: str, after: WordState, now: datetime, error: str | None = None) -> bool:
        """End a word: it was taken, or is abandoned; tells whether this call did."""
        changed = {"settled_at": now, "last_error": error}
        return move(self._db, told_word, WORDS, {"word_id": word_id}, {WordState.WAITING}, after, changed)

    def forget(self, before: datetime, most: int) -> int:
        """Delete what was settled before a moment; returns how many."""
        old = select(_w.word_id).where(_w.settled_at < before).limit(most)
        return self._db.execute(delete(told_word).where(_w.word_id.in_(old.scalar_subquery()))).rowcount

    def counts(self) -> Mapping[str, int]:
        """Return how many words there are in each state."""
        query = select(_w.state, func.count()).group_by(_w.state)
        return {state.value: count for state, count in self._db.execute(query)}


class Promises:
    """What applicants are to be reminded of."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def keep(self, number: str, reminders: Iterable[PromiseReminder]) -> None:
        """Keep what was promised last, in place of what was before."""
        self.forget(number)
        rows = [values_of(one) for one in reminders]
        if rows:
            self._db.execute(insert(told_promise), rows)

    def forget(self, number: str, material: str | None = None) -> None:
        """Forget one, or all of a number."""
        here = _p.number == number
        self._db.execute(delete(told_promise).where(here if material is None else here & (_p.material == material)))

    def due(self, now: datetime, most: int) -> list[PromiseReminder]:
        """Return what is to be reminded of now."""
        columns = [_p[field.name] for field in fields(PromiseReminder)]
        query = select(*columns).where(_p.remind_at <= now).order_by(_p.remind_at).limit(most)
        return [PromiseReminder(*row) for row in self._db.execute(query)]


def _confirmed_of(number: str) -> tuple[ColumnElement[bool], ...]:
    return _c.number == number, _c.state == ContactState.CONFIRMED
