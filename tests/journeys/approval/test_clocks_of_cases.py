"""The term of a whole case: extended and stopped where everybody is told, and what is over told by name, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from exchange.approval.clocks.store import CaseClocks
from exchange.approval.records import CaseRow
from exchange.approval.rules.lead import LeadTask
from exchange.approval.rules.states import CaseState
from exchange.approval.window import closing, conclude
from exchange.approval.window.after.reopening import Reopening, reopen
from exchange.approval.window.case_file import case_file
from exchange.approval.window.clock import watching
from exchange.approval.window.clock.amending import CaseAmendment, amend_case
from exchange.approval.window.clock.owed import deliver, explain
from exchange.approval.window.clock.watching import look_at_clocks
from exchange.approval.window.decision import Ruling
from exchange.approval.window.lead_duties import LeadDuty, lead_duties
from exchange.approval.window.status import CaseStatus, case_status
from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import CST
from exchange.envelope import verify_signed
from exchange.errors import CallerError, Conflict, Denied
from exchange.messaging.documents import Documents
from exchange.operations.tasks.duties import DutyKind, duties_here
from exchange.schemas import (
    CaseTermEvent,
    CaseTermNotice,
    DefaultMode,
    EntryKind,
    Outcome,
    ProcedureKind,
    SpecialProcedure,
    Verdict,
)
from exchange.telemetry.troubles import Troubles
from tests.journeys.city import City, make_city, midnight_after

pytestmark = pytest.mark.broker

MOMENT = timedelta(seconds=1)


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain, superior="government", over_window=True, rule_decides=False)
    with city.local:
        approvers = (city.approver("planning", days=30), city.approver("transport", days=30))
        city.matter(*approvers, decision_days=10, promised_days=5)
        city.matter(city.approver("planning", days=30), code="single", decision_days=10)
        yield city


def day(month: int, of_month: int) -> datetime:
    """24:00 of a day of 2026."""
    return midnight_after(datetime(2026, month, of_month, tzinfo=CST).date())


def wanted(city: City, kind: EntryKind, **fields: object) -> CaseAmendment:
    return CaseAmendment(kind, **{"reason": "现场复杂", "actor": city.address("window"), **fields})  # type: ignore[arg-type]


def told(city: City, name: str) -> list[CaseTermNotice]:
    """What a member has been told of the terms of cases, the latest first."""
    city.wake("window")
    city.local.settle()
    with city.node(name).store.reading() as tx:
        found = list(tx[Documents].recent("received", CaseTermNotice.KIND))
    bodies = [verify_signed(one.signed, city.window.directory).body for one in found]
    return [body for body in bodies if isinstance(body, CaseTermNotice)]


def status(city: City, case: CaseRow) -> CaseStatus:
    return case_status(city.window, case.number)


def duties(city: City) -> list[LeadDuty]:
    with city.window.store.reading() as tx:
        return lead_duties(tx, city.window.calendar, city.clock.now())


def events(city: City, case: CaseRow, name: str = "window") -> list[str]:
    with city.node(name).store.reading() as tx:
        return [one.event for one in tx.journal_of(case.number)]


def test_an_extension_is_ordered_by_the_government_above_and_told_to_all_who_are_asked(city: City) -> None:
    case, above = city.submit(), city.address("government")
    assert status(city, case).due_at == day(3, 16)
    with pytest.raises(Denied, match="government above"):
        amend_case(city.window, case.number, wanted(city, EntryKind.EXTEND, days=5))
    with pytest.raises(CallerError, match="at most 15"):
        amend_case(city.window, case.number, wanted(city, EntryKind.EXTEND, days=16, actor=above))
    entry = amend_case(city.window, case.number, wanted(city, EntryKind.EXTEND, days=15, actor=above))
    assert (entry.told, entry.basis) == (day(4, 7), ("行政许可法第四十二条",))
    for name in ("planning", "transport", "government"):
        notice = told(city, name)[0]
        assert (notice.event, notice.entry, notice.due_at) == (CaseTermEvent.AMENDED, entry, day(4, 7))
    refused = told(city, "government")[1]
    assert (refused.event, "at most 15" in (refused.refused or "")) == (CaseTermEvent.REFUSED, True)
    assert [duty.kind for duty in duties_here(city.node("government"))] == [DutyKind.LOOK_AT_REFUSED]
    assert events(city, case, "planning")[-1] == "case-term-amended"
    with pytest.raises(Conflict, match="extended before"):
        amend_case(city.window, case.number, wanted(city, EntryKind.EXTEND, days=1, actor=above))
    found = status(city, case)
    assert found.term is not None
    assert (found.due_at, found.term.dates.promised_by, found.term.entries) == (day(4, 7), day(3, 9), (entry,))
    assert [name for name in events(city, case) if name.startswith("case-")] == [
        "case-amendment-refused", "case-amendment-refused", "case-term-amended", "case-amendment-refused",
    ]  # fmt: skip


def test_the_lead_extends_what_one_department_handles_and_nobody_after_the_end(city: City) -> None:
    case, other = city.submit("single"), city.submit("single")
    city.clock.step_to(day(3, 16))
    assert amend_case(city.window, case.number, wanted(city, EntryKind.EXTEND, days=10)).told == day(3, 30)
    city.clock.step_to(day(3, 16) + MOMENT)
    with pytest.raises(Conflict, match="over"):
        amend_case(city.window, other.number, wanted(city, EntryKind.EXTEND, days=10))


def test_what_lead_and_departments_have_announced_is_counted_once_and_runs_on_early(city: City) -> None:
    case = city.submit()
    revision = case_file(city.window, case.number).revision
    hearing = wanted(city, EntryKind.STOP, days=5, procedure=ProcedureKind.HEARING)
    assert amend_case(city.window, case.number, hearing).told == day(3, 23)
    assert case_file(city.window, case.number).revision != revision
    procedure = SpecialProcedure(kind=ProcedureKind.EXPERT_REVIEW, days=5)
    city.reply("transport", case, Verdict.SPECIAL_PROCEDURE, procedure=procedure)
    found = status(city, case)
    assert (found.due_at, found.term and found.term.stopped is not None) == (day(3, 23), True)
    assert found.term is not None
    assert found.term.dates.promised_by == day(3, 16), "what stands still lengthens the promise, too"
    city.clock.step_to(day(3, 3) + timedelta(hours=9))
    amend_case(city.window, case.number, wanted(city, EntryKind.RESUME))
    assert status(city, case).due_at == day(3, 23), "the department's procedure still stands"
    with pytest.raises(Conflict, match="not stopped"):
        amend_case(city.window, case.number, wanted(city, EntryKind.RESUME))


def test_an_overrun_is_told_once_to_all_by_name_and_grants_nothing(city: City) -> None:
    case = city.submit()
    city.clock.step_to(day(3, 9) + MOMENT)
    look_at_clocks(city.window)
    assert [duty.task for duty in duties(city)] == [LeadTask.EXPLAIN], "the promise is over"
    assert told(city, "government") == []
    city.clock.step_to(day(3, 16) + MOMENT)
    for _ in range(3):
        look_at_clocks(city.window)
    (notice,) = told(city, "government")
    assert (notice.event, notice.due_at, notice.days) == (CaseTermEvent.OVERRUN, day(3, 16), 10)
    assert told(city, "planning") == []
    assert events(city, case, "government") == ["case-term-overrun"]
    (duty,) = duties(city)
    assert (duty.task, duty.overdue, duty.since) == (LeadTask.OVERRUN, True, city.clock.now())
    with city.window.store.reading() as tx:
        (noted,) = (one.detail for one in tx.journal_of(case.number) if one.event == "case-overrun")
        assert tx[Troubles].overrun().first == (case.number,)
    assert (noted["lead"], noted["above"]) == (city.address("window"), [city.address("government")])
    assert sorted(noted["waiting"]) == [city.address("planning"), city.address("transport")]
    assert status(city, case).state is CaseState.OPEN
    closing.withdraw(city.window, case.number, "申请人撤回")
    with city.window.store.reading() as tx:
        assert tx[Troubles].overrun().number == 0
    assert duties(city) == []


class KilledError(BaseException):
    """The process is gone: nothing catches it."""


def test_a_window_that_is_killed_while_it_tells_has_told_nothing_and_tells_it_once_when_it_is_back(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = city.submit()
    city.clock.step_to(day(3, 16) + MOMENT)
    tells = watching.tell_above

    def dies(*given: object, **named: object) -> None:
        tells(*given, **named)  # type: ignore[arg-type]
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(watching, "tell_above", dies)
        with pytest.raises(KilledError):
            look_at_clocks(city.window)
    with city.window.store.reading() as tx:
        assert tx[CaseClocks].get(case.number).overrun_at is None
    assert told(city, "government") == []
    city.local.stop(city.address("window"))
    look_at_clocks(city.window)  # and killed again, before anything went out
    city.local.start(city.address("window"))
    look_at_clocks(city.window)
    assert [notice.event for notice in told(city, "government")] == [CaseTermEvent.OVERRUN]
    assert events(city, case).count("case-overrun") == 1


def test_the_lead_is_reminded_of_each_share_of_its_term_once_and_anew_when_that_is_extended(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, notes = city.submit("single"), watching._note

    def dies(*given: object, **named: object) -> None:
        notes(*given, **named)  # type: ignore[arg-type]
        raise KilledError

    def reminded() -> list[tuple[object, ...]]:
        with city.window.store.reading() as tx:
            found = [one.detail for one in tx.journal_of(case.number) if one.event == "lead-reminded"]
        return [(one["clock"], one["stage"], one["due_at"]) for one in found]

    first, last = day(3, 16).isoformat(), day(3, 30).isoformat()
    city.clock.step_to(day(3, 8) + timedelta(hours=9))
    with monkeypatch.context() as patched:
        patched.setattr(watching, "_note", dies)
        with pytest.raises(KilledError):
            look_at_clocks(city.window)
    assert (reminded(), duties(city)) == ([], [])
    for _ in range(3):
        look_at_clocks(city.window)
    assert reminded() == [("decision", 50, first)]
    (duty,) = duties(city)
    assert (duty.task, duty.due_at, duty.overdue) == (LeadTask.NEAR, day(3, 16), False)
    assert told(city, "planning") == told(city, "government") == []
    amend_case(city.window, case.number, wanted(city, EntryKind.EXTEND, days=10))
    assert duties(city) == [], "the end that it was reminded of is none any more"
    for moment in (day(3, 12), day(3, 15), day(3, 25)):
        for _ in range(2):
            city.clock.step_to(moment + timedelta(hours=9))
            look_at_clocks(city.window)
    assert reminded() == [("decision", 50, first), ("decision", 50, last), ("decision", 90, last)]
    term = case_file(city.window, case.number).status.term
    assert term is not None
    assert (term.record.reminded_stage, term.record.reminded_due_at) == (90, day(3, 30))
    city.reply("planning", case)
    assert [duty.task for duty in duties(city)] == [LeadTask.CONFIRM]


def test_a_promise_that_was_not_kept_is_explained_once(city: City) -> None:
    case = city.submit("works")
    with pytest.raises(Conflict, match="no promise"):
        explain(city.window, case.number, "李四", "理由")
    city.reply("planning", case)
    city.reply("transport", case)
    city.clock.step_to(day(3, 9) + MOMENT)
    conclude.confirm(city.window, case.number, "李四")
    city.clock.step_to(day(3, 12) + MOMENT)
    look_at_clocks(city.window)
    assert [duty.task for duty in duties(city)] == [LeadTask.EXPLAIN]
    for officer, reasons in (("", "理由"), ("李四", " ")):
        with pytest.raises(CallerError):
            explain(city.window, case.number, officer, reasons)
    explain(city.window, case.number, "李四", "需征求上级主管部门意见")
    with pytest.raises(Conflict, match="explained already"):
        explain(city.window, case.number, "李四", "需征求上级主管部门意见")
    found = status(city, case)
    assert found.term is not None
    assert (found.term.record.explanation, found.term.record.explained_by) == ("需征求上级主管部门意见", "李四")
    assert duties(city) == []


def test_what_is_granted_is_delivered_within_ten_working_days_or_told(city: City) -> None:
    case = city.submit()
    with pytest.raises(Conflict, match="nothing is granted"):
        deliver(city.window, case.number, "李四", "本人")
    city.reply("planning", case)
    city.reply("transport", case)
    conclude.confirm(city.window, case.number, "李四")
    found = status(city, case)
    assert found.term is not None
    assert (found.term.deliver_by, found.term.delivery_provisional) == (day(3, 16), False)
    city.clock.step_to(day(3, 12) + MOMENT)
    look_at_clocks(city.window)
    look_at_clocks(city.window)
    (duty,) = duties(city)
    assert (duty.task, duty.due_at, duty.overdue) == (LeadTask.DELIVER_SOON, day(3, 16), False)
    assert events(city, case).count("lead-reminded") == 1
    city.clock.step_to(day(3, 16) + MOMENT)
    look_at_clocks(city.window)
    look_at_clocks(city.window)
    (notice,) = told(city, "government")
    assert (notice.event, notice.deliver_by) == (CaseTermEvent.UNDELIVERED, day(3, 16))
    (duty,) = duties(city)
    assert (duty.task, duty.due_at, duty.overdue) == (LeadTask.DELIVER, day(3, 16), True)
    deliver(city.window, case.number, "李四", "本人，窗口领取")
    with pytest.raises(Conflict, match="on record"):
        deliver(city.window, case.number, "李四", "本人")
    assert duties(city) == []
    record = case_file(city.window, case.number).status.term
    assert record is not None
    assert (record.record.delivered_to, record.record.delivered_at) == ("本人，窗口领取", city.clock.now())


def test_a_case_that_is_reopened_has_its_clocks_anew(city: City) -> None:
    case = city.submit()
    city.clock.step_to(day(3, 16) + MOMENT)
    look_at_clocks(city.window)
    city.reply("planning", case)
    city.reply("transport", case, Verdict.DISAGREE, reasons="影响通行", basis=("条例",))
    conclude.confirm(city.window, case.number, "李四", Outcome.REFUSE)
    reopen(city.window, case.number, Reopening("李四", "事实不清", ("行政诉讼法",)))
    found = status(city, case)
    assert found.term is not None
    assert (found.due_at, found.term.record.overrun_at) == (day(3, 31), None)
    city.clock.step_to(day(3, 31) + MOMENT)
    look_at_clocks(city.window)
    assert [notice.due_at for notice in told(city, "government")] == [day(3, 31), day(3, 16)]
    assert conclude.decide(city.window, case.number, Ruling(Outcome.REFUSE, "维持", officer="李四"))


def test_beyond_the_published_calendar_nothing_is_over(tmp_path: Path, broker: NodeInfo, domain: str) -> None:
    start = datetime(2026, 11, 23, 9, tzinfo=CST)
    city = make_city(tmp_path, broker, domain, superior="government", over_window=True, start=start)
    with city.local:
        city.matter(city.approver("planning", days=90, default=DefaultMode.NONE), decision_days=45, promised_days=40)
        case = city.submit()
        assert status(city, case).provisional
        city.clock.step_to(datetime(2027, 6, 1, tzinfo=CST))
        look_at_clocks(city.window)
        look_at_clocks(city.window)
        assert told(city, "government") == []
        assert duties(city) == []
