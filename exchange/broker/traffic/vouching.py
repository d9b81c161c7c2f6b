"""What of a delivery is the broker's own word, by its version, and what a sender may have written there itself.

Routing keys are checked against the account that publishes (`exchange.broker.admin.management`), and a queue that
gives a message up notes that first in ``x-death``. RabbitMQ 3.10 takes an older such note from the sender, and changes
nothing of it but the count: there its queue and its reason hold, since they were compared, and its routing keys do not.
From 4.0 on the notes are all its own, and queues obey priorities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pika.spec import Basic, BasicProperties

from exchange.broker.traffic.topology import DEAD, DOCUMENTS, REDELIVER, account_in
from exchange.messaging.rules.carriage import Carriage

DEATHS = "x-death"
"""The header in which queues note what they have abandoned, the last one first."""

_COPIES = "CC"
"""The header that has a message copied to further keys; the broker takes BCC out itself."""

_MODERN = (4, 0)
_ORDINARY = 4
"""The highest priority that overtakes nothing."""


@dataclass(frozen=True, slots=True)
class Vouching:
    """What a broker can be believed, and obeys."""

    accounts: bool
    """Whether members have accounts of their own, so that a sender in a routing key is one."""
    deaths: bool
    """Whether its notes of what queues gave up are all its own."""
    priorities: bool
    """Whether its queues obey priorities."""


NO_VOUCHING = Vouching(accounts=False, deaths=False, priorities=False)


def vouching_of(server_properties: Mapping[str, Any] | None, accounts: bool) -> Vouching:
    """Return what a broker can be believed, by the version it says when one connects."""
    version = (server_properties or {}).get("version", b"")
    modern = version_of(version.decode() if isinstance(version, bytes) else str(version)) >= _MODERN
    return Vouching(accounts, deaths=modern, priorities=modern)


def version_of(text: str) -> tuple[int, ...]:
    """Return the numbers of a version, as ``4.0.5``; none for what is no version."""
    numbers = []
    for part in text.split("."):
        if not part.isdigit():
            break
        numbers.append(int(part))
    return tuple(numbers)


def carriage_of(
    queue: str, method: Basic.Deliver, properties: BasicProperties, vouching: Vouching
) -> tuple[str | None, Carriage]:
    """Return how a delivery of a queue came there, and the queue that gave it up before, if one did."""
    headers = properties.headers or {}
    overtook = vouching.priorities and (properties.priority or 0) > _ORDINARY
    if method.exchange != DEAD:
        account = account_in(method.routing_key, queue) if method.exchange == DOCUMENTS else None
        put_back = method.exchange in ("", REDELIVER) and method.routing_key == queue
        straight = _COPIES not in headers and (account is not None or put_back)
        if method.exchange == DOCUMENTS and account is None:
            account = method.routing_key.rpartition(".from.")[2] or None
        return None, Carriage(account if vouching.accounts else None, straight, overtook=overtook)
    died_in, died_of, key = _last_death(headers)
    account = account_in(key, died_in) if died_in is not None and vouching.deaths and vouching.accounts else None
    return died_in, Carriage(account, died_of=died_of or "unknown", overtook=overtook)


def _last_death(headers: Mapping[str, Any]) -> tuple[str | None, str | None, str]:
    deaths = headers.get(DEATHS)
    last = deaths[0] if isinstance(deaths, list) and deaths else None
    if not isinstance(last, dict):
        return None, None, ""
    queue, reason, keys = last.get("queue"), last.get("reason"), last.get("routing-keys")
    key = keys[0] if isinstance(keys, list) and keys and isinstance(keys[0], str) else ""
    return queue if isinstance(queue, str) else None, reason if isinstance(reason, str) else None, key
