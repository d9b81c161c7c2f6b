"""What the API takes and gives about tokens and webhooks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from exchange.api.model import EXAMPLE_AT, EXAMPLE_ID, ApiModel, example
from exchange.operations.systems.tokens import Scope
from exchange.operations.systems.webhooks import Event


class TokenOut(ApiModel):
    """The token that asks. 当前令牌。"""

    model_config = example({"member": "hefei.planning", "name": "registry", "scopes": ["send", "read"]})

    member: str
    name: str
    scopes: tuple[Scope, ...]


class WebhookIn(ApiModel):
    """Where events are told, and which. 事件推送地址。"""

    model_config = example({"url": "https://oa.planning.example/yizhan", "events": ["message.arrived"]})

    url: Annotated[str, StringConstraints(min_length=8, max_length=1000)]
    events: Annotated[tuple[Event, ...], Field(min_length=1, max_length=len(Event))]


class WebhookOut(ApiModel):
    """A webhook and how it does. 推送地址及其状态。"""

    model_config = example(
        {
            "id": EXAMPLE_ID,
            "url": "https://oa.planning.example/yizhan",
            "events": ["message.arrived"],
            "state": "enabled",
            "made_at": EXAMPLE_AT,
        }
    )

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

    model_config = example(
        {
            "id": EXAMPLE_ID,
            "url": "https://oa.planning.example/yizhan",
            "events": ["message.arrived"],
            "state": "enabled",
            "made_at": EXAMPLE_AT,
            "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        }
    )

    secret: str


class Webhooks(ApiModel):
    """All webhooks of the member. 本单位的全部推送地址。"""

    model_config = example(
        {
            "items": [
                {
                    "id": EXAMPLE_ID,
                    "url": "https://oa.planning.example/yizhan",
                    "events": ["message.arrived"],
                    "state": "enabled",
                    "made_at": EXAMPLE_AT,
                }
            ]
        }
    )

    items: tuple[WebhookOut, ...]


class DeliveryOut(ApiModel):
    """One event on its way. 一次推送。"""

    id: str
    event: str
    state: str
    attempts: int
    made_at: datetime
    settled_at: datetime | None = None
    last_error: str | None = None


class DeliveryPage(ApiModel):
    """A page; ``next`` is its successor's cursor. 一页。"""

    model_config = example(
        {
            "items": [
                {
                    "id": EXAMPLE_ID,
                    "event": "message.arrived",
                    "state": "delivered",
                    "attempts": 1,
                    "made_at": EXAMPLE_AT,
                    "settled_at": EXAMPLE_AT,
                }
            ],
            "next": None,
        }
    )

    items: tuple[DeliveryOut, ...]
    next: str | None = None
