"""A statement of freshness goes beside what is sent anyway, once a minute to a queue, and is handed over once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from exchange.messaging import freshness
from exchange.messaging.freshness import HEADER, Carrier, heard
from exchange.messaging.node import Node
from exchange.messaging.ports import Delivery


def delivery(value: object) -> Delivery:
    return Delivery("a.window.inbox", b"", None, None, {HEADER: value}, False, None, False)


def test_each_queue_is_told_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now, said = [100.0], [cast("bytes | None", None)]
    monkeypatch.setattr(freshness, "monotonic", lambda: now[0])
    carrier = Carrier(cast(Node, SimpleNamespace(statement=lambda: said[0], audit_head=lambda: None)))
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
