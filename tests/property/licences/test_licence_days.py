"""The standing of licences against the plainest reckoning: going through the days one by one."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from exchange.licences.rules.entering import LicenceState, state_by
from exchange.licences.rules.standing import LicenceStanding, licence_on
from exchange.schemas import LicenceChange, LicenceEntry
from tests.unit.licences.licences import entry, licence

FIRST = date(2026, 3, 16)


@st.composite
def histories(draw: st.DrawFn) -> tuple[LicenceEntry, ...]:
    """Entries as a window makes them: the days on which they hold may lie anywhere."""
    found, until = [], date(2026, 9, 15)
    for position in range(1, draw(st.integers(0, 5)) + 1):
        change = draw(st.sampled_from(LicenceChange))
        fields: dict[str, object] = {}
        if change is LicenceChange.RENEWED:
            until += timedelta(days=draw(st.integers(1, 200)))
            fields = {"valid_until": until}
        elif change is LicenceChange.CHANGED:
            fields = {"permits": f"permits {position}"}
        found.append(entry(change, FIRST + timedelta(days=draw(st.integers(0, 400))), position, **fields))
    return tuple(found)


@given(entries=histories(), ahead=st.integers(-30, 800))
def test_a_day_is_valid_unless_something_that_holds_by_then_says_otherwise(
    entries: tuple[LicenceEntry, ...], ahead: int
) -> None:
    day = FIRST + timedelta(days=ahead)
    held = [one for one in entries if one.effective_on <= day]
    ended = [one.change for one in held if one.change in (LicenceChange.REVOKED, LicenceChange.CANCELLED)]
    until = ([one.valid_until for one in held if one.valid_until] or [date(2026, 9, 15)])[-1]
    then = licence_on(licence(), entries, day)
    assert then.valid_until == until
    valid = FIRST <= day <= until and not ended
    assert (then.standing is LicenceStanding.VALID) == valid
    if ended:
        assert then.standing.value == ended[-1].value
        assert state_by(ended) is not LicenceState.IN_FORCE


@given(entries=histories(), ahead=st.integers(0, 800), more=st.integers(1, 400))
def test_what_was_revoked_is_never_valid_again(entries: tuple[LicenceEntry, ...], ahead: int, more: int) -> None:
    day = FIRST + timedelta(days=ahead)
    if licence_on(licence(), entries, day).ended_by is not None:
        assert licence_on(licence(), entries, day + timedelta(days=more)).ended_by is not None
