"""Which hosts of brokers did not answer lately, as far as this process has seen: whoever may choose begins with others.

A node that hangs takes connections and says nothing, so that each who comes to it first waits its patience out.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

from exchange.clock import monotonic

KEPT = 60.0
"""Seconds for which a failure counts."""

_Url = TypeVar("_Url", bound=str)
_failed: dict[str, float] = {}
_lock = threading.Lock()


def failed(url: str) -> None:
    """Note that the one host of a URL did not answer."""
    with _lock:
        _failed[_place(url)] = monotonic()


def answered(url: str) -> None:
    """Note that it did."""
    with _lock:
        _failed.pop(_place(url), None)


def in_order(urls: Sequence[_Url], clock: Callable[[], float] = monotonic) -> list[_Url]:
    """Return the URLs, each with one host, in their order, but those that failed lately last."""
    with _lock:
        recent = {place for place, at in _failed.items() if clock() - at < KEPT}
    return sorted(urls, key=lambda url: _place(url) in recent)


def _place(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]
