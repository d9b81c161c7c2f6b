"""A clock that goes back between a message's being opened and its being taken in: it is not taken in as of before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from exchange.approval.department.store import DepartmentDesk
from exchange.clock import Clock
from exchange.messaging.arrival import OwnTime
from exchange.messaging.inbox import Inbox
from exchange.messaging.ports import Delivery
from exchange.messaging.quotas.gate import OpenGate
from exchange.messaging.receive import Receiver
from exchange.messaging.records import DeadLetter
from exchange.runtime.work import work_for
from exchange.schemas import Role
from tests.hand_to_hand import hand_city
from tests.journeys.city import MONDAY


@dataclass
class Jumped:
    """A clock that may be set back."""

    right: Clock
    by: timedelta = timedelta()

    def now(self) -> datetime:
        return self.right.now() - self.by

    def at(self, real: datetime) -> datetime:
        return self.right.at(real) - self.by

    def real_seconds(self, span: timedelta) -> float:
        return self.right.real_seconds(span)

    def passes(self, seconds: float) -> timedelta:
        return self.right.passes(seconds)


class SetBack(OpenGate):
    """Stands between opening and taking in."""

    def __init__(self, clock: Jumped) -> None:
        super().__init__()
        self.clock = clock
        self.deliveries: list[Delivery] = []

    def admit(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
        self.deliveries += deliveries
        return deliveries

    def judge(self, opened: Iterable[Delivery], letters: Sequence[DeadLetter]) -> None:
        assert list(opened), "it is opened by the right clock"
        self.clock.by = timedelta(days=1)


def test_what_was_opened_before_the_clock_went_back_waits_until_it_is_right(tmp_path: Path) -> None:
    with hand_city(tmp_path, f"sqlite:///{tmp_path}/{{member}}.db", "back", ("planning",)) as city:
        city.matter(city.approver("planning"))
        clock = Jumped(city.clock)
        gate, node = SetBack(clock), replace(city.node("planning"), clock=clock)
        work = work_for((Role.DEPARTMENT,))
        cast(Any, city.local).receivers[node.address] = Receiver(
            node, work.handlers, OwnTime(MONDAY, clock), work.on_signed, gate=gate
        )
        case = city.submit()
        with node.store.reading() as tx:
            assert [letter.reason_code for letter in tx[Inbox].dead_letters(9)] == ["clock"]
            assert tx[DepartmentDesk].get(case.number) is None

        clock.by = timedelta()
        Receiver(node, work.handlers, OwnTime(MONDAY, clock), work.on_signed).on_batch(gate.deliveries)
        with node.store.reading() as tx:
            row = tx[DepartmentDesk].get(case.number)
            assert list(tx[Inbox].dead_letters(9)) == []
        assert row is not None
        assert row.received_at == city.clock.now()
