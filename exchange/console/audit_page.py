"""The audit log as security officers read it: newest first, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from exchange.console.section import Group, Page, Section, Visit
from exchange.rules.permissions import Action

_AT_ONCE = 50


def _audit(visit: Visit) -> Mapping[str, object]:
    before, account = visit.query.get("before", ""), visit.query.get("account", "").strip()
    place = int(before) if before.isascii() and before.isdecimal() and len(before) < 16 else None
    with visit.desk.gate.store.reading() as tx:
        head = tx.audit_log.head()
        found = list(tx.audit_log.page(place, account or None, _AT_ONCE + 1))
    shown = found[:_AT_ONCE]
    older = _link(account, shown[-1].seq) if len(found) > _AT_ONCE else ""
    return {
        "entries": shown,
        "head": head,
        "of": account,
        "older": older,
        "newest": _link(account, None) if place is not None else "",
    }


def _link(account: str, before: int | None) -> str:
    asked = {"account": account, "before": "" if before is None else str(before)}
    kept = urlencode({key: value for key, value in asked.items() if value})
    return f"/audit?{kept}" if kept else "/audit"


SECTION = Section(
    pages=(
        Page("/audit", ("审计日志", "Audit log"), "audit.html", _audit, Action.AUDIT, in_menu=True, group=Group.SYSTEM),
    )
)
