"""A member's periodic work that fails: on record in its own database, so that whoever watches sees it."""

from __future__ import annotations

import json
from datetime import datetime

from exchange.errors import ExchangeError
from exchange.runtime.gathered import Gathered
from exchange.store.transaction import Store, Transaction

FAILING = "round-failing"
"""Meta key: since when every round of periodic work has failed, and how; empty where the last one did not."""


class Rounds:
    """Notes the first failure of a row of them, and its end; costs nothing while all is well."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._noted: str | None = None

    def failed(self, error: Exception, now: datetime) -> None:
        """Record that a round has failed.

        Where the record cannot be written, the trouble is the database's and seen as such.
        """
        kind = error.code if isinstance(error, ExchangeError) else type(error).__name__
        if self._noted == kind:
            return
        try:
            with self._store.transaction() as tx:
                before = failing_in(tx)
                since = before.since or now
                tx.set_meta(FAILING, json.dumps({"since": since.isoformat(), "error": kind}))
            self._noted = kind
        except Exception:  # it is being said already why
            self._noted = None

    def passed(self) -> None:
        """Record that a round has not failed. Raises DatabaseUnavailable where that cannot be recorded."""
        if self._noted == "":
            return
        with self._store.reading() as tx:
            standing = bool(tx.get_meta(FAILING))
        if standing:
            with self._store.transaction() as tx:
                tx.set_meta(FAILING, "")
        self._noted = ""


def failing_in(tx: Transaction) -> Gathered:
    """Return what a member's periodic work fails on, where it does; ``detail`` is the kind of error."""
    text = tx.get_meta(FAILING)
    if not text:
        return Gathered()
    try:
        found = json.loads(text)
        return Gathered(1, datetime.fromisoformat(found["since"]), (), str(found["error"]))
    except (ValueError, KeyError, TypeError):
        return Gathered()
