"""What of logs travels beside messages that go anyway: a member's newest head to its witnesses, cosignatures back.

Dispatching takes from here what is to go beside the next message to somebody, receiving puts here what came; all that
is done with it is done in rounds (`exchange.messaging.log.witnessing`). It is lost with the process, and no harm done.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

RESTORED, HEAD, SEEN = "yizhan-log-restored", "yizhan-log-head", "yizhan-log-seen"
"""AMQP headers: that a log goes on from a backup, a head that is shown to a witness, and a witness's cosignature on its
way back. They are looked at in this order.
"""
_LARGEST = 16_384
_MOST = 256
"""What came and was not looked at yet; of more the oldest is forgotten, and shown again with the next head."""
_NOTHING: Mapping[str, bytes] = MappingProxyType({})


class WithHeaders(Protocol):
    """What has come from a queue, as far as this is concerned."""

    @property
    def headers(self) -> Mapping[str, Any]:
        """Return what stood beside it."""


class Beside:
    """What is to go, by addressee, and what has come. Safe from any thread."""

    def __init__(self) -> None:
        self._waiting: dict[str, Mapping[str, bytes]] = {}
        self._came: deque[tuple[str, bytes]] = deque(maxlen=_MOST)

    def put(self, addressee: str, name: str, data: bytes) -> None:
        """Have this go beside the next message to a member, in place of what waits under the same name."""
        self._waiting[addressee] = {**self._waiting.get(addressee, _NOTHING), name: data}

    def headers(self, addressee: str) -> Mapping[str, bytes]:
        """Return what goes beside this message to a member; it goes once."""
        return self._waiting.pop(addressee, _NOTHING)

    def hear(self, deliveries: Iterable[WithHeaders]) -> None:
        """Keep what stands beside these deliveries until a round looks at it."""
        for delivery in deliveries:
            if HEAD in delivery.headers or SEEN in delivery.headers or RESTORED in delivery.headers:
                self._came.extend(passed_on(delivery.headers).items())

    def heard(self) -> list[tuple[str, bytes]]:
        """Return what has come since, by its name, and forget it."""
        return [self._came.popleft() for _ in range(len(self._came))]


def passed_on(headers: Mapping[str, Any]) -> dict[str, bytes]:
    """Return what of a message's headers is about logs; a relay office passes it on with the message."""
    found = ((name, headers.get(name)) for name in (RESTORED, HEAD, SEEN))
    return {name: value for name, value in found if isinstance(value, bytes) and len(value) <= _LARGEST}
