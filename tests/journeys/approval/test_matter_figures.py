"""Figures of a matter reach the portal by the window's signed word, when they have changed, and nobody else's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from exchange.approval.figures.public import count, tell
from exchange.approval.figures.records import SpanCount
from exchange.approval.figures.store import FigureFacts
from exchange.approval.records import CaseRow
from exchange.approval.rules.states import CaseState
from exchange.approval.window.store import Cases
from exchange.broker.admin.node_info import NodeInfo
from exchange.errors import OperatorError
from exchange.portal.figures import figures_shown
from exchange.runtime.ticking.public_figures import PublicFigures
from exchange.schemas import MatterFigures
from tests.journeys.city import City, wait_until
from tests.journeys.portal import arrive, make_portal_city

pytestmark = pytest.mark.broker


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_portal_city(tmp_path, broker, domain)
    with city.local:
        city.matter(city.approver("planning", days=9), city.approver("transport", silent=True))
        yield city


def told(city: City) -> tuple[int, MatterFigures | None]:
    """A day later: how many were told, and what the portal shows."""
    city.clock.step_to(city.clock.now() + timedelta(days=1))
    sent = tell(city.window, count(city.window))
    arrive(city)
    return sent, figures_shown(city.node("portal"), "works")


def decided_alike(city: City, case: CaseRow, times: int) -> None:
    """Put cases on record that went as one did."""
    with city.window.store.transaction() as tx:
        parts = tx[Cases].parts(case.number)
        for place in range(times):
            number = f"like-{place}"
            tx[Cases].open(
                replace(city.case(case), number=number), [replace(part, case_number=number) for part in parts]
            )


def test_figures_are_told_once_they_change_and_only_of_enough_cases(city: City) -> None:
    assert told(city) == (0, None), "nothing was decided"
    case = city.submit()
    city.reply("planning", case)
    city.reply("transport", case)
    assert city.case(case).state is CaseState.DECIDED
    sent, few = told(city)
    assert few is not None
    assert (sent, few.decided, few.half_within_days, few.departments) == (1, 1, None, ())
    assert told(city) == (0, few), "nothing has changed"

    decided_alike(city, case, 4)
    sent, enough = told(city)
    assert enough is not None
    assert (sent, enough.decided, enough.in_time, enough.half_within_days) == (1, 5, 5, 0)
    assert [(one.name, one.asked, one.in_time, one.deemed_consents) for one in enough.departments] == [
        (one.name, 5, 5, 0) for one in enough.departments
    ]
    assert len(enough.departments) == 2
    assert enough.until == city.clock.now().date() - timedelta(days=1)


def test_they_are_counted_of_one_moment_beside_the_rounds_while_others_write(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = city.submit()
    city.reply("planning", case)
    city.reply("transport", case)
    city.clock.step_to(city.clock.now() + timedelta(days=1))
    begun, written, spans = threading.Event(), threading.Event(), FigureFacts.spans_between
    faults = [OperatorError("the first time", remedy="-")]

    def slowly(facts: FigureFacts, since: datetime, until: datetime) -> list[SpanCount]:
        if faults:
            raise faults.pop()
        begun.set()
        assert written.wait(60), "nothing could be written while it was counted"
        return spans(facts, since, until)

    monkeypatch.setattr(FigureFacts, "spans_between", slowly)
    figures = PublicFigures()
    with pytest.raises(OperatorError, match="the first time"):
        wait_until(lambda: figures.look(city.window) != 0, 60, "the fault of its counting")
    assert figures.look(city.window) == 0, "it is counted anew"
    assert begun.wait(60)
    assert figures.look(city.window) == 0, "no round waits for it"
    decided_alike(city, case, 7)
    city.clock.step_to(city.clock.now() + timedelta(hours=2))  # a message dates its own signing, however long it took
    written.set()
    wait_until(lambda: figures.look(city.window) == 1, 60, "the telling of what was counted")
    arrive(city)
    found = figures_shown(city.node("portal"), "works")
    assert found is not None
    assert found.decided == 1, "what came meanwhile counts the next day"
    assert figures.look(city.window) == 0, "once a day"
