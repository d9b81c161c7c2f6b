"""After a default: a late objection on grounds of safety is heard at once, before and after the decision."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.approval.records import CaseRow
from exchange.approval.rules.lead import LeadTask
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window import conclude
from exchange.approval.window.after.reviewing import review
from exchange.approval.window.lead_duties import lead_duties
from exchange.broker.admin.node_info import NodeInfo
from exchange.schemas import ObjectionGround, Verdict
from exchange.telemetry.troubles import Troubles
from tests.journeys.city import City, make_city

pytestmark = pytest.mark.broker

UNSAFE = {"reasons": "基坑临近燃气管线", "basis": ("安全生产法第四条",), "ground": ObjectionGround.SAFETY}


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain)
    with city.local:
        yield city


def alarms(city: City, case: CaseRow) -> tuple[list[LeadTask], tuple[str, ...]]:
    """What the lead's inbox says of the case, and the cases of which console, alerts and webhook tell."""
    with city.window.store.reading() as tx:
        duties = lead_duties(tx, city.window.calendar, city.clock.now())
        return [one.task for one in duties if one.case_number == case.number], tx[Troubles].safety().first


def test_a_late_objection_on_grounds_of_safety_is_heard_before_and_after_the_decision(city: City) -> None:
    city.matter(city.approver("planning", days=9), city.approver("transport", silent=True))
    case = city.submit()
    city.through(4)
    assert city.part(case, "transport").state is PartState.DEEMED

    city.reply("transport", case, Verdict.DISAGREE, **UNSAFE)

    assert city.part(case, "transport").state is PartState.DEEMED, "it rewrites nothing"
    assert alarms(city, case) == ([LeadTask.SAFETY], (case.number,))
    city.reply("planning", case)
    assert city.case(case).state is CaseState.READY, "no rule decides over it"
    assert city.case(case).prepared is not None
    conclude.confirm(city.window, case.number, "director")
    assert alarms(city, case) == ([LeadTask.SAFETY], (case.number,))
    assert review(city.window, case.number, "director", "the pipe was moved") == (city.address("transport"),)
    assert alarms(city, case) == ([], ())

    city.matter(city.approver("transport", silent=True), code="other")
    decided = city.submit("other")
    city.through(6)
    assert city.case(decided).state is CaseState.DECIDED
    before = city.case(decided)
    city.reply("transport", decided, Verdict.DISAGREE, **UNSAFE)
    assert alarms(city, decided) == ([LeadTask.SAFETY], (decided.number,))
    assert city.case(decided) == before
