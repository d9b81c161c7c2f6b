"""The check of a member's log: leaves computed anew from the rows, held against hashes and heads, part by part."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from exchange.audit.log.comparing import LogBreak, LogFault, first_break
from exchange.audit.log.heads import LogHead, open_log_head
from exchange.audit.log.leaves import LogEntry
from exchange.audit.log.tiles import HASH, WIDTH, Place, Tiles, extended, hashes_of
from exchange.audit.merkle import leaf_hash
from exchange.envelope import Trust
from exchange.errors import Forged, SenderError, Untrusted
from exchange.language import Text
from exchange.messaging.log.store import KeptHead, MemberLog
from exchange.store import Store

PORTION = 2_000
"""Entries of a part, about; it ends with a head."""


@dataclass(frozen=True)
class LogMark:
    """How far a check has come: up to a head that holds."""

    size: int = 0
    last_id: int = -(2**53)
    """Of its newest row; before the first there is none, however low its number."""
    digest: str | None = None
    """SHA-256 of that head, as signed."""
    claimed: int | None = None
    """As all heads of the log must say it."""


def check_portion(
    kept: MemberLog, mark: LogMark, origin: str, trust: Trust, most: int = PORTION
) -> tuple[LogMark, LogBreak | None]:
    """Check what follows a mark; return the mark up to which all is as sealed, and what is not, if anything.

    The same mark again where nothing follows. A head whose certificate is not known any more holds by those after it,
    of which the newest must be by a known one.
    """
    newest = kept.newest()
    if newest is None:
        first = kept.entries_after(0, 1)
        began = mark.size > 0 or kept.tile(0, 0) != b""
        return mark, LogBreak(
            LogFault.HEAD, mark.size, why=Text("no head is there any more")
        ) if began and first else None
    if newest.size < mark.size:
        return mark, LogBreak(LogFault.HEAD, mark.size, why=Text("later heads were taken away"))
    limit = mark.size + most
    while mark.size < newest.size and mark.size < limit:
        for head in kept.heads_after(mark.size, 50):
            after, broken = _check_head(kept, mark, head, origin, trust, is_newest=head.size == newest.size)
            if broken is not None:
                return mark, broken
            mark = after
            if mark.size >= limit:
                break
    return mark, None


def recent_mark(kept: MemberLog, most: int = PORTION) -> LogMark:
    """Return the mark from which a check of about so many of the newest entries begins."""
    newest = kept.newest()
    head = kept.head_within(newest.size - most) if newest is not None else None
    if head is None:
        return LogMark()
    digest = hashlib.sha256(head.signed).hexdigest()
    return LogMark(head.size, head.last_id, digest, open_log_head(head.signed).head.claimed)


def check_log(store: Store, origin: str, trust: Trust, *, whole: bool) -> tuple[LogMark, LogBreak | None]:
    """Check a member's log, all of it or the newest part: each part in a look of its own. Raises DatabaseUnavailable.

    Returns how far all is as it was sealed, and what is not, if anything.
    """
    mark = LogMark()
    if not whole:
        with store.reading() as tx:
            try:
                mark = recent_mark(tx[MemberLog])
            except SenderError as error:
                return mark, LogBreak(LogFault.HEAD, mark.size, why=error.text)
    while True:
        with store.reading() as tx:
            after, broken = check_portion(tx[MemberLog], mark, origin, trust)
        if broken is not None or after == mark:
            return after, broken
        mark = after


def _check_head(
    kept: MemberLog, mark: LogMark, head: KeptHead, origin: str, trust: Trust, *, is_newest: bool
) -> tuple[LogMark, LogBreak | None]:
    """Check a head with the rows that it has beyond the one before."""
    try:
        body = _read(head, origin, trust, is_newest=is_newest)
        _follows(body, head, mark)
    except SenderError as error:
        return mark, LogBreak(LogFault.HEAD, head.size, why=error.text)
    wanted = head.size - mark.size
    entries = kept.entries_between(mark.last_id, head.last_id, wanted + 1)
    broken = _check_rows(kept, mark, head.size, body.root, entries)
    if broken is not None:
        return mark, broken
    return LogMark(head.size, head.last_id, hashlib.sha256(head.signed).hexdigest(), body.claimed), None


def _read(head: KeptHead, origin: str, trust: Trust, *, is_newest: bool) -> LogHead:
    opened = open_log_head(head.signed)
    try:
        opened.verify(trust)
    except Untrusted:
        if is_newest:
            raise
    if opened.head.origin != origin or opened.head.size != head.size:
        raise Forged("head of a log: it is another's, or of another size")
    return opened.head


def _follows(body: LogHead, head: KeptHead, mark: LogMark) -> None:
    if body.previous != mark.digest:
        raise Forged("head of a log: it names another one before it than is there")
    if mark.claimed is not None and body.claimed != mark.claimed:
        raise Forged("head of a log: it claims another number of first entries than the one before")


def _check_rows(kept: MemberLog, mark: LogMark, size: int, root: str, entries: list[LogEntry]) -> LogBreak | None:
    """Hold the rows against the root that was signed, and find out what is wrong where they have another."""
    wanted = size - mark.size
    made: dict[Place, bytes] = {}
    if len(entries) == wanted:
        made = extended(kept.tile, mark.size, [leaf_hash(entry.as_leaf()) for entry in entries])
        if _root_of(kept, made, size) == root:
            changed = any(not kept.tile(*place).startswith(hashes) for place, hashes in made.items())
            return LogBreak(LogFault.HASHES, mark.size) if changed else None
    broken = first_break(entries, _sealed(kept, mark.size, size), mark.size)
    if broken is not None and broken.fault is LogFault.CUT and (later := kept.entries_after(_last(entries, mark), 1)):
        return LogBreak(LogFault.MISSING, broken.index, later[0].number)
    return broken or LogBreak(LogFault.REWRITTEN, mark.size)


def _root_of(kept: MemberLog, made: dict[Place, bytes], size: int) -> str | None:
    """The root over tiles as they should be; None where some are missing below."""
    try:
        return Tiles(lambda level, number: made.get((level, number)) or kept.tile(level, number)).root(size).hex()
    except Forged:
        return None


def _sealed(kept: MemberLog, begin: int, end: int) -> list[bytes]:
    """The hashes of leaves as they are kept; fewer where some are gone."""
    found: list[bytes] = []
    for number in range(begin // WIDTH, (end - 1) // WIDTH + 1):
        found += hashes_of(kept.tile(0, number)[: WIDTH * HASH])
    first = begin // WIDTH * WIDTH
    return found[begin - first : end - first]


def _last(entries: list[LogEntry], mark: LogMark) -> int:
    return entries[-1].number if entries else mark.last_id
