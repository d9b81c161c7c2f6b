"""What survives a crash: SQLAlchemy on SQLite and PostgreSQL, by the same contract."""

from __future__ import annotations

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

from exchange.errors import DatabaseUnavailable
from exchange.machine.logger import get_logger
from exchange.store.engine import open_engine
from exchange.store.transaction import Store

__all__ = ["Store", "connect_with_patience", "open_store"]

log = get_logger()


def open_store(url: str, *, member: str) -> Store:
    """Open a member's database; nothing is connected yet. Raises DatabaseUnavailable for an unusable URL."""
    return Store(open_engine(url, member))


def connect_with_patience(url: str, *, member: str, patience: float = 60.0) -> Store:
    """Open a database that may not be there yet: try for ``patience`` seconds, saying why it waits.

    Raises DatabaseUnavailable when it gives up.
    """
    store = open_store(url, member=member)
    for attempt in Retrying(
        retry=retry_if_exception_type(DatabaseUnavailable),
        wait=wait_random_exponential(multiplier=0.2, max=5),
        stop=stop_after_delay(patience),
        before_sleep=_say_why,
        reraise=True,
    ):
        with attempt:
            store.ping()
    return store


def _say_why(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    log.warning("database.waiting", reason=str(error), attempt=state.attempt_number)
