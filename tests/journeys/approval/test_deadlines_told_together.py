"""Under load the monitors are told of deadlines a little later, of many at once, and of none too few."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.approval.monitor.store import Watches
from exchange.approval.records import CaseRow
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.untold.store import UntoldDeadlines
from exchange.approval.window import deadlines
from exchange.approval.window.terms.telling import WORK, tell_untold
from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import SteppedClock
from exchange.errors import NotFound
from exchange.machine.debts import Debts
from exchange.messaging.documents import Documents
from exchange.messaging.failing.store import FailingWork
from exchange.messaging.node import Step
from exchange.runtime.member import RunningMember
from exchange.schemas import DeadlineNotice, DeadlineState, DeadlineStatus
from tests.journeys.city import City, make_city, wait_until

pytestmark = pytest.mark.broker


class Loaded(Debts):
    """A window under such load that its news waits as long as it may, from the first."""

    seconds = 600.0

    def __init__(self) -> None:
        super().__init__(lambda: self.seconds)
        self.settled(deadlines.MONITORS)


def serve_window(city: City) -> RunningMember:
    """Serve it anew, with its rounds."""
    if city.address("window") in city.local.members:
        city.local.stop(city.address("window"))
    city.local.periodic = True
    return city.local.start(city.address("window"))


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain)
    with city.local:
        serve_window(city)._owing._deadlines = city.window.untold = Loaded()
        city.matter(*(city.approver(name, silent=True) for name in ("planning", "transport")))
        yield city


def untold(city: City) -> list[tuple[str, str]]:
    with city.window.store.reading() as tx:
        return tx[UntoldDeadlines].first(100)


def notices(city: City) -> int:
    with city.window.store.reading() as tx:
        return sum(1 for one in tx[Documents].recent("sent") if one.kind == DeadlineNotice.KIND)


def watched(city: City, case: CaseRow, name: str) -> DeadlineState | None:
    """How the monitor knows a part."""
    with city.node("monitor").store.reading() as tx:
        return tx[Watches].deadline(case.number, city.address(name))


def signed_for(city: City) -> CaseRow:
    """A case that both departments have signed for, while its window owes its monitor the news."""
    case = city.submit(settle=False)
    for name in ("planning", "transport"):
        wait_until(lambda name=name: city.part(case, name).state is PartState.SIGNED, what=f"{name}'s receipt")
    return case


def test_many_changes_are_one_message_and_one_state_of_each_part(city: City) -> None:
    cases = [signed_for(city) for _ in range(3)]
    assert len(untold(city)) == 6
    assert notices(city) == 0
    assert watched(city, cases[0], "planning") is None
    tell_untold(city.window)
    assert (untold(city), notices(city)) == ([], 1)
    for case in cases:
        for name in ("planning", "transport"):
            wait_until(lambda case=case, name=name: watched(city, case, name) is not None, what="the monitor")
            told = watched(city, case, name)
            assert told is not None
            assert told.revision == city.part(case, name).revision, "as it is, not as it was when it changed first"


def test_they_are_told_when_their_time_is_over(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    case = signed_for(city)
    monkeypatch.setattr(Loaded, "seconds", 0.1)
    city.wake("window")
    wait_until(lambda: watched(city, case, "transport") is not None, what="the monitor")


def test_they_are_told_before_a_window_ends(city: City) -> None:
    case = signed_for(city)
    city.local.stop(city.address("window"))
    assert untold(city) == []
    wait_until(lambda: watched(city, case, "planning") is not None, what="the monitor")


def test_what_a_process_left_that_was_killed_is_told_by_the_next(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    case = signed_for(city)
    window = city.local.members[city.address("window")]
    monkeypatch.setattr(window._owing, "give_all", lambda: None)  # a killed process tells nothing more
    city.local.stop(city.address("window"))
    assert len(untold(city)) == 2
    serve_window(city)
    wait_until(lambda: watched(city, case, "planning") is not None, what="the monitor")
    wait_until(lambda: untold(city) == [], what="nothing left")


def test_one_that_cannot_be_told_keeps_no_other_from_it(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    case = signed_for(city)
    tells = deadlines.present_state

    def fails(step: Step, number: str, department: str) -> DeadlineState | None:
        if department == city.address("planning"):
            raise NotFound("a matter is gone")
        return tells(step, number, department)

    monkeypatch.setattr(deadlines, "present_state", fails)
    tell_untold(city.window)
    wait_until(lambda: watched(city, case, "transport") is not None, what="the monitor")
    assert untold(city) == [(case.number, city.address("planning"))]
    with city.window.store.reading() as tx:
        assert list(tx[FailingWork].next_tries(WORK)) == [f"{case.number} {city.address('planning')}"]


def test_of_what_its_clock_is_behind_of_a_window_tells_once_the_clock_is_right(city: City) -> None:
    case = signed_for(city)
    behind = replace(city.window, clock=SteppedClock(city.clock.now() - timedelta(hours=2)))
    assert tell_untold(behind) == 2
    assert (len(untold(city)), notices(city)) == (2, 0), "the monitor would send back what tells of the future"
    assert tell_untold(city.window) == 2
    assert (untold(city), notices(city)) == ([], 1)
    wait_until(lambda: watched(city, case, "planning") is not None, what="the monitor")


def test_a_deadline_that_is_over_before_it_was_told_is_watched_by_nobody(city: City) -> None:
    case = signed_for(city)
    for name in ("planning", "transport"):
        city.reply(name, case, settle=False)
    wait_until(lambda: city.case(case).state is CaseState.DECIDED, what="the decision")
    tell_untold(city.window)
    wait_until(lambda: watched(city, case, "planning") is not None, what="the monitor")
    told = watched(city, case, "planning")
    assert told is not None
    assert told.status is DeadlineStatus.CLOSED
    with city.node("monitor").store.reading() as tx:
        assert tx[Watches].next_at() is None
