"""Of which dead letters the beginning is enough: what no repair of ours makes a message."""

from __future__ import annotations

import pytest

from exchange.errors import (
    Forged,
    IdReused,
    Malformed,
    SenderError,
    Unsupported,
    Untrusted,
    WrongClock,
)
from exchange.errors.sender import BroughtByAnother
from exchange.messaging import dead_letters
from exchange.messaging.ports import Delivery
from exchange.messaging.rules.carriage import Carriage
from exchange.schemas import Header
from tests.unit.messaging.test_carriage import TRANSPORT, header

ANOTHER = "hefei.planning"


@pytest.fixture(autouse=True)
def clear(monkeypatch: pytest.MonkeyPatch) -> None:
    """The header is TRANSPORT's, whatever the bytes."""

    def peek(data: bytes) -> Header:
        return header("opinion")

    monkeypatch.setattr(dead_letters, "peek", peek)


@pytest.mark.parametrize(
    ("error", "account", "unproved"),
    [
        (Forged("x"), TRANSPORT, True),
        (Malformed("x"), TRANSPORT, True),
        (Untrusted("x"), TRANSPORT, False),  # the directory here may be the older one
        (Unsupported("x"), TRANSPORT, False),  # after an upgrade it may be read
        (WrongClock("x"), TRANSPORT, False),
        (Untrusted("x"), None, False),  # a broker without accounts tells nothing
        (Untrusted("x"), ANOTHER, True),  # no directory makes it of whom it claims
        (BroughtByAnother("x"), ANOTHER, False),  # its signature verifies, and is evidence
    ],
)
def test_what_can_never_be_proved_is_marked(error: SenderError, account: str | None, unproved: bool) -> None:
    delivery = Delivery("q", b"bytes", None, account, {}, False, None, False, carriage=Carriage(account))
    assert dead_letters.refused(delivery, error, None, TRANSPORT.partition(".")[0]).unproved == unproved


def test_what_was_proved_before_it_was_set_aside_is_never_marked() -> None:
    delivery = Delivery("q", b"bytes", None, ANOTHER, {}, False, None, False, carriage=Carriage(ANOTHER))
    assert not dead_letters.refused(delivery, IdReused("x")).unproved
    assert not dead_letters.failed(delivery, ValueError(), None).unproved
