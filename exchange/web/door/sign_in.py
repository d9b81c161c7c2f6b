"""Rules of signing in: how long a session lasts, how long an account is shut after failures, where one may go next."""

from __future__ import annotations

from datetime import datetime, timedelta

from exchange.web.door.permissions import AccountRole

LASTS = timedelta(hours=12)
"""The longest life of a session: one shift."""

IDLE: dict[AccountRole, timedelta] = {
    AccountRole.OBSERVER: LASTS,  # a screen on a wall, which can change nothing
    AccountRole.OPERATOR: timedelta(minutes=30),
    AccountRole.SECURITY: timedelta(minutes=15),
    AccountRole.CLERK: timedelta(minutes=30),
    AccountRole.REVIEWER: timedelta(minutes=30),
    AccountRole.SIGNER: timedelta(minutes=30),
    AccountRole.SUPERVISOR: timedelta(minutes=15),
}
"""How long a session lasts without a page being asked for; a page that keeps itself up to date does not count."""

SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is kept when a session was last used, so that a look does not cost a write."""

LINK_LASTS = timedelta(hours=24)
"""How long a one-time link can be used."""

FREE_FAILURES = 4
"""Failures from one place that cost nothing: people mistype."""

FREE_EVERYWHERE = 20
"""Failures from all places together that shut out no place that is unknown yet."""

FORGOTTEN_AFTER = timedelta(hours=24)
"""After so long without an attempt, failures are forgotten."""

_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=1)

_CONTROLS = frozenset(map(chr, (*range(32), 127)))


def wait_after(failures: int, free: int = FREE_FAILURES) -> timedelta:
    """Return how long an account is shut after so many failures in a row: nothing, 30 s beyond ``free``, doubling to 1
    h.
    """
    beyond = failures - free
    if beyond <= 0:
        return timedelta()
    return min(_LONGEST_WAIT, _FIRST_WAIT * (1 << min(beyond - 1, 16)))


def session_holds(role: AccountRole, ends_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Return whether a session that was last used at ``seen_at`` is still valid; at either end it is not."""
    return now < ends_at and now < seen_at + IDLE[role]


def own_path(text: str) -> str:
    """Return the path to go to after signing in, if it is one of ours; else the first page.

    Browsers read a backslash as a slash and drop control characters, so that either could lead elsewhere.
    """
    own = text.startswith("/") and not text.startswith("//") and "\\" not in text
    return text if own and not _CONTROLS & set(text) else "/"
