"""A hold keeps what goes to a department, loses nothing, and never turns into anybody's silence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.approval.held import endangered
from exchange.approval.records import CaseRow
from exchange.approval.rules.behind_holds import Danger
from exchange.approval.rules.states import PartState
from exchange.broker.admin.node_info import NodeInfo
from exchange.messaging.holds import Holds
from exchange.messaging.inbox import Inbox
from exchange.messaging.rules.holding import Hold
from tests.journeys.city import City, make_city, wait_until

pytestmark = pytest.mark.broker


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain)
    with city.local:
        city.matter(city.approver("planning", days=20), city.approver("transport", silent=True))
        yield city


def hold_transport(city: City, kind: str | None = None) -> Hold:
    """A hold in all databases, known to all dispatchers."""
    hold = Hold("h-1", city.address("transport"), kind, "its office moves", "li", city.clock.now())
    city.hold(hold)
    return hold


def dangers(city: City, hold: Hold) -> dict[str, Danger]:
    found = endangered(city.window.store, city.window.address, [city.address("monitor")], hold)
    return {one.part.department: one.danger for one in found}


def state(city: City, case: CaseRow) -> PartState:
    return city.part(case, "transport").state


def days_pass(city: City, days: int) -> None:
    for _ in range(days):
        city.step_to(city.clock.now() + timedelta(days=1))


def test_a_request_that_a_hold_keeps_from_arriving_starts_no_term_and_defaults_nobody(city: City) -> None:
    hold = hold_transport(city)
    case = city.submit()
    assert dangers(city, hold) == {city.address("transport"): Danger.NOT_ASKED}
    days_pass(city, 3)
    assert state(city, case) is PartState.ISSUED
    city.local.stop(city.address("window"))  # the hold outlives the process that keeps it
    city.local.start(city.address("window"))
    wait_until(lambda: hold in city.local.members[city.address("window")].dispatcher.held, what="the hold again")
    assert state(city, case) is PartState.ISSUED

    city.release(hold)
    wait_until(lambda: state(city, case) is PartState.SIGNED, what="the request's arrival")

    city.local.settle()
    due = city.part(case, "transport").due_at
    assert due is not None
    assert due > city.clock.now() + timedelta(days=2), "the whole term is the department's"
    with city.node("transport").store.reading() as tx:
        assert tx[Inbox].counts()["consultation"] == 1


def test_a_request_that_a_hold_keeps_for_a_whole_term_is_the_leads_and_nobody_is_defaulted(city: City) -> None:
    hold = hold_transport(city)
    case = city.submit()
    days_pass(city, 9)
    assert state(city, case) is PartState.ESCALATED

    city.release(hold)
    city.local.settle()
    city.reply("transport", case)
    assert state(city, case) is PartState.ANSWERED


def test_where_a_hold_stands_at_the_end_of_a_term_the_case_goes_to_the_lead_and_the_answer_counts(city: City) -> None:
    case = city.submit()
    assert state(city, case) is PartState.SIGNED
    hold = hold_transport(city, "reminder")
    assert dangers(city, hold) == {city.address("transport"): Danger.NOT_REMINDED}
    city.through(5)
    assert state(city, case) is PartState.ESCALATED
    with city.node("monitor").store.reading() as tx:
        assert tx[Holds].resting() == {(city.address("transport"), "reminder"): 2}

    city.reply("transport", case)

    assert state(city, case) is PartState.ANSWERED
    city.release(hold)


def test_a_hold_that_is_released_before_the_end_changes_nothing_about_it(city: City) -> None:
    case = city.submit()
    hold = hold_transport(city)
    city.step_to(city.clock.now() + timedelta(days=1))
    city.release(hold)
    city.local.settle()
    city.through(4)
    assert state(city, case) is PartState.DEEMED


def test_what_a_department_under_a_hold_answers_is_in_time(city: City) -> None:
    case = city.submit()
    hold_transport(city)
    city.reply("transport", case, settle=False)
    wait_until(lambda: state(city, case) is PartState.ANSWERED, what="the answer")
