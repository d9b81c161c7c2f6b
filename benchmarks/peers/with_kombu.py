"""kombu: a producer that waits for each confirm, and a ConsumerMixin that takes in one message a transaction."""

from __future__ import annotations

from typing import Any

from kombu import Connection, Consumer, Message, Queue
from kombu.mixins import ConsumerMixin

from benchmarks.peers.ledger import Take
from benchmarks.peers.letters import BadLetter, Letters
from benchmarks.peers.plan import Plan

PREFETCH = 200
SEALED = "application/octet-stream"


def the_queue(plan: Plan) -> Queue:
    """A durable quorum queue, reached by the default exchange."""
    return Queue(plan.queue, durable=True, queue_arguments={"x-queue-type": "quorum"})


def connection(plan: Plan) -> Connection:
    """With publisher confirms."""
    return Connection(plan.url, transport_options={"confirm_publish": True})


def send(plan: Plan, letters: Letters) -> None:
    """Publish each letter, persistent; ``publish`` returns when the broker has it."""
    with connection(plan) as there:
        queue = the_queue(plan)(there.default_channel)
        queue.declare()
        producer = there.Producer()
        for letter in letters:
            producer.publish(
                letter.sealed,
                routing_key=queue.name,
                content_type=SEALED,
                content_encoding="binary",
                delivery_mode="persistent",
                message_id=letter.name,
                mandatory=True,
                retry=True,
            )


class Receiver(ConsumerMixin):
    """Runs until it is ended; connects anew by itself."""

    def __init__(self, plan: Plan, take: Take, there: Connection) -> None:
        self.connection = there
        self._queue, self._take = the_queue(plan), take

    def get_consumers(self, consumer: type[Consumer], channel: Any) -> list[Consumer]:
        """One consumer of the one queue."""
        return [consumer([self._queue], on_message=self.on_message, prefetch_count=PREFETCH, accept=[SEALED])]

    def on_message(self, message: Message) -> None:
        """Acknowledge what is committed; what cannot be opened is given up."""
        try:
            self._take(bytes(message.body))
        except BadLetter:
            message.reject()
        else:
            message.ack()


def receive(plan: Plan, take: Take) -> None:
    """Until it is ended."""
    with connection(plan) as there:
        Receiver(plan, take, there).run()
