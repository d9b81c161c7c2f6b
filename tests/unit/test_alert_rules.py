"""Which alerts stand by what is known, and what of them is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.clock import CST
from exchange.rules.alert_facts import DeadlineFact, Facts, Limits, MemberFacts
from exchange.rules.alerts import (
    Alert,
    AlertKind,
    Severity,
    Standing,
    change,
    patience,
    standing,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=CST)
DAY = timedelta(days=1)
WELL = MemberFacts("hefei.planning", True, timedelta(seconds=1), certificate_left=300 * DAY)
CALM = Facts(NOW, (WELL,), True, {}, 300 * DAY, 300 * DAY)


def kinds(facts: Facts) -> list[AlertKind]:
    return [alert.kind for alert in standing(facts).alerts]


def of(**changed: object) -> Facts:
    return replace(CALM, members=(replace(WELL, **changed),))  # type: ignore[arg-type]


def test_nothing_stands_where_all_is_well() -> None:
    assert standing(CALM) == Standing(())


TROUBLES: list[tuple[Facts, AlertKind]] = [
    (of(consumed_ago=timedelta(minutes=3)), AlertKind.ROLE_DOWN),
    (of(consumed_ago=None), AlertKind.ROLE_DOWN),
    (of(readable=False), AlertKind.DATABASE_AWAY),
    (of(dead_letters=1, newest_dead=timedelta(minutes=1)), AlertKind.DEAD_LETTERS),
    (of(given_up=1), AlertKind.GIVEN_UP),
    (of(oldest_copy=timedelta(minutes=31)), AlertKind.QUEUE_OLD),
    (of(certificate_left=29 * DAY), AlertKind.CERTIFICATE),
    (of(deadlines=(DeadlineFact("A-1", "hefei.fire", NOW + DAY / 2),)), AlertKind.DEFAULT_NEAR),
    (of(deadlines=(DeadlineFact("A-1", "hefei.fire", NOW - timedelta(minutes=11)),)), AlertKind.OVERDUE),
    (replace(CALM, broker=False), AlertKind.BROKER_AWAY),
    (replace(CALM, links={"anhui": False, "hubei": True}), AlertKind.LINK_DOWN),
    (replace(CALM, directory_left=3 * DAY), AlertKind.DIRECTORY),
    (replace(CALM, calendar_left=10 * DAY), AlertKind.CALENDAR),
]


@pytest.mark.parametrize(("facts", "kind"), TROUBLES, ids=[kind.value for _, kind in TROUBLES])
def test_each_trouble_stands_as_one_alert_of_its_kind(facts: Facts, kind: AlertKind) -> None:
    assert kinds(facts) == [kind]


def test_every_kind_has_a_trouble_that_raises_it() -> None:
    assert {kind for _, kind in TROUBLES} == set(AlertKind)


@pytest.mark.parametrize("ago", [None, timedelta(days=3)])
def test_a_member_that_somebody_has_drained_is_silent_by_intent(ago: timedelta | None) -> None:
    assert kinds(of(consumed_ago=ago, drained=True)) == []


def test_old_dead_letters_are_not_new_and_new_ones_are_told_again() -> None:
    old = of(dead_letters=1, newest_dead=timedelta(hours=2))
    assert kinds(old) == []
    first = standing(of(dead_letters=1, newest_dead=timedelta()))
    over = change([alert.key for alert in first.alerts], standing(old))
    again = change([], standing(of(dead_letters=2, newest_dead=timedelta())))
    assert over.over == (first.alerts[0].key,)
    assert len(again.raised) == 1


def test_a_deadline_that_has_just_ended_is_not_overdue_yet() -> None:
    facts = of(deadlines=(DeadlineFact("A-1", "hefei.fire", NOW - timedelta(minutes=1)),))
    assert kinds(facts) == [AlertKind.DEFAULT_NEAR]


def test_a_few_days_before_it_expires_a_certificate_becomes_critical() -> None:
    early, late = (standing(of(certificate_left=left)).alerts[0].severity for left in (20 * DAY, 2 * DAY))
    assert (early, late) == (Severity.WARNING, Severity.CRITICAL)


def test_what_cannot_be_looked_at_is_not_over() -> None:
    trouble = of(given_up=1, deadlines=(DeadlineFact("A-1", "hefei.fire", NOW + DAY / 2),))
    before = [alert.key for alert in standing(trouble).alerts]
    blind = replace(of(readable=False, certificate_left=None), broker=None, links=None, directory_left=None)
    assert change(before, standing(blind)).over == ()
    assert set(change(before, standing(CALM)).over) == set(before)


def test_an_unreadable_members_trouble_hides_nothing_of_the_others() -> None:
    other = replace(WELL, address="hefei.fire", given_up=1)
    facts = replace(CALM, members=(replace(WELL, readable=False), other))
    assert kinds(facts) == [AlertKind.DATABASE_AWAY, AlertKind.GIVEN_UP]
    fixed = replace(CALM, members=(replace(WELL, readable=False), replace(other, given_up=0)))
    assert change(["given-up:hefei.fire"], standing(fixed)).over == ("given-up:hefei.fire",)


def test_a_member_whose_name_begins_with_anothers_is_not_taken_for_it() -> None:
    stands = Standing((), frozenset({"role-down:hefei.fire"}))
    assert stands.is_unknown("role-down:hefei.fire")
    assert not stands.is_unknown("role-down:hefei.fireworks")


KEYS = st.sets(st.sampled_from(["a", "b", "c", "d"]))


def _alerts(keys: set[str]) -> Standing:
    made = (Alert(AlertKind.ROLE_DOWN, key, Severity.WARNING, key, key, "/") for key in sorted(keys))
    return Standing(tuple(made))


@given(st.lists(KEYS, max_size=12))
def test_each_alert_is_told_once_as_begun_and_once_as_over_in_turn(course: list[set[str]]) -> None:
    stands: set[str] = set()
    told: dict[str, list[str]] = {}
    for keys in [*course, set()]:
        changed = change(stands, _alerts(keys))
        for alert in changed.raised:
            told.setdefault(alert.key, []).append("raised")
        for key in changed.over:
            told.setdefault(key, []).append("over")
        stands = (stands | {alert.key for alert in changed.raised}) - set(changed.over)
        assert stands == {alert.key for alert in _alerts(keys).alerts}
    for events in told.values():
        assert events == ["raised", "over"] * (len(events) // 2)


def test_texts_say_the_same_in_both_languages_and_name_the_member() -> None:
    for alert in standing(of(given_up=3), Limits()).alerts:
        assert "hefei.planning" in alert.chinese
        assert "hefei.planning" in alert.english
        assert "3" in alert.chinese


def test_telling_in_vain_is_repeated_ever_later_for_about_a_day() -> None:
    waits = [wait for attempts in range(1, 100) if (wait := patience(attempts)) is not None]
    assert waits[0] == timedelta(seconds=10)
    assert waits == sorted(waits)
    assert timedelta(hours=18) < sum(waits, timedelta()) < timedelta(hours=30)
