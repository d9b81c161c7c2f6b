"""A term that is amended: by the right entry, ordered by somebody who exists, and the department is told."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.approval.department import desk
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.department.terms import term_of
from exchange.approval.monitor.store import Watches
from exchange.approval.records import CaseRow
from exchange.approval.rules.department_term import DeskTerm
from exchange.approval.window import closing
from exchange.approval.window.deadlines import present_state
from exchange.approval.window.terms.amending import Amendment, amend
from exchange.broker.admin.node_info import NodeInfo
from exchange.cli.documents.message_views import letter_json
from exchange.envelope import verify_signed
from exchange.errors import CallerError, Conflict, NotFound
from exchange.messaging.documents import Documents
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.operations.tasks.duties import DutyKind, duties_here
from exchange.operations.trace.dossier import dossier
from exchange.schemas import (
    AmendmentRules,
    DeadlineNotice,
    EntryKind,
    ExtensionRule,
    LedgerEntry,
    ProcedureKind,
    SpecialProcedure,
    StopRule,
    TermNotice,
    Verdict,
)
from tests.journeys.city import City, make_city, wait_until
from tests.processes import ProcessDomain
from tests.warm import run_warm

pytestmark = pytest.mark.broker

BASIS = ("行政许可法第四十五条",)


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain, superior="government")
    with city.local:
        city.matter(city.approver("planning"), city.approver("transport", silent=True))
        yield city


def amendment(city: City, kind: EntryKind, **fields: object) -> Amendment:
    facts: dict[str, object] = {"reason": "because", "basis": BASIS, "actor": city.address("window"), **fields}
    return Amendment(kind, **facts)  # type: ignore[arg-type]


def due(city: City, case: CaseRow) -> object:
    """The due moment on the department's own desk."""
    with city.node("transport").store.reading() as tx:
        row = tx[DepartmentDesk].get(case.number)
    assert row is not None
    return row.due_at


def own_term(city: City, case: CaseRow) -> DeskTerm:
    """How the department itself sees its term."""
    node = city.node("transport")
    with node.store.reading() as tx:
        row = tx[DepartmentDesk].get(case.number)
        assert row is not None
        return term_of(node, tx, row)


def test_the_department_is_told_of_an_extension_by_a_notice_that_the_ledger_names(city: City) -> None:
    case = city.submit()
    wanted = amendment(city, EntryKind.EXTEND, days=2, reason="复杂")
    entry = amend(city.window, case.number, city.address("transport"), wanted)
    city.wake("window")
    city.local.settle()

    with city.node("transport").store.reading() as tx:
        [stored] = tx[Documents].recent("received", TermNotice.KIND)
    notice = verify_signed(stored.signed, city.window.directory).body
    assert isinstance(notice, TermNotice)
    assert stored.message_id == entry.notice
    assert (notice.entry.reason, notice.entry.days, notice.entry.basis) == ("复杂", 2, BASIS)
    assert notice.due_at == city.part(case, "transport").due_at == due(city, case)
    term = own_term(city, case)
    assert (term.due_at, term.told, term.days_left, term.overdue) == (notice.due_at, True, 5, False)


def test_a_department_sees_its_term_before_anybody_has_told_it_and_when_it_stops_its_own_clock(city: City) -> None:
    case = city.submit()
    term = own_term(city, case)
    assert (term.due_at, term.told, term.overdue) == (city.part(case, "transport").due_at, False, False)

    hearing = SpecialProcedure(kind=ProcedureKind.HEARING, days=3)
    city.reply("transport", case, Verdict.SPECIAL_PROCEDURE, procedure=hearing)
    term = own_term(city, case)
    assert term.stopped is not None
    assert term.stopped.until is not None
    assert term.due_at == city.part(case, "transport").due_at

    city.through(14)
    assert own_term(city, case).overdue


def test_the_clock_stops_for_a_procedure_of_the_closed_list_only(city: City) -> None:
    case = city.submit()
    with pytest.raises(CallerError, match="article 45"):
        amend(city.window, case.number, city.address("transport"), amendment(city, EntryKind.STOP))
    wanted = amendment(city, EntryKind.STOP, procedure=ProcedureKind.HEARING)
    assert "hearing" in amend(city.window, case.number, city.address("transport"), wanted).reason
    city.wake("window")
    city.local.settle()
    assert due(city, case) is None
    term = own_term(city, case)
    assert term.stopped is not None
    assert (term.due_at, term.stopped.until) == (None, None)
    assert "hearing" in term.stopped.reason
    resumed = amendment(city, EntryKind.RESUME, procedure=ProcedureKind.HEARING)
    with pytest.raises(CallerError, match="nothing else"):
        amend(city.window, case.number, city.address("transport"), resumed)


def test_what_the_matter_does_not_allow_is_refused_with_who_may_and_the_journal_says_so(city: City) -> None:
    case = city.submit()
    department = city.address("transport")
    wanted = [
        amendment(city, EntryKind.EXTEND, days=365, actor=department),
        amendment(city, EntryKind.EXTEND, days=16),
        amendment(city, EntryKind.RESTART, basis=()),
    ]
    for one in wanted:
        with pytest.raises(CallerError) as refused:
            amend(city.window, case.number, department, one)
        assert refused.value.remedy
    amend(city.window, case.number, department, amendment(city, EntryKind.RESTART, basis=("行政许可法第三十二条",)))
    with pytest.raises(Conflict, match="as often as it may"):
        amend(city.window, case.number, department, amendment(city, EntryKind.RESTART))
    with city.window.store.reading() as tx:
        noted = [one.detail for one in tx.journal_of(case.number) if one.event == "amendment-refused"]
    assert [(one["kind"], one["by"], one["days"]) for one in noted] == [
        ("extend", department, 365), ("extend", city.address("window"), 16),
        ("restart", city.address("window"), None), ("restart", city.address("window"), None),
    ]  # fmt: skip
    assert all(one["why"] for one in noted)


def test_whoever_is_named_as_having_ordered_it_hears_what_came_of_that(city: City) -> None:
    case = city.submit()
    department, above = city.address("transport"), city.address("government")
    before = own_term(city, case).due_at
    for actor in (department, above):
        with pytest.raises(CallerError):
            amend(city.window, case.number, department, amendment(city, EntryKind.EXTEND, days=90, actor=actor))
    with pytest.raises(CallerError):
        amend(city.window, case.number, department, amendment(city, EntryKind.EXTEND, days=90))
    city.wake("window")
    city.local.settle()
    assert own_term(city, case).due_at == city.part(case, "transport").due_at == before
    assert due(city, case) == before, "nothing of what was refused is on its desk"
    for name in ("transport", "government"):
        (told,) = (duty for duty in duties_here(city.node(name)) if duty.kind is DutyKind.LOOK_AT_REFUSED)
        assert told.detail.startswith(f"{city.window.address}: ")
        letters = [letter_json(one) for one in dossier(city.node(name), case.number)]
        (shown,) = (one for one in letters if one["message_id"] == told.id)
        assert shown["body"]["refused"] in told.detail
    amend(city.window, case.number, department, amendment(city, EntryKind.EXTEND, days=10, actor=above))
    city.wake("window")
    city.local.settle()
    with city.node("government").store.reading() as tx:
        last, first = tx[Documents].recent("received", TermNotice.KIND)
        events = [one.event for one in tx.journal_of(case.number)]
    assert events == ["order-refused", "order-told"]
    assert own_term(city, case).due_at == city.part(case, "transport").due_at != before
    bodies = [verify_signed(one.signed, city.window.directory).body for one in (last, first)]
    assert [body.refused is None for body in bodies if isinstance(body, TermNotice)] == [True, False]
    with city.window.store.reading() as tx:
        assert not [copy for copy in tx[Outbox].rows(last.message_id) if copy.state is not OutboxState.DELIVERED]


def test_a_department_takes_in_no_amendment_that_its_consultation_does_not_allow(city: City) -> None:
    case = city.submit()
    before, department = due(city, case), city.address("transport")
    own = own_term(city, case).due_at
    with city.node("transport").store.reading() as tx:
        row = tx[DepartmentDesk].get(case.number)
    assert row is not None
    facts = {"at": city.clock.now(), "reason": "r", "basis": BASIS}
    entries = [
        LedgerEntry(kind=EntryKind.EXTEND, days=365, actor=department, **facts),  # type: ignore[arg-type]
        LedgerEntry(kind=EntryKind.EXTEND, days=90, actor=city.address("window"), **facts),  # type: ignore[arg-type]
    ]
    for entry in entries:
        with city.window.step() as step:
            notice = TermNotice(
                case_number=case.number, department=department, consultation_id=row.consultation_id, entry=entry,
                due_at=city.clock.now() + timedelta(days=400),
            )  # fmt: skip
            message_id = step.send(notice, (department,), conversation_id=case.conversation_id)
        city.wake("window")
        city.local.settle()
        with city.window.store.reading() as tx:
            [copy] = tx[Outbox].rows(message_id)
        assert copy.state is OutboxState.RETURNED
        assert "not-permitted" in (copy.last_error or "")
    assert due(city, case) == before
    assert own_term(city, case).due_at == own


def test_a_monitor_takes_in_no_ledger_that_the_matter_does_not_allow(city: City) -> None:
    case = city.submit()
    key = case.number, city.address("transport")
    with city.node("monitor").store.reading() as tx:
        before = tx[Watches].board()
    with city.window.step() as step:
        state = present_state(step, *key)
        assert state is not None
    facts = {"at": city.clock.now(), "reason": "r", "basis": BASIS}
    by_itself = LedgerEntry(kind=EntryKind.EXTEND, days=10, actor=key[1], **facts)  # type: ignore[arg-type]
    once = LedgerEntry(kind=EntryKind.EXTEND, days=10, actor=city.address("window"), **facts)  # type: ignore[arg-type]
    generous = AmendmentRules(extension=(ExtensionRule(by=("department",), days=365),))
    wrong = [
        {"ledger": (*state.ledger, by_itself)},
        {"ledger": (*state.ledger, once, once)},
        {"ledger": (*state.ledger, by_itself), "amendments": generous},
    ]
    for changes in wrong:
        with city.window.step() as step:
            told = state.model_copy(update={"revision": state.revision + 1, **changes})
            message_id = step.send(DeadlineNotice(deadlines=(told,)), (city.address("monitor"),))
        city.wake("window")
        city.local.settle()
        with city.window.store.reading() as tx:
            [copy] = tx[Outbox].rows(message_id)
        assert copy.state is OutboxState.RETURNED
        assert "not-permitted" in (copy.last_error or "")
    with city.node("monitor").store.reading() as tx:
        assert tx[Watches].board() == before


def test_a_procedure_that_the_matter_does_not_know_stops_no_clock(city: City) -> None:
    hearings = StopRule(procedure=ProcedureKind.HEARING, by=("lead", "department"), days=5)
    approvers = (city.approver("planning"), city.approver("transport", silent=True))
    city.matter(*approvers, code="heard", amendments=AmendmentRules(stops=(hearings,)))
    case = city.submit("heard")
    before = city.part(case, "transport").due_at
    for procedure in (
        SpecialProcedure(kind=ProcedureKind.AUCTION, days=3), SpecialProcedure(kind=ProcedureKind.HEARING, days=6),
    ):  # fmt: skip
        message_id = city.reply("transport", case, Verdict.SPECIAL_PROCEDURE, procedure=procedure)
        with city.node("transport").store.reading() as tx:
            [copy] = tx[Outbox].rows(message_id)
        assert "not-permitted" in (copy.last_error or "")
    assert city.part(case, "transport").due_at == before
    city.reply(
        "transport", case, Verdict.SPECIAL_PROCEDURE, procedure=SpecialProcedure(kind=ProcedureKind.HEARING, days=5)
    )
    assert city.part(case, "transport").due_at != before


def test_who_orders_it_must_be_a_member(city: City) -> None:
    case = city.submit()
    wanted = amendment(city, EntryKind.EXTEND, days=2, actor=city.address("nobody"))
    with pytest.raises(NotFound, match="nobody"):
        amend(city.window, case.number, city.address("transport"), wanted)


def test_an_unknown_case_and_an_unconsulted_department_are_told_apart_with_what_to_do(city: City) -> None:
    case = city.submit()
    wanted = amendment(city, EntryKind.EXTEND, days=2)
    with pytest.raises(NotFound, match="no case NOPE") as unknown:
        amend(city.window, "NOPE", city.address("transport"), wanted)
    assert "exchange status" in unknown.value.remedy
    with pytest.raises(NotFound, match="not consulted") as unconsulted:
        amend(city.window, case.number, city.address("monitor"), wanted)
    assert city.address("transport") in unconsulted.value.remedy


def test_an_answer_after_a_withdrawal_is_told_that_nothing_is_to_be_done(city: City) -> None:
    case = city.submit()
    answered = city.opinion("planning", case)
    desk.reply(city.node("planning"), answered)
    with pytest.raises(Conflict) as again:
        desk.reply(city.node("planning"), answered)
    assert "given once" in again.value.remedy
    closing.withdraw(city.window, case.number, "applicant's wish")
    city.wake("window")
    city.local.settle()
    with pytest.raises(Conflict) as refused:
        desk.reply(city.node("transport"), city.opinion("transport", case))
    assert "nothing is to be done" in refused.value.remedy


def test_the_command_names_the_new_end_and_the_notice_or_says_what_is_missing(
    tmp_path: Path, broker: NodeInfo, domain: str
) -> None:
    with ProcessDomain(tmp_path, domain, broker) as city:
        rule = city.settings.home / "departments" / "planning" / "rule.py"
        rule.write_text("def decide(consultation, today):\n    return None\n", encoding="utf-8")
        (number,) = city.submit(1)
        city.serve_all()
        words = ("deadline", number, city.address("planning"))

        def run(*more: str) -> subprocess.CompletedProcess[str]:
            return run_warm([*words, *more, "--reason", "复杂", "--basis", "第四十二条"], city.environment())

        extended: list[str] = []

        def extends() -> bool:
            done = run("extend", "--days", "2")
            assert done.returncode == 0 or "has not begun" in done.stderr, done.stderr
            extended.append(done.stdout + done.stderr)
            return done.returncode == 0

        wait_until(extends, 60, "the term that begins")
        assert "; notice " in extended[-1]
        refused = run("stop", "--days", "5")
        assert refused.returncode == 2
        assert "--procedure" in refused.stderr
        assert run("stop", "--days", "5", "--procedure", "hearing").returncode == 0
