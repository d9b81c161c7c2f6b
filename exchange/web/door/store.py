"""Accounts of a console or a desk, and how they come in."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from exchange.store.statements import values_of
from exchange.store.tables import meta
from exchange.web.door.permissions import AccountRole
from exchange.web.door.records import AccountRow, FailureRow, LinkRow, SessionRow
from exchange.web.door.tables import account, account_failure, account_link, account_session

_a, _l, _s, _f = account.c, account_link.c, account_session.c, account_failure.c
_ACCOUNTS = select(*(_a[field.name] for field in fields(AccountRow)))
_SESSION_COLUMNS = [_s[field.name] for field in fields(SessionRow)]


_DEVICE_KEY = "device-key"


class Accounts:
    """Accounts with their links, sessions and failed attempts, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, name: str) -> AccountRow | None:
        row = self._db.execute(_ACCOUNTS.where(_a.name == name)).first()
        return AccountRow(*row) if row else None

    def device_key(self) -> str | None:
        """Return the key that cookies of known devices are signed with; None before there is one."""
        return self._db.scalar(select(meta.c.value).where(meta.c.key == _DEVICE_KEY))

    def set_device_key(self, key: str) -> None:
        """Keep that key."""
        self._db.execute(insert(meta).values(key=_DEVICE_KEY, value=key))

    def all(self) -> list[AccountRow]:
        return [AccountRow(*row) for row in self._db.execute(_ACCOUNTS.order_by(_a.name))]

    def any(self) -> bool:
        return self._db.execute(select(_a.name).limit(1)).first() is not None

    def add(self, row: AccountRow) -> None:
        self._db.execute(insert(account).values(values_of(row)))

    def keepers(self, role: AccountRole) -> frozenset[str]:
        """Return the accounts of the role that manages them, as far as they can sign in."""
        can_sign_in = _a.password.is_not(None) & _a.locked_at.is_(None)
        return frozenset(self._db.scalars(select(_a.name).where(_a.role == role, can_sign_in)))

    def set_role(self, name: str, role: AccountRole) -> None:
        self._db.execute(update(account).where(_a.name == name).values(role=role))

    def set_locked(self, name: str, since: datetime | None) -> None:
        self._db.execute(update(account).where(_a.name == name).values(locked_at=since))

    def set_password(self, name: str, password: str | None, now: datetime) -> None:
        self._db.execute(update(account).where(_a.name == name).values(password=password, changed_at=now))

    def put_link(self, row: LinkRow) -> None:
        same = _l.account.is_(None) if row.account is None else _l.account == row.account
        self._db.execute(delete(account_link).where(same, _l.used_at.is_(None)))
        self._db.execute(insert(account_link).values(values_of(row)))

    def link(self, token_hash: str) -> LinkRow | None:
        columns = [_l[field.name] for field in fields(LinkRow)]
        row = self._db.execute(select(*columns).where(_l.token_hash == token_hash)).first()
        return LinkRow(*row) if row else None

    def use_link(self, token_hash: str, now: datetime) -> bool:
        usable = (_l.token_hash == token_hash) & _l.used_at.is_(None) & (_l.expires_at > now)
        return self._db.execute(update(account_link).where(usable).values(used_at=now)).rowcount == 1

    def add_session(self, row: SessionRow) -> None:
        self._db.execute(insert(account_session).values(values_of(row)))

    def session(self, token_hash: str) -> tuple[SessionRow, AccountRow] | None:
        query = _ACCOUNTS.add_columns(*_SESSION_COLUMNS).join(account_session, _s.account == _a.name)
        row = self._db.execute(query.where(_s.token_hash == token_hash)).first()
        if row is None:
            return None
        cut = len(fields(AccountRow))
        return SessionRow(*row[cut:]), AccountRow(*row[:cut])

    def seen(self, token_hash: str, now: datetime) -> None:
        self._db.execute(update(account_session).where(_s.token_hash == token_hash).values(seen_at=now))

    def end_session(self, token_hash: str) -> bool:
        return self._db.execute(delete(account_session).where(_s.token_hash == token_hash)).rowcount == 1

    def end_sessions(self, account: str, but: str = "") -> int:
        mine = (_s.account == account) & (_s.token_hash != but)
        return self._db.execute(delete(account_session).where(mine)).rowcount

    def sweep(self, now: datetime, forgotten_before: datetime) -> None:
        self._db.execute(delete(account_session).where(_s.ends_at <= now))
        self._db.execute(delete(account_link).where(_l.expires_at <= forgotten_before))
        self.forget_failures(forgotten_before)

    def forget_failures(self, before: datetime) -> None:
        """Delete what failed so long ago that it does not count any more."""
        self._db.execute(delete(account_failure).where(_f.last_at <= before))

    def failure(self, name_hash: str) -> FailureRow | None:
        columns = [_f[field.name] for field in fields(FailureRow)]
        row = self._db.execute(select(*columns).where(_f.name_hash == name_hash)).first()
        return FailureRow(*row) if row else None

    def set_failure(self, row: FailureRow) -> None:
        self.clear_failure(row.name_hash)
        self._db.execute(insert(account_failure).values(values_of(row)))

    def clear_failure(self, name_hash: str) -> None:
        self._db.execute(delete(account_failure).where(_f.name_hash == name_hash))
