"""A member's clock that is set wrong by a file: only on an accelerated clock, and the broker's stamps stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from exchange.clock import CST, AcceleratedClock, Clock, RealClock, SteppedClock
from exchange.runtime import skewed_clock
from exchange.runtime.settings import Home, Settings
from exchange.runtime.skewed_clock import SkewedClock, skew_file, with_skew

ORIGIN = datetime(2026, 3, 2, 9, tzinfo=CST)
REAL = datetime(2026, 3, 2, tzinfo=UTC)


class Still(AcceleratedClock):
    """One that shows its origin."""

    def now(self) -> datetime:
        return self.origin


@dataclass
class Seconds:
    """Seconds that pass when they are told to."""

    at: float = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> Seconds:
    passing = Seconds()
    monkeypatch.setattr(skewed_clock, "monotonic", passing)
    return passing


@pytest.fixture
def clock(tmp_path: Path, seconds: Seconds) -> SkewedClock:
    return SkewedClock(Still(REAL, ORIGIN, 8640.0), tmp_path / "clock-skew")


def test_a_clock_is_wrong_by_the_days_that_the_file_says_and_right_without_it(
    clock: SkewedClock, seconds: Seconds, tmp_path: Path
) -> None:
    assert clock.now() == ORIGIN
    for days in ("1.25", "-0.5"):
        (tmp_path / "clock-skew").write_text(days)
        seconds.at += 0.0625
        assert clock.now() == ORIGIN + timedelta(days=float(days))
    (tmp_path / "clock-skew").unlink()
    seconds.at += 0.0625
    assert clock.now() == ORIGIN


def test_the_file_is_not_looked_at_with_every_glance_at_the_clock(
    clock: SkewedClock, seconds: Seconds, tmp_path: Path
) -> None:
    clock.now()
    (tmp_path / "clock-skew").write_text("1")
    seconds.at += 0.04
    assert clock.now() == ORIGIN
    seconds.at += 0.02
    assert clock.now() == ORIGIN + timedelta(days=1)


@pytest.mark.parametrize("text", ["", "much", "nan", "inf", "-1e300", "3651", "1 2", "１"])
def test_what_is_no_number_of_days_moves_nothing(clock: SkewedClock, tmp_path: Path, text: str) -> None:
    (tmp_path / "clock-skew").write_text(text)
    assert clock.now() == ORIGIN


def test_where_a_stamp_of_the_brokers_belongs_is_not_moved(clock: SkewedClock, tmp_path: Path) -> None:
    (tmp_path / "clock-skew").write_text("1.5")
    assert clock.now() == ORIGIN + timedelta(days=1.5)
    assert clock.at(REAL + timedelta(seconds=10)) == ORIGIN + timedelta(days=1)
    assert clock.real_seconds(timedelta(days=1)) == 10.0


def settings(home: Path, clock: Clock) -> Settings:
    return Settings(home, None, None, None, clock)


def test_a_member_on_an_accelerated_clock_has_its_own_file(tmp_path: Path, seconds: Seconds) -> None:
    given = settings(tmp_path, Still(REAL, ORIGIN, 8640.0))
    one, other = (with_skew(given, address).clock for address in ("d.one", "d.other"))
    file = skew_file(Home(tmp_path), "d.one")
    file.parent.mkdir(parents=True)
    file.write_text("1")
    assert (one.now(), other.now()) == (ORIGIN + timedelta(days=1), ORIGIN)


@pytest.mark.parametrize("clock", [RealClock(), SteppedClock(ORIGIN)])
def test_a_domain_that_works_in_real_time_has_no_such_lever(tmp_path: Path, clock: Clock) -> None:
    file = skew_file(Home(tmp_path), "d.one")
    file.parent.mkdir(parents=True)
    file.write_text("1")
    given = settings(tmp_path, clock)
    assert with_skew(given, "d.one") is given
