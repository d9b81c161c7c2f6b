"""An idle worker waits for nothing; the busier it is, the longer it lets work gather."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.machine.load import Load


class Time:
    """A monotonic clock that is set."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def after(share: float, seconds: float = 10.0, turn: float = 0.01, crowded: float = 0.0) -> Load:
    """A worker that is at work for that share of every turn."""
    time = Time()
    load = Load(time, lambda: crowded)
    for _ in range(int(seconds / turn)):
        with load.working():
            time.at += share * turn
        time.at += (1 - share) * turn
    return load


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 0.5, 0.75, 0.99])
def test_the_share_is_that_of_the_time_at_work(share: float) -> None:
    assert after(share).share == pytest.approx(share, abs=0.01)


def test_an_idle_worker_waits_for_nothing_and_a_busy_one_as_long_as_it_may() -> None:
    assert Load(Time()).patience(0.1) == 0.0
    assert after(0.2).patience(0.1) == 0.0
    assert 0.0 < after(0.4).patience(0.1) < after(0.6).patience(0.1) < 0.1
    assert after(0.9).patience(0.1) == 0.1


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_on_a_crowded_machine_everyone_lets_more_gather_and_elsewhere_nobody(share: float) -> None:
    assert after(share, crowded=0.5).patience(0.0, 0.1) == 0.0
    assert 0.0 < after(share, crowded=0.65).patience(0.0, 0.1) < after(share, crowded=0.7).patience(0.0, 0.1) < 0.1
    assert after(share, crowded=1.0).patience(0.0, 0.1) == pytest.approx(0.1)
    assert after(share, crowded=1.0).patience(0.0) == 0.0
    assert after(0.9, crowded=0.5).patience(0.005, 0.1) == 0.005


def test_what_nobody_here_waits_for_takes_its_time_sooner() -> None:
    assert after(0.05).patience_for_others(0.5) == 0.0
    assert 0.0 < after(0.15).patience_for_others(0.5) < after(0.25).patience_for_others(0.5) < 0.5
    assert after(0.4).patience_for_others(0.5) == 0.5
    assert after(0.0, crowded=1.0).patience_for_others(0.5) == pytest.approx(0.5)


def test_a_batch_that_goes_on_counts_before_it_has_ended_and_is_forgotten_after() -> None:
    time = Time()
    load = Load(time)
    with load.working():
        time.at += 2.0
        assert load.share > 0.9
    time.at += 2.0
    assert load.share < 0.05
    assert load.patience(1.0) == 0.0


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0, 5)), max_size=30), st.floats(0, 1))
def test_whatever_it_does_the_share_is_one_and_the_patience_never_more_than_was_given(
    turns: list[tuple[float, float]], most: float
) -> None:
    time = Time()
    load = Load(time)
    for work, rest in turns:
        with load.working():
            time.at += work
            assert 0.0 <= load.share <= 1.0
        time.at += rest
        assert 0.0 <= load.patience(most) <= most
