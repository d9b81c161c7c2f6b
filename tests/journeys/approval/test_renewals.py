"""From the request for a renewal to the licence: decided in time, granted by law, refused, too late, incomplete."""

from __future__ import annotations

import hashlib
import os
import secrets
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from exchange.approval.acceptance import officers
from exchange.approval.clocks.store import CaseClocks
from exchange.approval.filings.records import FilingRow
from exchange.approval.filings.states import FilingState
from exchange.approval.records import CaseRow, PartRow
from exchange.approval.renewals.records import RenewalRow
from exchange.approval.renewals.store import Renewals
from exchange.approval.rules.renewal import IN_FLIGHT, RenewalState
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.conclude import decide
from exchange.approval.window.decision import Ruling
from exchange.approval.window.licensing.entering import EntryWanted, enter
from exchange.approval.window.licensing.issuing import LicenceWanted, issue
from exchange.approval.window.renewing import by_law
from exchange.approval.window.store import Cases
from exchange.broker.admin.node_info import NodeInfo
from exchange.errors import BadApplication, Conflict
from exchange.licences.kept import KeptLicence
from exchange.licences.rechecking import recheck_renewals
from exchange.licences.records import LicenceRow
from exchange.licences.register import licence_of
from exchange.licences.verifying import Verification, verify
from exchange.messaging.documents import Documents
from exchange.messaging.failing.store import REST
from exchange.messaging.node import Node
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.portal import drafting, handing_in, speaking
from exchange.portal.granted import licence_of_filing
from exchange.portal.view import FilingStanding
from exchange.schemas import (
    AcceptanceMode,
    Applicant,
    LicenceChange,
    Matter,
    MissingItem,
    Outcome,
    TacitAuthorisation,
    Verdict,
)
from exchange.workdays import end_of_day
from tests.journeys.city import City
from tests.journeys.portal import TRUTH, arrive, make_portal_city, offer, row, tell, view

pytestmark = pytest.mark.broker

OFFICER = "发证岗李四"
COMPANY = Applicant(name="合肥热电集团有限公司", identifier="91340100MA2RTLCW7X", contact="0551-0")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, broker: NodeInfo) -> Iterator[City]:
    city = make_portal_city(tmp_path_factory.mktemp("city"), broker, f"t{secrets.token_hex(4)}")
    with city.local:
        yield city


def licensed(city: City) -> tuple[Matter, LicenceRow]:
    """A licence that is valid for sixty days from now on, in a matter in which no silence means anything."""
    asked = [city.approver(name) for name in ("planning", "transport")]
    matter = offer(city, *asked, mode=AcceptanceMode.AUTOMATIC)
    case = filed(city, matter).case_number or ""
    answered(city, case)
    today = city.clock.now().date()
    licence = issue(city.window, case, LicenceWanted(OFFICER, valid_until=today + timedelta(days=59)))
    arrive(city)
    return matter, licence


def filed(city: City, matter: Matter, renews: str = "", *, plan: bool = True) -> FilingRow:
    """What was handed in at the portal, as the window has it."""
    portal = city.node("portal")
    number = drafting.begin(portal, matter, "hash")
    drafting.save(portal, number, 1, applicant=COMPANY, project="黄山路供热管道", renews=renews)
    if plan:
        drafting.attach(portal, number, "plan", "方案.txt", "text/plain", b"plan")
    handing_in.hand_in(portal, number, TRUTH)
    arrive(city)
    return row(city, number)


def answered(city: City, case: str) -> None:
    """Both departments answer, and the lead's rule decides."""
    for name in ("planning", "transport"):
        city.reply(name, case_of(city, case))


def case_of(city: City, number: str) -> CaseRow:
    with city.window.store.reading() as tx:
        found = tx[Cases].get(number)
    assert found is not None
    return found


def renewal(city: City, filing: FilingRow) -> RenewalRow:
    with city.window.store.reading() as tx:
        found = tx[Renewals].get(filing.portal, filing.number)
    assert found is not None
    return found


def pass_over(city: City, day: date) -> None:
    """Let a day pass, and have the window make its rounds."""
    city.clock.step_to(end_of_day(day) + IN_FLIGHT)
    by_law.look(city.window)
    tell(city)


def kept(city: City, licence: LicenceRow, name: str = "window") -> KeptLicence:
    return licence_of(city.node(name), licence.number)


def until(city: City, licence: LicenceRow) -> date:
    found = kept(city, licence).on(date.max).valid_until
    assert found is not None
    return found


def test_what_is_undecided_when_the_licence_is_over_is_granted_by_law_and_everybody_sees_that_nobody_has_approved(
    city: City,
) -> None:
    matter, licence = licensed(city)
    over = until(city, licence)
    filing = filed(city, matter, licence.number)
    case = filing.case_number or ""
    assert view(city, filing.number).renewal is not None
    city.reply("planning", case_of(city, case))
    pass_over(city, over - timedelta(days=1))
    assert renewal(city, filing).state is RenewalState.WAITING
    pass_over(city, over)
    settled = renewal(city, filing)
    assert settled.state is RenewalState.BY_LAW
    for name in ("window", "portal", "planning", "transport"):
        there = kept(city, licence, name)
        (entry,) = there.entries
        assert (entry.change, entry.authorisation_id) == (LicenceChange.RENEWED, settled.authorisation_id)
        assert entry.effective_on == over + timedelta(days=1)
        assert there.on(over + timedelta(days=1)).valid_until == over + timedelta(days=60)
        with city.node(name).store.reading() as tx:
            stored = tx[Documents].get(city.window.address, settled.authorisation_id or "")
        assert stored is not None
        assert stored.kind == TacitAuthorisation.KIND
    seen = view(city, filing.number)
    said = seen.renewed_by_law
    assert seen.standing is FilingStanding.BY_LAW
    assert said is not None
    assert (said.case_number, said.expired_on, said.filing) == (case, over, filing.number)
    assert hashlib.sha256(stored.enclosures[0]).hexdigest() == said.receipt_digest
    assert OFFICER not in said.model_dump_json()
    found = verify(city.node("portal"), licence.number, licence.code)
    assert found.result is Verification.VALID
    assert found.licence is not None
    assert found.licence.valid_until == over + timedelta(days=60)
    assert licence_of_filing(city.node("portal"), seen) is not None
    ended = case_of(city, case)
    assert (ended.state, ended.decision_id) == (CaseState.BY_LAW, None)
    assert {part.state for part in parts_of(city, case)} == {PartState.ANSWERED, PartState.MOOT}
    with pytest.raises(Conflict):
        decide(city.window, case, Ruling(Outcome.REFUSE, "路窄", officer=OFFICER))
    assert by_law.look(city.window) == 0
    for name in ("window", "portal", "planning"):
        (again,) = recheck_renewals(city.node(name), licence.number)
        assert (again.error, again.said) == (None, said)


def test_a_round_that_fails_or_is_made_twice_at_once_renews_once(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    matter, licence = licensed(city)
    over = until(city, licence)
    filing = filed(city, matter, licence.number)
    city.clock.step_to(end_of_day(over) + IN_FLIGHT)
    with monkeypatch.context() as patched:
        patched.setattr(by_law, "_close", lambda step, found: 1 / 0)  # the last but one thing that the step does
        by_law.look(city.window)
    assert (renewal(city, filing).state, kept(city, licence).entries) == (RenewalState.WAITING, ())
    city.clock.step_to(city.clock.now() + REST)
    with ThreadPoolExecutor(4) as many:
        list(many.map(lambda _: by_law.look(city.window), range(4)))
    arrive(city)
    with city.window.store.reading() as tx:
        signed = tx[Documents].of_conversation(filing.filing_id, TacitAuthorisation.KIND)
        again = tx[Outbox].rows(signed[0].message_id)[0]
    assert len(signed) == 1
    assert again.state is OutboxState.DELIVERED
    for name in ("window", "portal", "planning"):
        assert len(kept(city, licence, name).entries) == 1


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dies_in_a_round(city: City, dying: Callable[[Node], Node]) -> None:
    """Have the window's round made by a process that is killed in it; nothing else of the window runs meanwhile."""
    window = city.address("window")
    city.local.stop(window)
    child = os.fork()
    if child == 0:
        try:
            city.local.reopen(window)
            by_law.look(dying(city.window))
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    city.local.start(window)
    assert os.WIFSIGNALED(status), "it outlived its round"
    assert os.WTERMSIG(status) == signal.SIGKILL


def before_the_commit(node: Node) -> Node:
    by_law._close = lambda step, found: die()  # type: ignore[assignment]  # in the process that dies alone
    return node


def after_the_commit(node: Node) -> Node:
    return replace(node, hand_over=lambda parcels: die())  # the step is committed, and nothing has gone out


def test_a_window_that_is_killed_in_the_round_renews_once_and_tells_it_when_it_is_back(city: City) -> None:
    matter, licence = licensed(city)
    filing = filed(city, matter, licence.number)
    city.clock.step_to(end_of_day(until(city, licence)) + IN_FLIGHT)
    dies_in_a_round(city, before_the_commit)
    assert (renewal(city, filing).state, kept(city, licence).entries) == (RenewalState.WAITING, ())
    dies_in_a_round(city, after_the_commit)
    assert renewal(city, filing).state is RenewalState.BY_LAW
    assert by_law.look(city.window) == 0
    arrive(city)
    with city.window.store.reading() as tx:
        (signed,) = tx[Documents].of_conversation(filing.filing_id, TacitAuthorisation.KIND)
        noted = [one.event for one in tx.journal_of(filing.case_number or "")]
    assert noted.count("renewed-by-law") == 1
    for name in ("window", "portal", "planning", "transport"):
        (entry,) = kept(city, licence, name).entries
        assert entry.authorisation_id == signed.message_id
    assert view(city, filing.number).standing is FilingStanding.BY_LAW


def parts_of(city: City, number: str) -> list[PartRow]:
    with city.window.store.reading() as tx:
        return tx[Cases].parts(number)


def test_what_the_window_has_not_even_accepted_is_granted_by_law_without_a_case(city: City) -> None:
    matter, licence = licensed(city)
    over = until(city, licence)
    later = replaced(city, matter)
    city.clock.step_to(end_of_day(over - timedelta(days=30)) - timedelta(seconds=1))
    filing = filed(city, later, licence.number)
    assert filing.state is FilingState.RECEIVED
    city.clock.step_to(end_of_day(over))
    with pytest.raises(Conflict, match="by law"):
        officers.accept(city.window, filing.number, OFFICER)
    speaking.withdraw(city.node("portal"), filing.number)
    arrive(city)
    assert row(city, filing.number).state is FilingState.RECEIVED, "granted by law, and not withdrawn any more"
    city.clock.step_to(end_of_day(over) + IN_FLIGHT)
    by_law.look(city.window)
    arrive(city)
    assert row(city, filing.number).state is FilingState.BY_LAW
    said = view(city, filing.number).renewed_by_law
    assert said is not None
    assert said.case_number is None
    assert until(city, licence) == over + timedelta(days=60)


def replaced(city: City, matter: Matter) -> Matter:
    """The same matter, in which an officer accepts."""
    later = matter.model_copy(update={"acceptance": AcceptanceMode.OFFICER, "version": "2"})
    city.local.catalogue[later.code] = later
    return later


def test_a_decision_in_time_renews_by_itself_and_no_second_licence_is_issued_on_it(city: City) -> None:
    matter, licence = licensed(city)
    over = until(city, licence)
    filing = filed(city, matter, licence.number)
    case = filing.case_number or ""
    answered(city, case)
    settled = renewal(city, filing)
    assert (settled.state, settled.decision_id) == (RenewalState.GRANTED, case_of(city, case).decision_id)
    (entry,) = kept(city, licence, "portal").entries
    assert (entry.decision_id, entry.authorisation_id) == (settled.decision_id, None)
    assert until(city, licence) == over + timedelta(days=60)
    with city.window.store.reading() as tx:
        assert tx[CaseClocks].get(case).delivered_at is not None
    with pytest.raises(Conflict, match=licence.number):
        issue(city.window, case, LicenceWanted(OFFICER))
    pass_over(city, over)
    assert len(kept(city, licence).entries) == 1


def test_what_is_refused_in_time_is_over_with_reasons_and_remedies_and_never_granted(city: City) -> None:
    matter, licence = licensed(city)
    over = until(city, licence)
    filing = filed(city, matter, licence.number)
    said = {"reasons": "路窄", "basis": ("道路交通安全法",)}
    case = case_of(city, filing.case_number or "")
    city.reply("planning", case)
    city.reply("transport", case, Verdict.DISAGREE, **said)
    tell(city)
    decision = view(city, filing.number).decision
    assert decision is not None
    assert (decision.outcome, bool(decision.reasons), bool(decision.remedies)) == (Outcome.REFUSE, True, True)
    pass_over(city, over)
    assert renewal(city, filing).state is RenewalState.REFUSED
    assert verify(city.node("portal"), licence.number, licence.code).result is Verification.EXPIRED


def test_asked_for_too_late_it_is_taken_and_told_and_nothing_arises_by_law(city: City) -> None:
    matter, licence = licensed(city)
    over = until(city, licence)
    city.clock.step_to(end_of_day(over - timedelta(days=30)) + timedelta(seconds=1))
    filing = filed(city, matter, licence.number)
    term = view(city, filing.number).renewal
    assert term is not None
    assert (term.in_time, term.ask_by, term.expires_on) == (False, over - timedelta(days=30), over)
    pass_over(city, over)
    assert renewal(city, filing).state is RenewalState.EXPIRED
    assert case_of(city, filing.case_number or "").state is CaseState.OPEN, "it is decided as any other case"
    assert verify(city.node("portal"), licence.number, licence.code).result is Verification.EXPIRED
    answered(city, filing.case_number or "")
    assert kept(city, licence).entries == (), "a licence that is over is not renewed"
    assert issue(city.window, filing.case_number or "", LicenceWanted(OFFICER)).number != licence.number


def test_what_was_told_to_be_incomplete_or_is_withdrawn_in_time_is_not_granted_by_law(city: City) -> None:
    matter, licence = licensed(city)
    over = until(city, licence)
    later, portal = replaced(city, matter), city.node("portal")
    first = filed(city, later, licence.number)
    speaking.withdraw(portal, first.number)
    arrive(city)
    filing = filed(city, later, licence.number, plan=False)
    officers.tell_incomplete(city.window, filing.number, [MissingItem(what="方案", remedy="补交")], OFFICER)
    arrive(city)
    pass_over(city, over)
    assert [renewal(city, one).state for one in (first, filing)] == [RenewalState.ENDED, RenewalState.WAITING]
    handing_in.reopen(portal, filing.number)
    drafting.attach(portal, filing.number, "plan", "方案.txt", "text/plain", b"plan")
    handing_in.hand_in(portal, filing.number, TRUTH)
    arrive(city)
    last = view(city, filing.number).papers[-1]
    assert (last.signed_for, "was over before" in last.reason) == (False, True)
    by_law.look(city.window)
    assert kept(city, licence).entries == ()


def test_nobody_else_nor_twice_nor_for_what_is_over_or_revoked(city: City) -> None:
    matter, licence = licensed(city)
    portal = city.node("portal")
    number = drafting.begin(portal, matter, "hash")
    stranger = COMPANY.model_copy(update={"identifier": "91340100X"})
    draft = drafting.save(portal, number, 1, applicant=stranger, project="黄山路", renews=licence.number)
    with pytest.raises(BadApplication, match="does not hold"):
        handing_in.hand_in(portal, number, TRUTH)
    drafting.save(portal, number, draft.revision, applicant=COMPANY, renews="HJX-NONE-1")
    with pytest.raises(BadApplication, match="on record"):
        handing_in.hand_in(portal, number, TRUTH)
    first = filed(city, matter, licence.number)
    number = drafting.begin(portal, matter, "hash")
    drafting.save(portal, number, 1, applicant=COMPANY, project="黄山路", renews=licence.number)
    drafting.attach(portal, number, "plan", "方案.txt", "text/plain", b"plan")
    handing_in.hand_in(portal, number, TRUTH)
    arrive(city)
    assert first.number in view(city, number).papers[0].reason
    enter(city.window, licence.number, EntryWanted(LicenceChange.REVOKED, OFFICER, "以欺骗手段取得"))
    arrive(city)
    pass_over(city, until(city, licence))
    assert renewal(city, first).state is RenewalState.ENDED
    assert len(kept(city, licence).entries) == 1
    with pytest.raises(BadApplication, match="revoked"):
        filed(city, matter, licence.number)
