"""How a licence stands on a day, by what it says and what was entered on it."""

from __future__ import annotations

from datetime import date

import pytest

from exchange.licences.rules.standing import LicenceStanding, licence_on
from exchange.schemas import LicenceChange
from tests.unit.licences.licences import COMPANY, PERSON, entry, licence

FIRST, LAST = date(2026, 3, 16), date(2026, 9, 15)


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (date(2026, 3, 15), LicenceStanding.NOT_YET),
        (FIRST, LicenceStanding.VALID),
        (LAST, LicenceStanding.VALID),
        (date(2026, 9, 16), LicenceStanding.EXPIRED),
    ],
)
def test_it_is_valid_from_its_first_day_to_its_last_both_included(day: date, standing: LicenceStanding) -> None:
    assert licence_on(licence(), (), day).standing is standing


def test_without_an_end_it_never_expires() -> None:
    assert licence_on(licence(valid_until=None), (), date(2199, 1, 1)).standing is LicenceStanding.VALID


@pytest.mark.parametrize(
    ("change", "standing"),
    [(LicenceChange.REVOKED, LicenceStanding.REVOKED), (LicenceChange.CANCELLED, LicenceStanding.CANCELLED)],
)
def test_what_ends_it_holds_from_its_day_on_and_for_ever(change: LicenceChange, standing: LicenceStanding) -> None:
    ended = entry(change, date(2026, 4, 1))
    assert licence_on(licence(), (ended,), date(2026, 3, 31)).standing is LicenceStanding.VALID
    for day in (date(2026, 4, 1), date(2030, 1, 1)):
        assert licence_on(licence(), (ended,), day).standing is standing
        assert licence_on(licence(), (ended,), day).ended_by == ended


def test_a_revoked_one_that_is_cancelled_besides_is_cancelled() -> None:
    both = entry(LicenceChange.REVOKED, date(2026, 4, 1)), entry(LicenceChange.CANCELLED, date(2026, 4, 9), 2)
    assert licence_on(licence(), both, date(2026, 4, 8)).standing is LicenceStanding.REVOKED
    assert licence_on(licence(), both, date(2026, 4, 9)).standing is LicenceStanding.CANCELLED


def test_a_renewal_moves_its_last_day() -> None:
    renewed = entry(LicenceChange.RENEWED, date(2026, 9, 1), valid_until=date(2027, 9, 15))
    assert licence_on(licence(), (renewed,), date(2026, 8, 31)).valid_until == LAST
    then = licence_on(licence(), (renewed,), date(2026, 9, 16))
    assert (then.standing, then.valid_until) == (LicenceStanding.VALID, date(2027, 9, 15))


def test_a_change_says_what_is_another_one_and_leaves_the_rest() -> None:
    moved = entry(LicenceChange.CHANGED, date(2026, 4, 1), permits="占用人行道")
    freed = entry(LicenceChange.CHANGED, date(2026, 5, 1), 2, conditions="", holder=PERSON)
    then = licence_on(licence(), (moved, freed), date(2026, 4, 30))
    assert (then.permits, then.conditions, then.holder) == ("占用人行道", "夜间施工", COMPANY)
    then = licence_on(licence(), (moved, freed), date(2026, 5, 1))
    assert (then.permits, then.conditions, then.holder) == ("占用人行道", "", PERSON)
