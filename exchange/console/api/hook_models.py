"""What the API takes and gives about tokens and webhooks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from exchange.rules.tokens import Scope
from exchange.rules.webhooks import Event
from schemas import Wire


class TokenOut(Wire):
    """The token that asks. 当前令牌。"""

    member: str
    name: str
    scopes: tuple[Scope, ...]


class WebhookIn(Wire):
    """Where events are told, and which. 事件推送地址。"""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"url": "https://oa.planning.example/yizhan", "events": ["message.arrived"]}]}
    )

    url: Annotated[str, StringConstraints(min_length=8, max_length=1000)]
    events: Annotated[tuple[Event, ...], Field(min_length=1, max_length=4)]


class WebhookOut(Wire):
    """A webhook and how it does. 推送地址及其状态。"""

    id: str
    url: str
    events: tuple[str, ...]
    state: str
    """``enabled``, ``failing`` or ``disabled``."""
    made_at: datetime
    succeeded_at: datetime | None = None
    failing_since: datetime | None = None
    disabled_at: datetime | None = None
    last_error: str | None = None


class WebhookMade(WebhookOut):
    """A new webhook, with the secret that signs its deliveries: shown this once. 新地址及签名密钥（仅显示一次）。"""

    secret: str


class Webhooks(Wire):
    """All webhooks of the member. 本单位的全部推送地址。"""

    items: tuple[WebhookOut, ...]


class DeliveryOut(Wire):
    """One event on its way. 一次推送。"""

    id: str
    event: str
    state: str
    attempts: int
    made_at: datetime
    settled_at: datetime | None = None
    last_error: str | None = None


class DeliveryPage(Wire):
    """A page; ``next`` is its successor's cursor. 一页。"""

    items: tuple[DeliveryOut, ...]
    next: str | None = None
