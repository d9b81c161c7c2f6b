"""Drafts of a member's office, within one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from exchange.web.drafts.records import KeptDraft
from exchange.web.drafts.tables import kept_draft

_d = kept_draft.c


class KeptDrafts:
    """What is written and not signed yet."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, subject: str) -> KeptDraft | None:
        """Return the draft of something; None where there is none."""
        row = self._db.execute(select(kept_draft).where(_d.subject == subject)).first()
        if row is None:
            return None
        fields = json.loads(row.fields)
        return KeptDraft(row.subject, row.revision, fields, row.account, row.begun_by, row.changed_at)

    def keep(self, subject: str, fields: Mapping[str, str], account: str, now: datetime) -> KeptDraft:
        """Keep a draft in place of the one before, and return it."""
        text, before = json.dumps(dict(fields), ensure_ascii=False), self.get(subject)
        if before is None:
            new = {"subject": subject, "revision": 1, "fields": text, "account": account, "begun_by": account}
            self._db.execute(insert(kept_draft).values(**new, changed_at=now))
            return KeptDraft(subject, 1, fields, account, account, now)
        changed = {"revision": before.revision + 1, "fields": text, "account": account, "changed_at": now}
        self._db.execute(update(kept_draft).where(_d.subject == subject).values(**changed))
        return KeptDraft(subject, before.revision + 1, fields, account, before.begun_by, now)

    def drop(self, subject: str) -> None:
        """Forget a draft: it was signed, or thrown away."""
        self._db.execute(delete(kept_draft).where(_d.subject == subject))
