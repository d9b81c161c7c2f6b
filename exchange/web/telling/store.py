"""What accounts are told beyond the pages, within one transaction."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select, update

from exchange.language import Language
from exchange.store.statements import move, values_of
from exchange.web.telling.records import CalendarSubscription, OfficerLetterRow, OfficerMailRow
from exchange.web.telling.states import (
    OFFICER_LETTERS,
    OFFICER_MAILS,
    MailWish,
    OfficerLetterKind,
    OfficerLetterState,
    OfficerMailState,
)
from exchange.web.telling.tables import STILL_WAITING, calendar_subscription, officer_letter, officer_mail

_s, _m, _l = calendar_subscription.c, officer_mail.c, officer_letter.c
_MAIL = select(*(_m[field.name] for field in fields(OfficerMailRow)))
_LETTER = select(*(_l[field.name] for field in fields(OfficerLetterRow)))
_DUE = _LETTER.where(STILL_WAITING, _l.next_at <= bindparam("now")).order_by(_l.next_at).limit(bindparam("most"))
_SUBSCRIPTION = select(*(_s[field.name] for field in fields(CalendarSubscription)))


class CalendarSubscriptions:
    """Addresses from which deadlines are read."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def of(self, account: str) -> CalendarSubscription | None:
        """Return an account's subscription."""
        return self._one(_s.account == account)

    def by_token(self, token_hash: str) -> CalendarSubscription | None:
        """Return the subscription of whoever has this token."""
        return self._one(_s.token_hash == token_hash)

    def put(self, row: CalendarSubscription) -> None:
        """Keep a subscription; the account's former address is void."""
        self.revoke(row.account)
        self._db.execute(insert(calendar_subscription).values(values_of(row)))

    def revoke(self, account: str) -> bool:
        """Forget an account's subscription; tells whether there was one."""
        return self._db.execute(delete(calendar_subscription).where(_s.account == account)).rowcount == 1

    def read(self, account: str, now: datetime) -> None:
        """Note that it was read."""
        self._db.execute(update(calendar_subscription).where(_s.account == account).values(read_at=now))

    def _one(self, where: ColumnElement[bool]) -> CalendarSubscription | None:
        row = self._db.execute(_SUBSCRIPTION.where(where)).first()
        return CalendarSubscription(*row) if row else None


class OfficerMails:
    """Where officers want to be told by mail."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def of(self, account: str) -> OfficerMailRow | None:
        """Return an account's address."""
        row = self._db.execute(_MAIL.where(_m.account == account)).first()
        return OfficerMailRow(*row) if row else None

    def put(self, row: OfficerMailRow) -> None:
        """Keep an address in place of the account's former one."""
        self.erase(row.account)
        self._db.execute(insert(officer_mail).values(values_of(row)))

    def erase(self, account: str) -> bool:
        """Delete an account's address, and what is on its way there; tells whether there was one."""
        self._db.execute(delete(officer_letter).where(_l.account == account, STILL_WAITING))
        return self._db.execute(delete(officer_mail).where(_m.account == account)).rowcount == 1

    def change(self, account: str, wish: MailWish, language: Language, site: str) -> None:
        """Say anew when an address is told, in which language, and where letters lead."""
        changed = {"wish": wish, "language": language, "site": site}
        self._db.execute(update(officer_mail).where(_m.account == account).values(**changed))

    def confirm(self, account: str) -> bool:
        """Let an address be told from now on; tells whether this call did."""
        asked = {OfficerMailState.ASKED}
        return move(self._db, officer_mail, OFFICER_MAILS, {"account": account}, asked, OfficerMailState.CONFIRMED, {})

    def forget_asked(self, before: datetime) -> int:
        """Delete addresses that nobody has confirmed; returns how many."""
        never = (_m.state == OfficerMailState.ASKED, _m.asked_at < before)
        return self._db.execute(delete(officer_mail).where(*never)).rowcount

    def to_tell(self, day: str, most: int) -> list[OfficerMailRow]:
        """Return confirmed addresses for which it was not looked on a day what to tell."""
        query = _MAIL.where(_m.state == OfficerMailState.CONFIRMED, _m.told_on < day).order_by(_m.account).limit(most)
        return [OfficerMailRow(*row) for row in self._db.execute(query)]

    def told(self, account: str, address: str, day: str) -> bool:
        """Note that it was looked; tells whether this call did, and nobody else."""
        here = (_m.account == account, _m.address == address, _m.told_on < day)
        return self._db.execute(update(officer_mail).where(*here).values(told_on=day)).rowcount == 1


class OfficerLetters:
    """Letters to officers, until they are taken or abandoned."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, row: OfficerLetterRow) -> None:
        """Add a letter that is to go out."""
        self._db.execute(insert(officer_letter).values(values_of(row)))

    def made_since(self, account: str, kind: OfficerLetterKind, since: datetime) -> int:
        """Return how many letters of a kind were made for an account since a moment."""
        here = (_l.account == account, _l.made_at > since, _l.kind == kind)
        return self._db.scalar(select(func.count()).select_from(officer_letter).where(*here)) or 0

    def due(self, now: datetime, most: int) -> list[OfficerLetterRow]:
        """Return what is to be tried now, the longest due first."""
        return [OfficerLetterRow(*row) for row in self._db.execute(_DUE, {"now": now, "most": most})]

    def claim(self, row: OfficerLetterRow, until: datetime) -> bool:
        """Count an attempt that begins; due again at ``until`` if nothing is heard of it. Tells whether it is ours."""
        here = (_l.letter_id == row.letter_id, STILL_WAITING, _l.attempts == row.attempts)
        moved = self._db.execute(update(officer_letter).where(*here).values(attempts=row.attempts + 1, next_at=until))
        return moved.rowcount == 1

    def later(self, letter_id: str, error: str, again_at: datetime) -> None:
        """Note that an attempt has failed, and when the next one is."""
        here = (_l.letter_id == letter_id, STILL_WAITING)
        self._db.execute(update(officer_letter).where(*here).values(next_at=again_at, last_error=error))

    def settle(self, letter_id: str, after: OfficerLetterState, now: datetime, error: str | None = None) -> bool:
        """End a letter and empty it: it was taken, or is abandoned; tells whether this call did."""
        changed = {"settled_at": now, "last_error": error, "subject": "", "text": "", "address": ""}
        waiting = {OfficerLetterState.WAITING}
        return move(self._db, officer_letter, OFFICER_LETTERS, {"letter_id": letter_id}, waiting, after, changed)

    def forget(self, before: datetime, most: int) -> int:
        """Delete letters that were made before a moment; returns how many."""
        old = select(_l.letter_id).where(_l.made_at < before).limit(most)
        return self._db.execute(delete(officer_letter).where(_l.letter_id.in_(old.scalar_subquery()))).rowcount
