"""A kind of message is declared by its class, and what is declared is true of the code that takes it in."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from exchange.broker.traffic.topology import opinions_queue
from exchange.directory.addressing import queue_for
from exchange.messaging.incoming import Minding
from exchange.notices.rules.covering import Covering
from exchange.runtime.work import Work, work_for
from exchange.schemas import MESSAGES, Application, Body, Directory, Queue, ReceiptBatch, Role, Room, Urgency

IN_NO_TABLE = {ReceiptBatch.KIND}
"""Receipts are what a receiver does itself: they settle copies, and no handler of a role sees them."""


def _works() -> list[Work]:
    """The work of every role by itself, and of a relay office that covers nothing."""
    take: Any = lambda files: None  # noqa: E731
    return [work_for((role,), take=take if role is Role.RELAY else None, covering=Covering.NONE) for role in Role]


def _module(handler: Any) -> str:
    while isinstance(handler, partial):
        handler = handler.func
    handler = handler.take if isinstance(handler, Minding) else handler
    return str(handler.__module__)


def _room_of(module: str) -> str:
    return module.split(".")[1]


def test_every_kind_is_taken_in_by_the_room_that_it_declares() -> None:
    handled = {(kind, _module(handler)) for work in _works() for kind, handler in work.handlers.items()}
    assert {kind for kind, _ in handled} == set(MESSAGES) - IN_NO_TABLE
    assert {one for one in handled if _room_of(one[1]) not in (MESSAGES[one[0]].ROOM, *MESSAGES[one[0]].ALSO)} == set()
    also = {(kind, room) for kind, body in MESSAGES.items() for room in body.ALSO}
    assert also <= {(kind, _room_of(module)) for kind, module in handled}
    assert {kind for kind, body in MESSAGES.items() if body.ROOM is Room.MESSAGING} == IN_NO_TABLE


@pytest.mark.parametrize("kind", sorted(MESSAGES))
def test_every_kind_stands_in_the_queue_that_it_declares(kind: str) -> None:
    found = queue_for(kind, "c.window", Urgency.ORDINARY)
    assert (found == opinions_queue("c.window")) is (MESSAGES[kind].QUEUE is Queue.OPINIONS)


def test_a_schema_without_a_room_is_no_message() -> None:
    assert {Application.KIND, Directory.KIND}.isdisjoint(MESSAGES)
    assert {body.KIND for body in Body.__subclasses__() if hasattr(body, "ROOM")} >= set(MESSAGES)
