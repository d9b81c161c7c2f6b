"""Joint documents as a signer has them; at the lead with everybody's signature."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, bindparam, func, literal, or_, select, update

from exchange.joint.records import JointRow, JointSignatureRow
from exchange.joint.states import JOINTS, JointSeat, JointState
from exchange.joint.tables import joint, joint_signature
from exchange.paging import Place
from exchange.store.bulk import adding
from exchange.store.keyset import after_place, before_place
from exchange.store.statements import move, values_of

_j, _s = joint.c, joint_signature.c
_ROWS = select(*(_j[field.name] for field in fields(JointRow)))
_SIGNATURES = select(*(_s[field.name] for field in fields(JointSignatureRow)))
_ONE = _ROWS.where(_j.joint_id == bindparam("id"))
_ADD = adding(joint, *(field.name for field in fields(JointRow)))
_ADD_SIGNATURES = adding(joint_signature, *(field.name for field in fields(JointSignatureRow)))


class JointDocuments:
    """Joint documents."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def open(self, row: JointRow, signatures: Sequence[JointSignatureRow] = ()) -> None:
        """Record a text that was sent round, or has come; a lead has a place for every signer."""
        _ADD.run(self._db, [values_of(row)])
        _ADD_SIGNATURES.run(self._db, [values_of(one) for one in signatures])

    def get(self, joint_id: str) -> JointRow | None:
        row = self._db.execute(_ONE, {"id": joint_id}).first()
        return JointRow(*row) if row else None

    def recent(self, limit: int = 100) -> list[JointRow]:
        """Return the latest joint documents, newest first."""
        query = _ROWS.order_by(_j.received_at.desc(), _j.joint_id).limit(limit)
        return [JointRow(*row) for row in self._db.execute(query)]

    def count(self) -> int:
        """Count the joint documents on record."""
        return self._db.scalar(select(func.count()).select_from(joint)) or 0

    def page(self, seat: JointSeat, state: JointState, after: Place | None, limit: int) -> list[JointRow]:
        """Return a page of those of one seat and state, oldest first, behind a place; for `exchange.paging.every`."""
        here = (
            _j.seat == seat,
            _j.state == literal(state, _j.state.type, literal_execute=True),
        )  # in words: the partial index
        query = _ROWS.where(*here).order_by(_j.received_at, _j.joint_id).limit(limit)
        if after is not None:
            query = query.where(after_place(_j.received_at, _j.joint_id, after))
        return [JointRow(*row) for row in self._db.execute(query)]

    def latest(self, kinds: Sequence[tuple[JointSeat, JointState]], before: Place | None, limit: int) -> list[JointRow]:
        """Return a page of those of these seats and states, newest first, behind a place."""
        found = [row for seat, state in kinds for row in self.newest(seat, state, before, limit)]
        return sorted(found, key=lambda row: row.place, reverse=True)[:limit]

    def newest(self, seat: JointSeat, state: JointState, before: Place | None, limit: int) -> list[JointRow]:
        """Return a page of those of one seat and state, newest first, behind a place."""
        query = _ROWS.where(_j.seat == seat, _j.state == state)
        query = query.order_by(_j.received_at.desc(), _j.joint_id.desc()).limit(limit)
        if before is not None:
            query = query.where(before_place(_j.received_at, _j.joint_id, before))
        return [JointRow(*row) for row in self._db.execute(query)]

    def how_many(self, seat: JointSeat, state: JointState, most: int) -> int:
        """Count those of one seat and state, up to a number."""
        some = select(_j.joint_id).where(_j.seat == seat, _j.state == state).limit(most).subquery()
        return self._db.scalar(select(func.count()).select_from(some)) or 0

    def move(self, joint_id: str, before: Collection[JointState], after: JointState, **values: Any) -> bool:
        """Change a joint document by one guarded UPDATE; ``values`` are columns of JointRow.

        True if this call moved it.
        """
        return move(self._db, joint, JOINTS, {"joint_id": joint_id}, before, after, values)

    def signatures(self, joint_id: str) -> list[JointSignatureRow]:
        """Return all places for signatures, in the signers' order."""
        query = _SIGNATURES.where(_s.joint_id == joint_id).order_by(_s.position)
        return [JointSignatureRow(*row) for row in self._db.execute(query)]

    def take_signature(self, row: JointSignatureRow) -> bool:
        """Fill a signer's place, if it is empty or holds a later one; returns True if this call did."""
        here = (_s.joint_id == row.joint_id) & (_s.signer == row.signer)
        free = or_(_s.at.is_(None), _s.at > row.at)
        values = {"at": row.at, "signature": row.signature, "proof_id": row.proof_id}
        return self._db.execute(update(joint_signature).where(here & free).values(values)).rowcount == 1
