"""What may be renewed, until when it is asked for, and until when the licence is valid then."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from exchange.clock import CST
from exchange.licences.rules.renewing import renewed_until, term_asked, why_not_renewable
from exchange.schemas import LicenceChange
from tests.unit.licences.licences import entry
from tests.unit.licences.licences import licence as a_licence

LICENCE = a_licence()
CODE = LICENCE.holder.identifier


@pytest.mark.parametrize(
    ("first", "last", "then"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), date(2027, 12, 31)),
        (date(2026, 3, 16), date(2026, 9, 15), date(2027, 3, 15)),
        (date(2026, 3, 1), date(2026, 4, 29), date(2026, 6, 28)),
        (date(2024, 2, 29), date(2025, 2, 27), date(2026, 2, 27)),
        (date(2026, 1, 31), date(2026, 3, 30), date(2026, 5, 30)),
        (date(2100, 1, 1), date(2199, 12, 31), date(2200, 12, 31)),
    ],
)
def test_it_is_valid_as_long_again(first: date, last: date, then: date) -> None:
    licence = LICENCE.model_copy(update={"valid_from": first, "valid_until": last})
    assert renewed_until(licence, ()) == then


def test_as_long_again_as_the_validity_that_is_running() -> None:
    licence = LICENCE.model_copy(update={"valid_from": date(2026, 1, 1), "valid_until": date(2028, 12, 31)})
    longer = entry(LicenceChange.RENEWED, date(2028, 12, 1), valid_until=date(2029, 12, 31))
    assert renewed_until(licence, (longer,)) == date(2030, 12, 31)
    assert renewed_until(licence.model_copy(update={"valid_until": None}), ()) is None


def test_the_last_day_for_asking_is_thirty_days_of_the_calendar_before_the_last_day() -> None:
    last = date(2026, 9, 15)
    in_time = term_asked("L-1-26", last, 30, datetime(2026, 8, 16, 23, 59, 59, tzinfo=CST))
    late = term_asked("L-1-26", last, 30, datetime(2026, 8, 17, tzinfo=CST))
    assert (in_time.ask_by, in_time.in_time, late.in_time) == (date(2026, 8, 16), True, False)


def test_only_its_holder_asks_while_it_is_in_force_and_has_an_end() -> None:
    until = LICENCE.valid_until
    assert until is not None
    assert why_not_renewable(LICENCE, (), LICENCE.matter, f" {CODE.lower()} ", until) is None
    revoked = entry(LicenceChange.REVOKED, date(2026, 4, 1))
    endless = LICENCE.model_copy(update={"valid_until": None})
    for licence, entries, matter, who, day, said in (
        (LICENCE, (revoked,), LICENCE.matter, CODE, date(2026, 3, 20), "revoked"),
        (LICENCE, (), "other", CODE, until, "another matter"),
        (LICENCE, (), LICENCE.matter, "91340100X", until, "does not hold"),
        (endless, (), LICENCE.matter, CODE, until, "without an end"),
        (LICENCE, (), LICENCE.matter, CODE, date(2026, 12, 31), "over since"),
    ):
        found = why_not_renewable(licence, entries, matter, who, day)
        assert found is not None
        assert said in str(found[0])
