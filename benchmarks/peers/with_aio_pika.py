"""aio-pika as its documentation shows it: one message after the other on either side."""

from __future__ import annotations

import asyncio
import contextlib

import aio_pika
from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractChannel, AbstractQueue

from benchmarks.peers.ledger import Take
from benchmarks.peers.letters import BadLetter, Letters
from benchmarks.peers.plan import Plan

PREFETCH = 200


async def the_queue(channel: AbstractChannel, plan: Plan) -> AbstractQueue:
    """A durable quorum queue."""
    return await channel.declare_queue(plan.queue, durable=True, arguments={"x-queue-type": "quorum"})


def message(name: str, sealed: bytes) -> Message:
    """A persistent message."""
    return Message(sealed, message_id=name, delivery_mode=DeliveryMode.PERSISTENT)


async def _send(plan: Plan, letters: Letters) -> None:
    connection = await aio_pika.connect_robust(plan.url)
    async with connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        await the_queue(channel, plan)
        async for letter in letters:
            await channel.default_exchange.publish(message(*letter), routing_key=plan.queue)


async def _receive(plan: Plan, take: Take) -> None:
    connection = await aio_pika.connect_robust(plan.url)
    async with connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=PREFETCH)
        queue = await the_queue(channel, plan)
        async with queue.iterator() as incoming:
            async for one in incoming:
                with contextlib.suppress(BadLetter):
                    async with one.process():  # acknowledges at its end, rejects what fails
                        take(one.body)


def send(plan: Plan, letters: Letters) -> None:
    """Publish each letter and await its confirm."""
    asyncio.run(_send(plan, letters))


def receive(plan: Plan, take: Take) -> None:
    """Until it is ended."""
    asyncio.run(_receive(plan, take))
