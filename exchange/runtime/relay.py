"""A relay office's transit, running: its own two connections, so that what passes through waits for no database."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exchange.broker.traffic.consumer import BatchConsumer
from exchange.broker.traffic.lane import ConsumedQueue
from exchange.broker.traffic.publisher import ConfirmedPublisher
from exchange.broker.traffic.uplink import transit_queues
from exchange.errors import BrokerUnavailable
from exchange.levels.transit import Transit
from exchange.messaging.node import Node
from exchange.messaging.ports import Delivery
from exchange.messaging.quotas.gate import InboxGate

_BATCH = 100
"""Deliveries passed on together; fewer than a publisher has in flight."""


class TransitLoop:
    """Consumes a relay office's transit queues and passes on until closed."""

    def __init__(
        self, node: Node, url: str, user_id: str | None, after_batch: Callable[[], None], gate: InboxGate
    ) -> None:
        self.transit = Transit(node, accounts=user_id is not None, gate=gate)
        self._after_batch = after_batch
        self._publisher = ConfirmedPublisher(
            url, sender=node.address, user_id=user_id, on_results=self.transit.fates.take
        )
        self._consumer = BatchConsumer(
            url,
            [ConsumedQueue(name) for name in transit_queues(node.address)],
            self._on_batch,
            name=f"{node.address}:transit",
            max_batch=_BATCH,
            accounts=user_id is not None,
            can_take=self._can_take,
        )

    def start(self) -> None:
        """Connect. Raises BrokerUnavailable or BadTopology."""
        self._publisher.start()
        self._consumer.start()

    @property
    def connected(self) -> bool:
        """Whether both connections are served."""
        return self._publisher.connected and self._consumer.state.connected

    def close(self) -> None:
        """Close after the batch in hand, if the broker confirms it soon; the rest stays in its queues."""
        self.transit.fates.close()
        self._consumer.close()
        self._publisher.close()

    def _can_take(self, octets: int) -> None:
        """What passes through needs no room of ours, only a broker that takes it."""
        if not self._publisher.connected:
            raise BrokerUnavailable("the broker takes no publications yet", remedy="nothing: it is tried again")

    def _on_batch(self, deliveries: Sequence[Delivery]) -> None:
        self.transit.on_batch(self._publisher, deliveries)
        self._after_batch()
