"""Which alerts stand by what is known, and what of them is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.clock import CST
from exchange.language import Text
from exchange.messaging.rules.intake import Stopped
from exchange.operations.troubles import lights
from exchange.operations.troubles.facts import DrainFact, Facts, HoldFact, HomeFacts, MemberFacts
from exchange.operations.troubles.kinds import (
    Alert,
    AlertKind,
    Change,
    Severity,
    StandingAlerts,
    change,
    is_technical,
    patience,
)
from exchange.operations.troubles.lights import Light, Sign, SystemPart
from exchange.operations.troubles.rules import listed, standing
from exchange.operations.troubles.words import KINDS
from exchange.runtime.gathered import DeadlineFact, Ends, Gathered

NOW = datetime(2026, 3, 2, 9, tzinfo=CST)
DAY = timedelta(days=1)
WELL = MemberFacts("hefei.planning", True, ("规划局", "Planning"))
CALM = Facts(NOW, (Sign(SystemPart.BROKER, "node", Light.GOOD, ("", "")),), (WELL,))
LATE = DeadlineFact("A-1", "hefei.fire", NOW - timedelta(minutes=11))
SOON = DeadlineFact("A-1", "hefei.fire", NOW + DAY / 2)
MONITOR = MemberFacts("hefei.monitor", True, ("督办", "Monitor"), monitor=True)
DRAINED = DrainFact("wang", "a new disk", timedelta(hours=1))
HOLD = HoldFact("hefei.planning", "its office moves", "wang", 2 * DAY, 7, Ends(0, 2), 3)


def kinds(facts: Facts) -> list[AlertKind]:
    return [alert.kind for alert in standing(facts).alerts]


def of(**changed: object) -> Facts:
    return replace(CALM, members=(replace(WELL, **changed),))  # type: ignore[arg-type]


def lit(*signs: Sign, **changed: object) -> Facts:
    """A domain with these lights, and one member with these facts."""
    return replace(of(**changed), signs=signs)


def bad(part: SystemPart, subject: str = "hefei.planning") -> Sign:
    return Sign(part, subject, Light.BAD, ("坏了", "broken"), ("修", "repair it"))


def watched(monitor: MemberFacts, *windows: Ends) -> Facts:
    members = [replace(WELL, address=f"hefei.w{i}", ends={"hefei.fire": ends}) for i, ends in enumerate(windows)]
    return replace(CALM, members=(monitor, *members))


def waits(number: int = 2) -> Gathered:
    return Gathered(number, NOW - 3 * DAY, ("A-1", "A-2")[:number], "ZeroDivisionError")


def test_nothing_stands_where_all_is_well() -> None:
    assert standing(CALM) == StandingAlerts(())


TROUBLES: list[tuple[Facts, AlertKind]] = [
    (of(deadlines=(LATE,)), AlertKind.OVERDUE),
    (of(deadlines=(SOON,)), AlertKind.DEFAULT_NEAR),
    (watched(replace(MONITOR, away=True), Ends(0, 2)), AlertKind.UNWATCHED),
    (of(rule_failing=waits()), AlertKind.RULE_FAILING),
    (of(undecided=waits()), AlertKind.UNDECIDED),
    (of(escalated=waits()), AlertKind.ESCALATED),
    (of(review=waits()), AlertKind.REVIEW),
    (of(safety=waits()), AlertKind.SAFETY),
    (of(overrun=waits()), AlertKind.CASE_OVERRUN),
    (of(undelivered=waits()), AlertKind.UNDELIVERED),
    (of(unexplained=waits()), AlertKind.UNEXPLAINED),
    (of(unsigned=waits()), AlertKind.UNSIGNED),
    (of(undated=waits()), AlertKind.UNDATED),
    (of(revoked=True, open_parts=3), AlertKind.REVOKED_OPEN),
    (of(withheld=waits()), AlertKind.WITHHELD),
    (of(withheld_beyond=waits()), AlertKind.WITHHELD_BEYOND),
    (of(implausible=waits()), AlertKind.IMPLAUSIBLE_RECEIPT),
    (replace(CALM, holds=(HOLD,)), AlertKind.HELD),
    (of(drained=DRAINED, away=True), AlertKind.DRAINED),
    (of(joints=waits()), AlertKind.JOINT_WAITING),
    (lit(bad(SystemPart.BROKER, "RabbitMQ")), AlertKind.BROKER_AWAY),
    (lit(bad(SystemPart.BROKER, "rabbit@a")), AlertKind.BROKER_ALARM),
    (lit(bad(SystemPart.DATABASE), readable=False), AlertKind.DATABASE_AWAY),
    (lit(bad(SystemPart.ROLE), away=True), AlertKind.ROLE_DOWN),
    (of(round_failing=waits(1)), AlertKind.ROUND_FAILING),
    (of(clock=Text("this machine's clock says {now}", {"now": "2026-03-02"})), AlertKind.CLOCK),
    (lit(bad(SystemPart.LINK, "anhui")), AlertKind.LINK_DOWN),
    (lit(bad(SystemPart.QUEUE, "hefei.planning.inbox")), AlertKind.QUEUE_OLD),
    (of(oldest_copy=timedelta(minutes=31)), AlertKind.QUEUE_OLD),
    (lit(*lights.work("hefei.planning", 1, 0)), AlertKind.ABANDONED),
    (lit(*lights.work("hefei.planning", 0, 1), newest_dead=timedelta(minutes=1)), AlertKind.DEAD_LETTERS),
    (replace(CALM, home=HomeFacts(disk_free=0.05, disk_octets=2**30)), AlertKind.DISK),
    (lit(lights.certificate("hefei.planning", 29 * DAY, ("", ""))), AlertKind.CERTIFICATE),
    (lit(lights.certificate("directory", 3 * DAY, ("", ""))), AlertKind.DIRECTORY),
    (replace(CALM, home=HomeFacts(not_current=timedelta(minutes=3))), AlertKind.STALE_DIRECTORY),
    (replace(CALM, home=HomeFacts(audit_contradicted=True)), AlertKind.AUDIT),
    (of(log_broken=Text("row {number} was changed", {"number": 7})), AlertKind.LOG),
    (of(log_disputed=Text("{origin} has signed two histories", {"origin": "hefei.fire"})), AlertKind.LOG_DISPUTED),
    (of(unwitnessed=15 * DAY), AlertKind.LOG_UNWITNESSED),
    (of(intake=Stopped.DISK), AlertKind.INTAKE),
    (of(breakers=Gathered(1, NOW, ("hefei.fire",), "unproved")), AlertKind.BREAKER),
    (of(lone=timedelta(minutes=6)), AlertKind.NO_STANDBY),
    (of(unstamped=waits()), AlertKind.TIME_STAMPS),
    (lit(lights.calendar(NOW.date(), NOW.date() + 10 * DAY)), AlertKind.CALENDAR),
    (replace(CALM, home=HomeFacts(tokens={"hefei.planning (files)": 3 * DAY})), AlertKind.TOKEN),
    (replace(CALM, home=HomeFacts(webhooks_off=("hefei.planning",))), AlertKind.WEBHOOK_OFF),
    (replace(CALM, home=HomeFacts(untold={"mail": "refused"})), AlertKind.UNTOLD),
]


@pytest.mark.parametrize(("facts", "kind"), TROUBLES, ids=[kind.value for _, kind in TROUBLES])
def test_each_trouble_stands_as_one_alert_of_its_kind_with_its_words_its_page_and_what_to_do(
    facts: Facts, kind: AlertKind
) -> None:
    assert kinds(facts) == [kind]
    (alert,) = standing(facts).alerts
    assert alert.page.startswith("/")
    assert alert.chinese != alert.english
    assert kind in KINDS
    (entry,) = listed(standing(facts))
    assert (entry.text, entry.page) == ((alert.chinese, alert.english), alert.page)


def test_every_kind_has_a_trouble_that_raises_it() -> None:
    assert {kind for _, kind in TROUBLES} == set(AlertKind)


def test_cases_and_people_come_first_and_of_either_the_gravest() -> None:
    signs = (bad(SystemPart.BROKER, "rabbit@a"), lights.certificate("directory", 20 * DAY, ("", "")))
    facts = lit(*signs, deadlines=(SOON, replace(LATE, case_number="A-2")), rule_failing=waits())
    found = [cause.kind for cause in listed(standing(facts))]
    assert found == [
        AlertKind.OVERDUE, AlertKind.RULE_FAILING, AlertKind.DEFAULT_NEAR, AlertKind.BROKER_ALARM, AlertKind.DIRECTORY,
    ]  # fmt: skip
    assert [is_technical(kind) for kind in found] == [False] * 3 + [True] * 2


def test_a_member_that_somebody_has_drained_is_silent_by_intent_and_told_once_that_may_have_been_forgotten() -> None:
    fresh = lit(bad(SystemPart.ROLE), bad(SystemPart.QUEUE, "hefei.planning.inbox"), away=True, drained=DRAINED)
    (shown,) = standing(fresh).alerts
    assert (shown.kind, shown.quiet) == (AlertKind.DRAINED, True)
    assert "wang" in shown.english
    assert "`exchange release hefei.planning`" in shown.remedy[1]
    old = lit(bad(SystemPart.ROLE), away=True, drained=replace(DRAINED, ago=3 * DAY))
    assert [alert.quiet for alert in standing(old).alerts] == [False]


@pytest.mark.parametrize(
    ("ends", "severity", "said"),
    [(Ends(0, 0), Severity.WARNING, "0 terms end"), (Ends(0, 4), Severity.WARNING, "4 terms end within 3 days"),
     (Ends(2, 1), Severity.CRITICAL, "2 terms are over")],
)  # fmt: skip
def test_a_drained_monitor_means_that_no_deadline_is_watched_and_is_a_fault_once_terms_end(
    ends: Ends, severity: Severity, said: str
) -> None:
    facts = watched(replace(MONITOR, away=True, drained=DRAINED), ends)
    found = next(alert for alert in standing(facts).alerts if alert.kind is AlertKind.UNWATCHED)
    assert found.severity is severity
    assert said in found.english
    assert "exchange release hefei.monitor" in found.remedy[1]
    second = replace(facts, members=(*facts.members, replace(MONITOR, address="hefei.second")))
    assert AlertKind.UNWATCHED not in kinds(second), "another monitor watches"


def test_a_hold_says_what_it_endangers_and_is_a_fault_once_a_term_has_ended_behind_it() -> None:
    (alert,) = standing(replace(CALM, holds=(HOLD,))).alerts
    assert all(word in alert.english for word in ("wang", "its office moves", "7 copies", "touches 3", "2 terms end"))
    assert (alert.severity, alert.quiet) == (Severity.WARNING, False)
    (over,) = standing(replace(CALM, holds=(replace(HOLD, ago=timedelta(), endangered=Ends(1, 0)),))).alerts
    assert (over.severity, over.quiet) == (Severity.CRITICAL, False)
    (fresh,) = standing(replace(CALM, holds=(replace(HOLD, ago=timedelta(hours=1)),))).alerts
    assert fresh.quiet


def test_while_the_broker_is_away_its_members_links_and_queues_are_not_told_and_not_over() -> None:
    members = tuple(replace(WELL, address=f"hefei.m{i}", away=True) for i in range(11))
    down = [bad(SystemPart.ROLE, one.address) for one in members]
    before = standing(replace(CALM, members=members, signs=tuple(down)))
    assert len(before.alerts) == 11
    assert len(listed(before)) == 1
    facts = replace(
        CALM, members=members, signs=(bad(SystemPart.BROKER, "RabbitMQ"), *down, bad(SystemPart.LINK, "anhui"))
    )
    assert kinds(facts) == [AlertKind.BROKER_AWAY]
    assert change([alert.key for alert in before.alerts], standing(facts)).over == ()


def test_a_domain_that_has_only_just_been_started_raises_no_false_alarm() -> None:
    down = lit(bad(SystemPart.ROLE), bad(SystemPart.BROKER, "RabbitMQ"), away=True, rule_failing=waits())
    assert kinds(replace(down, starting=True)) == [AlertKind.RULE_FAILING]
    assert change(["role-down:hefei.planning"], standing(replace(down, starting=True))).over == ()


def test_window_and_monitor_that_know_of_the_same_deadline_give_one_alert() -> None:
    members = tuple(replace(WELL, address=f"hefei.m{i}", deadlines=(LATE,)) for i in range(3))
    assert kinds(replace(CALM, members=members)) == [AlertKind.OVERDUE]


def test_an_entry_of_many_says_how_many_and_names_the_first() -> None:
    deadlines = tuple(replace(LATE, case_number=f"A-{i}") for i in range(40))
    (entry,) = listed(standing(of(deadlines=deadlines)))
    assert len(entry.alerts) == 40
    assert "(40)" in entry.text[1]
    assert "and 35 more" in entry.text[1]
    assert "另有 35 项" in entry.text[0]


def test_old_dead_letters_stay_in_the_list_and_new_ones_are_told_again() -> None:
    def letters(number: int, newest: timedelta) -> StandingAlerts:
        return standing(lit(*lights.work("hefei.planning", 0, number), dead_letters=number, newest_dead=newest))

    first, old = letters(1, timedelta()), letters(1, timedelta(hours=2))
    key = first.alerts[0].key
    assert change([key], old) == Change((), (), (key,))
    assert listed(old)[0].kind is AlertKind.DEAD_LETTERS
    assert len(change([], letters(2, timedelta())).raised) == 1
    assert change([key], standing(CALM)).over == (key,)


def test_a_deadline_that_has_just_ended_is_not_overdue_yet() -> None:
    assert kinds(of(deadlines=(replace(LATE, due_at=NOW - timedelta(minutes=1)),))) == [AlertKind.DEFAULT_NEAR]


@pytest.mark.parametrize("deadline", [LATE, SOON])
def test_what_is_told_of_a_term_says_that_its_end_may_still_move(deadline: DeadlineFact) -> None:
    for provisional in (False, True):
        (alert,) = standing(of(deadlines=(replace(deadline, provisional=provisional),))).alerts
        assert ["暂定" in alert.chinese, "provisional" in alert.english] == [provisional] * 2


def test_a_few_days_before_it_expires_a_certificate_becomes_critical() -> None:
    early, late = (
        standing(lit(lights.certificate("hefei.planning", left, ("", "")))).alerts[0].severity
        for left in (20 * DAY, 2 * DAY)
    )
    assert (early, late) == (Severity.WARNING, Severity.CRITICAL)


def test_what_cannot_be_looked_at_is_not_over() -> None:
    trouble = lit(
        *lights.work("hefei.planning", 1, 0), bad(SystemPart.LINK, "anhui"), deadlines=(SOON,), rule_failing=waits(),
        joints=waits(),
    )  # fmt: skip
    before = [alert.key for alert in standing(trouble).alerts]
    assert len(before) == 5
    blind = lit(lights.unseen(SystemPart.LINK), readable=False)
    assert change(before, standing(blind)).over == ()
    assert set(change(before, standing(CALM)).over) == set(before)


def test_an_unreadable_members_trouble_hides_nothing_of_the_others() -> None:
    fire = replace(WELL, address="hefei.fire")
    signs = (bad(SystemPart.DATABASE), *lights.work("hefei.fire", 1, 0))
    facts = replace(CALM, signs=signs, members=(replace(WELL, readable=False), fire))
    assert sorted(kinds(facts)) == [AlertKind.DATABASE_AWAY, AlertKind.ABANDONED]
    assert change(["given-up:hefei.fire"], standing(replace(facts, signs=signs[:1]))).over == ("given-up:hefei.fire",)


def test_a_member_whose_name_begins_with_anothers_is_not_taken_for_it() -> None:
    stands = StandingAlerts((), frozenset({"role-down:hefei.fire"}))
    assert stands.is_unknown("role-down:hefei.fire")
    assert not stands.is_unknown("role-down:hefei.fireworks")


KEYS = st.sets(st.sampled_from(["a", "b", "c", "d"]))


def _alerts(keys: set[str]) -> StandingAlerts:
    made = (Alert(AlertKind.ROLE_DOWN, key, Severity.WARNING, key, key, "/") for key in sorted(keys))
    return StandingAlerts(tuple(made))


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


def test_telling_in_vain_is_repeated_ever_later_for_about_a_day() -> None:
    waits = [wait for attempts in range(1, 100) if (wait := patience(attempts)) is not None]
    assert waits[0] == timedelta(seconds=10)
    assert waits == sorted(waits)
    assert timedelta(hours=18) < sum(waits, timedelta()) < timedelta(hours=30)
