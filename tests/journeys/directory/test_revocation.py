"""A department revoked in the middle of a case: the others, and the case, go on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from exchange.approval.department import desk
from exchange.approval.records import CaseRow
from exchange.approval.rules.defaults import NOT_CURRENT
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.after.reviewing import review
from exchange.approval.window.conclude import decide
from exchange.approval.window.decision import Ruling
from exchange.approval.window.store import Cases
from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import SteppedClock
from exchange.directory import Authority, load_directory_file
from exchange.directory.changes import revoked
from exchange.errors import CallerError, Conflict, Denied, NotFound, Withheld
from exchange.messaging.inbox import Inbox
from exchange.messaging.records import DeadLetter
from exchange.messaging.resend import resend
from exchange.operations.dead_letters.discard import confirm_discard, propose_discard
from exchange.operations.dead_letters.redrive import redrive
from exchange.operations.dead_letters.release import confirm_release, propose_release
from exchange.operations.domain_view import DomainView
from exchange.operations.revocation.resting import RESTS, Ground, mark, resting_on
from exchange.runtime.work import Work
from exchange.schemas import Outcome, Verdict
from exchange.store import Store
from tests.journeys.city import City, make_city, wait_until

pytestmark = pytest.mark.broker


def letters(city: City) -> list[DeadLetter]:
    with city.window.store.reading() as tx:
        return tx[Inbox].dead_letters()


def work(city: City) -> Work:
    found = city.local.seats[city.address("window")].work
    assert found is not None
    return found


def revoke(city: City, name: str, at: datetime) -> None:
    """Publishes a directory in which a member is revoked, and has every node take it."""
    folder, now = city.local.folder, city.clock.now()
    authority = Authority.open_or_create(folder / "authority", city.local.domain, now)
    present = city.window.directory
    members = [revoked(one, at, "test") if one.address == city.address(name) else one for one in present.members]
    authority.publish(folder / "directory.cose", members, now, present.expires_at)
    view = load_directory_file(folder / "directory.cose", authority.certificate, now, present.version)
    for node in city.local.nodes.values():
        node.directory = view


def test_silence_of_a_revoked_department_is_escalated_and_never_taken_for_consent(
    tmp_path: Path, broker: NodeInfo, domain: str
) -> None:
    city = make_city(tmp_path, broker, domain)
    city.matter(city.approver("planning", days=20), city.approver("transport", silent=True))
    with city.local:
        case = city.submit()
        assert city.part(case, "transport").state is PartState.SIGNED
        city.clock.step_to(city.clock.now() + timedelta(hours=1))  # its receipt was signed before
        revoke(city, "transport", city.clock.now())
        city.through(7)
        assert city.part(case, "transport").state is PartState.ESCALATED
        city.reply("planning", case)
        assert city.part(case, "planning").state is PartState.ANSWERED
        with city.window.store.reading() as tx:
            assert tx[Inbox].dead_letters() == []


def test_an_opinion_that_the_broker_had_before_the_revocation_counts_and_the_others_are_told_of_the_decision(
    tmp_path: Path, broker: NodeInfo, domain: str
) -> None:
    city = make_city(tmp_path, broker, domain)
    city.matter(city.approver("planning"), city.approver("transport"))
    with city.local:
        case = city.submit()
        city.local.stop(city.address("window"))
        city.reply("transport", case, settle=False)
        at = city.clock.now().replace(hour=10)
        city.clock.step_to(at)
        revoke(city, "transport", at)
        city.local.start(city.address("window"))
        city.reply("planning", case, settle=False)
        wait_until(lambda: city.part(case, "planning").state is PartState.ANSWERED, 60, "the other opinion")
        for letter in letters(city):  # a broker without stamps cannot say when it came; two people can
            propose_release(city.window, letter.id, "li", "the broker's log has it at nine")
            confirm_release(city.window, work(city).handlers, work(city).on_signed, letter.id, "wang")
        city.wake("window")
        wait_until(lambda: city.case(case).state is CaseState.DECIDED, 60, "the decision")
        assert city.part(case, "transport").verdict is Verdict.AGREE
        assert letters(city) == []


def dated_back(city: City, case: CaseRow, verdict: Verdict = Verdict.AGREE) -> str:
    """Whoever has stolen transport's key and its account signs an opinion as of three minutes before."""
    transport = city.node("transport")
    thief = replace(transport, clock=SteppedClock(city.clock.now() - timedelta(minutes=3)))
    message_id = desk.reply(thief, city.opinion("transport", case, verdict))
    city.wake("transport")
    return message_id


@pytest.fixture
def robbed(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[tuple[City, CaseRow, DeadLetter]]:
    """A city in which an opinion of transport is dated back, after its key was stolen and it was revoked."""
    city = make_city(tmp_path, broker, domain)
    city.matter(city.approver("planning", days=20), city.approver("transport", silent=True))
    with city.local:
        case = city.submit()
        city.clock.step_to(city.clock.now() + timedelta(hours=1))
        revoke(city, "transport", city.clock.now() - timedelta(minutes=1))
        message_id = dated_back(city, case)
        wait_until(lambda: len(letters(city)) == 1, what="the letter that waits")
        [letter] = letters(city)
        assert (letter.message_id, letter.reason_code, letter.stage) == (message_id, "withheld", "arrival")
        yield city, case, letter


def test_what_a_stolen_key_dates_back_decides_nothing_and_no_silence_is_taken_meanwhile(
    robbed: tuple[City, CaseRow, DeadLetter],
) -> None:
    city, case, letter = robbed
    assert city.part(case, "transport").state is PartState.SIGNED
    with pytest.raises(Withheld, match="nothing else says that it is older"):
        redrive(city.window, work(city).handlers, work(city).on_signed, letter.id)
    city.reply("planning", case, settle=False)
    for _ in range(7):
        city.step_to(city.clock.now() + timedelta(days=1), settle=False)
    wait_until(lambda: city.part(case, "transport").state is PartState.ESCALATED, what="the escalation")
    with pytest.raises(Conflict, match="could not be taken in"):
        decide(city.window, case.number, Ruling(Outcome.GRANT, "all were heard").by("li"))
    assert [one.id for one in letters(city)] == [letter.id]


def test_two_people_release_what_was_withheld_and_it_counts_by_its_arrival(
    robbed: tuple[City, CaseRow, DeadLetter],
) -> None:
    city, case, letter = robbed
    handlers, on_signed = work(city).handlers, work(city).on_signed
    with pytest.raises(Conflict, match="nobody has proposed"):
        confirm_release(city.window, handlers, on_signed, letter.id, "wang")
    with pytest.raises(CallerError, match="reason"):
        propose_release(city.window, letter.id, "li", " ")
    propose_release(city.window, letter.id, "li", "the officer says that she wrote it")
    with pytest.raises(Denied):
        confirm_release(city.window, handlers, on_signed, letter.id, "Li")
    with pytest.raises(Conflict, match="nobody has proposed"):
        confirm_discard(city.window, letter.id, "wang")
    confirm_release(city.window, handlers, on_signed, letter.id, "wang")
    part = city.part(case, "transport")
    assert (part.state, part.opinion_id, part.late_opinion_id) == (PartState.ANSWERED, letter.message_id, None)
    assert letters(city) == []
    with city.window.store.reading() as tx:
        [noted] = [entry for entry in tx.recent_journal() if entry.event == "released"]
    assert (noted.detail["proposed_by"], noted.detail["by"]) == ("li", "wang")


def test_two_people_refuse_what_was_withheld_and_it_stays_refused(robbed: tuple[City, CaseRow, DeadLetter]) -> None:
    city, case, letter = robbed
    propose_discard(city.window, letter.id, "li", "nobody there wrote it")
    confirm_discard(city.window, letter.id, "wang")
    resend(city.node("transport"), letter.message_id or "")
    city.wake("transport")
    for _ in range(7):
        city.step_to(city.clock.now() + timedelta(days=1), settle=False)
    wait_until(lambda: city.part(case, "transport").state is PartState.ESCALATED, what="the escalation")
    assert letters(city) == []
    part = city.part(case, "transport")
    assert (part.state, part.opinion_id) == (PartState.ESCALATED, None)


@dataclass
class CityView:
    """As much of a domain's view as the look at what rests on a key needs."""

    city: City

    def profiles(self) -> dict[str, object]:
        return dict.fromkeys(self.city.local.nodes)

    def store(self, address: str) -> Store:
        return self.city.local.nodes[address].store

    @property
    def clock(self) -> SteppedClock:
        return self.city.clock


def test_a_revocation_dated_back_names_what_it_undoes_and_the_lead_is_to_review_the_case(
    tmp_path: Path, broker: NodeInfo, domain: str
) -> None:
    city = make_city(tmp_path, broker, domain)
    city.matter(city.approver("planning"), city.approver("transport"))
    with city.local:
        before = city.clock.now()
        case = city.submit()
        asked = city.part(case, "transport").consultation_id
        city.clock.step_to(before + timedelta(hours=1))
        message_id = city.reply("transport", case)
        city.reply("planning", case)
        city.wake("window")
        wait_until(lambda: city.case(case).state is CaseState.DECIDED, 60, "the decision")
        city.local.settle()
        view, revoked_at = cast(DomainView, CityView(city)), before + timedelta(minutes=30)

        found = resting_on(view, city.address("transport"), before, revoked_at)

        here = [one for one in found.records if one.holder == city.window.address and one.case_number == case.number]
        assert {(one.message_id, one.signed_for, one.ground) for one in here} >= {
            (message_id, False, Ground.UNDONE), (asked, True, Ground.STANDS)
        }  # fmt: skip
        assert mark(view, found, "li") == 1
        assert city.part(case, "transport").review_at is not None
        assert city.case(case).state is CaseState.DECIDED, "nothing is undone in silence"
        with city.window.store.reading() as tx:
            noted = [entry for entry in tx.journal_of(case.number) if entry.event == RESTS]
        assert {(one.message_id, one.detail["ground"]) for one in noted if not one.detail["signed_for"]} == {
            (message_id, "undone")
        }
        review(city.window, case.number, "wang", "the officer signed it again on paper")
        assert mark(view, found, "li") == 0, "what was reviewed is not to be reviewed again"


def test_an_application_that_needs_a_revoked_department_is_refused_and_nothing_is_stored(
    tmp_path: Path, broker: NodeInfo, domain: str
) -> None:
    city = make_city(tmp_path, broker, domain)
    city.matter(city.approver("planning"), city.approver("transport"))
    with city.local:
        revoke(city, "transport", city.clock.now())
        with pytest.raises(NotFound, match="revoked"):
            city.submit()
        with city.window.store.reading() as tx:
            assert tx[Cases].recent() == []


def test_no_silence_counts_while_the_directory_is_not_known_to_be_current_and_after_a_day_the_lead_is_told(
    tmp_path: Path, broker: NodeInfo, domain: str
) -> None:
    city = make_city(tmp_path, broker, domain)
    city.matter(city.approver("planning", days=20), city.approver("transport", silent=True))
    with city.local:
        heard: list[bytes] = []
        city.window.statement = lambda: b"said"
        city.node("transport").take_statement = heard.append
        case = city.submit()
        assert heard == [b"said"], "it goes beside what is sent anyway"
        city.through(3)
        monitor = city.node("monitor")
        monitor.not_current = lambda: timedelta(minutes=5)
        for _ in range(4):
            city.step_to(city.clock.now() + timedelta(days=1))
        assert city.part(case, "transport").state is PartState.SIGNED
        monitor.not_current = lambda: timedelta(days=2)
        city.step_to(city.clock.now() + timedelta(days=1))
        assert city.part(case, "transport").state is PartState.ESCALATED
        with monitor.store.reading() as tx:
            [noted] = [entry for entry in tx.recent_journal() if entry.event == "escalated"]
        assert noted.detail["obstacles"] == [NOT_CURRENT]
