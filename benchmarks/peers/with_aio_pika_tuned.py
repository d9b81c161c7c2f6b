"""aio-pika tuned by hand: many confirms in flight; batches of a transaction and one acknowledgement each."""

from __future__ import annotations

import asyncio
import contextlib

import aio_pika
from aio_pika.abc import AbstractExchange, AbstractIncomingMessage

from benchmarks.peers.ledger import Take
from benchmarks.peers.letters import BadLetter, Letter, Letters
from benchmarks.peers.plan import Plan
from benchmarks.peers.with_aio_pika import message, the_queue

IN_FLIGHT = 400
BATCH = 100
PREFETCH = 4 * BATCH


async def _send(plan: Plan, letters: Letters) -> None:
    connection = await aio_pika.connect_robust(plan.url)
    async with connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        await the_queue(channel, plan)
        room = asyncio.Semaphore(IN_FLIGHT)
        async with asyncio.TaskGroup() as group:
            async for letter in letters:
                await room.acquire()
                published = group.create_task(_publish(channel.default_exchange, plan.queue, letter))
                published.add_done_callback(lambda _: room.release())


async def _publish(exchange: AbstractExchange, queue: str, letter: Letter) -> None:
    await exchange.publish(message(*letter), routing_key=queue)


async def _receive(plan: Plan, take: Take) -> None:
    connection = await aio_pika.connect_robust(plan.url)
    async with connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=PREFETCH)
        queue = await the_queue(channel, plan)
        arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
        await queue.consume(arrived.put)
        while True:
            batch = [await arrived.get()]
            while len(batch) < BATCH and not arrived.empty():
                batch.append(arrived.get_nowait())
            try:
                # In a thread, so that what comes meanwhile is read and is the next batch.
                await asyncio.to_thread(take, *(one.body for one in batch))
            except BadLetter:
                await _each(batch, take)
            else:
                await batch[-1].ack(multiple=True)


async def _each(batch: list[AbstractIncomingMessage], take: Take) -> None:
    """A batch with a message that cannot be opened: that one is rejected, its neighbours are taken."""
    for one in batch:
        with contextlib.suppress(BadLetter):
            async with one.process():
                take(one.body)


def send(plan: Plan, letters: Letters) -> None:
    """Publish with many confirms outstanding."""
    asyncio.run(_send(plan, letters))


def receive(plan: Plan, take: Take) -> None:
    """Until it is ended."""
    asyncio.run(_receive(plan, take))
