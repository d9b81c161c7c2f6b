"""From a decision to what anybody can check: issued once, shown by the portal, verified, changed, renewed, revoked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from exchange.approval.clocks.store import CaseClocks
from exchange.approval.filings.store import Filings
from exchange.approval.records import CaseRow
from exchange.approval.window.licensing.entering import EntryWanted, enter
from exchange.approval.window.licensing.issuing import LicenceWanted, issue
from exchange.approval.window.store import Cases
from exchange.broker.admin.node_info import NodeInfo
from exchange.errors import CallerError, Conflict, Denied, NotFound
from exchange.licences.kept import KeptLicence
from exchange.licences.records import LicenceRow
from exchange.licences.register import licence_of, on_record, register, whole_register
from exchange.licences.rules.standing import LicenceStanding
from exchange.licences.store import Licences
from exchange.licences.verifying import Verification, verify, verify_bytes
from exchange.messaging.documents import Documents
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.portal import drafting, handing_in
from exchange.portal.granted import licence_of_filing
from exchange.runtime.work import work_for
from exchange.schemas import AcceptanceMode, Applicant, LicenceChange, LicenceHolder, Role, Verdict
from exchange.trials.local import Seat
from tests.journeys.city import City, wait_until
from tests.journeys.portal import TRUTH, arrive, make_portal_city, offer, row, tell, view

pytestmark = pytest.mark.broker

OFFICER = "发证岗李四"
COMPANY = Applicant(name="合肥热电集团有限公司", identifier="91340100MA2RTLCW7X", contact="0551-0")
PERSON = Applicant(name="张小明", identifier="11010519491231002X", contact="138")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, broker: NodeInfo) -> Iterator[City]:
    """A city with a portal, and with a second window that has none."""
    domain = f"t{secrets.token_hex(4)}"
    city = make_portal_city(tmp_path_factory.mktemp("city"), broker, domain)
    city.local.seats[f"{domain}.other"] = Seat((Role.WINDOW,), work_for((Role.WINDOW,)))
    with city.local:
        yield city


def decided(city: City, applicant: Applicant = COMPANY, verdict: Verdict = Verdict.AGREE) -> CaseRow:
    """A case that an applicant has filed, and that is decided."""
    portal, matter = city.node("portal"), offer(city, mode=AcceptanceMode.AUTOMATIC)
    number = drafting.begin(portal, matter, "hash")
    drafting.save(portal, number, 1, applicant=applicant, project="黄山路供热管道")
    drafting.attach(portal, number, "plan", "方案.txt", "text/plain", b"plan")
    handing_in.hand_in(portal, number, TRUTH)
    arrive(city)
    case = case_of(city, row(city, number).case_number or "")
    said = {"reasons": "路窄", "basis": ("道路交通安全法",)} if verdict is Verdict.DISAGREE else {}
    city.reply("planning", case)
    city.reply("transport", case, verdict, **said)
    tell(city)
    return city.case(case)


def case_of(city: City, number: str) -> CaseRow:
    """A case as the window has it."""
    with city.window.store.reading() as tx:
        found = tx[Cases].get(number)
    assert found is not None
    return found


def issued(city: City, case: CaseRow, **wanted: object) -> LicenceRow:
    """Issue the licence on a case, and let it arrive."""
    found = issue(city.window, case.number, LicenceWanted(OFFICER, **wanted))  # type: ignore[arg-type]
    arrive(city)
    return found


def entered(city: City, licence: LicenceRow, change: LicenceChange, **wanted: object) -> None:
    """Enter something on a licence, and let it arrive."""
    enter(city.window, licence.number, EntryWanted(change, OFFICER, "因故", **wanted))  # type: ignore[arg-type]
    arrive(city)


def kept(city: City, name: str, licence: LicenceRow) -> KeptLicence:
    """A licence as a member has it."""
    return licence_of(city.node(name), licence.number)


def test_it_is_issued_on_what_was_granted_and_reaches_portal_and_departments_as_one_signed_document(city: City) -> None:
    case = decided(city)
    licence = issued(city, case)
    here = kept(city, "window", licence)
    assert here.row == licence
    assert (here.body.case_number, here.body.decision_id) == (case.number, case.decision_id)
    assert here.body.holder == LicenceHolder(name=COMPANY.name, identifier=COMPANY.identifier)
    assert "0551" not in here.body.model_dump_json()
    assert OFFICER not in here.body.model_dump_json()
    assert here.row.digest == hashlib.sha256(here.signed).hexdigest()
    for name in ("portal", "planning", "transport"):
        assert kept(city, name, licence).signed == here.signed
        assert kept(city, name, licence).row == licence
    with city.window.store.reading() as tx:
        clock = tx[CaseClocks].get(case.number)
        noted = [entry for entry in tx.journal_of(case.number) if entry.event == "licence-issued"]
    assert (clock.delivered_by, clock.delivered_to) == (OFFICER, COMPANY.name)
    assert [entry.detail["number"] for entry in noted] == [licence.number]
    tell(city)
    with city.window.store.reading() as tx:
        filed = tx[Filings].of_case(case.number)
    assert filed is not None
    found = licence_of_filing(city.node("portal"), view(city, filed.number))
    assert found is not None
    assert found.row == licence
    progress = view(city, filed.number).progress
    assert progress is not None
    assert progress.delivered_at == city.clock.now()


def test_it_is_issued_once_however_often_it_is_asked_for(city: City) -> None:
    case = decided(city)
    licence = issued(city, case)
    with pytest.raises(Conflict, match=licence.number):
        issue(city.window, case.number, LicenceWanted(OFFICER))
    assert [one.row.number for one in on_record(city.node("portal")) if one.row.case_number == case.number] == [
        licence.number
    ]


def test_numbers_count_up_and_one_of_the_authoritys_own_is_taken_once(city: City) -> None:
    first, second = issued(city, decided(city)), issued(city, decided(city), number="HJX-2026-12")
    assert first.number.endswith("-2026-00001"), "each matter has its own series"
    assert second.number == "HJX-2026-12"
    case = decided(city)
    with pytest.raises(Conflict, match="exists"):
        issue(city.window, case.number, LicenceWanted(OFFICER, number="HJX-2026-12"))
    with pytest.raises(CallerError):
        issue(city.window, case.number, LicenceWanted(OFFICER, number="合建〔2026〕12号"))


def test_nothing_is_issued_on_a_refusal_nor_on_an_undecided_case_nor_by_others(city: City) -> None:
    refused = decided(city, verdict=Verdict.DISAGREE)
    with pytest.raises(Conflict, match="nothing is granted"):
        issue(city.window, refused.number, LicenceWanted(OFFICER))
    case = city.submit(offer(city).code)
    with pytest.raises(Conflict, match="not decided"):
        issue(city.window, case.number, LicenceWanted(OFFICER))
    with pytest.raises(NotFound):
        issue(city.window, "C-99", LicenceWanted(OFFICER))
    with pytest.raises(Denied):
        issue(city.node("planning"), case.number, LicenceWanted(OFFICER))


def test_anybody_verifies_it_by_number_and_code_or_by_its_file(city: City) -> None:
    licence, portal = issued(city, decided(city)), city.node("portal")
    code = f" {licence.code[:4]}-{licence.code[4:].lower()}"
    found = verify(portal, licence.number.lower(), code)
    assert found.result is Verification.VALID
    assert found.permits == "黄山路供热管道"
    signed = kept(city, "window", licence).signed
    assert verify_bytes(portal, signed) == found
    turned = "1" if licence.code[0] != "1" else "2"
    assert verify(portal, licence.number, turned + licence.code[1:]).result is Verification.NOT_OURS
    assert verify(portal, "C-NONE-2026-00001", licence.code).result is Verification.NOT_OURS
    for forged in (signed[:-1] + bytes([signed[-1] ^ 1]), signed + b"\0", signed[:100], b"", b"%PDF-1.7"):
        assert verify_bytes(portal, forged).result is Verification.NOT_OURS
    with portal.store.reading() as tx:
        another = tx[Documents].recent("sent", "filing", 1)[0]
    assert verify_bytes(portal, another.signed).result is Verification.NOT_OURS, "authentic, and no licence"


def test_a_licence_is_valid_from_its_first_day_to_its_last(city: City) -> None:
    today = city.clock.now().date()
    later, endless = decided(city), decided(city)
    first = issued(city, later, valid_from=today + timedelta(days=9), valid_until=today + timedelta(days=400))
    second = issued(city, endless)
    portal = city.node("portal")
    assert verify(portal, first.number, first.code).result is Verification.NOT_YET
    assert verify(portal, second.number, second.code).result is Verification.VALID
    with pytest.raises(Conflict, match="before the decision"):
        issue(city.window, decided(city).number, LicenceWanted(OFFICER, valid_from=today - timedelta(days=1)))


def test_what_is_revoked_is_told_wherever_it_is_looked_at_and_nothing_disappears(city: City) -> None:
    licence, portal = issued(city, decided(city)), city.node("portal")
    signed = kept(city, "window", licence).signed
    entered(city, licence, LicenceChange.REVOKED)
    assert verify(portal, licence.number, licence.code).result is Verification.REVOKED
    assert verify_bytes(portal, signed).result is Verification.REVOKED
    (shown,) = register(portal, licence.number).licences
    assert shown.standing is LicenceStanding.REVOKED
    assert [one.change for one in shown.entries] == [LicenceChange.REVOKED]
    for name in ("portal", "planning", "transport"):
        assert kept(city, name, licence).papers == kept(city, "window", licence).papers
        assert kept(city, name, licence).signed == signed
    with pytest.raises(Conflict, match="nothing brings it back"):
        enter(city.window, licence.number, EntryWanted(LicenceChange.REVOKED, OFFICER, "再次"))
    entered(city, licence, LicenceChange.CANCELLED)
    assert verify(portal, licence.number, licence.code).result is Verification.CANCELLED


def test_a_licence_is_renewed_and_changed_by_entries_and_keeps_its_code(city: City) -> None:
    today = city.clock.now().date()
    licence = issued(city, decided(city), valid_until=today + timedelta(days=30))
    entered(city, licence, LicenceChange.RENEWED, valid_until=today + timedelta(days=395))
    heir = LicenceHolder(name=PERSON.name, identifier=PERSON.identifier)
    entered(city, licence, LicenceChange.CHANGED, permits="占用人行道", holder=heir)
    found = verify(city.node("portal"), licence.number, licence.code)
    assert found.result is Verification.VALID
    assert found.licence is not None
    assert found.licence.valid_until == today + timedelta(days=395)
    assert (found.permits, found.licence.holder) == ("占用人行道", "张**")
    assert kept(city, "portal", licence).row.shown_name == "张**"
    for wrong in (
        EntryWanted(LicenceChange.RENEWED, OFFICER, "延续"),
        EntryWanted(LicenceChange.CHANGED, OFFICER, "变更"),
        EntryWanted(LicenceChange.REVOKED, OFFICER, "撤销", permits="x"),
        EntryWanted(LicenceChange.REVOKED, OFFICER, "  "),
        EntryWanted(LicenceChange.REVOKED, " ", "撤销"),
    ):
        with pytest.raises(CallerError):
            enter(city.window, licence.number, wrong)


def test_the_public_register_masks_persons_and_is_gone_through_whole(city: City) -> None:
    issued(city, decided(city))
    city.clock.step_to(city.clock.now() + timedelta(seconds=1))
    licence, portal = issued(city, decided(city, PERSON)), city.node("portal")
    first = register(portal, limit=1)
    assert [one.number for one in first.licences] == [licence.number]
    assert (first.licences[0].holder, first.licences[0].permits) == ("张**", "")
    assert first.after is not None
    (second,) = register(portal, after=first.after, limit=1).licences
    assert second.number != licence.number
    everything = [one.number for one in whole_register(portal)]
    assert everything[0] == licence.number
    assert len(everything) == len(set(everything)) == len(on_record(portal, limit=1000))
    assert register(portal, "小明").licences == ()


def test_a_licence_in_anothers_name_or_a_second_one_goes_back(city: City) -> None:
    licence = issued(city, decided(city))
    body = kept(city, "window", licence).body
    before = [row_of(city, name) for name in ("planning", "portal")]
    other = city.node("other")
    forged = body.model_copy(update={"number": "C-FORGED-1", "case_number": "C-FORGED-1", "at": city.clock.now()})
    assert "not-yours" in came_back(city, "other", forged, "planning")
    own = forged.model_copy(update={"issuer": other.address})
    assert came_back(city, "other", own, "planning") == ""
    assert "already-issued" in came_back(city, "window", body.model_copy(update={"permits": "更多"}), "portal")
    again = body.model_copy(update={"number": "C-SECOND-1", "at": city.clock.now()})
    assert "already-issued" in came_back(city, "window", again, "portal")
    after = [row_of(city, name) for name in ("planning", "portal")]
    assert after == [before[0] + 1, before[1]]
    signed = licence_of(city.node("planning"), "C-FORGED-1").signed
    found = verify_bytes(city.node("portal"), signed)
    assert (found.result, found.issued_by) == (Verification.ELSEWHERE, (body.authority, body.authority_en))


def row_of(city: City, name: str) -> int:
    """How many licences a member has on record."""
    with city.node(name).store.reading() as tx:
        return sum(tx[Licences].counts().values())


def came_back(city: City, writer: str, body, reader: str, enclosures=()) -> str:  # type: ignore[no-untyped-def]
    """Send a licence past all that the window's own verbs look at; why it came back, or nothing."""
    with city.node(writer).step() as step:
        message_id = step.send(body, (city.address(reader),), enclosures=enclosures)
    city.wake(writer)

    def copy():  # type: ignore[no-untyped-def]
        with city.node(writer).store.reading() as tx:
            return tx[Outbox].rows(message_id)[0]

    wait_until(lambda: copy().state in (OutboxState.DELIVERED, OutboxState.RETURNED), what="its receipt")
    return copy().last_error or "" if copy().state is OutboxState.RETURNED else ""


def test_an_entry_that_comes_before_its_licence_waits_for_it(city: City) -> None:
    licence = issued(city, decided(city))
    entered(city, licence, LicenceChange.REVOKED)
    there = kept(city, "window", licence)
    number = "C-LATE-1"
    body = there.body.model_copy(update={"number": number, "case_number": number, "at": city.clock.now()})
    entry = there.entries[0].model_copy(update={"number": number, "at": city.clock.now()})
    assert came_back(city, "window", entry, "portal") == ""
    assert "already-entered" in came_back(city, "window", entry, "portal")
    assert came_back(city, "window", body, "portal") == ""
    late = licence_of(city.node("portal"), number)
    assert verify(city.node("portal"), number, late.row.code).result is Verification.REVOKED
    assert "altered" in came_back(city, "window", entry.model_copy(update={"position": 2}), "portal")
    assert licence_of(city.node("portal"), number) == replace(late)
