"""Looks at what is due take a small share of the time, whatever they cost and however often somebody is woken."""

from __future__ import annotations

import pytest

from exchange.runtime.ticking.pace import Pace


class Time:
    """A monotonic clock that is set."""

    def __init__(self) -> None:
        self.at = 50.0

    def __call__(self) -> float:
        return self.at

    def passes(self, seconds: float) -> None:
        self.at += seconds


def test_the_first_look_is_taken_at_once() -> None:
    assert Pace(Time()).rest == 0.0


@pytest.mark.parametrize("took", [0.0, 0.001, 0.01, 0.024])
def test_a_look_is_followed_by_a_rest_of_twenty_times_its_cost(took: float) -> None:
    time = Time()
    pace = Pace(time)
    pace.look(lambda: time.passes(took))
    assert pace.rest == pytest.approx(20 * took)
    time.passes(20 * took + 1e-9)
    assert pace.rest == 0.0


@pytest.mark.parametrize("took", [0.03, 1.0, 60.0])
def test_no_rest_is_longer_than_half_a_second(took: float) -> None:
    time = Time()
    pace = Pace(time)
    pace.look(lambda: time.passes(took))
    assert pace.rest == pytest.approx(0.5)


def test_a_look_that_fails_is_not_rested_for_here() -> None:
    time = Time()
    pace = Pace(time)

    def fail() -> None:
        time.passes(0.01)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        pace.look(fail)
    assert pace.rest == 0.0
