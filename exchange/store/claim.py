"""One identity, one process: two that serve the same member would fight for its queue and its keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text
from tenacity import RetryError, retry, retry_if_result, stop_after_delay, wait_fixed

from exchange.errors import IdentityInUse
from exchange.store.engine import lock_key, translated

_LETTING_GO = 3.0
"""Seconds in which PostgreSQL should have noticed that a process was killed, and ended its session."""


@contextmanager
def claim(engine: Engine, address: str) -> Iterator[None]:
    """Holds the identity while the block runs; freed by the system if the process dies. Raises IdentityInUse."""
    if engine.dialect.name == "sqlite":
        with _file(f"{engine.url.database}.lock", address):
            yield
    else:
        with _session(engine, address):
            yield


@contextmanager
def _file(path: str, address: str) -> Iterator[None]:
    lock = FileLock(path, thread_local=False)  # a member may be closed by another thread than opened it
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise IdentityInUse(f"{address} is being served by another process") from None
    try:
        yield
    finally:
        lock.release()


@retry(retry=retry_if_result(lambda taken: not taken), stop=stop_after_delay(_LETTING_GO), wait=wait_fixed(0.1))
def _take(connection: Connection, key: Mapping[str, int]) -> bool:
    return bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), key))


@contextmanager
def _session(engine: Engine, address: str) -> Iterator[None]:
    with translated(), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        key = {"key": lock_key(f"identity:{address}")}
        try:
            _take(connection, key)
        except RetryError:
            raise IdentityInUse(f"{address} is being served by another process") from None
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)
