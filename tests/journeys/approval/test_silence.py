"""Silence has a consequence, and only where the rules allow it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.request import urlopen

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from exchange.approval.department.store import DepartmentDesk
from exchange.approval.monitor.recheck import recheck_deemed
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window import closing, conclude
from exchange.approval.window.terms.amending import Amendment, amend
from exchange.broker.admin.node_info import NodeInfo
from exchange.errors import Conflict, Forged
from exchange.messaging.clock_watch import ClockWatch
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.runtime.periodic import periodic_work
from exchange.runtime.supervision.pulse import Pulse
from exchange.schemas import DeemedConsent, DefaultNotice, EntryKind, Exclusion, Outcome, Verdict
from exchange.telemetry.endpoint import Answers, Endpoint, EndpointPlace
from exchange.telemetry.gauges import MemberGauges
from exchange.workdays import ChinaCalendar
from tests.journeys.city import MONDAY, City, make_city

pytestmark = pytest.mark.broker


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain)
    with city.local:
        yield city


def test_a_silent_department_is_reminded_then_deemed_to_consent_and_the_lead_decides(city: City) -> None:
    city.matter(city.approver("planning"), city.approver("transport", silent=True))
    case = city.submit()
    city.reply("planning", case)
    assert city.part(case, "transport").state is PartState.SIGNED

    city.through(4)

    part = city.part(case, "transport")
    assert part.reminded_at is not None
    assert part.state is PartState.DEEMED
    assert part.verdict is None
    assert city.case(case).state is CaseState.DECIDED
    with city.node("transport").store.reading() as tx:
        desk = tx[DepartmentDesk].get(case.number)
        notices = [doc for doc in tx[Documents].recent("received") if doc.kind == DefaultNotice.KIND]
    assert desk is not None
    assert desk.state == "defaulted"
    assert desk.reminded == 90
    assert len(notices) == 1


def test_anyone_with_the_directory_can_check_a_deemed_consent_again(city: City) -> None:
    city.matter(city.approver("transport", silent=True))
    case = city.submit()
    city.through(4)
    with city.window.store.reading() as tx:
        deemed_id = city.part(case, "transport").deemed_id
        assert deemed_id is not None
        stored = tx[Documents].get(city.address("monitor"), deemed_id)
    assert stored is not None

    deemed = recheck_deemed(stored.signed, city.node("planning").directory, ChinaCalendar())

    assert deemed.due_at.isoformat() == "2026-03-06T00:00:00+08:00"
    altered = stored.signed.replace(b"2026-03-06", b"2026-03-05")
    with pytest.raises(Forged):
        recheck_deemed(altered, city.node("planning").directory, ChinaCalendar())


def test_a_late_opinion_is_kept_and_changes_nothing(city: City) -> None:
    city.matter(city.approver("transport", silent=True))
    case = city.submit()
    city.through(4)
    decided = city.case(case)

    city.reply("transport", case, Verdict.DISAGREE, reasons="车流量过大", basis=("道路交通安全法第三十二条",))

    part = city.part(case, "transport")
    assert part.state is PartState.DEEMED
    assert part.late_opinion_id is not None
    assert part.late_verdict is Verdict.DISAGREE
    assert city.case(case) == decided


def test_where_no_default_is_allowed_silence_escalates_and_the_answer_still_counts(city: City) -> None:
    city.matter(city.approver("planning"))
    case = city.submit()
    city.through(4)
    assert city.part(case, "planning").state is PartState.ESCALATED
    assert city.case(case).state is CaseState.OPEN

    city.reply("planning", case)

    assert city.part(case, "planning").state is PartState.ANSWERED
    assert city.case(case).state is CaseState.DECIDED


def test_life_safety_excludes_the_default_even_where_the_matter_names_one(city: City) -> None:
    city.matter(city.approver("transport", silent=True), exclusions=(Exclusion.LIFE_SAFETY,))
    case = city.submit()
    city.through(5)
    assert city.part(case, "transport").state is PartState.ESCALATED


def test_two_monitors_watch_and_nothing_fires_twice(tmp_path: Path, broker: NodeInfo, domain: str) -> None:
    city = make_city(tmp_path, broker, domain, monitors=("monitor", "second"))
    with city.local:
        city.matter(city.approver("transport", silent=True))
        case = city.submit()
        city.through(4, "monitor", "second")
        with city.window.store.reading() as tx:
            arrived = [doc for doc in tx[Documents].recent("received") if doc.kind == DeemedConsent.KIND]
            deemed = [entry for entry in tx.journal_of(case.number) if entry.event == "deemed"]
        with city.node("transport").store.reading() as tx:
            told = [doc for doc in tx[Documents].recent("received") if doc.kind == DefaultNotice.KIND]
        assert len(arrived) == 2
        assert len(deemed) == 1
        assert len(told) == 1


def test_an_extension_before_expiry_moves_the_moment_and_a_second_is_refused(city: City) -> None:
    city.matter(city.approver("transport", silent=True))
    case = city.submit()

    def extend() -> None:
        amendment = Amendment(EntryKind.EXTEND, "复杂", ("行政许可法第四十二条",), city.address("window"), days=2)
        amend(city.window, case.number, city.address("transport"), amendment)
        city.wake("window")

    extend()
    city.local.settle()
    with pytest.raises(Conflict):
        extend()
    city.through(4)
    assert city.part(case, "transport").state is PartState.SIGNED
    city.through(4)
    assert city.part(case, "transport").state is PartState.DEEMED


def test_a_hearing_stops_the_clock_and_the_opinion_is_still_due(city: City) -> None:
    from exchange.schemas import ProcedureKind, SpecialProcedure

    city.matter(city.approver("transport", silent=True))
    case = city.submit()
    hearing = SpecialProcedure(kind=ProcedureKind.HEARING, days=5)
    city.reply("transport", case, Verdict.SPECIAL_PROCEDURE, procedure=hearing, basis=("行政许可法第四十五条",))

    city.through(6)
    assert city.part(case, "transport").state is PartState.SIGNED
    city.through(9)
    assert city.part(case, "transport").state is PartState.DEEMED


def test_a_withdrawn_case_wants_no_opinions_and_defaults_nobody(city: City) -> None:
    city.matter(city.approver("planning"), city.approver("transport", silent=True))
    case = city.submit()
    closing.withdraw(city.window, case.number, "applicant's wish")
    city.wake("window")
    city.local.settle()

    city.through(5)

    assert city.case(case).state is CaseState.WITHDRAWN
    assert city.part(case, "transport").state is PartState.MOOT
    with city.node("transport").store.reading() as tx:
        desk = tx[DepartmentDesk].get(case.number)
    assert desk is not None
    assert desk.state == "closed"


def test_an_escalated_case_can_be_decided_by_the_lead_in_its_own_name(city: City) -> None:
    city.matter(city.approver("planning"))
    case = city.submit()
    city.through(5)
    ruling = conclude.Ruling(Outcome.REFUSE, "no opinion in spite of two reminders", officer="director")
    conclude.decide(city.window, case.number, ruling)
    city.wake("window")
    city.local.settle()
    assert city.case(case).outcome == "refuse"


def test_a_term_that_began_anew_needs_a_reminder_of_its_own(city: City) -> None:
    city.matter(city.approver("transport", silent=True))
    case = city.submit()
    city.through(3)
    amendment = Amendment(
        EntryKind.RESTART, "supplement of the file", ("行政许可法第三十二条",), city.address("window")
    )
    amend(city.window, case.number, city.address("transport"), amendment)
    city.wake("window")
    city.local.settle()

    city.through(6)

    part = city.part(case, "transport")
    assert part.state is PartState.DEEMED
    with city.window.store.reading() as tx:
        stored = tx[Documents].get(city.address("monitor"), part.deemed_id or "")
    assert stored is not None
    deemed = recheck_deemed(stored.signed, city.window.directory, ChinaCalendar())
    restarted = deemed.state.ledger[-1].at
    assert deemed.reminders
    assert all(reminder.at >= restarted for reminder in deemed.reminders)


def test_a_matter_that_changed_without_a_new_version_is_refused_and_open_cases_keep_theirs(city: City) -> None:
    city.matter(city.approver("planning"))
    case = city.submit()
    city.matter(city.approver("transport"))
    with pytest.raises(Conflict, match="still version"):
        city.submit()
    city.reply("planning", case)
    assert city.case(case).state is CaseState.DECIDED


def seen(node: Node) -> str:
    """What `/healthz` and `/metrics` of a served member say, one after the other."""
    member = SimpleNamespace(node=node, pulse=lambda: Pulse({}, {}, None), intake=None)
    gauges, registry = MemberGauges(cast("Any", member), cast("Any", node.store)), CollectorRegistry()
    registry.register(gauges)
    answers = Answers(
        metrics=lambda: generate_latest(registry),
        alive=lambda: gauges.state().alive,
        ready=lambda: gauges.state().checks(),
        remarks=lambda: gauges.state().remarks,
    )
    with Endpoint(EndpointPlace("127.0.0.1", 0), answers) as endpoint:
        pages = [urlopen(f"{endpoint.place.url}/{path}", timeout=5).read().decode() for path in ("healthz", "metrics")]
    assert pages[0].startswith("ok\n"), "no restart would set a clock"
    return "".join(pages)


def test_a_monitor_whose_clock_others_speak_against_draws_no_consequence_until_they_agree(city: City) -> None:
    city.matter(city.approver("transport"))
    case = city.submit()
    monitor = city.node("monitor")
    monitor.clock_watch = ClockWatch(lambda: MONDAY - timedelta(days=120))
    city.through(7)
    assert city.part(case, "transport").state is PartState.SIGNED
    found = seen(monitor)
    assert "clock doubtful: this machine's clock says" in found.partition("\n")[2]
    assert f'yizhan_clock_doubtful{{member="{monitor.address}"}} 1.0' in found
    monitor.clock_watch = ClockWatch(city.clock.now)
    assert f'yizhan_clock_doubtful{{member="{monitor.address}"}} 0.0' in seen(monitor)
    assert "clock doubtful" not in seen(monitor)
    monitor.clock_watch = None
    city.step_to(city.clock.now() + timedelta(hours=1))
    assert city.part(case, "transport").state is PartState.ESCALATED


def test_an_escalation_on_a_term_that_still_runs_by_the_windows_record_has_no_effect(city: City) -> None:
    city.matter(city.approver("transport"))
    case = city.submit()
    old_due = city.part(case, "transport").due_at
    assert old_due is not None
    city.local.stop(city.address("monitor"))
    extension = Amendment(EntryKind.EXTEND, "复杂", ("行政许可法第四十二条",), city.address("window"), days=4)
    amend(city.window, case.number, city.address("transport"), extension)
    city.clock.step_to(old_due + timedelta(hours=1))
    periodic_work(city.node("monitor"))  # it has not heard of the extension
    city.local.start(city.address("monitor"))
    city.local.settle()

    assert city.part(case, "transport").state is PartState.SIGNED
    with city.window.store.reading() as tx:
        assert "escalation-moot" in [entry.event for entry in tx.journal_of(case.number)]
    city.through(7)
    assert city.part(case, "transport").state is PartState.ESCALATED
