"""What may be issued and entered, by which number, and until when it is published."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from exchange.clock import CST
from exchange.errors import Conflict
from exchange.licences.rules.entering import LicenceState, check_entry, state_after, state_by
from exchange.licences.rules.issuing import check_grantable, check_validity, licence_number
from exchange.licences.rules.publishing import publish_by
from exchange.schemas import LicenceChange
from tests.unit.facts import CALENDAR, at
from tests.unit.licences.licences import entry, licence

RENEWED, CHANGED = LicenceChange.RENEWED, LicenceChange.CHANGED
REVOKED, CANCELLED = LicenceChange.REVOKED, LicenceChange.CANCELLED


def test_a_licence_rests_on_a_decision_that_grants_and_is_issued_once() -> None:
    check_grantable("C-1", decided=True, granted=True, issued=None)
    with pytest.raises(Conflict, match="not decided"):
        check_grantable("C-1", decided=False, granted=False, issued=None)
    with pytest.raises(Conflict, match="nothing is granted"):
        check_grantable("C-1", decided=True, granted=False, issued=None)
    with pytest.raises(Conflict, match="C-WORKS-2026-00001 was issued"):
        check_grantable("C-1", decided=True, granted=True, issued="C-WORKS-2026-00001")


def test_it_is_valid_from_the_decision_on_at_the_earliest_and_ends_after_it_begins() -> None:
    decided = date(2026, 3, 10)
    check_validity(decided, decided, decided)
    check_validity(decided, decided, None)
    check_validity(decided, decided, date(2126, 12, 31))
    with pytest.raises(Conflict):
        check_validity(decided, date(2026, 3, 9), None)
    with pytest.raises(Conflict):
        check_validity(decided, decided, date(2026, 3, 9))
    with pytest.raises(Conflict):
        check_validity(decided, decided, date(2127, 1, 1))


def test_a_number_says_window_matter_year_and_serial() -> None:
    assert licence_number("HEFEI", "road-occupation", 2026, 7) == "HEFEI-ROAD-OCCUPATION-2026-00007"
    longest = licence_number("P" * 20, "m" * 39 + "-" + "x" * 24, 2026, 1)
    assert longest == "P" * 20 + "-" + "M" * 39 + "-2026-00001"


@pytest.mark.parametrize(
    ("state", "change", "after"),
    [
        (LicenceState.IN_FORCE, RENEWED, LicenceState.IN_FORCE),
        (LicenceState.IN_FORCE, CHANGED, LicenceState.IN_FORCE),
        (LicenceState.IN_FORCE, REVOKED, LicenceState.REVOKED),
        (LicenceState.IN_FORCE, CANCELLED, LicenceState.CANCELLED),
        (LicenceState.REVOKED, CANCELLED, LicenceState.CANCELLED),
    ],
)
def test_an_entry_moves_a_licence_on(state: LicenceState, change: LicenceChange, after: LicenceState) -> None:
    assert state_after(state, change) is after


@pytest.mark.parametrize(
    ("state", "change"),
    [(LicenceState.REVOKED, one) for one in (RENEWED, CHANGED, REVOKED)]
    + [(LicenceState.CANCELLED, one) for one in LicenceChange],
)
def test_nothing_brings_back_what_was_revoked_or_cancelled(state: LicenceState, change: LicenceChange) -> None:
    with pytest.raises(Conflict, match="nothing brings it back"):
        state_after(state, change)


def test_the_state_is_the_same_in_whichever_order_entries_came() -> None:
    assert state_by(set()) is LicenceState.IN_FORCE
    assert state_by({RENEWED, CHANGED}) is LicenceState.IN_FORCE
    assert state_by({REVOKED, RENEWED}) is LicenceState.REVOKED
    assert state_by({CANCELLED, REVOKED}) is LicenceState.CANCELLED


def test_an_entry_holds_from_when_there_is_a_licence() -> None:
    check_entry(licence(), (), entry(REVOKED, date(2026, 3, 11)))
    with pytest.raises(Conflict, match="before there was a licence"):
        check_entry(licence(), (), entry(REVOKED, date(2026, 3, 10)))


def test_a_renewal_names_a_later_day_while_the_licence_is_not_over() -> None:
    last, later = date(2026, 9, 15), date(2027, 9, 15)
    check_entry(licence(), (), entry(RENEWED, date(2026, 9, 16), valid_until=later))
    with pytest.raises(Conflict, match="already"):
        check_entry(licence(), (), entry(RENEWED, date(2026, 9, 1), valid_until=last))
    with pytest.raises(Conflict, match="without an end"):
        check_entry(licence(valid_until=None), (), entry(RENEWED, date(2026, 9, 1), valid_until=later))
    with pytest.raises(Conflict, match="is over since"):
        check_entry(licence(), (), entry(RENEWED, date(2026, 9, 17), valid_until=later))
    renewed = entry(RENEWED, date(2026, 9, 1), valid_until=later)
    with pytest.raises(Conflict, match="2027-09-15 already"):
        check_entry(licence(), (renewed,), entry(RENEWED, date(2026, 9, 2), 2, valid_until=later))


def test_it_is_published_within_seven_working_days_of_the_decision() -> None:
    assert publish_by(at("03-10", "23:59"), CALENDAR) == (datetime(2026, 3, 20, tzinfo=CST), False)
    assert publish_by(datetime(2031, 3, 10, tzinfo=CST), CALENDAR)[1], "nobody has announced that year"
