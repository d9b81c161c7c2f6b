"""The two sides of the endurance benchmark: one sends no more than some thousands ahead, one takes in."""

from __future__ import annotations

import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.floor import BATCH
from benchmarks.throughput import document
from exchange.messaging.observer import Observer
from exchange.messaging.records import InboxEntry, Signed
from exchange.runtime.member import RunningMember
from exchange.schemas import Document
from exchange.trials.local import LocalDomain

AHEAD = 4000
"""Documents that may be without a receipt."""


class Counting(Observer):
    """Counts documents that were taken in, and receipts for what was sent, where another process reads it."""

    def __init__(self, counter: Any) -> None:
        self._counter = counter

    def committed(
        self, seconds: float, entries: Sequence[InboxEntry], letters: Sequence[object], signed: Sequence[Signed]
    ) -> None:
        self._counter.value += len(signed) + sum(entry.header.kind == Document.KIND for entry in entries)


def receive(domain: LocalDomain, address: str, counter: Any, answer: Connection) -> None:
    """The receiver's process, until it is told to end."""
    member = _serve(domain, address, counter, answer)
    _end(member, answer)


def send(domain: LocalDomain, address: str, receiver: str, count: int, counter: Any, answer: Connection) -> None:
    """The sender's process: ``count`` documents as receipts come in, and then until it is told to end."""
    member = _serve(domain, address, counter, answer)
    body = document()
    for sent in range(0, count, BATCH):
        while sent - counter.value >= AHEAD:
            time.sleep(0.01)
        with member.node.step() as step:
            for _ in range(min(BATCH, count - sent)):
                step.send(body, (receiver,))
        member.wake()
    _end(member, answer)


def _serve(domain: LocalDomain, address: str, counter: Any, answer: Connection) -> RunningMember:
    domain.reopen(address)
    domain.nodes[address].observer = Counting(counter)
    member = domain.start(address)
    answer.send(None)
    return member


def _end(member: RunningMember, answer: Connection) -> None:
    answer.recv()
    member.close()
    answer.send(None)
