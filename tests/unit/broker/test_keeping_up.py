"""Since when may have waited what a consumer reads: never later than it came, whatever stopped it."""

from __future__ import annotations

from exchange.broker.traffic.keeping_up import STOPPED, TICK, KeepingUp, ReadSpan


def _ticked(until: float) -> KeepingUp:
    found = KeepingUp(0.0)
    for number in range(1, round(until / TICK) + 1):
        found.tick(number * TICK, True)
    return found


def test_what_a_consumer_reads_that_keeps_up_has_only_just_come() -> None:
    assert _ticked(2.0).reading(2.1) == ReadSpan(2.1, 2.1)


def test_what_is_read_after_a_stop_may_have_come_when_it_began() -> None:
    assert _ticked(2.0).reading(9.0) == ReadSpan(2.0, 9.0)


def test_a_sign_of_life_before_what_had_waited_is_read_hides_no_stop() -> None:
    found = _ticked(2.0)
    found.tick(9.0, True)
    assert found.reading(9.01) == ReadSpan(2.0, 9.01)
    found.tick(9.0 + TICK, True)
    assert found.reading(9.3).since == 2.0
    found.tick(9.0 + 2 * TICK, True)
    assert found.reading(9.5) == ReadSpan(9.5, 9.5)


def test_two_stops_with_nothing_calm_between_count_as_one() -> None:
    found = _ticked(2.0)
    found.tick(5.0, True)
    found.tick(5.0 + TICK, True)
    found.tick(8.0, True)
    assert found.reading(8.1).since == 2.0


def test_who_has_its_hands_full_may_be_given_late_what_came_meanwhile() -> None:
    found = _ticked(2.0)
    found.crowded(2.1)
    for number in range(1, 20):
        found.tick(2.0 + number * TICK, False)
    assert found.reading(6.0).since == 2.1
    for number in range(1, 3):
        found.tick(5.8 + number * TICK, True)
    assert found.reading(6.3) == ReadSpan(6.3, 6.3)


def test_a_machine_that_is_a_little_late_has_not_stopped() -> None:
    found = _ticked(2.0)
    assert found.reading(2.0 + STOPPED - 0.01).since > 2.0
