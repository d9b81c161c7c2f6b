"""Drafts of a member's office, within one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields as fields_of
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, tuple_, update

from exchange.paging import Place
from exchange.store.statements import move, values_of
from exchange.store.types import printable
from exchange.web.drafts.records import KEPT_DRAFTS, KeptDraft, KeptDraftFile, KeptState
from exchange.web.drafts.tables import kept_draft, kept_draft_file

_d, _f = kept_draft.c, kept_draft_file.c
_DRAFTS = select(*(_d[field.name] for field in fields_of(KeptDraft)))
_BEHIND = tuple_(bindparam("moment", type_=_d.submitted_at.type), bindparam("subject", type_=_d.subject.type))
_LONGEST = 500
"""Characters of a remark."""


class KeptDrafts:
    """What is written and not signed yet."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, subject: str) -> KeptDraft | None:
        """Return the draft of something; None where there is none."""
        row = self._db.execute(_DRAFTS.where(_d.subject == subject)).first()
        return _read(row) if row is not None else None

    def listed(self, beginning: str, before: Place | None, limit: int) -> list[KeptDraft]:
        """Return a page of the drafts whose subjects begin so, the last changed first, behind a place of the list."""
        query = _DRAFTS.where(_d.subject.startswith(beginning, autoescape=True))
        if before is not None:
            query = query.where(tuple_(_d.changed_at, _d.subject) < _BEHIND)
        query = query.order_by(_d.changed_at.desc(), _d.subject.desc()).limit(limit)
        behind = {"moment": before[0], "subject": before[1]} if before is not None else {}
        return [_read(row) for row in self._db.execute(query, behind)]

    def keep(self, subject: str, fields: Mapping[str, str], account: str, now: datetime) -> KeptDraft:
        """Keep a draft in place of the one before, and return it.

        Who does is one of its drafters, and it is submitted and looked over no more.
        """
        before = self.get(subject)
        if before is None:
            draft = KeptDraft(subject, 1, dict(fields), account, account, now, (account,))
            self._db.execute(insert(kept_draft).values(_row(draft)))
            return draft
        draft = KeptDraft(
            subject, before.revision + 1, dict(fields), account, before.begun_by, now, _with(before.drafters, account),
            remark=before.remark,
        )  # fmt: skip
        self._db.execute(update(kept_draft).where(_d.subject == subject).values(_row(draft)))
        return draft

    def submit(self, draft: KeptDraft, account: str, now: datetime) -> bool:
        """Note that somebody submits it for signature, and is one of its drafters from now on."""
        fields = {"submitted_by": account, "submitted_at": now, "drafters": _text(_with(draft.drafters, account))}
        return self._move(draft, KeptState.WRITTEN, KeptState.SUBMITTED, **fields, remark="")

    def send_back(self, draft: KeptDraft, remark: str) -> bool:
        """Have its drafter go on with it, and say why."""
        undone = {"submitted_by": None, "submitted_at": None}
        return self._move(draft, KeptState.SUBMITTED, KeptState.WRITTEN, **undone, remark=printable(remark)[:_LONGEST])

    def look_over(self, draft: KeptDraft, account: str, now: datetime) -> bool:
        """Note that somebody has looked over it as it stands."""
        return self._move(draft, draft.state, draft.state, looked_over_by=account, looked_over_at=now)

    def _move(self, draft: KeptDraft, before: KeptState, after: KeptState, **fields: object) -> bool:
        return move(self._db, kept_draft, KEPT_DRAFTS, {"subject": draft.subject}, {before}, after, fields)

    def submitted(self, after: Place | None, limit: int) -> list[KeptDraft]:
        """Return a page of those that wait for a signature, the longest waiting first, behind a place."""
        query = _DRAFTS.where(_d.state == KeptState.SUBMITTED).order_by(_d.submitted_at, _d.subject).limit(limit)
        if after is not None:
            query = query.where(tuple_(_d.submitted_at, _d.subject) > _BEHIND)
        behind = {"moment": after[0], "subject": after[1]} if after is not None else {}
        return [_read(row) for row in self._db.execute(query, behind)]

    def how_many_submitted(self, most: int) -> int:
        """Return how many wait for a signature, counted no further than ``most``."""
        some = select(_d.subject).where(_d.state == KeptState.SUBMITTED).limit(most).subquery()
        return self._db.scalar(select(func.count()).select_from(some)) or 0

    def drop(self, subject: str) -> None:
        """Forget a draft with its files: it was signed, or thrown away."""
        self._db.execute(delete(kept_draft).where(_d.subject == subject))
        self._db.execute(delete(kept_draft_file).where(_f.subject == subject))

    def files(self, subject: str) -> list[KeptDraftFile]:
        """Return the files of a draft, in the order in which they came."""
        query = select(_f.digest, _f.name, _f.size).where(_f.subject == subject).order_by(_f.position)
        return [KeptDraftFile(*row) for row in self._db.execute(query)]

    def content(self, subject: str, digest: str) -> bytes | None:
        """Return the octets of a file of a draft; None where it is not there."""
        query = select(_f.content).where(_f.subject == subject, _f.digest == digest)
        found: bytes | None = self._db.scalar(query)
        return found

    def add_file(self, subject: str, file: KeptDraftFile, content: bytes) -> None:
        """Keep a file with a draft, behind those that are there; the same octets are kept once."""
        if self.content(subject, file.digest) is not None:
            return
        last = self._db.scalar(select(func.max(_f.position)).where(_f.subject == subject))
        new = {"digest": file.digest, "name": file.name, "size": file.size, "content": content}
        self._db.execute(insert(kept_draft_file).values(subject=subject, position=(last or 0) + 1, **new))

    def drop_file(self, subject: str, digest: str) -> None:
        """Take a file off a draft."""
        self._db.execute(delete(kept_draft_file).where(_f.subject == subject, _f.digest == digest))


def _read(row: Row[Any]) -> KeptDraft:
    values = dict(row._mapping)
    drafters = tuple(json.loads(values.pop("drafters"))) or (values["begun_by"], values["account"])
    return KeptDraft(**{**values, "fields": json.loads(values["fields"]), "drafters": tuple(dict.fromkeys(drafters))})


def _row(draft: KeptDraft) -> dict[str, object]:
    return {**values_of(draft), "fields": _text(draft.fields), "drafters": _text(draft.drafters)}


def _with(drafters: tuple[str, ...], account: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*drafters, account)))


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
