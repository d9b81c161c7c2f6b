"""The AsyncAPI 3.0 description of the exchange: which queues there are, and which messages stand in them."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from exchange.schemas import MESSAGES, Header, Queue
from exchange.schemas.published.export import in_characters, version_of

_OPINIONS = tuple(kind for kind, body in MESSAGES.items() if body.QUEUE is Queue.OPINIONS)
_OTHERS = tuple(kind for kind, body in MESSAGES.items() if body.QUEUE is Queue.INBOX)

_CHANNELS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "inbox": ("{member}.inbox", "收件队列 A member's inbox: whatever is not urgent.", _OTHERS),
    "urgent": ("{member}.inbox.urgent", "加急队列 What is urgent overtakes, and starves nothing.", _OTHERS),
    "opinions": (
        "{member}.opinions",
        "裁决队列 At a window: opinions and silence in one order, consumed by one active consumer. "
        "Arrival at the broker decides what was in time.",
        _OPINIONS,
    ),
    "dead": (
        "{member}.dead",
        "死信队列 What a queue has dead-lettered; taken at once into the member's database.",
        tuple(MESSAGES),
    ),
    "uplink": (
        "uplink.{neighbour}",
        "上下级队列 Towards a neighbouring domain, up or down: what waits for the link to it. A shovel empties it.",
        tuple(MESSAGES),
    ),
    "uplink-urgent": ("uplink.{neighbour}.urgent", "加急上下级队列 What is urgent overtakes there.", tuple(MESSAGES)),
    "transit": (
        "{domain}.relay.transit",
        "转运队列 At a relay office: what came over a link, to be passed on unopened; one active consumer.",
        tuple(MESSAGES),
    ),
    "transit-urgent": (
        "{domain}.relay.transit.urgent",
        "加急转运队列 What is urgent overtakes there.",
        tuple(MESSAGES),
    ),
}
"""Channels by name: the queue's name, what it is, and the kinds that stand in it."""

_PARAMETERS = {
    "member": "成员地址 a member's address, highest level first: hefei.planning",
    "neighbour": "相邻层级 the domain directly above or below: anhui.hefei",
    "domain": "本级 the relay office's own domain: anhui.hefei",
}
"""What stands in the names of queues."""

_DESCRIPTION = (
    "部门间公文交换：签名、端到端加密、签收、并联审批、视为同意。"
    "Departments exchange signed, end-to-end encrypted official documents, sign for them, decide applications in "
    "parallel, and silence has a consequence. Every message on the wire is an envelope (CBOR: version, clear header, "
    "COSE_Encrypt); the payloads below are the JSON bodies inside the COSE_Sign1 that it seals. The headers are the "
    "clear header, which the signature covers."
)


def asyncapi() -> dict[str, Any]:
    """Return the whole description as one JSON document."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "驿站 Yizhan", "version": "1", "description": _DESCRIPTION},
        "defaultContentType": "application/cose",
        "channels": {name: _channel(*facts) for name, facts in _CHANNELS.items()},
        "operations": {
            f"{action}-{name}": _operation(action, name, kinds)
            for name, (_, _, kinds) in _CHANNELS.items()
            for action in (("receive",) if name == "dead" else ("send", "receive"))
        },
        "components": {"messages": {kind: _message(kind) for kind in MESSAGES}, "schemas": _schemas()},
    }


def _channel(queue: str, description: str, kinds: tuple[str, ...]) -> dict[str, Any]:
    return {
        "address": queue,
        "description": description,
        "parameters": {name: {"description": said} for name, said in _PARAMETERS.items() if f"{{{name}}}" in queue},
        "messages": {kind: {"$ref": f"#/components/messages/{kind}"} for kind in kinds},
        "bindings": {
            "amqp": {
                "is": "queue",
                "queue": {"name": queue, "durable": True, "exclusive": False, "autoDelete": False},
                "bindingVersion": "0.3.0",
            }
        },
    }


def _operation(action: str, channel: str, kinds: tuple[str, ...]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{kind}"} for kind in kinds],
    }


def _message(kind: str) -> dict[str, Any]:
    model = MESSAGES[kind]
    return {
        "name": kind,
        "title": " ".join(model.TITLE),
        "summary": (model.__doc__ or "").split("\n\n")[0].strip(),
        "contentType": f"application/vnd.yizhan.{kind}+json; version={version_of(model)}",
        "headers": {"$ref": f"#/components/schemas/{Header.__name__}"},
        "payload": {"$ref": f"#/components/schemas/{model.__name__}"},
        "correlationId": {
            "description": "会话编号 the thread a message belongs to",
            "location": "$message.header#/conversation_id",
        },
    }


def _schemas() -> dict[str, Any]:
    models = [(model, "validation") for model in (*MESSAGES.values(), Header)]
    _, found = models_json_schema(models, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    return dict(in_characters(found["$defs"]))
