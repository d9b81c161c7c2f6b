"""An entry of the journal as a leaf of the log: one encoding, in which no two different entries look alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from exchange.envelope import cbor
from exchange.errors import Malformed
from exchange.language import Text

_VERSION = 1
_LIMIT = 16_777_216


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One row of a journal, as it stands there."""

    number: int
    """The row's own, which counts up; a database may leave some out."""
    at: datetime
    event: str
    case_number: str | None
    message_id: str | None
    detail: str
    """JSON, letter by letter as it was written."""

    def as_leaf(self) -> bytes:
        """Return the bytes that are hashed: a list in deterministic CBOR, the instant in UTC to the microsecond."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        case, message = self.case_number or "", self.message_id or ""
        return cbor.encode([_VERSION, self.number, at, self.event, case, message, self.detail])


def read_leaf(data: bytes) -> LogEntry:
    """Read the entry of a leaf. Raises Malformed."""
    parts = cbor.decode(data, Text("entry of a log"), _LIMIT)
    if not isinstance(parts, list | tuple) or len(parts) != 7 or parts[0] != _VERSION:
        raise Malformed("entry of a log: not the parts of version 1")
    _, number, at, *words = parts
    if not isinstance(number, int) or not all(isinstance(one, str) for one in (at, *words)):
        raise Malformed("entry of a log: a part has the wrong type")
    event, case, message, detail = words
    entry = LogEntry(number, _instant(at), event, case or None, message or None, detail)
    if entry.as_leaf() != data:
        raise Malformed("entry of a log: the instant is not in UTC to the microsecond")
    return entry


def _instant(written: Any) -> datetime:
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Malformed("entry of a log: the instant is not in UTC to the microsecond")
    return found
