"""After a default: late objections on grounds of safety are heard at once, and the owed paper is watched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.approval.department.outcomes import paper_on_desk
from exchange.approval.department.records import DeskRow
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.department.supplementing import announce_review
from exchange.approval.figures.counting import report
from exchange.approval.records import CaseRow
from exchange.approval.rules.after.paper import PaperState
from exchange.approval.rules.lead import LeadTask
from exchange.approval.rules.report.groups import ReportBy
from exchange.approval.rules.states import CaseState, DeskState, PartState
from exchange.approval.window import closing, conclude
from exchange.approval.window.after import supplements
from exchange.approval.window.after.papers import remind_of_papers
from exchange.approval.window.after.reviewing import review
from exchange.approval.window.lead_duties import lead_duties
from exchange.approval.window.status import case_status
from exchange.broker.admin.node_info import NodeInfo
from exchange.envelope import verify_signed
from exchange.errors import CallerError, Conflict
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.schemas import DefaultNotice, ObjectionGround, Verdict
from exchange.telemetry.troubles import Troubles
from tests.journeys.city import MONDAY, City, make_city, midnight_after

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


def papers_told(city: City, case: CaseRow, name: str) -> list[bool]:
    """The notices of the default that a member has, oldest first: whether each reminds of the owed paper."""
    node = city.node(name)
    with node.store.reading() as tx:
        stored = tx[Documents].recent("received", DefaultNotice.KIND)
    bodies = [verify_signed(one.signed, node.directory).body for one in reversed(stored)]
    return [body.reminder for body in bodies if isinstance(body, DefaultNotice) and body.case_number == case.number]


def paper(city: City, case: CaseRow) -> tuple[str, int] | None:
    """How transport's paper stands in the case's status: its state, and the working days that it is late."""
    found = {part.department: part.paper for part in case_status(city.window, case.number).parts}
    shown = found[city.address("transport")]
    return (shown.state.value, shown.days_late) if shown else None


def test_the_owed_paper_is_watched_and_reminded_once_and_recorded_with_its_lateness(
    tmp_path: Path, broker: NodeInfo, domain: str
) -> None:
    city = make_city(tmp_path, broker, domain, superior="government")
    with city.local:
        city.matter(city.approver("planning", days=30), city.approver("transport", silent=True))
        case, other = city.submit(), city.submit()
        city.step_to(MONDAY.replace(day=5))
        city.signed_for("monitor")
        city.step_to(midnight_after(MONDAY.replace(day=5).date()) + timedelta(seconds=1))
        assert paper(city, case) == ("owed", 0)
        remind_of_papers(city.window)
        assert papers_told(city, case, "government") == [False], "and its superior knows of the default"

        closing.withdraw(city.window, other.number, "the works are given up")
        city.wake("window")
        city.step_to(MONDAY.replace(day=10, hour=8))
        assert paper(city, case) == ("overdue", 1)
        assert remind_of_papers(city.window) == 0, "before nine o'clock"
        city.step_to(MONDAY.replace(day=10, hour=9))
        assert (remind_of_papers(city.window), remind_of_papers(city.window)) == (1, 0)
        city.wake("window")
        city.local.settle()
        assert papers_told(city, case, "transport") == papers_told(city, case, "government") == [False, True]
        assert (papers_told(city, other, "transport"), paper(city, other)) == ([False], None)
        with city.node("transport").store.reading() as tx:
            owing, done = tx[DepartmentDesk].get(case.number), tx[DepartmentDesk].get(other.number)
        assert owing is not None
        assert done is not None
        assert (owing.state, owing.paper_by) == (DeskState.DEFAULTED, city.part(case, "transport").paper_by)
        assert done.state is DeskState.CLOSED, "a withdrawn application needs no paper"

        city.clock.step_to(MONDAY.replace(day=11, hour=15))
        city.reply("transport", case)
        assert paper(city, case) == ("late", 2)
        assert city.part(case, "transport").state is PartState.DEEMED
        on_desk = paper_on_desk(city.node("transport"), desk_row(city, case))
        assert on_desk is not None
        assert (on_desk.state, on_desk.days_late) == (PaperState.LATE, 2)
        today = city.clock.now().date()
        duties = report(city.window, MONDAY.date(), today).duties_by(ReportBy.DEPARTMENT)
        transport, planning = sorted(duties.values(), key=lambda one: -one.papers)
        assert (planning.asked, planning.papers) == (1, 0), "of a withdrawn case nothing is counted"
        counted = (transport.asked, transport.late, transport.defaulted, transport.papers, transport.papers_late)
        assert (counted, transport.most_days_late) == ((1, 1, 1, 1, 1), 2)
        assert not report(city.window, today, today).duties, "nothing was put to anybody today"


def desk_row(city: City, case: CaseRow) -> DeskRow:
    with city.node("transport").store.reading() as tx:
        row = tx[DepartmentDesk].get(case.number)
    assert row is not None
    return row


def test_a_supplementary_review_is_announced_watched_and_changes_nothing_by_itself(
    tmp_path: Path, broker: NodeInfo, domain: str
) -> None:
    city = make_city(tmp_path, broker, domain, superior="government")
    with city.local:
        city.matter(city.approver("planning"), city.approver("transport", silent=True))
        case = city.submit()
        transport, above = city.node("transport"), city.node("government")
        with pytest.raises(Conflict, match="no silence of"):
            announce_review(transport, case.number, city.clock.now().date(), "officer", "a site visit")
        city.reply("planning", case)
        city.through(4)
        decided = city.case(case)
        assert decided.state is CaseState.DECIDED
        today = city.clock.now().date()
        with pytest.raises(CallerError, match="too late"):
            announce_review(transport, case.number, today + timedelta(days=30), "officer", "a site visit")
        until = today + timedelta(days=1)
        announce_review(transport, case.number, until, "officer", "a site visit")
        city.wake("transport")
        city.local.settle()
        assert city.part(case, "transport").supplement_until == midnight_after(until)
        with pytest.raises(Conflict, match="announced already"):
            announce_review(transport, case.number, until, "officer", "again")

        told: list[tuple[int, int]] = []
        for moment in (timedelta(hours=20), timedelta(days=1, hours=10), timedelta(days=2, seconds=1)):
            city.clock.step_to(midnight_after(today) - timedelta(days=1) + moment)
            done = supplements.look(city.window) + supplements.look(city.window)
            city.wake("window")
            city.local.settle()
            told.append((done, heard(transport, case) + heard(above, case)))
        assert told == [(0, 0), (1, 1), (1, 3)], "reminded on the last day; then the superior hears of it, once"
        assert alarms(city, case)[0] == [LeadTask.REVIEW], "what does not come is the lead's to look into"
        assert review(city.window, case.number, "director", "asked for it") == (city.address("transport"),)

        city.reply("transport", case, Verdict.DISAGREE, reasons="管线过近", basis=("城市道路管理条例第三十条",))
        part = city.part(case, "transport")
        assert (part.state, part.late_verdict) == (PartState.DEEMED, Verdict.DISAGREE)
        assert alarms(city, case)[0] == [LeadTask.REVIEW], "the result is the lead's to record"
        assert review(city.window, case.number, "director", "the decision stands") == (city.address("transport"),)
        assert (alarms(city, case)[0], city.case(case)) == ([], decided)


def heard(node: Node, case: CaseRow) -> int:
    """How often a member was told of a supplementary review by the window."""
    with node.store.reading() as tx:
        found = [entry.event for entry in tx.journal_of(case.number)]
    return found.count("supplementary-review-due") + found.count("supplementary-review-overdue")
