"""The place in a list behind which the next page begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, order=True)
class Key:
    """The place of a result among all: by time, then store, then its place in the store."""

    at: datetime
    store: str
    place: str
    """An id of the store, its digits made comparable, or a case number."""
