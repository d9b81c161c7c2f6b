"""Who at a provider is which account, within one transaction."""

from __future__ import annotations

import hashlib
from dataclasses import fields

from sqlalchemy import Connection, delete, insert, select

from exchange.store.statements import values_of
from exchange.web.door.provider.records import BoundSubject
from exchange.web.door.provider.tables import account_subject

_s = account_subject.c
_ROWS = select(*(_s[field.name] for field in fields(BoundSubject)))


class BoundSubjects:
    """Bindings of subjects to accounts."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, issuer: str, subject: str) -> BoundSubject | None:
        """Return the binding of somebody at a provider."""
        row = self._db.execute(_ROWS.where(_s.digest == _digest(issuer, subject))).first()
        return BoundSubject(*row) if row else None

    def all(self, issuer: str) -> list[BoundSubject]:
        """Return the bindings of a provider, by account."""
        return [BoundSubject(*row) for row in self._db.execute(_ROWS.order_by(_s.account)) if row.issuer == issuer]

    def put(self, row: BoundSubject) -> None:
        """Bind somebody to an account, in place of whoever was bound to it at that provider."""
        self.release(row.issuer, row.account)
        self._db.execute(insert(account_subject).values(digest=_digest(row.issuer, row.subject), **values_of(row)))

    def release(self, issuer: str, account: str) -> bool:
        """Forget who an account is at a provider; tells whether anybody was."""
        here = (_s.account == account, _s.issuer == issuer)
        return self._db.execute(delete(account_subject).where(*here)).rowcount > 0


def _digest(issuer: str, subject: str) -> str:
    return hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()
