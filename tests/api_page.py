"""What docs/api.md says of webhooks, for tests that hold the API to it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "api.md"
_NAMED = re.compile(r"`([a-z._-]+)`")


@cache
def event_fields() -> dict[str, set[str]]:
    """The fields of `data`, by event, of the table of events."""
    rows = re.findall(r"^\| `([a-z]+\.[a-z]+)` \|[^|]*\| (.*) \|$", PAGE.read_text(), re.M)
    return {event: set(_NAMED.findall(re.sub(r" \([^)]*\)", "", fields))) for event, fields in rows}


@cache
def awaited_tasks() -> set[str]:
    """What `task` of an awaited decision may be."""
    (said,) = re.findall(r"^The `task` of `decision\.awaited` is (.*?);", PAGE.read_text(), re.M | re.S)
    return set(_NAMED.findall(said))
