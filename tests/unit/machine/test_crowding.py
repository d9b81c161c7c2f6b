"""A machine is crowded as far as its processors' time is taken, lately."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.machine.crowding import Counted, Crowding, counted_here, crowding


class Machine:
    """Two processors whose time is counted, and a clock."""

    def __init__(self) -> None:
        self.at = 1000.0
        self.counted: Counted | None = (5000.0, 7000.0)

    def passes(self, seconds: float, taken: float) -> None:
        """Time passes, of which a share is taken."""
        self.at += seconds
        if self.counted is not None:
            self.counted = self.counted[0] + 2 * taken * seconds, self.counted[1] + 2 * (1 - taken) * seconds


def watched(machine: Machine) -> Crowding:
    return Crowding(lambda: machine.counted, lambda: machine.at)


@pytest.mark.parametrize("taken", [0.0, 0.25, 0.5, 0.9, 1.0])
def test_the_share_is_that_of_the_time_taken(taken: float) -> None:
    machine = Machine()
    found = watched(machine)
    for _ in range(20):
        machine.passes(0.2, taken)
        assert found.share == pytest.approx(taken)


def test_what_was_is_forgotten_within_seconds_and_at_once_where_nobody_has_asked() -> None:
    machine = Machine()
    found = watched(machine)
    for _ in range(20):
        machine.passes(0.2, 1.0)
        assert found.share == pytest.approx(1.0)
    for _ in range(20):
        machine.passes(0.2, 0.1)
        found.share  # noqa: B018 - it looks when it is asked
    assert found.share == pytest.approx(0.1, abs=0.01)
    machine.passes(0.2, 1.0)
    found.share  # noqa: B018
    machine.passes(60.0, 0.2)
    assert found.share == pytest.approx(0.2)


def test_it_is_not_asked_more_often_than_needed() -> None:
    machine = Machine()
    asked: list[float] = []
    found = Crowding(lambda: asked.append(machine.at) or machine.counted, lambda: machine.at)
    for _ in range(1000):
        machine.passes(0.001, 0.5)
        found.share  # noqa: B018
    assert len(asked) <= 7


def test_where_the_system_does_not_tell_or_its_counts_go_back_nothing_is_crowded() -> None:
    machine = Machine()
    found = watched(machine)
    machine.counted = None
    machine.passes(1.0, 1.0)
    assert found.share == 0.0
    machine.counted = (10.0, 10.0)
    machine.passes(1.0, 1.0)
    assert found.share == 0.0
    machine.counted = (1.0, 1.0)
    machine.at += 1.0
    assert found.share == 0.0


def test_this_machine_tells() -> None:
    before = counted_here()
    assert before is not None
    assert before[0] > 0.0
    assert before[1] >= 0.0
    assert 0.0 <= crowding() <= 1.0


@given(st.lists(st.tuples(st.floats(0.0, 5.0), st.floats(0.0, 1.0)), max_size=40))
def test_whatever_passes_it_is_a_share(turns: list[tuple[float, float]]) -> None:
    machine = Machine()
    found = watched(machine)
    for seconds, taken in turns:
        machine.passes(seconds, taken)
        assert 0.0 <= found.share <= 1.0
