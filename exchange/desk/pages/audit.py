"""The office's audit log as its supervisor reads it: who did what, newest first, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from exchange.desk.once import told_apart
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskGroup, DeskPage, DeskSection
from exchange.desk.visit import DeskVisit
from exchange.language.action_names import ACTIONS
from exchange.language.names import REASONS, SOURCES
from exchange.operations.audit.store import AuditLog

_PAGE = 50


def _audit(visit: DeskVisit) -> Mapping[str, object]:
    before, account = visit.query.get("before", ""), visit.query.get("account", "").strip()
    place = int(before) if before.isascii() and before.isdecimal() and len(before) < 16 else None
    with visit.node.store.reading() as tx:
        head, found = tx[AuditLog].head(), tx[AuditLog].page(place, account or None, _PAGE + 1)
    more = {"account": account} if account else {}
    older = {**more, "before": str(found[_PAGE - 1].seq)} if len(found) > _PAGE else {}
    return {
        "entries": [(one, *told_apart(one.what, one.outcome)) for one in found[:_PAGE]],
        "head": head,
        "asked": account,
        "actions_named": ACTIONS,
        "sources": SOURCES,
        "outcomes": {**REASONS, "done": ("完成", "done"), "failed": ("失败", "failed")},
        "older": f"/audit?{urlencode(older)}" if older else "",
    }


SECTION = DeskSection(
    of_any_desk=True,
    pages=(
        DeskPage(
            "/audit",
            ("审计日志", "Audit log"),
            "audit.html",
            _audit,
            DeskAction.AUDIT,
            in_menu=True,
            group=DeskGroup.OFFICE,
            every=0,
        ),
    ),
)
