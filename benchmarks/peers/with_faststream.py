"""FastStream on RabbitMQ: a subscriber that takes in one message a transaction; publishing with confirms in flight."""

from __future__ import annotations

import asyncio

from faststream import AckPolicy, FastStream
from faststream.rabbit import Channel, QueueType, RabbitBroker, RabbitQueue

from benchmarks.peers.ledger import Take
from benchmarks.peers.letters import Letter, Letters
from benchmarks.peers.plan import Plan

IN_FLIGHT = 400
PREFETCH = 200


def broker_of(plan: Plan) -> RabbitBroker:
    """Confirms are on; its log lines for every message are not."""
    channel = Channel(prefetch_count=PREFETCH, publisher_confirms=True, on_return_raises=True)
    return RabbitBroker(plan.url, default_channel=channel, logger=None)


def the_queue(plan: Plan) -> RabbitQueue:
    """A durable quorum queue."""
    return RabbitQueue(plan.queue, queue_type=QueueType.QUORUM, durable=True)


async def _send(plan: Plan, letters: Letters) -> None:
    broker, queue, room = broker_of(plan), the_queue(plan), asyncio.Semaphore(IN_FLIGHT)

    async def publish(letter: Letter) -> None:
        await broker.publish(letter.sealed, queue, persist=True, message_id=letter.name)

    async with broker:
        await broker.declare_queue(queue)
        async with asyncio.TaskGroup() as group:
            async for letter in letters:
                await room.acquire()
                published = group.create_task(publish(letter))
                published.add_done_callback(lambda _: room.release())


def send(plan: Plan, letters: Letters) -> None:
    """Publish each letter, persistent."""
    asyncio.run(_send(plan, letters))


def receive(plan: Plan, take: Take) -> None:
    """Until it is ended; what cannot be opened is rejected, what is committed acknowledged."""
    broker = broker_of(plan)

    @broker.subscriber(the_queue(plan), ack_policy=AckPolicy.REJECT_ON_ERROR)
    async def on_document(body: bytes) -> None:
        take(body)

    asyncio.run(FastStream(broker, logger=None).run())
