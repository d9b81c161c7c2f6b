"""A hearing on request: told, held, on record, and nothing decided before it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from exchange.approval.acceptance import officers
from exchange.approval.hearings.states import HearingState
from exchange.approval.hearings.store import Hearings
from exchange.approval.records import CaseRow
from exchange.approval.rules.lead import LeadTask
from exchange.approval.rules.states import CaseState
from exchange.approval.window.conclude import decide
from exchange.approval.window.decision import Ruling
from exchange.approval.window.hearing import holding
from exchange.approval.window.hearing.holding import CalledHearing
from exchange.approval.window.lead_duties import lead_duties
from exchange.approval.window.store import Cases
from exchange.broker.admin.node_info import NodeInfo
from exchange.errors import Conflict
from exchange.messaging.documents import Documents
from exchange.portal import speaking
from exchange.portal.view import FilingStanding
from exchange.schemas import HearingEvent, HearingMode, HearingNotice, HearingRecord, Outcome
from tests.journeys.city import City
from tests.journeys.portal import arrive, file, make_portal_city, offer, row, tell, view

pytestmark = pytest.mark.broker


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_portal_city(tmp_path, broker, domain)
    with city.local:
        yield city


def case_of(city: City, number: str) -> CaseRow:
    with city.window.store.reading() as tx:
        case = tx[Cases].get(row(city, number).case_number or "")
    assert case is not None
    return case


def tasks(city: City) -> list[LeadTask]:
    """What waits for the lead."""
    with city.window.store.reading() as tx:
        return [duty.task for duty in lead_duties(tx, city.window.calendar, city.clock.now())]


def called(city: City, days: int) -> CalledHearing:
    return CalledHearing(city.clock.now() + timedelta(days=days), "三号室", "王敏", "李伟", "施工临近住宅")


def test_a_case_whose_applicant_has_asked_for_a_hearing_is_decided_after_it(city: City) -> None:
    number = file(city, offer(city, hearing=HearingMode.ON_REQUEST))
    officers.accept(city.window, number, "李伟")
    arrive(city)
    accepted = view(city, number).acceptances[-1]
    assert accepted.hearing_by is not None
    speaking.state_view(city.node("portal"), number, "请求听证", hearing=True)
    arrive(city)
    case = case_of(city, number)
    assert tasks(city) == [LeadTask.HEARING], "it is to be called while departments still have time"
    for name in ("planning", "transport"):
        city.reply(name, case)
    assert case_of(city, number).state is CaseState.READY, "its rule prepares, and decides nothing before the hearing"
    assert tasks(city) == [LeadTask.HEARING]
    with pytest.raises(Conflict, match="decided after its hearing"):
        decide(city.window, case.number, Ruling(Outcome.GRANT, "均无异议", officer="李伟"))
    tell(city)
    before = view(city, number).progress
    holding.call(city.window, case.number, called(city, 14))
    arrive(city)
    tell(city)
    told = view(city, number)
    assert told.hearing is not None
    assert (told.hearing.event, told.hearing.place) == (HearingEvent.CALLED, "三号室")
    assert "王敏" not in told.hearing.model_dump_json()
    assert before is not None
    assert before.decide_by is not None
    assert told.progress is not None
    assert told.progress.decide_by is not None
    assert told.progress.decide_by > before.decide_by, "the time of the hearing is not counted"
    with pytest.raises(Conflict, match="is called"):
        holding.call(city.window, case.number, called(city, 14))
    assert LeadTask.HEARING not in tasks(city)
    city.clock.step_to(told.hearing.held_at)
    assert tasks(city) == [LeadTask.HEARING], "its day has come: it is to be put on record"
    holding.record(city.window, case.number, city.clock.now().date(), "双方陈述意见。")
    arrive(city)
    assert view(city, number).hearing is None
    assert view(city, number).last(HearingRecord) is not None
    for name in ("planning", "transport"):
        with city.node(name).store.reading() as tx:
            kinds = [one.kind for one in tx[Documents].of_conversation(case.conversation_id)]
        assert (kinds.count(HearingNotice.KIND), kinds.count(HearingRecord.KIND)) == (1, 1)
    decide(city.window, case.number, Ruling(Outcome.GRANT, "均无异议", officer="李伟"))
    tell(city)
    assert view(city, number).standing is FilingStanding.DECIDED


def decide_by(city: City, number: str) -> datetime:
    tell(city)
    progress = view(city, number).progress
    assert progress is not None
    assert progress.decide_by is not None
    return progress.decide_by


def test_a_hearing_is_put_off_and_called_off_and_each_is_told(city: City) -> None:
    number = file(city, offer(city))
    officers.accept(city.window, number, "李伟")
    case = case_of(city, number)
    holding.call(city.window, case.number, called(city, 14))
    before = decide_by(city, number)
    holding.put_off(city.window, case.number, called(city, 21))
    assert decide_by(city, number) > before, "not counted until the new day"
    holding.call_off(city.window, case.number, "申请人不再要求")
    arrive(city)
    events = [paper.body.event for paper in view(city, number).papers if isinstance(paper.body, HearingNotice)]
    assert events == [HearingEvent.CALLED, HearingEvent.PUT_OFF, HearingEvent.CALLED_OFF]
    with city.window.store.reading() as tx:
        assert [one.state for one in tx[Hearings].of_case(case.number)] == [HearingState.CALLED_OFF] * 2
    with pytest.raises(Conflict, match="no hearing"):
        holding.record(city.window, case.number, city.clock.now().date(), "没有")


def test_a_matter_that_always_has_one_is_not_decided_by_its_rule_before(city: City) -> None:
    number = file(city, offer(city, hearing=HearingMode.ALWAYS))
    officers.accept(city.window, number, "李伟")
    case = case_of(city, number)
    city.wake("window")
    city.local.settle()
    for name in ("planning", "transport"):
        city.reply(name, case)
    held = case_of(city, number)
    assert (held.state, held.prepared is not None) == (CaseState.READY, True)
