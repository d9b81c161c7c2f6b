"""A statement of freshness goes beside what is sent anyway, once a minute to a queue, and is handed over once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from exchange.errors import BadDirectory
from exchange.messaging import freshness
from exchange.messaging.freshness import CALENDAR, HEADER, Carrier, heard
from exchange.messaging.node import Node
from exchange.messaging.ports import Delivery


def delivery(value: object, header: str = HEADER) -> Delivery:
    return Delivery("a.window.inbox", b"", None, None, {header: value}, False, None, False)


def test_each_queue_is_told_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now, said = [100.0], [cast("bytes | None", None)]
    monkeypatch.setattr(freshness, "monotonic", lambda: now[0])
    calendar = SimpleNamespace(papers=())
    node = SimpleNamespace(statement=lambda: said[0], audit_head=lambda: None, calendar=calendar)
    carrier = Carrier(cast(Node, node))
    assert carrier.headers("a") == {}
    said[0] = b"said"
    now[0] += 61
    assert carrier.headers("a") == {HEADER: b"said"}
    assert carrier.headers("a") == {}
    assert carrier.headers("b") == {HEADER: b"said"}
    now[0] += 61
    assert carrier.headers("a") == {HEADER: b"said"}


def test_what_came_is_handed_over_once_and_nothing_else() -> None:
    taken: list[bytes] = []
    node = cast(Node, SimpleNamespace(take_statement=taken.append))
    heard(node, [delivery(one) for one in (b"one", "text", b"one", 7, b"x" * 20_000, b"two", None)])
    assert taken == [b"one", b"two"]


def test_calendars_of_several_levels_go_in_turn() -> None:
    calendar = SimpleNamespace(papers=(b"upper", b"own"))
    node = SimpleNamespace(statement=lambda: None, audit_head=lambda: None, calendar=calendar)
    carrier = Carrier(cast(Node, node))
    assert [carrier.headers(queue) for queue in "abc"] == [{CALENDAR: one} for one in (b"upper", b"own", b"upper")]


def test_a_calendar_that_does_not_count_is_passed_over() -> None:
    taken: list[bytes] = []

    def take(data: bytes, directory: object) -> None:
        if data == b"false":
            raise BadDirectory("the calendar does not verify")
        taken.append(data)

    node = cast(Node, SimpleNamespace(take_calendar=take, directory=None))
    heard(node, [delivery(one, CALENDAR) for one in (b"false", b"true", b"x" * 20_000, 7)])
    assert taken == [b"true"]
