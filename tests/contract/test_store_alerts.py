"""Alerts on record, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from exchange.clock import CST
from exchange.errors import Conflict
from exchange.rules.alerts import Alert, AlertKind, Change, Severity
from exchange.store import SqlStore
from exchange.store.alerts import LEASE, OVER, RAISED, DueDelivery
from exchange.store.store import SqlTransaction

NOW = datetime(2026, 3, 2, 9, tzinfo=CST)
DOWN = Alert(AlertKind.ROLE_DOWN, "hefei.fire", Severity.CRITICAL, "停", "down", "/members")


def _record(store: SqlStore, changed: Change, at: datetime = NOW, channels: tuple[str, ...] = ("ops", "mail")) -> None:
    with store.transaction() as tx:
        tx.alerts.record(changed, channels, at, at)


def _take_due(tx: SqlTransaction, real: datetime) -> list[DueDelivery]:
    """Everything that is due, channel by channel."""
    return [one for channel in sorted(tx.alerts.owed(real)) for one in tx.alerts.take_together(real, channel)]


def _told(store: SqlStore) -> set[tuple[str, str]]:
    """Events and channels that are due, told."""
    with store.transaction() as tx:
        due = _take_due(tx, NOW)
        for one in due:
            tx.alerts.told(one.id, NOW)
    return {(one.event, one.channel) for one in due}


def test_an_alert_stands_until_it_is_over_and_may_then_stand_again(store: SqlStore) -> None:
    _record(store, Change((DOWN,)))
    with store.reading() as tx:
        assert tx.alerts.keys() == {DOWN.key}
        assert [row.alert for row in tx.alerts.standing()] == [DOWN]
    _record(store, Change(over=(DOWN.key,)), NOW + timedelta(hours=1))
    with store.reading() as tx:
        assert tx.alerts.keys() == frozenset()
        assert [row.over_at for row in tx.alerts.past()] == [NOW + timedelta(hours=1)]
    _record(store, Change((DOWN,)), NOW + timedelta(hours=2))
    with store.reading() as tx:
        assert (len(tx.alerts.standing()), len(tx.alerts.past())) == (1, 1)


def test_what_stands_already_cannot_be_raised_by_a_second_console(store: SqlStore) -> None:
    _record(store, Change((DOWN,)))
    with pytest.raises(Conflict):
        _record(store, Change((DOWN,)))
    with store.transaction() as tx:
        assert len(_take_due(tx, NOW)) == 2, "nothing more is told"


def test_every_channel_is_told_of_the_beginning_and_of_the_end(store: SqlStore) -> None:
    _record(store, Change((DOWN,)))
    told = _told(store)
    _record(store, Change(over=(DOWN.key,)))
    assert told | _told(store) == {(event, channel) for event in (RAISED, OVER) for channel in ("ops", "mail")}


def test_what_is_over_before_a_channel_was_told_of_it_is_not_told_to_it(store: SqlStore) -> None:
    _record(store, Change((DOWN,)))
    _record(store, Change(over=(DOWN.key,)))
    assert _told(store) == set()


def test_what_is_put_away_quietly_is_told_again_when_it_grows(store: SqlStore) -> None:
    _record(store, Change((DOWN,)))
    assert len(_told(store)) == 2
    _record(store, Change(quiet=(DOWN.key,)))
    with store.reading() as tx:
        assert tx.alerts.keys() == frozenset()
    assert _told(store) == set()
    _record(store, Change((DOWN,)))
    assert {event for event, _ in _told(store)} == {RAISED}


def test_a_delivery_in_hand_is_due_again_only_if_nobody_says_how_it_went(store: SqlStore) -> None:
    _record(store, Change((DOWN,)), channels=("ops",))
    with store.transaction() as tx:
        (one,) = _take_due(tx, NOW)
    with store.transaction() as tx:
        assert _take_due(tx, NOW) == []
        (same,) = _take_due(tx, NOW + LEASE)
        assert same.id == one.id
        tx.alerts.told(one.id, NOW)
        assert _take_due(tx, NOW + timedelta(days=9)) == []


def test_what_failed_is_told_again_later_and_said_until_then(store: SqlStore) -> None:
    _record(store, Change((DOWN,)), channels=("ops",))
    with store.transaction() as tx:
        (one,) = _take_due(tx, NOW)
        tx.alerts.failed(one.id, one.attempts, "no answer", NOW)
        assert tx.alerts.troubles() == [("ops", 1, "no answer")]
        assert _take_due(tx, NOW + timedelta(seconds=9)) == []
        assert [again.attempts for again in _take_due(tx, NOW + timedelta(seconds=10))] == [1]


def test_what_was_told_in_vain_for_a_day_is_abandoned(store: SqlStore) -> None:
    _record(store, Change((DOWN,)), channels=("ops",))
    with store.transaction() as tx:
        (one,) = _take_due(tx, NOW)
        tx.alerts.failed(one.id, 29, "no answer", NOW)
        assert _take_due(tx, NOW + timedelta(days=9)) == []
