"""One line of a member's journal."""

from __future__ import annotations

import json
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


def facts_in(detail: str) -> Mapping[str, Any]:
    """Return the facts of a line as they lie in its row; none where somebody has written what is no such thing."""
    try:
        found = json.loads(detail)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
