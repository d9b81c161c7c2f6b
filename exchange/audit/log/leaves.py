"""An entry of the journal as a leaf of the log: one encoding, in which no two different entries look alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from exchange.envelope import cbor
from exchange.errors import Malformed
from exchange.language import Text

_ID_ALONE, _WITH_DIGEST = 1, 2
"""Versions of a leaf: of an entry that names no message, or its id alone, and of one that names its bytes."""
_DIGEST = 32
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
    message_digest: bytes | None = None
    """SHA-256 of the message's bytes as they were signed; None where they were not at hand."""

    def as_leaf(self) -> bytes:
        """Return the bytes that are hashed: a list in deterministic CBOR, the instant in UTC to the microsecond."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        case, message = self.case_number or "", self.message_id or ""
        parts = [self.number, at, self.event, case, message, self.detail]
        if self.message_digest is None:
            return cbor.encode([_ID_ALONE, *parts])
        return cbor.encode([_WITH_DIGEST, *parts, self.message_digest])


def read_leaf(data: bytes) -> LogEntry:
    """Read the entry of a leaf. Raises Malformed."""
    parts = cbor.decode(data, Text("entry of a log"), _LIMIT)
    if not isinstance(parts, list | tuple) or [*parts[:1], len(parts)] not in ([_ID_ALONE, 7], [_WITH_DIGEST, 8]):
        raise Malformed("entry of a log: not the parts of version 1 or 2")
    number, at, *words = parts[1:7]
    digest = parts[7] if parts[0] == _WITH_DIGEST else None
    if parts[0] == _WITH_DIGEST and (not isinstance(digest, bytes) or len(digest) != _DIGEST or not words[2]):
        raise Malformed("entry of a log: it does not name a message with a digest of SHA-256")
    if not isinstance(number, int) or not all(isinstance(one, str) for one in (at, *words)):
        raise Malformed("entry of a log: a part has the wrong type")
    event, case, message, detail = words
    entry = LogEntry(number, _instant(at), event, case or None, message or None, detail, digest)
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
