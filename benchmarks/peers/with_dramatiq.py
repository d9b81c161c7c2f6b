"""dramatiq: an actor on RabbitMQ with confirms; its worker's threads take in one message a transaction.

Its broker has no setting for the type of its queues; the hook that gives their arguments is taken over here.
"""

from __future__ import annotations

import base64
import signal
from typing import Any

import dramatiq
from dramatiq.brokers.rabbitmq import RabbitmqBroker

from benchmarks.peers.ledger import Take
from benchmarks.peers.letters import Letters
from benchmarks.peers.plan import Plan

THREADS = 8
"""As its command has them."""


class QuorumBroker(RabbitmqBroker):
    """Declares quorum queues."""

    def _build_queue_arguments(self, queue_name: str) -> dict[str, Any]:
        return {**super()._build_queue_arguments(queue_name), "x-queue-type": "quorum"}


def actor_for(plan: Plan, take: Take | None = None) -> dramatiq.Actor[..., None]:
    """The actor that takes a letter in; its sender needs only its name and its queue."""
    broker = QuorumBroker(url=plan.url, confirm_delivery=True)
    dramatiq.set_broker(broker)

    @dramatiq.actor(queue_name=plan.queue, actor_name="take_letter")
    def take_letter(sealed: str) -> None:
        if take is not None:
            take(base64.b64decode(sealed))

    return take_letter


def send(plan: Plan, letters: Letters) -> None:
    """Publish each letter; ``send`` returns when the broker has confirmed it. Its JSON carries no bytes."""
    actor = actor_for(plan)
    actor.broker.declare_queue(plan.queue, ensure=True)
    for letter in letters:
        actor.send(base64.b64encode(letter.sealed).decode())
    actor.broker.close()


def receive(plan: Plan, take: Take) -> None:
    """Until it is ended. Acknowledged is what the actor has done; what fails is tried again later."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # in its threads, too: the main one waits for it
    worker = dramatiq.Worker(actor_for(plan, take).broker, worker_threads=THREADS)
    worker.start()
    signal.sigwait({signal.SIGTERM})
    worker.stop()
