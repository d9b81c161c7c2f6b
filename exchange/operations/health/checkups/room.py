"""What the doctor says of room at the broker: how large a message, and how long a queue may become."""

from __future__ import annotations

from collections.abc import Iterator, Set

from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.room import message_size, unlimited_queues
from exchange.broker.traffic.topology import MAX_BODY
from exchange.errors import BrokerError
from exchange.language import Text
from exchange.operations.health.checkups.findings import Finding
from exchange.runtime.settings import Settings
from exchange.runtime.whereabouts import known_broker

_SIZE = "size of messages"
_LENGTH = "room of queues"
_SET = Text(
    "max_message_size = {most} in the broker's rabbitmq.conf, then restart it; where others use it too, leave it",
    {"most": MAX_BODY},
)
_SHOWN = 3


def messages(url: str, account: str) -> Iterator[Finding]:
    """Hold the broker's limit against the largest envelope. Raises BrokerUnavailable or BadTopology."""
    found = message_size(url, account)
    if found.agrees:
        yield Finding(
            "good", _SIZE, Text("the broker takes up to {most:,} octets, as envelopes have", {"most": MAX_BODY})
        )
    elif found.takes:
        said = Text("this broker takes larger messages than any envelope ({most:,} octets)", {"most": MAX_BODY})
        yield Finding("note", _SIZE, said, _SET)
    else:
        size = {"takes": found.most, "most": MAX_BODY}
        said = Text("this broker takes {takes:,} octets, an envelope may have {most:,}: some are never sent", size)
        yield Finding("bad", _SIZE, said, _SET)


def lengths(settings: Settings, names: Set[str]) -> Iterator[Finding]:
    """Name queues that hold any number of octets; where only the management API tells, nothing without it."""
    info = known_broker(settings)
    if info is None or info.management_url is None:
        return
    try:
        with ManagementClient(info.management_url, info.url, timeout=5) as management:
            found = unlimited_queues(management, names)
    except BrokerError as error:
        yield Finding("note", _LENGTH, Text("cannot be looked at: {error}", {"error": error.text}), error.remedy_text)
        return
    if found:
        shown = ", ".join(found[:_SHOWN])
        said = Text("{number} queues hold any number of octets: {queues}", {"number": len(found), "queues": shown})
        yield Finding("note", _LENGTH, said, "exchange init sets a policy (EXCHANGE_QUEUE_BYTES)")
    else:
        yield Finding("good", _LENGTH, "every queue holds so many octets at most")
