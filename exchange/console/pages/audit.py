"""The audit log as security officers read it: newest first, page by page, by account and time; and as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import chain
from urllib.parse import urlencode

from exchange.audit.chain import AuditEntry
from exchange.console.section import Download, File, Group, Page, Section, Visit
from exchange.errors import CallerError
from exchange.language.action_names import ACTIONS
from exchange.language.names import REASONS, SOURCES
from exchange.machine.spreadsheet import csv_lines
from exchange.operations.audit.store import AuditLog
from exchange.operations.search.rules import Query, read_query
from exchange.web.door.gate import gate_of
from exchange.web.door.permissions import Action

_AT_ONCE = 50
_A_READ = 1_000
_FILTERS = ("account", "source", "since", "until")
_COLUMNS = ("seq", "at", "account", "action", "what", "outcome", "source", "origin", "version", "hash")


def _audit(visit: Visit) -> Mapping[str, object]:
    before = visit.query.get("before", "")
    place = int(before) if before.isascii() and before.isdecimal() and len(before) < 16 else None
    with gate_of(visit.view).store.reading() as tx:
        head = tx[AuditLog].head()
    found = _page(visit, place, _AT_ONCE + 1)
    shown = found[:_AT_ONCE]
    return {
        "entries": shown,
        "head": head,
        "sources": SOURCES,
        "actions_named": ACTIONS,
        "outcomes": {**REASONS, "done": ("完成", "done"), "failed": ("失败", "failed")},
        "asked": {name: visit.query.get(name, "") for name in _FILTERS},
        "older": _link(visit, "/audit", shown[-1].seq) if len(found) > _AT_ONCE else "",
        "newest": _link(visit, "/audit", None) if place is not None else "",
        "csv": _link(visit, "/audit.csv", None),
        "jsonl": _link(visit, "/audit.jsonl", None),
    }


def _page(visit: Visit, before: int | None, limit: int) -> list[AuditEntry]:
    """Entries by the filters of a visit. Raises CallerError for a day or a source that is none."""
    days, account, source = _asked(visit)
    with gate_of(visit.view).store.reading() as tx:
        return list(tx[AuditLog].page(before, account, limit, days.since, days.until, source))


def _asked(visit: Visit) -> tuple[Query, str | None, str | None]:
    source = visit.query.get("source", "").strip()
    if source and source not in SOURCES:
        raise CallerError(
            "source: {source!r} is none", remedy="one of: {known}", source=source, known=", ".join(SOURCES)
        )
    return read_query(visit.query), visit.query.get("account", "").strip() or None, source or None


def _link(visit: Visit, path: str, before: int | None) -> str:
    asked = {name: visit.query.get(name, "") for name in _FILTERS}
    asked["before"] = "" if before is None else str(before)
    kept = urlencode({key: value for key, value in asked.items() if value})
    return f"{path}?{kept}" if kept else path


def _entries(visit: Visit) -> Iterator[AuditEntry]:
    before: int | None = None
    while found := _page(visit, before, _A_READ):
        yield from found
        before = found[-1].seq


def _rows(visit: Visit) -> Iterator[tuple[str, ...]]:
    for entry in _entries(visit):
        yield tuple(entry.at.isoformat() if name == "at" else str(getattr(entry, name)) for name in _COLUMNS)


def _csv(visit: Visit) -> File:
    def parts() -> Iterator[bytes]:
        yield from (line.encode() for line in csv_lines(chain([_COLUMNS], _rows(visit))))

    _asked(visit)  # what is wrong with it is said before anything is sent
    return File("yizhan-audit.csv", "text/csv; charset=utf-8", parts())


def _jsonl(visit: Visit) -> File:
    _asked(visit)
    lines = (json.dumps(dict(zip(_COLUMNS, row, strict=True)), ensure_ascii=False) + "\n" for row in _rows(visit))
    return File("yizhan-audit.jsonl", "application/x-ndjson", (line.encode() for line in lines))


SECTION = Section(
    pages=(
        Page("/audit", ("审计日志", "Audit log"), "audit.html", _audit, Action.AUDIT, in_menu=True, group=Group.SYSTEM),
    ),
    downloads=(Download("/audit.csv", Action.AUDIT, _csv), Download("/audit.jsonl", Action.AUDIT, _jsonl)),
)
