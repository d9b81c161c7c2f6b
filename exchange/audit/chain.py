"""The audit log as a chain: each entry holds the hash of the one before, so that none can be changed or taken out.

Whoever can write the database could forge the whole chain anew, or cut off its end; the head that somebody noted
elsewhere (the console's log has each) is what that is found by.

Entries have a version. Those of version 1 do not say where they came from; in version 2 that is under the hash too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from exchange.audit.source import Source
from exchange.errors import BadAudit
from exchange.language import Text, Unfit

START = "0" * 64
"""What the first entry holds as the hash of the one before."""

VERSION = 2
"""Of entries that are appended now."""


@dataclass(frozen=True)
class AuditEntry:
    """Something done at the console, or tried."""

    seq: int
    """From 1, without gaps."""
    at: datetime
    account: str
    action: str
    what: str
    outcome: str
    """`done`, or the code of the error."""
    previous: str
    """Hash of the entry before."""
    hash: str
    version: int = 1
    source: str = ""
    """By what way it came, a `SourceKind`; empty in version 1."""
    origin: str = ""
    """From where that way came: an address, a token's name, an account of the system; empty in version 1."""


@dataclass(frozen=True)
class ChainHead:
    """The newest entry's place and hash; what is noted elsewhere to check a log against."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


EMPTY = ChainHead(0, START)
"""The head of a log without entries."""


def parse_head(text: str) -> ChainHead:
    """Read what `str(Head)` writes. Raises Unfit for anything else."""
    seq, _, digest = text.partition(":")
    counted = seq.isascii() and seq.isdecimal()
    if not counted or len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise Unfit("{text!r} is not NUMBER:HASH", text=text)
    return ChainHead(int(seq), digest)


def append(
    head: ChainHead, at: datetime, account: str, action: str, what: str, outcome: str, source: Source
) -> AuditEntry:
    """Return the entry that follows ``head``."""
    bare = AuditEntry(
        head.seq + 1, at, account, action, what, outcome, head.hash, "", VERSION, source.kind.value, source.origin
    )
    return replace(bare, hash=_hash(bare, head))


def check_chain(entries: Iterable[AuditEntry], head: ChainHead, noted: ChainHead | None = None) -> int:
    """Count the entries, once all verify up to ``head`` and include the one that was ``noted`` elsewhere.

    Raises BadAudit, naming the first entry that does not verify.
    """
    last, met = EMPTY, noted in (None, EMPTY)
    for entry in entries:
        if entry.seq != last.seq + 1:
            raise _broken(Text("entry {number} is missing", {"number": last.seq + 1}))
        if entry.previous != last.hash or entry.hash != _hash(entry, last):
            raise _broken(Text("entry {number} was changed, or one before it", {"number": entry.seq}))
        last = ChainHead(entry.seq, entry.hash)
        met = met or last == noted
    if last != head:
        ends = {"number": last.seq, "wanted": head.seq}
        raise _broken(Text("the log ends with entry {number}, and had {wanted}", ends))
    if not met:
        raise _broken(Text("the entry noted as {noted} is not in it", {"noted": noted}))
    return last.seq


def _hash(entry: AuditEntry, before: ChainHead) -> str:
    """SHA-256 over a JSON list, in which no two different entries look alike; the instant in UTC to the microsecond.

    A source beside an entry of version 1 is under no hash: whoever put it there changed the entry. It counts like one
    of version 2, so that nothing verifies but what was written.
    """
    told = (entry.account, entry.action, entry.what, entry.outcome)
    instant = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    old = entry.version == 1 and not entry.source and not entry.origin
    more = () if old else (entry.version, entry.source, entry.origin)
    return hashlib.sha256(json.dumps([before.hash, entry.seq, instant, *told, *more]).encode()).hexdigest()


def _broken(what: Text) -> BadAudit:
    return BadAudit("the audit log does not verify: {what}", what=what)
