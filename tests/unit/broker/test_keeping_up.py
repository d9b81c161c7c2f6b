"""Since when may have waited what a consumer reads: never later than it came, whatever stopped it."""

from __future__ import annotations

from exchange.broker.traffic.keeping_up import STOPPED, TICK, KeepingUp, ReadSpan


def _ticked(until: float, asks: bool = False) -> KeepingUp:
    found = KeepingUp(0.0, asks)
    for number in range(1, round(until / TICK) + 1):
        found.tick(number * TICK, True)
    return found


def test_what_a_consumer_reads_that_keeps_up_has_only_just_come() -> None:
    assert _ticked(2.0).reading(2.1, 1) == ReadSpan(2.1, 2.1)


def test_what_is_read_after_a_stop_may_have_come_when_it_began() -> None:
    assert _ticked(2.0).reading(9.0, 2) == ReadSpan(2.0, 9.0)


def test_a_sign_of_life_before_what_had_waited_is_read_hides_no_stop() -> None:
    found = _ticked(2.0)
    found.tick(9.0, True)
    assert found.reading(9.01, 3) == ReadSpan(2.0, 9.01)
    found.tick(9.0 + TICK, True)
    assert found.reading(9.3, 4).since == 2.0
    found.tick(9.0 + 2 * TICK, True)
    assert found.reading(9.5, 5) == ReadSpan(9.5, 9.5)


def test_two_stops_with_nothing_calm_between_count_as_one() -> None:
    found = _ticked(2.0)
    found.tick(5.0, True)
    found.tick(5.0 + TICK, True)
    found.tick(8.0, True)
    assert found.reading(8.1, 6).since == 2.0


def test_who_has_its_hands_full_may_be_given_late_what_came_meanwhile() -> None:
    found = _ticked(2.0)
    found.crowded(2.1)
    for number in range(1, 20):
        found.tick(2.0 + number * TICK, False)
    assert found.reading(6.0, 7).since == 2.1
    for number in range(1, 3):
        found.tick(5.8 + number * TICK, True)
    assert found.reading(6.3, 8) == ReadSpan(6.3, 6.3)


def test_a_machine_that_is_a_little_late_has_not_stopped() -> None:
    found = _ticked(2.0)
    assert found.reading(2.0 + STOPPED - 0.01, 9).since > 2.0


def test_what_stands_there_when_a_consumer_begins_may_have_waited_for_ever() -> None:
    found = KeepingUp(0.0)
    found.tick(0.1, True)
    assert found.reading(0.2, 1) == ReadSpan(None, 0.2)
    assert found.done_until is None


def test_all_is_dealt_with_until_the_last_sign_of_life_where_nothing_is_in_hand() -> None:
    found = _ticked(2.0)
    assert found.done_until == 2.0
    since = found.reading(2.1, 1).since
    found.reading(2.15, 2)
    found.tick(2.0 + TICK, True)
    assert found.done_until == since == 2.1, "what was read then is not dealt with"
    found.acknowledged(1)
    assert found.done_until == 2.15
    found.acknowledged(2)
    assert found.done_until == 2.0 + TICK


def test_who_was_stopped_has_dealt_with_nothing_since_though_it_lives_again() -> None:
    found = _ticked(2.0)
    found.tick(9.0, True)
    assert found.done_until == 2.0
    found.tick(9.0 + TICK, True)
    assert found.done_until == 2.0


def test_what_was_in_hand_on_a_channel_that_ended_is_not_dealt_with() -> None:
    found = _ticked(2.0)
    found.reading(2.1, 1)
    found.tick(2.0 + TICK, True)
    found.tick(2.0 + 2 * TICK, True)
    found.lost()
    assert found.done_until == 2.1
    assert found.reading(2.6, 1).since == 2.1


def test_where_it_is_asked_a_queue_that_does_not_answer_hands_over_late_what_came() -> None:
    found = _ticked(2.0, asks=True)
    assert found.reading(2.1, 1).since is None, "it has answered nothing yet"
    found.answered(2.0, 0)
    assert found.reading(2.2, 2).since is None, "it may have been under way when the queue answered"
    found.answered(2.2, 0)
    assert found.reading(2.3, 3).since == 2.0
    for number in range(1, 20):  # its node stands still, and this process does not
        found.tick(2.0 + number * TICK, True)
    assert found.reading(6.0, 4).since == 2.0
    found.acknowledged(4)
    found.answered(5.9, 0)
    found.answered(6.1, 0)
    assert found.done_until == 5.9
    found.lost()
    assert found.done_until == 5.9
    found.answered(7.0, 0)
    assert found.done_until == 5.9, "what the channel before was told is not counted on the next"


def test_a_queue_that_is_never_empty_is_read_up_to_what_waited_when_it_was_asked() -> None:
    found = KeepingUp(0.0, asks=True)
    found.answered(1.0, 3)
    found.reading(1.1, 1)
    found.answered(1.2, 50)
    spans = [found.reading(1.3, tag, again=tag == 3).since for tag in range(2, 7)]
    assert spans == [None, None, None, None, 1.0], "four, of which one was handed out before, and then what came later"


def test_a_later_question_counts_where_no_more_waits_for_it() -> None:
    found = KeepingUp(0.0, asks=True)
    found.answered(1.0, 9)
    found.answered(2.0, 2)  # seven were given up by the queue, and never come
    found.answered(3.0, 40)
    found.reading(3.1, 1)
    found.reading(3.2, 2)
    assert found.reading(3.3, 3).since == 2.0
