"""What a member has proved it need not prove again: these very octets, once, and nobody else's word for it."""

from __future__ import annotations

import hashlib
from types import SimpleNamespace
from typing import Any, cast

import pytest

from exchange.approval.department import consulted
from exchange.approval.department.consulted import ProvedLately
from exchange.envelope.opening import Authentic
from exchange.messaging.node import Node
from exchange.schemas import Consultation
from tests.unit.examples import MESSAGES

BODY = next(body for body in MESSAGES if isinstance(body, Consultation))


def node(address: str = "hefei.planning") -> Node:
    return cast(Node, SimpleNamespace(address=address))


def proved(signed: bytes) -> Authentic:
    nothing: Any = None
    return Authentic(nothing, b"", signed, (), hashlib.sha256(signed).hexdigest())


def test_the_same_octets_are_known_once() -> None:
    lately = ProvedLately()
    lately.remember(node(), proved(b"signed"), BODY)
    assert lately.take(node(), b"signed") is BODY
    assert lately.take(node(), b"signed") is None


def test_other_octets_are_not_known() -> None:
    lately = ProvedLately()
    lately.remember(node(), proved(b"signed"), BODY)
    assert lately.take(node(), b"Signed") is None


def test_another_member_proves_for_itself() -> None:
    lately = ProvedLately()
    lately.remember(node(), proved(b"signed"), BODY)
    assert lately.take(node("hefei.transport"), b"signed") is None


def test_long_ones_and_many_take_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consulted, "_AT_MOST", 2)
    monkeypatch.setattr(consulted, "_SHORT", 8)
    lately = ProvedLately()
    for signed in (b"one", b"two", b"three", b"very long"):
        lately.remember(node(), proved(signed), BODY)
    found = [lately.take(node(), signed) is not None for signed in (b"one", b"two", b"three", b"very long")]
    assert found == [False, True, True, False]
