"""Who serves a member and who stands by, as it is noted; and when somebody counts as frozen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from exchange.errors import BadConfiguration
from exchange.store.standing_by import SilenceWatch, frozen_after
from exchange.store.who_serves import (
    ServingProcess,
    StandbyProcess,
    lone_for,
    read_serving,
    read_standing_by,
    with_standby,
)

NOW = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
ACTIVE = ServingProcess("a", 1, NOW, standby=True)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def waits(host: str, seen: float, unfit: str = "") -> StandbyProcess:
    return StandbyProcess(host, 2, NOW, after(seen), unfit)


def test_what_is_noted_is_read_again_and_whoever_has_not_noted_it_lately_is_gone() -> None:
    assert read_serving(ACTIVE.written()) == ACTIVE
    assert read_serving(None) is None
    text = with_standby(None, waits("b", 0))
    text = with_standby(text, waits("c", 5, "older"))
    assert read_standing_by(text, after(10)) == (waits("b", 0), waits("c", 5, "older"))
    assert read_standing_by(text, after(20)) == (waits("c", 5, "older"),)
    assert read_standing_by(with_standby(text, waits("b", 6)), after(21)) == (waits("c", 5, "older"), waits("b", 6))
    assert read_standing_by(with_standby(text, waits("c", 6), gone=True), after(10)) == (waits("b", 0),)


def test_no_more_are_kept_than_a_few_and_the_newest_are() -> None:
    text = None
    for number in range(20):
        text = with_standby(text, waits(f"h{number}", number / 10))
    assert [one.host for one in read_standing_by(text, after(3))] == [f"h{number}" for number in range(12, 20)]


def test_a_member_is_alone_once_nobody_fit_has_stood_by_and_somebody_should() -> None:
    text = with_standby(None, waits("b", 100))
    assert lone_for(ACTIVE, text, after(110)) == timedelta()
    assert lone_for(ACTIVE, text, after(130)) == timedelta(seconds=30)
    assert lone_for(ACTIVE, None, after(7)) == timedelta(seconds=7)
    assert lone_for(ACTIVE, with_standby(None, waits("b", 100, "older")), after(101)) == timedelta(seconds=101)
    assert lone_for(ServingProcess("a", 1, NOW, standby=False), None, after(7)) == timedelta()
    assert lone_for(None, text, after(500)) == timedelta()


def test_who_shows_no_life_is_silent_for_as_long_as_was_looked_and_no_longer() -> None:
    watch = SilenceWatch()
    assert watch.silent("a", 0.0) == 0.0
    assert watch.silent("a", 0.5) == 0.5
    assert watch.silent("a", 1.0) == 1.0
    assert watch.silent("a", 100.0) == 2.0, "meanwhile nobody looked"
    assert watch.silent("b", 100.5) == 0.0
    assert watch.silent("b", 101.0) == 0.5
    assert [watch.silent(None, at) for at in (101.5, 102.0, 110.0)] == [0.0, 0.0, 0.0]


def test_how_long_a_process_may_show_no_life_is_set_by_the_environment() -> None:
    assert frozen_after({}) == 10.0
    assert frozen_after({"EXCHANGE_FROZEN_AFTER": "30"}) == 30.0
    assert frozen_after({"EXCHANGE_FROZEN_AFTER": "off"}) is None
    for wrong in ("1", "never", "nan", "-5"):
        with pytest.raises(BadConfiguration, match="EXCHANGE_FROZEN_AFTER"):
            frozen_after({"EXCHANGE_FROZEN_AFTER": wrong})
