"""Scrubbing: of lines and records only what is known to be harmless is kept, and known secrets never.

Two walls: fields that are not on the list are left out, since an error's text may quote what somebody wrote; and
whatever is kept is searched for what looks like a secret, and for the secrets of this very domain.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

GONE = "***"

HARMLESS = frozenset(
    {
        "event", "level", "timestamp", "at", "node", "code", "case_number", "message_id", "stage", "queue", "addressee",
        "department", "kind", "attempts", "deliveries", "consumer", "again_in", "roles", "directory", "letter", "rung",
        "calendar", "before", "after", "first_at", "due_at", "sender", "hold", "unsent", "unanswered", "at_rest",
        "left_out", "port", "pid", "version",
    }
)  # fmt: skip
"""Fields of log and journal that hold ids, addresses, states, figures or times."""

_WORD = re.compile(r"^[\w.:/+ \-]{0,120}$")
_CREDENTIALS = re.compile(r"//[^/\s@]*@")
_FRAME = re.compile(r'File "[^"]*?(exchange/[\w/.]+)", line (\d+), in (\w+)')
_KIND = re.compile(r"^([A-Za-z_][\w.]*)(?::|$)")


def without_password(url: str | None) -> str | None:
    """A URL with neither account, password nor query."""
    if url is None:
        return None
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment=""))


def harmless(record: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a record that may leave the domain, in its order; of a traceback, where it was and its kind."""
    kept = {name: _kept(value) for name, value in record.items() if name in HARMLESS}
    trace = record.get("exception")
    if isinstance(trace, str):
        kept["where"] = [f"{path}:{line} {name}" for path, line, name in _FRAME.findall(trace)]
        found = _KIND.match(trace.strip().rpartition("\n")[2])
        kept["error"] = found.group(1) if found else GONE
    return kept


def log_line(line: str) -> str | None:
    """A line of a served role's log; None for what is no record of ours, such as another program's output."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return json.dumps(harmless(record), ensure_ascii=False) if isinstance(record, dict) else None


def without_secrets(text: str, secrets: Collection[str]) -> str:
    """The text without credentials in URLs and without any of these secrets."""
    text = _CREDENTIALS.sub(f"//{GONE}@", text)
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, GONE)
    return text


def _kept(value: Any) -> Any:
    if isinstance(value, bool | int | float) or value is None:
        return value
    if isinstance(value, list | tuple):
        return [_kept(one) for one in value][:50]
    return value if isinstance(value, str) and _WORD.match(value) else GONE
