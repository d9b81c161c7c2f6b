"""The member's own check of its log: a part a minute, over and over, so that what somebody changes is found in time."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from exchange.audit.log.comparing import LogBreak, LogFault
from exchange.clock import monotonic
from exchange.machine.logger import get_logger
from exchange.messaging.log.checking import LogMark, check_portion
from exchange.messaging.log.store import MemberLog
from exchange.messaging.node import Node
from exchange.store.transaction import Transaction

log = get_logger()

_EVERY = 60.0
"""Seconds between two parts."""
_ANEW = timedelta(days=1)
"""From the beginning of one pass over the log to that of the next, at least."""
_KEPT = "log-checked"


@dataclass(frozen=True)
class ScrubState:
    """How far the member's own check has come, and what it has found."""

    mark: LogMark
    began_at: datetime
    """When this pass over the log began."""
    checked_at: datetime
    broken: LogBreak | None = None


def scrub_state(tx: Transaction) -> ScrubState | None:
    """Return what the member's own check has found so far; None before the first."""
    kept = tx.get_meta(_KEPT)
    if not kept:
        return None
    found = json.loads(kept)
    broken = found["broken"]
    return ScrubState(
        LogMark(**found["mark"]),
        datetime.fromisoformat(found["began_at"]),
        datetime.fromisoformat(found["checked_at"]),
        LogBreak(LogFault(broken["fault"]), broken["index"], broken["number"], broken["other"]) if broken else None,
    )


class Scrubbing:
    """When a member checks; for one round's thread."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._next = now() + _EVERY

    def look(self, node: Node) -> int:
        """Check the next part, if it is time; returns how many entries were found to be as sealed.

        Raises DatabaseUnavailable.
        """
        if self._now() < self._next:
            return 0
        self._next = self._now() + _EVERY
        return scrub(node)


def scrub(node: Node) -> int:
    """Check the next part of a member's log and keep what came of it; a new pass begins a day after the last one."""
    now = node.clock.now()
    with node.store.reading() as tx:
        before = scrub_state(tx)
        mark, began = (before.mark, before.began_at) if before is not None else (LogMark(), now)
        after, broken = check_portion(tx[MemberLog], mark, node.address, node.directory)
    if before is not None and after == mark and broken is None and before.broken is None:
        if now - began < _ANEW:
            return 0
        after, began = LogMark(), now
    state = ScrubState(after, began, now, broken)
    if broken is not None and (before is None or before.broken is None):
        log.error("log.broken", node=node.address, reason=str(broken.text), remedy="keep the database as it is")
    with node.store.transaction() as tx:
        tx.set_meta(_KEPT, _written(state))
    return max(0, after.size - mark.size)


def _written(state: ScrubState) -> str:
    broken = state.broken
    found = None if broken is None else {name: getattr(broken, name) for name in ("fault", "index", "number", "other")}
    return json.dumps(
        {
            "mark": asdict(state.mark), "began_at": state.began_at.isoformat(),
            "checked_at": state.checked_at.isoformat(), "broken": found,
        }
    )  # fmt: skip
