"""One line of a member's journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the node's own record of what it did."""

    at: datetime
    event: str
    case_number: str | None = None
    message_id: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
