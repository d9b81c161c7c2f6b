"""Webhooks as operators see them: which are failing or disabled, and why; URLs without their queries."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from exchange.api.webhooks.routes import state_of
from exchange.clock import RealClock
from exchange.console.section import FormAction, Group, Page, Section, Visit
from exchange.errors import NotFound
from exchange.machine.urls import shown
from exchange.operations.systems.store import WebhookRecords
from exchange.web.door.permissions import Action


def _list(visit: Visit) -> Mapping[str, object]:
    with visit.view.console.reading() as tx:
        rows = tx[WebhookRecords].every()
    return {"webhooks": [(row, state_of(row), shown(row.url)) for row in rows]}


def _enable(visit: Visit) -> str:
    webhook_id = str(visit.form.get("webhook_id", "")) if visit.form else ""
    with visit.view.console.transaction() as tx:
        if tx[WebhookRecords].get(webhook_id) is None:
            raise NotFound("no such webhook", remedy="load the page again")
        tx[WebhookRecords].enable(webhook_id, RealClock().now())
    return (
        f"/webhooks?{urlencode({'said': visit.say('已恢复，积压的立即重试', 'enabled; what waits is tried at once')})}"
    )


SECTION = Section(
    pages=(
        Page("/webhooks", ("推送", "Webhooks"), "webhooks.html", _list, in_menu=True, group=Group.SYSTEM, every=5.0),
    ),
    actions=(FormAction("/webhooks/enable", Action.REDRIVE, _enable, None),),
)
