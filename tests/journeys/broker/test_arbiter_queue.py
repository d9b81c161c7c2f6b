"""The queue is the arbiter: what reached the broker in time wins, whoever was down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from exchange.approval.monitor.lapse import sweep
from exchange.approval.records import CaseRow
from exchange.approval.rules.lead import LeadTask
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.after.reviewing import review
from exchange.approval.window.lead_duties import lead_duties
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import stamps_arrival
from exchange.clock import SteppedClock
from exchange.errors import CallerError, Conflict
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import new_id
from exchange.messaging.outbox import Outbox
from exchange.messaging.rules.arrival_time import Arrival, ArrivalSource
from exchange.runtime.work import work_for
from exchange.schemas import Opinion, Role, Verdict
from exchange.telemetry.troubles import Troubles
from tests.journeys.city import City, grant_unless_refused, make_city, wait_until

pytestmark = pytest.mark.broker


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain, stamps=stamps_arrival(broker.url))
    with city.local:
        city.matter(city.approver("transport", silent=True))
        yield city


def sent(city: City, name: str) -> bool:
    """Whether everything a member wrote has reached the broker."""
    with city.node(name).store.reading() as tx:
        return tx[Outbox].counts().get("written", 0) == 0


def test_an_opinion_in_time_wins_though_the_window_was_down_and_the_default_waits_behind_it(city: City) -> None:
    case = city.submit()
    city.through(3)
    city.local.stop(city.address("window"))
    city.reply("transport", case, settle=False)
    wait_until(lambda: sent(city, "transport"), what="the opinion at the broker")
    city.step_to(city.clock.now() + timedelta(days=1), settle=False)
    wait_until(lambda: sent(city, "monitor"), what="the deemed consent at the broker")
    city.clock.step_to(city.clock.now() + timedelta(days=3))

    city.local.start(city.address("window"))
    city.local.settle()

    assert city.part(case, "transport").state is PartState.ANSWERED
    assert city.case(case).state is CaseState.DECIDED


def test_an_opinion_behind_the_default_is_late_though_the_window_was_down(city: City) -> None:
    case = city.submit()
    city.through(3)
    city.local.stop(city.address("window"))
    city.step_to(city.clock.now() + timedelta(days=1), settle=False)
    wait_until(lambda: sent(city, "monitor"), what="the deemed consent at the broker")
    city.reply("transport", case, settle=False)
    wait_until(lambda: sent(city, "transport"), what="the opinion at the broker")

    city.local.start(city.address("window"))
    city.local.settle()
    city.step_to(city.clock.now() + timedelta(minutes=15))

    part = city.part(case, "transport")
    assert part.state is PartState.DEEMED
    assert part.late_opinion_id is not None


def test_an_opinion_in_time_wins_though_a_default_signed_by_a_clock_that_was_ahead_waits_before_it(city: City) -> None:
    case = city.submit()
    city.through(3)
    due_at = city.part(case, "transport").due_at
    assert due_at is not None
    city.local.stop(city.address("window"))
    ahead = replace(city.node("monitor"), clock=SteppedClock(due_at + timedelta(hours=2)), clock_watch=None)
    assert sweep(ahead).deemed == 1
    city.wake("monitor")
    wait_until(lambda: sent(city, "monitor"), what="the deemed consent at the broker")
    city.reply("transport", case, settle=False)
    wait_until(lambda: sent(city, "transport"), what="the opinion at the broker")
    city.clock.step_to(due_at + timedelta(hours=4))

    city.local.start(city.address("window"))
    city.local.settle()
    city.step_to(city.clock.now() + timedelta(minutes=15))

    assert city.part(case, "transport").state is PartState.ANSWERED
    assert city.case(case).state is CaseState.DECIDED


def handed_in_behind_it(city: City, case: CaseRow) -> list[str]:
    """An opinion stamped within the term and given out behind the default; what the journal says then."""
    due_at = city.part(case, "transport").due_at
    assert due_at is not None
    stamped = due_at - timedelta(hours=1)
    header = SimpleNamespace(sender=city.address("transport"), message_id=new_id(), created_at=stamped)
    came: Any = SimpleNamespace(header=header)
    handlers = work_for((Role.WINDOW,), decide_rule=grant_unless_refused, rule_decides=True).handlers
    opinion = city.opinion("transport", case, Verdict.DISAGREE, reasons="车流量过大", basis=("第三十二条",))
    with city.window.step() as step:
        handlers[Opinion.KIND](step, Incoming(came, Arrival(stamped, stamped, ArrivalSource.BROKER)), opinion)
    with city.window.store.reading() as tx:
        return [entry.event for entry in tx.journal_of(case.number)]


def test_a_stamp_within_the_term_overturns_a_default_that_was_given_out_first(city: City) -> None:
    city.matter(city.approver("transport", silent=True), city.approver("planning", days=20))
    case = city.submit()
    city.through(4)
    assert city.part(case, "transport").state is PartState.DEEMED
    assert "deemed-overturned" in handed_in_behind_it(city, case)
    part = city.part(case, "transport")
    assert (part.state, part.verdict) == (PartState.ANSWERED, Verdict.DISAGREE)
    assert city.case(case).state is CaseState.OPEN


def test_a_case_closed_over_such_an_opinion_stays_closed_and_its_record_says_so(city: City) -> None:
    case = city.submit()
    city.through(4)
    assert city.case(case).state is CaseState.DECIDED
    assert "opinion-in-time-after-closing" in handed_in_behind_it(city, case)
    part = city.part(case, "transport")
    assert (part.state, part.late_verdict) == (PartState.DEEMED, Verdict.DISAGREE)
    assert city.case(case).state is CaseState.DECIDED


def test_the_lead_has_to_review_such_a_case_until_an_officer_has_said_what_it_changes(city: City) -> None:
    case = city.submit()
    city.through(4)
    with pytest.raises(Conflict, match="nothing is to be reviewed"):
        review(city.window, case.number, "张主任", "维持")
    handed_in_behind_it(city, case)

    def waits() -> tuple[list[tuple[LeadTask, tuple[str, ...]]], int, tuple[str, ...]]:
        with city.window.store.reading() as tx:
            duties = lead_duties(tx, city.window.calendar, city.clock.now())
            told = tx[Troubles].to_review()
        assert all(duty.due_at is None and not duty.overdue for duty in duties)
        return [(duty.task, duty.departments) for duty in duties], told.number, told.first

    assert waits() == ([(LeadTask.REVIEW, (city.address("transport"),))], 1, (case.number,))
    for blank in ("", "\u200b"):
        with pytest.raises(CallerError):
            review(city.window, case.number, "张主任", blank)
        with pytest.raises(CallerError):
            review(city.window, case.number, blank, "维持原决定")
    assert review(city.window, case.number, "张主任", "维持原决定：车流量已另案评估") == (city.address("transport"),)
    assert waits() == ([], 0, ())
    assert city.case(case).state is CaseState.DECIDED
    with city.window.store.reading() as tx:
        (noted,) = [entry for entry in tx.journal_of(case.number) if entry.event == "decision-reviewed"]
    assert (noted.detail["by"], noted.detail["reasons"]) == ("张主任", "维持原决定：车流量已另案评估")
    with pytest.raises(Conflict):
        review(city.window, case.number, "张主任", "再次")


def test_a_monitor_that_was_down_lengthens_nobodys_term(city: City) -> None:
    case = city.submit()
    city.through(3)
    city.local.stop(city.address("monitor"))
    city.clock.step_to(city.clock.now() + timedelta(days=2))
    city.reply("transport", case, settle=True)
    assert city.part(case, "transport").state is PartState.SIGNED
    assert city.part(case, "transport").late_opinion_id is not None

    city.local.start(city.address("monitor"))
    city.step_to(city.clock.now())

    assert city.part(case, "transport").state is PartState.DEEMED


def test_a_default_that_an_extension_overtook_fires_on_the_new_term(city: City) -> None:
    from exchange.approval.window.terms.amending import Amendment, amend
    from exchange.schemas import EntryKind

    case = city.submit()
    city.through(3)
    city.local.stop(city.address("window"))
    before = city.clock.now()
    amendment = Amendment(EntryKind.EXTEND, "复杂", ("行政许可法第四十二条",), city.address("window"), days=2)
    amend(city.window, case.number, city.address("transport"), amendment)
    city.step_to(before + timedelta(days=1), settle=False)
    wait_until(lambda: sent(city, "monitor"), what="the overtaken default at the broker")

    city.local.start(city.address("window"))
    city.local.settle()
    assert city.part(case, "transport").state is PartState.SIGNED

    city.through(5)
    assert city.part(case, "transport").state is PartState.DEEMED
