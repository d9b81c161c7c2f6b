"""From an applicant's filing to the decision: accepted by law's five outcomes, and shown by signed papers alone."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.approval.acceptance import officers
from exchange.approval.filings.states import FilingState
from exchange.approval.records import CaseRow
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.store import Cases
from exchange.broker.admin.node_info import NodeInfo
from exchange.claims import fetch, open_claim_store
from exchange.clock import CST
from exchange.envelope import verify_signed
from exchange.errors import BadAcceptance, Conflict
from exchange.messaging.documents import Documents
from exchange.messaging.records import StoredDocument
from exchange.operations.said.message import said_in
from exchange.operations.said.names import SaidNames
from exchange.operations.trace.dossier import filed
from exchange.portal import drafting, ending, handing_in, removing, speaking
from exchange.portal.large_files import attach_large
from exchange.portal.store import Drafts
from exchange.portal.view import FilingStanding
from exchange.schemas import (
    ACCEPTED_BY_LAW,
    AcceptanceMode,
    AcceptanceOutcome,
    ApplicantSees,
    CaseAddition,
    CaseStep,
    Consultation,
    Decision,
    FilingReceipt,
    Material,
    MissingItem,
    Outcome,
    PartStep,
    SeenFrom,
    Verdict,
    Visibility,
)
from tests.journeys.city import City
from tests.journeys.portal import APPLICANT, TRUTH, arrive, file, make_portal_city, offer, row, tell, view

pytestmark = pytest.mark.broker

OFFICER = "窗口受理岗"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, broker: NodeInfo) -> Iterator[City]:
    """One for all that needs no other time: nothing here begins on a Friday."""
    city = make_portal_city(tmp_path_factory.mktemp("city"), broker, f"t{secrets.token_hex(4)}")
    with city.local:
        yield city


@pytest.fixture
def passing(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    """One whose clock the test moves far."""
    city = make_portal_city(tmp_path, broker, domain)
    with city.local:
        yield city


def cases(city: City, number: str) -> list[str]:
    """The cases of a filing."""
    with city.window.store.reading() as tx:
        return [case.number for case in tx[Cases].recent() if case.number == row(city, number).case_number]


def test_what_is_filed_is_received_and_not_accepted_before_an_officer_looks(city: City) -> None:
    number = file(city, offer(city))
    seen = view(city, number)
    receipt = seen.last(FilingReceipt)
    assert seen.standing is FilingStanding.RECEIVED
    assert receipt is not None
    assert [(one.name, one.size) for one in receipt.files] == [("施工方案.txt", 6)]
    assert receipt.files[0].digest == hashlib.sha256("方案".encode()).hexdigest()
    # Monday 2026-03-02 and five working days: Monday the 9th, at 24:00
    assert receipt.tell_by.astimezone(CST).isoformat() == "2026-03-10T00:00:00+08:00"
    assert seen.acceptances == ()
    assert cases(city, number) == []


def test_an_officer_accepts_it_and_the_applicant_follows_it_to_the_decision(passing: City) -> None:
    city = passing
    number = file(city, offer(city))
    filed = row(city, number)
    city.clock.step_to(city.clock.now() + timedelta(days=1))
    case_number = officers.accept(city.window, number, OFFICER)
    arrive(city)
    tell(city)
    seen = view(city, number)
    assert seen.standing is FilingStanding.UNDER_WAY
    accepted = seen.acceptances[-1]
    assert (accepted.outcome, accepted.case_number, accepted.by_rule) == (
        AcceptanceOutcome.ACCEPTED, case_number, False,
    )  # fmt: skip
    assert accepted.accepted_from == filed.received_at
    assert accepted.decide_by is not None
    assert seen.progress is not None
    assert {part.step for part in seen.progress.parts} == {PartStep.SIGNED_FOR}
    with city.window.store.reading() as tx:
        case = tx[Cases].get(case_number)
    assert case is not None
    city.reply("planning", case, Verdict.AGREE_WITH_CONDITIONS, conditions="夜间施工")
    tell(city)
    seen = view(city, number)
    assert seen.progress is not None
    line = next(part for part in seen.progress.parts if part.department == city.address("planning"))
    assert (line.step, line.verdict, line.conditions) == (
        PartStep.ANSWERED, Verdict.AGREE_WITH_CONDITIONS, "夜间施工",
    )  # fmt: skip
    city.reply("transport", case)
    tell(city)
    seen = view(city, number)
    assert seen.standing is FilingStanding.DECIDED
    assert seen.decision is not None
    assert seen.decision.outcome is Outcome.GRANT
    assert seen.decision.remedies == ("六十日内可以申请行政复议",)
    assert seen.decision.deliver_by is not None
    with city.window.store.reading() as tx:
        stored = tx[Documents].get(city.address("window"), seen.decision.decision_id)
    assert stored is not None
    assert stored.kind == Decision.KIND
    assert hashlib.sha256(stored.signed).hexdigest() == seen.decision.decision_digest


def test_a_complete_application_is_accepted_at_once_where_its_matter_says_so(city: City) -> None:
    number = file(city, offer(city, mode=AcceptanceMode.AUTOMATIC))
    seen = view(city, number)
    assert seen.standing is FilingStanding.UNDER_WAY
    assert seen.acceptances[-1].by_rule
    assert len(cases(city, number)) == 1


def test_an_incomplete_one_waits_for_an_officer_even_then(city: City) -> None:
    number = file(city, offer(city, mode=AcceptanceMode.AUTOMATIC), with_plan=False)
    assert view(city, number).standing is FilingStanding.RECEIVED
    assert cases(city, number) == []


def test_what_is_missing_is_told_once_and_the_acceptance_dates_from_what_completes_it(passing: City) -> None:
    city = passing
    number = file(city, offer(city), with_plan=False)
    missing = [MissingItem(what="施工方案", remedy="请上传盖章的施工方案")]
    officers.tell_incomplete(city.window, number, missing, OFFICER)
    arrive(city)
    assert view(city, number).standing is FilingStanding.INCOMPLETE
    with pytest.raises(Conflict):
        officers.tell_incomplete(city.window, number, missing, OFFICER)
    portal = city.node("portal")
    city.clock.step_to(city.clock.now() + timedelta(days=30))
    draft = handing_in.reopen(portal, number)
    drafting.attach(portal, number, "plan", "方案.txt", "text/plain", b"plan")
    assert handing_in.hand_in(portal, number, TRUTH) != draft.filing_id
    arrive(city)
    assert view(city, number).standing is FilingStanding.COMPLETED
    assert row(city, number).state is FilingState.RECEIVED
    with pytest.raises(Conflict, match="told before"):
        officers.tell_incomplete(city.window, number, missing, OFFICER)
    officers.accept(city.window, number, OFFICER)
    arrive(city)
    accepted = view(city, number).acceptances[-1]
    assert accepted.accepted_from == row(city, number).complete_at
    assert accepted.accepted_from >= city.clock.now() - timedelta(minutes=1)
    with city.window.store.reading() as tx:
        kept = [one.kind for one in tx[Documents].of_conversation(row(city, number).filing_id)]
    assert kept.count("filing") == 1
    assert kept.count("filing-supplement") == 1


def test_nothing_told_within_five_working_days_accepts_it_by_law_from_the_day_of_receipt(passing: City) -> None:
    city = passing
    number = file(city, offer(city), with_plan=False)
    received = row(city, number).received_at
    last = row(city, number).tell_by
    assert last is not None
    city.clock.step_to(last - timedelta(seconds=1))
    tell(city)
    assert view(city, number).standing is FilingStanding.RECEIVED
    city.clock.step_to(last)
    with pytest.raises(Conflict, match="accepted by law"):
        officers.refuse(city.window, number, AcceptanceOutcome.NOT_NEEDED, "迟了", OFFICER)
    tell(city)
    tell(city)
    seen = view(city, number)
    assert seen.standing is FilingStanding.UNDER_WAY
    assert [(one.outcome, one.by_rule, one.statement) for one in seen.acceptances] == [
        (AcceptanceOutcome.BY_LAW, True, ACCEPTED_BY_LAW)
    ]
    assert seen.acceptances[0].accepted_from == received
    assert len(cases(city, number)) == 1
    with city.window.store.reading() as tx:
        case = tx[Cases].get(cases(city, number)[0])
    assert case is not None
    assert case.opened_at == received


def test_a_provisional_day_accepts_nothing_by_law(passing: City) -> None:
    city = passing
    city.clock.step_to(city.clock.now().replace(year=2031, month=3, day=3))
    number = file(city, offer(city))
    receipt = view(city, number).last(FilingReceipt)
    assert receipt is not None
    assert receipt.provisional
    city.clock.step_to(city.clock.now() + timedelta(days=60))
    tell(city)
    assert view(city, number).standing is FilingStanding.RECEIVED


@pytest.mark.parametrize(
    ("outcome", "body"),
    [(AcceptanceOutcome.NOT_NEEDED, None), (AcceptanceOutcome.NOT_COMPETENT, "市水务局")],
)
def test_who_is_turned_down_is_told_why_and_where_to_turn(
    city: City, outcome: AcceptanceOutcome, body: str | None
) -> None:
    number = file(city, offer(city, kept_days=0))
    officers.refuse(city.window, number, outcome, "不属于本机关职权范围", OFFICER, competent_body=body)
    arrive(city)
    seen = view(city, number)
    assert seen.standing is FilingStanding.NOT_ACCEPTED
    last = seen.acceptances[-1]
    assert (last.outcome, last.competent_body, last.remedies) == (outcome, body, ("六十日内可以申请行政复议",))
    assert OFFICER not in last.model_dump_json()
    ending.look(city.node("portal"))
    assert drafting.draft_of(city.node("portal"), number).files == ()
    assert cases(city, number) == []


def test_nothing_is_refused_for_what_was_not_told(city: City) -> None:
    number = file(city, offer(city))
    with pytest.raises(BadAcceptance):
        officers.refuse(city.window, number, AcceptanceOutcome.REFUSED, "材料不全", OFFICER)


def test_a_material_may_be_promised_where_the_matter_allows_it(city: City) -> None:
    number = file(city, offer(city), with_plan=False)
    with pytest.raises(BadAcceptance):
        officers.accept(city.window, number, OFFICER, promised=["plan"])
    later = Material(code="plan", name="施工方案", promise_days=3)
    number = file(city, offer(city, materials=(later,)), with_plan=False)
    officers.accept(city.window, number, OFFICER, promised=["plan"])
    arrive(city)
    promised = view(city, number).acceptances[-1].promised
    assert [(one.material, one.until.isoformat()) for one in promised] == [("plan", "2026-03-05")]
    portal = city.node("portal")
    handing_in.reopen(portal, number)
    drafting.attach(portal, number, "plan", "方案.txt", "text/plain", b"plan", "clamd")
    supplement = handing_in.hand_in(portal, number, TRUTH)
    arrive(city)
    assert view(city, number).promised == ()
    assert officers.filing_status(city.window, number).promised == ()
    with city.node("portal").store.reading() as tx:
        (sent,) = tx[Documents].find(supplement)
    with city.node("transport").store.reading() as tx:
        (shown,) = tx[Documents].of_conversation(case_of(city, number).conversation_id, CaseAddition.KIND)
    assert shown.enclosures == (sent.signed, b"plan")
    assert "plan: 方案.txt (scanned, nothing found)" in read_by(city, "transport", shown)
    with pytest.raises(Conflict, match="nothing was told to be missing"):
        handing_in.reopen(portal, number)


def test_files_of_a_case_are_kept_as_its_matter_says_and_forgotten_everywhere_only_where_nobody_has_accepted_them(
    city: City, tmp_path: Path
) -> None:
    node, store = city.node("portal"), open_claim_store(tmp_path / "claims")
    large = tmp_path / "plan.txt"
    large.write_bytes(b"x" * 300_000)
    numbers = {}
    for accepted in (False, True):
        matter = offer(city, materials=(Material(code="plan", name="施工方案", files=2),), kept_days=3)
        number = numbers[accepted] = drafting.begin(node, matter, "hash")
        drafting.save(node, number, 1, applicant=APPLICANT, project="黄山路供热管道")
        drafting.attach(node, number, "plan", "a.txt", "text/plain", b"small")
        attach_large(node, number, "plan", "b.txt", "text/plain", large, store, tmp_path / "journals")
        handing_in.hand_in(node, number, TRUTH)
        arrive(city)
        if accepted:
            officers.accept(city.window, number, OFFICER)
            arrive(city)
        speaking.withdraw(node, number, "项目取消")
        arrive(city)
        tell(city)
        draft = drafting.draft_of(node, number)
        assert view(city, number).standing is FilingStanding.WITHDRAWN
        assert draft.kept_until is not None
        assert draft.kept_until - node.clock.now() <= timedelta(days=3)
        assert len(draft.files) == 2, "kept until then"
        with node.step() as step:
            step.tx[Drafts].move(number, draft.state, draft.state, kept_until=step.now)
    assert ending.look(node) == 2
    for accepted, number in numbers.items():
        draft = drafting.draft_of(node, number)
        assert (draft.files, draft.entered.applicant) == ((), None)
        with node.store.reading() as tx:
            sent = tx[Documents].of_conversation(draft.filing_id or "", "filing")[0]
        assert (sent.enclosures, verify_signed(sent.signed, node.directory).header.kind) == ((), "filing")
        assert view(city, number).standing is FilingStanding.WITHDRAWN, "by the signed papers, which stay"
        assert removing.remove_due(node, lambda: store) == (0 if accepted else 1)
    assert len([one for one in (tmp_path / "claims").rglob("*") if one.is_file()]) == 1, "what was accepted"


def test_a_withdrawal_ends_a_filing_and_a_case(city: City) -> None:
    matter = offer(city)
    before, after = file(city, matter), file(city, matter)
    officers.accept(city.window, after, OFFICER)
    for number in (before, after):
        speaking.withdraw(city.node("portal"), number, "项目取消")
    arrive(city)
    tell(city)
    assert view(city, before).standing is FilingStanding.WITHDRAWN
    assert view(city, after).standing is FilingStanding.WITHDRAWN
    assert row(city, before).state is FilingState.WITHDRAWN
    with city.window.store.reading() as tx:
        case = tx[Cases].get(row(city, after).case_number or "")
        parts = tx[Cases].parts(row(city, after).case_number or "")
    assert case is not None
    assert case.state is CaseState.WITHDRAWN
    assert {part.state for part in parts} == {PartState.MOOT}


def test_a_statement_reaches_the_departments_that_are_to_answer_as_the_portal_signed_it(city: City) -> None:
    number = file(city, offer(city, mode=AcceptanceMode.AUTOMATIC))
    with city.window.store.reading() as tx:
        case = tx[Cases].get(row(city, number).case_number or "")
    assert case is not None
    city.reply("planning", case)
    statement = speaking.state_view(city.node("portal"), number, "方案已经修改，请求听证", hearing=True)
    arrive(city)
    assert row(city, number).hearing_at is not None
    shown = {}
    for name in ("planning", "transport"):
        with city.node(name).store.reading() as tx:
            shown[name] = tx[Documents].of_conversation(case.conversation_id, CaseAddition.KIND)
    assert shown["planning"] == []
    (there,) = shown["transport"]
    with city.node("portal").store.reading() as tx:
        (said,) = tx[Documents].find(statement)
    assert there.enclosures == (said.signed,)
    assert {"方案已经修改，请求听证", "a hearing"} <= set(read_by(city, "transport", there))


@pytest.mark.parametrize("sees", [ApplicantSees.VERDICT, ApplicantSees.STATE])
def test_the_applicant_sees_of_an_opinion_what_its_signer_lets_it(city: City, sees: ApplicantSees) -> None:
    seen_when = Visibility(sees=sees, since=SeenFrom.DECISION)
    approvers = city.approver("planning", visible=seen_when), city.approver("transport")
    number = file(city, offer(city, *approvers, mode=AcceptanceMode.AUTOMATIC))
    with city.window.store.reading() as tx:
        case = tx[Cases].get(row(city, number).case_number or "")
    assert case is not None
    city.reply("planning", case, Verdict.AGREE_WITH_CONDITIONS, conditions="夜间施工", reasons="路窄")
    tell(city)
    line = _line(city, number, "planning")
    assert (line.step, line.verdict, line.conditions, line.reasons) == (PartStep.ANSWERED, None, "", "")
    city.reply("transport", case)
    tell(city)
    line = _line(city, number, "planning")
    verdict = Verdict.AGREE_WITH_CONDITIONS if sees is ApplicantSees.VERDICT else None
    assert (line.verdict, line.conditions, line.reasons) == (verdict, "", "")


def _line(city: City, number: str, name: str):  # type: ignore[no-untyped-def]
    progress = view(city, number).progress
    assert progress is not None
    return next(part for part in progress.parts if part.department == city.address(name))


def test_handed_in_twice_is_one_filing(city: City) -> None:
    portal, matter = city.node("portal"), offer(city)
    number = drafting.begin(portal, matter, "hash")
    drafting.save(portal, number, 1, applicant=APPLICANT, project="项目")
    first = handing_in.hand_in(portal, number, TRUTH)
    assert handing_in.hand_in(portal, number, TRUTH) == first
    arrive(city)
    with city.window.store.reading() as tx:
        found = tx[Documents].of_conversation(row(city, number).filing_id, "filing")
    assert [one.message_id for one in found] == [first]


def test_a_matter_that_was_withdrawn_meanwhile_comes_back_with_the_reason(city: City) -> None:
    matter = offer(city)
    del city.local.catalogue[matter.code]
    number = file(city, matter)
    seen = view(city, number)
    assert seen.standing is FilingStanding.RETURNED
    assert "does not offer" in seen.papers[0].reason


def test_progress_is_told_when_it_changes_and_not_again(city: City) -> None:
    number = file(city, offer(city, mode=AcceptanceMode.AUTOMATIC))
    tell(city)
    serial = row(city, number).serial
    tell(city)
    assert row(city, number).serial == serial
    progress = view(city, number).progress
    assert progress is not None
    assert (progress.step, progress.serial) == (CaseStep.WITH_DEPARTMENTS, serial)


def test_a_large_file_lies_in_the_claim_store_and_the_departments_can_read_it(city: City, tmp_path: Path) -> None:
    portal, store = city.node("portal"), open_claim_store(tmp_path / "claims")
    materials = (Material(code="plan", name="施工方案"), Material(code="photo", name="现状照片"))
    stages = city.approver("planning"), city.approver("transport").model_copy(update={"stage": 2})
    matter = offer(city, *stages, mode=AcceptanceMode.AUTOMATIC, materials=materials)
    content = secrets.token_bytes(3_000_000)
    (tmp_path / "upload").write_bytes(content)
    number = drafting.begin(portal, matter, "hash")
    drafting.save(portal, number, 1, applicant=APPLICANT, project="黄山路供热管道")
    drafting.attach(portal, number, "photo", "现状.txt", "text/plain", b"photo")
    attach_large(
        portal, number, "plan", "施工方案.pdf", "application/pdf", tmp_path / "upload", store, tmp_path / "journals",
        "clamd",
    )  # fmt: skip
    handing_in.hand_in(portal, number, TRUTH)
    arrive(city)
    receipt = view(city, number).last(FilingReceipt)
    assert receipt is not None
    assert [(one.name, one.size) for one in receipt.files] == [("现状.txt", 5), ("施工方案.pdf", 3_000_000)]
    (asked,) = [one for one in city_documents(city, "planning") if row(city, number).case_number == one.case_number]
    (claim,) = [one.claim for one in asked.application.materials if one.claim is not None]
    assert fetch(claim, tmp_path / "施工方案.pdf", store).read_bytes() == content
    assert asked.scanned == (claim.digest,), "departments know which file no scanner has looked at"
    city.reply("planning", case_of(city, number))
    (later,) = [one for one in city_documents(city, "transport") if one.case_number == asked.case_number]
    assert (later.stage, later.scanned) == (2, asked.scanned), "whenever they are asked"


def read_by(city: City, name: str, stored: StoredDocument) -> list[str]:
    """What a department reads of a message."""
    [item] = filed(city.node(name), stored.message_id)
    return [text for _, text in said_in(item, SaidNames({}, dict))]


def case_of(city: City, number: str) -> CaseRow:
    """The case of a filing."""
    with city.window.store.reading() as tx:
        case = tx[Cases].get(row(city, number).case_number or "")
    assert case is not None
    return case


def city_documents(city: City, name: str) -> list[Consultation]:
    """The consultations that a department has."""
    node = city.node(name)
    with node.store.reading() as tx:
        found = tx[Documents].recent("received", Consultation.KIND)
    return [body for one in found if isinstance(body := verify_signed(one.signed, node.directory).body, Consultation)]
