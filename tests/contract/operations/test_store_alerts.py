"""Alerts on record, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from exchange.clock import CST
from exchange.errors import Conflict
from exchange.operations.troubles.kinds import Alert, AlertEvent, AlertKind, Change, Severity
from exchange.operations.troubles.store import LEASE, Alerts, DueDelivery
from exchange.store import Store
from exchange.store.transaction import Transaction

NOW = datetime(2026, 3, 2, 9, tzinfo=CST)
DOWN = Alert(AlertKind.ROLE_DOWN, "hefei.fire", Severity.CRITICAL, "停", "down", "/members")


def _record(store: Store, changed: Change, at: datetime = NOW, channels: tuple[str, ...] = ("ops", "mail")) -> None:
    with store.transaction() as tx:
        tx[Alerts].record(changed, channels, at, at)


def _take_due(tx: Transaction, real: datetime) -> list[DueDelivery]:
    """Everything that is due, channel by channel."""
    return [one for channel in sorted(tx[Alerts].owed(real)) for one in tx[Alerts].take_together(real, channel)]


def _told(store: Store) -> set[tuple[str, str]]:
    """Events and channels that are due, told."""
    with store.transaction() as tx:
        due = _take_due(tx, NOW)
        for one in due:
            tx[Alerts].told(one.id, NOW)
    return {(one.event, one.channel) for one in due}


def test_an_alert_stands_until_it_is_over_and_may_then_stand_again(store: Store) -> None:
    _record(store, Change((DOWN,)))
    with store.reading() as tx:
        assert tx[Alerts].keys() == {DOWN.key}
        assert [row.alert for row in tx[Alerts].standing()] == [DOWN]
    _record(store, Change(over=(DOWN.key,)), NOW + timedelta(hours=1))
    with store.reading() as tx:
        assert tx[Alerts].keys() == frozenset()
        assert [row.over_at for row in tx[Alerts].past()] == [NOW + timedelta(hours=1)]
    _record(store, Change((DOWN,)), NOW + timedelta(hours=2))
    with store.reading() as tx:
        assert (len(tx[Alerts].standing()), len(tx[Alerts].past())) == (1, 1)


def test_what_stands_already_cannot_be_raised_by_a_second_console(store: Store) -> None:
    _record(store, Change((DOWN,)))
    with pytest.raises(Conflict):
        _record(store, Change((DOWN,)))
    with store.transaction() as tx:
        assert len(_take_due(tx, NOW)) == 2, "nothing more is told"


def test_every_channel_is_told_of_the_beginning_and_of_the_end(store: Store) -> None:
    _record(store, Change((DOWN,)))
    told = _told(store)
    _record(store, Change(over=(DOWN.key,)))
    assert told | _told(store) == {(event, channel) for event in AlertEvent for channel in ("ops", "mail")}


def test_what_is_over_before_a_channel_was_told_of_it_is_not_told_to_it(store: Store) -> None:
    _record(store, Change((DOWN,)))
    _record(store, Change(over=(DOWN.key,)))
    assert _told(store) == set()


def test_what_is_put_away_quietly_is_told_again_when_it_grows(store: Store) -> None:
    _record(store, Change((DOWN,)))
    assert len(_told(store)) == 2
    _record(store, Change(quiet=(DOWN.key,)))
    with store.reading() as tx:
        assert tx[Alerts].keys() == frozenset()
    assert _told(store) == set()
    _record(store, Change((DOWN,)))
    assert {event for event, _ in _told(store)} == {AlertEvent.RAISED}


def test_a_delivery_in_hand_is_due_again_only_if_nobody_says_how_it_went(store: Store) -> None:
    _record(store, Change((DOWN,)), channels=("ops",))
    with store.transaction() as tx:
        (one,) = _take_due(tx, NOW)
    with store.transaction() as tx:
        assert _take_due(tx, NOW) == []
        (same,) = _take_due(tx, NOW + LEASE)
        assert same.id == one.id
        tx[Alerts].told(one.id, NOW)
        assert _take_due(tx, NOW + timedelta(days=9)) == []


def test_what_failed_is_told_again_later_and_said_until_then(store: Store) -> None:
    _record(store, Change((DOWN,)), channels=("ops",))
    with store.transaction() as tx:
        (one,) = _take_due(tx, NOW)
        tx[Alerts].failed(one.id, one.attempts, "no answer", NOW)
        assert tx[Alerts].troubles() == [("ops", 1, "no answer")]
        assert _take_due(tx, NOW + timedelta(seconds=9)) == []
        assert [again.attempts for again in _take_due(tx, NOW + timedelta(seconds=10))] == [1]


def test_what_was_told_in_vain_for_a_day_is_abandoned(store: Store) -> None:
    _record(store, Change((DOWN,)), channels=("ops",))
    with store.transaction() as tx:
        (one,) = _take_due(tx, NOW)
        tx[Alerts].failed(one.id, 29, "no answer", NOW)
        assert _take_due(tx, NOW + timedelta(days=9)) == []
