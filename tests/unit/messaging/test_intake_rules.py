"""When no new business is taken in, and when it is again: two bounds each, so that doors do not swing."""

from __future__ import annotations

import pytest

from exchange.messaging.rules.intake import (
    BEGINS,
    RETRY_AFTER,
    IntakeFacts,
    IntakeLimits,
    Stopped,
    stopped_by,
    takes_deliveries,
)

LIMITS = IntakeLimits(seconds=30, copies=200, reserve=1000)
OUTBOX, DISK, BROKER = Stopped.OUTBOX, Stopped.DISK, Stopped.BROKER


@pytest.mark.parametrize(
    ("facts", "before", "found"),
    [
        (IntakeFacts(), None, None),
        (IntakeFacts(29.9, 9999), None, None),
        (IntakeFacts(30, 200), None, OUTBOX),
        (IntakeFacts(9999, 199), None, None),  # a broker that is away, and a few copies
        (IntakeFacts(11, 70), OUTBOX, OUTBOX),
        (IntakeFacts(9.9, 9999), OUTBOX, None),
        (IntakeFacts(9999, 60), OUTBOX, None),
        (IntakeFacts(11, 70), DISK, None),
        (IntakeFacts(free=1000), None, None),
        (IntakeFacts(free=999), None, DISK),
        (IntakeFacts(free=1249), DISK, DISK),
        (IntakeFacts(free=1250), DISK, None),
        (IntakeFacts(free=None), None, None),
        (IntakeFacts(broker_holds=True), None, BROKER),
        (IntakeFacts(60, 500, 10, broker_holds=True), OUTBOX, DISK),
    ],
)
def test_an_intake_stops_at_one_bound_and_goes_on_at_another(
    facts: IntakeFacts, before: Stopped | None, found: Stopped | None
) -> None:
    assert stopped_by(facts, LIMITS, before) is found


def test_the_doors_close_before_the_oldest_copy_has_waited_a_minute() -> None:
    assert stopped_by(IntakeFacts(59, 200), IntakeLimits()) is OUTBOX


def test_what_is_under_way_is_taken_in_longer_than_new_business() -> None:
    assert takes_deliveries(500, LIMITS)
    assert stopped_by(IntakeFacts(free=500), LIMITS) is DISK
    assert not takes_deliveries(499, LIMITS)
    assert not takes_deliveries(600, LIMITS, before=False)
    assert takes_deliveries(625, LIMITS, before=False)
    assert takes_deliveries(None, LIMITS, before=False)


def test_every_reason_says_when_to_come_again_and_no_answer_is_kept_back() -> None:
    assert set(RETRY_AFTER) == set(Stopped)
    assert BEGINS.isdisjoint({"opinion", "receipt", "decision", "sign-off", "deemed-consent", "filing-supplement"})
