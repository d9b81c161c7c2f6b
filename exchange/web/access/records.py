"""The record of a session in which somebody works on one number."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class NumberSessionRow:
    """Somebody has given the code of a number. Of the session's token only the hash is kept."""

    token_hash: str = field(repr=False)
    number: str
    made_at: datetime
    seen_at: datetime
    ends_at: datetime
