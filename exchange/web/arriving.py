"""Where what is being done right now came from: a request sets it, a command line has its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from exchange.audit.acting import acting_source
from exchange.audit.source import Source

_SOURCE: ContextVar[Source | None] = ContextVar("source", default=None)


@contextmanager
def arriving(source: Source) -> Iterator[None]:
    """Set the source of all that is done meanwhile, in threads that are started for it too."""
    token = _SOURCE.set(source)
    try:
        yield
    finally:
        _SOURCE.reset(token)


def source() -> Source:
    """Return the source of what is being done; outside of any request that is this process's own account."""
    return _SOURCE.get() or acting_source()
