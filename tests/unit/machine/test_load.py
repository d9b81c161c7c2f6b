"""An idle worker waits for nothing; the busier it is, the longer it lets work gather."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.machine.load import Load


class Time:
    """A monotonic clock that is set, and the processor time that a thread has had."""

    def __init__(self) -> None:
        self.at = 100.0
        self.ran = 7.0

    def __call__(self) -> float:
        return self.at


def after(share: float, seconds: float = 10.0, turn: float = 0.01, waiting: float = 0.0, idle: float = 0.0) -> Load:
    """A worker at work for that share of every turn, a share of which it waits for a processor; idle for a while."""
    time = Time()
    load = Load(time, lambda: time.ran)
    for _ in range(int(seconds / turn)):
        with load.working():
            time.at += share * turn
            time.ran += share * turn * (1 - waiting)
        time.at += (1 - share) * turn
    time.at += idle
    return load


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 0.5, 0.75, 0.99])
def test_the_share_is_that_of_the_time_at_work(share: float) -> None:
    assert after(share).share == pytest.approx(share, abs=0.01)


def test_an_idle_worker_waits_for_nothing_and_a_busy_one_as_long_as_it_may() -> None:
    assert Load(Time()).patience(0.1) == 0.0
    assert after(0.2).patience(0.1) == 0.0
    assert 0.0 < after(0.4).patience(0.1) < after(0.6).patience(0.1) < 0.1
    assert after(0.9).patience(0.1) == 0.1


def test_a_batch_that_goes_on_counts_before_it_has_ended_and_is_forgotten_after() -> None:
    time = Time()
    load = Load(time)
    with load.working():
        time.at += 2.0
        assert load.share > 0.9
    time.at += 2.0
    assert load.share < 0.05
    assert load.patience(1.0) == 0.0


@pytest.mark.parametrize("share", [0.05, 0.3, 0.9])
@pytest.mark.parametrize("waiting", [0.0, 0.2, 0.5, 0.75, 1.0])
def test_crowding_is_the_share_of_its_work_without_a_processor_however_much_work_that_is(
    share: float, waiting: float
) -> None:
    assert after(share, waiting=waiting).crowding == pytest.approx(waiting, abs=0.01)


def test_on_a_crowded_machine_everyone_lets_more_gather_and_elsewhere_nobody() -> None:
    assert after(0.1, waiting=0.2).patience(0.0, 0.1) == 0.0
    assert 0.0 < after(0.1, waiting=0.5).patience(0.0, 0.1) < after(0.1, waiting=0.6).patience(0.0, 0.1) < 0.1
    assert after(0.1, waiting=0.9).patience(0.0, 0.1) == 0.1
    assert after(0.9, waiting=0.0).patience(0.005, 0.1) == 0.005
    assert after(0.9, waiting=0.9).patience(0.005) == 0.005


def test_what_was_crowded_long_ago_is_forgotten() -> None:
    assert after(0.9, waiting=0.9, idle=0.1).crowding > 0.8
    assert after(0.9, waiting=0.9, idle=5.0).crowding == 0.0
    assert Load(Time()).crowding == 0.0


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0, 5)), max_size=30), st.floats(0, 1))
def test_whatever_it_does_the_share_is_one_and_the_patience_never_more_than_was_given(
    turns: list[tuple[float, float]], most: float
) -> None:
    time = Time()
    load = Load(time, lambda: time.ran)
    for work, rest in turns:
        with load.working():
            time.at += work
            time.ran += work / 3
            assert 0.0 <= load.share <= 1.0
            assert 0.0 <= load.crowding <= 1.0
        time.at += rest
        assert 0.0 <= load.patience(most) <= most
        assert 0.0 <= load.patience(0.0, most) <= most
