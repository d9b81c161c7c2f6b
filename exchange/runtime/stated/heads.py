"""Heads of the domain's audit log that a member holds, kept in its own database and handed on to others.

The one that is signed on this machine lies in the domain's folder; others come beside what other members send. What is
held is bounded, and the highest goes on: so whoever has it elsewhere brings it back to where the log is.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from exchange.audit.heads import HeldHead, stepped_back, with_head
from exchange.directory.certificates import Certificate
from exchange.directory.log_heads import read_head
from exchange.errors import BadDirectory, DatabaseUnavailable
from exchange.machine.logger import get_logger
from exchange.store import Store
from exchange.store.transaction import Transaction

log = get_logger()

_HELD = "audit-heads"


@dataclass(frozen=True)
class Held:
    """What a member holds."""

    heads: tuple[HeldHead, ...] = ()
    highest: bytes | None = None
    """The highest one as it was signed."""


def held_in(tx: Transaction) -> Held:
    """Return what a member holds."""
    kept = tx.get_meta(_HELD)
    if not kept:
        return Held()
    found = json.loads(kept)
    heads = tuple(HeldHead(datetime.fromisoformat(at), seq, digest) for at, seq, digest in found["heads"])
    return Held(heads, bytes.fromhex(found["highest"]))


class HeadKeeper:
    """Takes heads and gives the highest. Safe from any thread; one that proves nothing changes nothing."""

    def __init__(self, path: Path, store: Store) -> None:
        self._path = path
        self._store = store
        self._seen: bytes | None = None

    def statement(self, authority: Certificate, domain: str) -> bytes | None:
        """Return the highest head that is known, to be carried on."""
        with suppress(OSError):
            self.take(self._path.read_bytes(), authority, domain)
        try:
            with self._store.reading() as tx:
                return held_in(tx).highest
        except DatabaseUnavailable:
            return None

    def take(self, data: bytes, authority: Certificate, domain: str) -> None:
        """Keep a head, where it proves itself. Never raises."""
        if data == self._seen:
            return
        try:
            body = read_head(data, authority, domain)
        except BadDirectory:
            return
        new = HeldHead(body.issued_at, body.entries, body.hash)
        with suppress(DatabaseUnavailable):
            with self._store.transaction() as tx:
                held = held_in(tx)
                if new not in held.heads:
                    _keep(tx, held, new, data)
            self._seen = data


def _keep(tx: Transaction, held: Held, new: HeldHead, data: bytes) -> None:
    heads = with_head(held.heads, new)
    is_highest = all(new.seq > one.seq for one in held.heads)
    highest = data if is_highest or held.highest is None else held.highest
    rows = [(one.issued_at.isoformat(), one.seq, one.hash) for one in heads]
    tx.set_meta(_HELD, json.dumps({"heads": rows, "highest": highest.hex()}))
    if stepped_back(heads) is not None:
        log.error("audit.contradicted", entries=new.seq, hash=new.hash)
