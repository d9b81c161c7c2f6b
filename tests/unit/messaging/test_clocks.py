"""A clock is held against other clocks and against what has happened; both dates are named."""

from __future__ import annotations

from datetime import timedelta

import pytest

from exchange.clock import RealClock
from exchange.envelope import Signer
from exchange.envelope.document import check_time
from exchange.errors import Untrusted, WrongClock
from exchange.language import Language, Text
from exchange.messaging.clock_watch import ClockWatch
from exchange.messaging.ports import Delivery
from exchange.messaging.rules.clocks import (
    ACT,
    Witness,
    broker_clock,
    database_clock,
    doubt,
    doubts,
    last_entry,
    sign_of_life,
    signing_of_directory,
)
from tests.unit.facts import at

NOW = at("03-02")
MONTHS = timedelta(days=120)


@pytest.mark.parametrize(
    ("apart", "exact", "is_doubted"),
    [
        (MONTHS, True, True),
        (-MONTHS, True, True),
        (MONTHS, False, True),
        (-MONTHS, False, False),
        (timedelta(seconds=4), True, False),
        (timedelta(seconds=6), True, True),
        (timedelta(seconds=30), False, False),
    ],
)
def test_a_clock_agrees_with_other_clocks_and_is_not_behind_what_has_happened(
    apart: timedelta, exact: bool, is_doubted: bool
) -> None:
    told = doubt(NOW, Witness(Text("the directory"), NOW + apart, exact, Text("records")))
    assert (told is not None) is is_doubted
    if told is not None:
        assert "2026-03-02 09:00" in str(told)
        assert f"{NOW + apart:%Y-%m-%d}" in str(told)


def test_the_witness_that_is_furthest_off_is_named_first() -> None:
    near, far = last_entry("c.near", NOW + timedelta(hours=2)), last_entry("c.far", NOW + MONTHS)
    assert [("far" in str(told), "near" in str(told)) for told in doubts(NOW, (near, far))] == [
        (True, False),
        (False, True),
    ]
    assert len(doubts(NOW, (near, far), timedelta(hours=3))) == 1


@pytest.mark.parametrize(
    "witness",
    [
        broker_clock(NOW + MONTHS),
        database_clock(NOW + MONTHS),
        signing_of_directory(NOW + MONTHS),
        sign_of_life("c.fire", NOW + MONTHS),
        last_entry("c.fire", NOW + MONTHS),
    ],
)
def test_what_speaks_against_a_clock_is_said_in_one_language(witness: Witness) -> None:
    told = doubt(NOW, witness)
    assert told is not None
    chinese = told.written(Language.CHINESE).replace("c.fire", "")
    assert not any(character.isascii() and character.isalpha() for character in chinese), chinese
    assert str(told).isascii()
    assert not witness.kind.written(Language.CHINESE).isascii()


def signer() -> Signer:
    return Signer("c.fire", None, at("03-01"), at("03-31"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("signed", "now", "code", "dates"),
    [
        (at("03-20"), NOW, "clock", ("2026-03-02", "2026-03-20")),
        (at("03-01") - MONTHS, NOW, "clock", ("2025-11-01", "2026-03-01")),
        (at("04-05"), at("04-05"), "untrusted", ("2026-04-05", "2026-03-31")),
    ],
)
def test_a_signature_refused_for_its_time_names_both_dates(signed, now, code, dates) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Untrusted) as found:
        check_time(signer(), signed, now)
    assert found.value.code == code
    assert all(date in str(found.value) for date in dates)
    assert isinstance(found.value, WrongClock) is (code == "clock")


def delivery(stamp_behind: timedelta, *, backlog: bool = False) -> Delivery:
    stamp = RealClock().now() - stamp_behind
    return Delivery("q", b"", None, None, {}, False, stamp, backlog)


def test_stamps_of_what_has_just_arrived_and_the_database_server_speak_against_a_clock() -> None:
    now = RealClock().now()
    watch = ClockWatch(lambda: None)
    assert watch.doubt("c.monitor", now) is None
    watch.heard(delivery(MONTHS, backlog=True))
    assert watch.doubt("c.monitor", now) is None, "what had waited tells nothing"
    watch.heard(delivery(MONTHS))
    assert "the broker's clock" in (watch.doubt("c.monitor", now) or "")
    watch.heard(delivery(timedelta()))
    assert watch.doubt("c.monitor", now) is None
    assert "the database server's clock" in (ClockWatch(lambda: now - 2 * ACT).doubt("c.monitor", now) or "")
