"""A department says that it is not competent and names who is: that body is asked while the case runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.approval.monitor.recheck import recheck_case
from exchange.approval.records import CaseRow
from exchange.approval.rules.course.adding import Placement
from exchange.approval.rules.lead import LeadTask
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window import conclude
from exchange.approval.window.adding import Addition, add_body
from exchange.approval.window.case_file import case_file
from exchange.approval.window.decision import Ruling
from exchange.approval.window.lead_duties import lead_duties
from exchange.approval.window.status import case_status
from exchange.broker.admin.node_info import NodeInfo
from exchange.envelope import verify_signed
from exchange.errors import CallerError, Conflict, NotFound
from exchange.messaging.documents import Documents
from exchange.schemas import Consultation, DefaultMode, Outcome, Verdict
from exchange.workdays import add_working_days, end_of_day
from tests.journeys.city import City, make_city

pytestmark = pytest.mark.broker


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain, ("planning", "transport", "housing"))
    with city.local:
        yield city


def add(city: City, case: CaseRow, name: str = "housing", **fields: object) -> None:
    add_body(city.window, case.number, Addition(city.address(name), "张主任", **fields))  # type: ignore[arg-type]
    city.wake("window")
    city.local.settle()


def not_competent(city: City, case: CaseRow, name: str = "transport", body: str | None = None) -> None:
    city.reply(name, case, Verdict.NOT_COMPETENT, competent_body=body or city.address("housing"))


def test_the_window_proposes_the_body_that_is_named_and_the_case_waits_for_its_full_term(city: City) -> None:
    city.matter(city.approver("planning"), city.approver("transport", days=3))
    case = city.submit()
    with pytest.raises(Conflict, match="nobody in case"):
        add(city, case)
    city.reply("planning", case)
    city.clock.step_to(city.clock.now() + timedelta(days=2))
    not_competent(city, case, body="housing")  # as the directory calls it

    status = case_status(city.window, case.number)
    assert status.proposals == (Placement(city.address("transport"), "housing", city.address("housing")),)
    with city.window.store.reading() as tx:
        [duty] = lead_duties(tx, city.window.calendar, city.clock.now())
    assert (duty.task, duty.departments) == (LeadTask.ADD_BODY, (city.address("transport"),))
    assert city.case(case).state is CaseState.READY, "its rule prepares at most; it does not decide over a proposal"
    assert case_file(city.window, case.number).lacking == (city.address("transport"),)
    for name, why in (
        ("planning", "asked in case"), ("transport", "asked in case"), ("window", "leads the case"),
        ("monitor", "no department"), ("nobody", "no member"),
    ):  # fmt: skip
        with pytest.raises((Conflict, CallerError, NotFound), match=why):
            add(city, case, name)
    with pytest.raises(Conflict, match="full term of 3"):
        add(city, case, days=2)
    with pytest.raises(Conflict, match="has not said"):
        add(city, case, instead_of=city.address("planning"))
    add(city, case)
    with pytest.raises(Conflict, match="asked in case"):
        add(city, case)

    part, asked = city.part(case, "housing"), consultation(city, case, "housing")
    last, _ = add_working_days(city.window.calendar, city.clock.now().date(), 3)
    assert (part.state, part.instead_of, part.due_at) == (
        PartState.SIGNED, city.address("transport"), end_of_day(last),
    )  # fmt: skip
    assert asked.document is not None
    assert "非其职责" in asked.document.body
    assert asked.document.addressees == (city.address("housing"),)
    assert city.case(case).state is CaseState.OPEN
    assert case_status(city.window, case.number).proposals == ()
    assert case_file(city.window, case.number).lacking == (city.address("housing"),)
    city.reply("housing", case)
    assert city.case(case).state is CaseState.DECIDED, "what is not competent is settled, and nobody lacks"
    with pytest.raises(Conflict, match="is decided"):
        add(city, case)


def test_what_its_silence_means_is_the_matters_to_say_and_nothing_where_it_does_not_know_the_body(city: City) -> None:
    further = city.approver("housing", days=2, silent=True, after=(city.address("planning"),))
    city.matter(city.approver("planning", days=10), city.approver("transport"), code="known", further=(further,))
    city.matter(city.approver("planning", days=10), city.approver("transport", silent=True), code="unknown")
    known, unknown = city.submit("known"), city.submit("unknown")
    for case in (known, unknown):
        not_competent(city, case, body="市政府某局")
        assert case_status(city.window, case.number).proposals[0].body is None
        with pytest.raises(CallerError, match="another body"):
            add(city, case)
        add(city, case, reasons="该局职责已划入住建部门")
    [told] = consultation(city, known, "housing").departments
    assert (told.term.days, told.default, told.after) == (2, DefaultMode.CONSENT, (city.address("planning"),))
    assert city.part(known, "housing").due_at is None, "its term begins with the result that it waits for"

    for case in (known, unknown):
        city.reply("planning", case)
    assert city.part(known, "housing").clearance_id is not None
    city.through(4)

    assert city.part(known, "housing").state is PartState.DEEMED
    assert city.case(known).state is CaseState.DECIDED
    [checked] = recheck_case(city.window, known.number)
    assert checked.error is None
    assert city.part(unknown, "housing").state is PartState.ESCALATED
    with pytest.raises(CallerError, match="requires the consent"):
        conclude.decide(city.window, unknown.number, Ruling(Outcome.GRANT, "nobody objects", officer="主任"))


def consultation(city: City, case: CaseRow, name: str) -> Consultation:
    with city.node(name).store.reading() as tx:
        [stored] = tx[Documents].of_conversation(case.conversation_id, Consultation.KIND)
    body = verify_signed(stored.signed, city.window.directory).body
    assert isinstance(body, Consultation)
    return body
