"""Notices through three levels: passed on, signed for, counted; late, returned, recalled, and never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from exchange.approval.held import begin_hold, end_hold
from exchange.clock import RealClock, SteppedClock
from exchange.envelope import verify_signed
from exchange.errors import CallerError, Conflict, Early, Forged, NotFound, SenderError
from exchange.files.receipt_files import verify_receipts, write_receipts
from exchange.messaging.dead_letter_store import DeadLetters
from exchange.messaging.dead_letters import CAME_IN_ORDER
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.messaging.rules.holding import Hold
from exchange.messaging.rules.withholding import EARLY
from exchange.notices.chase import chase
from exchange.notices.daily import Daily
from exchange.notices.evidence.ask import Gathering, ask_receipts, last_request
from exchange.notices.evidence.rules import Evidence
from exchange.notices.issue import recall, remind
from exchange.notices.records import NoticeRow
from exchange.notices.sign_for import sign_for
from exchange.notices.store import Notices
from exchange.operations.trace.dossier import filed
from exchange.schemas import ReaderState, Urgency
from tests.journeys.city import wait_until
from tests.journeys.province import Province

pytestmark = pytest.mark.broker

EMERGENCY = "hefei.emergency"


def test_everybody_who_is_meant_has_it_and_the_origin_counts_them_by_level(anhui: Province) -> None:
    notice = anhui.issue("all")
    anhui.reaches(notice, [(1, 1, 1, 0), (3, 3, 2, 0), (4, 4, 3, 0)])
    assert anhui.status(notice).unsigned == (anhui.address("hefei.feixi.health"), anhui.address("hefei.health"))
    assert not anhui.status(notice).over
    (issued,), (came,) = filed(anhui.node("office"), notice), filed(anhui.node("hefei.health"), notice)
    assert (issued.registered, came.registered) != (None, None)
    assert issued.registered is not None
    assert came.registered is not None
    assert (issued.registered.direction, issued.registered.correspondents) == ("sent", "all")
    assert (came.registered.direction, came.registered.correspondents) == ("received", anhui.address("office"))

    sign_for(anhui.node("hefei.health"), notice)
    sign_for(anhui.node("hefei.feixi.health"), notice, accepted=False, reason="非本单位职责")
    anhui.reaches(notice, [(1, 1, 1, 0), (3, 3, 3, 0), (4, 4, 3, 1)])
    found = anhui.status(notice)
    assert found.over
    assert [(body.address, body.reason) for body in found.returned] == [
        (anhui.address("hefei.feixi.health"), "非本单位职责")
    ]


def test_the_origins_signature_is_intact_two_levels_away(anhui: Province) -> None:
    notice = anhui.issue("health at county")
    anhui.reaches(notice, [(0, 0, 0, 0), (0, 0, 0, 0), (2, 2, 1, 0)])
    reader = anhui.node("hefei.feidong.health")
    with reader.store.reading() as tx:
        row = tx[Notices].get(notice)
        assert row is not None
        forwarding = tx[Documents].get(anhui.address("hefei.feidong.relay"), row.forwarding_id)
        assert forwarding is not None
        origin = verify_signed(forwarding.enclosures[0], reader.directory)
    with anhui.node("office").store.reading() as tx:
        sent = tx[Documents].get(anhui.address("office"), notice)
    assert sent is not None
    assert forwarding.enclosures[0] == sent.signed
    assert origin.header.sender == anhui.address("office")
    assert row.origin == anhui.address("office")


def test_an_audience_goes_no_further_than_it_must(anhui: Province) -> None:
    notice = anhui.issue("direct")
    anhui.reaches(notice, [(0, 0, 0, 0), (1, 1, 1, 0)])
    with anhui.node("hefei.relay").store.reading() as tx:
        assert tx[Notices].branches(notice) == []
    with anhui.node("hefei.feixi.relay").store.reading() as tx:
        assert tx[Notices].get(notice) is None


def test_an_audience_that_means_nobody_is_refused_before_anything_is_sent(anhui: Province) -> None:
    with pytest.raises(CallerError, match="matches nobody"):
        anhui.issue("fisheries at any")
    with pytest.raises(NotFound, match="in no directory"):
        anhui.issue(anhui.address("hefei.fisheries"))
    with pytest.raises(CallerError, match="at character"):
        anhui.issue("departments at")


def test_a_reminder_reaches_those_who_have_not_signed_and_nobody_else(anhui: Province) -> None:
    notice = anhui.issue(f"health at any except {anhui.address('health')}", act_by=date(2026, 6, 30))
    anhui.reaches(notice, [(0, 0, 0, 0), (1, 1, 0, 0), (2, 2, 1, 0)])
    reminder = remind(anhui.node("office"), notice)

    def reminded(name: str) -> bool:
        with anhui.node(name).store.reading() as tx:
            found = tx[Documents].of_conversation(notice)
        kinds = [verify_signed(one.enclosures[0], anhui.node(name).directory).header.kind for one in found
                 if one.kind == "forwarding"]  # fmt: skip
        return "notice-reminder" in kinds

    wait_until(lambda: reminded("hefei.health") and reminded("hefei.feixi.health"), 30, f"the reminder {reminder}")
    assert not reminded("hefei.feidong.health")


def test_an_origin_reminds_by_itself_at_each_rung_once(anhui: Province) -> None:
    today = RealClock().now().date()
    notice = anhui.issue(f"health at any except {anhui.address('health')}", act_by=today + timedelta(days=20))
    anhui.reaches(notice, [(0, 0, 0, 0), (1, 1, 0, 0), (2, 2, 1, 0)])

    def after(days: int) -> int:
        """What an origin's process does that begins so many days later: how many notices it reminds of."""
        later = SteppedClock(RealClock().now() + timedelta(days=days))
        return Daily(chase).look(replace(anhui.node("office"), clock=later))

    def stage() -> int:
        return anhui.status(notice).row.reminded

    after(0)
    assert stage() == 0
    after(14)
    assert stage() == 50
    after(14)
    after(20)
    assert stage() == 90
    with anhui.node("office").store.reading() as tx:
        sent = [one for one in tx[Documents].of_conversation(notice) if one.kind == "notice-reminder"]
    assert len(sent) == 2


def test_a_recalled_notice_is_kept_and_marked_and_its_readers_are_still_counted(anhui: Province) -> None:
    notice = anhui.issue(f"health at any except {anhui.address('health')}")
    anhui.reaches(notice, [(0, 0, 0, 0), (1, 1, 0, 0), (2, 2, 1, 0)])
    recall(anhui.node("office"), notice, "附件有误")

    def state(name: str) -> str | None:
        with anhui.node(name).store.reading() as tx:
            row = tx[Notices].get(notice)
        return row.state if row else None

    for name in ("hefei.health", "hefei.feixi.health", "hefei.feidong.health", "hefei.relay", "relay"):
        wait_until(lambda name=name: state(name) == "recalled", 30, f"the recall at {name}")
    assert anhui.counts(notice) == [(0, 0, 0, 0), (1, 1, 0, 0), (2, 2, 1, 0)]
    wait_until(lambda: anhui.status(notice).over, 30, "word of who had signed before the recall")
    told = anhui.status(notice).at_recall
    assert told is not None
    assert told.signed_before.names == (anhui.address("hefei.feidong.health"),)
    assert told.unsigned.names == (anhui.address("hefei.feixi.health"), anhui.address("hefei.health"))
    assert (told.signed_after.number, told.not_arrived.number) == (0, 0)
    with pytest.raises(Conflict):
        sign_for(anhui.node("hefei.health"), notice)
    with pytest.raises(Conflict):
        recall(anhui.node("office"), notice, "again")
    with pytest.raises(NotFound):
        recall(anhui.node("hefei.office"), notice, "not mine")


def test_a_recall_that_overtakes_its_notice_takes_it_back_as_soon_as_it_comes(anhui: Province) -> None:
    office, relay = anhui.address("office"), anhui.node("relay")
    hold = Hold("overtaken", anhui.address("relay"), "notice", "its office moves", "li", RealClock().now())
    assert begin_hold(anhui.node("office").store, hold)
    members = anhui.trial.domains[anhui.root].members
    wait_until(lambda: hold in members[office].dispatcher.held, 30, "the hold in the origin's dispatcher")
    notice = anhui.issue(anhui.address(EMERGENCY))
    message_id = recall(anhui.node("office"), notice, "附件有误")

    def waiting() -> list[str | None]:
        with relay.store.reading() as tx:
            return [one.message_id for one in tx[DeadLetters].batch(Early.code, EARLY, above=0, limit=10)]

    wait_until(lambda: waiting() == [message_id], 30, "the recall among what waits")
    assert end_hold(anhui.node("office").store, hold.id, "wang", RealClock().now())

    def state(name: str) -> str | None:
        with anhui.node(name).store.reading() as tx:
            row = tx[Notices].get(notice)
        return row.state if row else None

    for name in ("relay", "hefei.relay", EMERGENCY):
        wait_until(lambda name=name: state(name) == "recalled", 30, f"the recall at {name}")
    assert waiting() == []
    with relay.store.reading() as tx:
        settled = [one for one in tx.recent_journal() if one.event == "dead-letter-settled"]
    assert [(one.message_id, one.detail["by"]) for one in settled] == [(message_id, CAME_IN_ORDER)]


def test_a_corrected_notice_takes_the_place_of_the_earlier_one(anhui: Province) -> None:
    first = anhui.issue(anhui.address(EMERGENCY))
    anhui.reaches(first, [(0, 0, 0, 0), (1, 1, 1, 0)])
    second = anhui.issue(anhui.address(EMERGENCY), replaces=first)
    anhui.reaches(second, [(0, 0, 0, 0), (1, 1, 1, 0)])
    with anhui.node("hefei.emergency").store.reading() as tx:
        earlier, later = tx[Notices].get(first), tx[Notices].get(second)
    assert earlier is not None
    assert later is not None
    assert (earlier.state, later.state) == ("replaced", "signed")


def test_a_notice_that_was_overtaken_by_the_one_in_its_place_does_not_stand(anhui: Province) -> None:
    domain, relay = anhui.trial.domains[anhui.root], anhui.address("relay")
    domain.stop(relay)
    first = anhui.issue(anhui.address(EMERGENCY), urgency=Urgency.ORDINARY)
    second = anhui.issue(anhui.address(EMERGENCY), replaces=first)
    wait_until(lambda: anhui.sent(first) and anhui.sent(second), 30, "both in the relay office's queues")
    domain.start(relay)
    for name in ("relay", "hefei.relay", EMERGENCY):
        node = anhui.node(name)

        def rows(node: Node = node) -> list[NoticeRow | None]:
            with node.store.reading() as tx:
                return [tx[Notices].get(notice) for notice in (second, first)]

        wait_until(lambda rows=rows: None not in rows(), 60, f"both notices at {name}")
        later, earlier = rows()
        assert later is not None
        assert earlier is not None
        assert later.state in ("open", "signed"), name
        assert earlier.state == "replaced", name
    anhui.reaches(second, [(0, 0, 0, 0), (1, 1, 1, 0)])


def test_a_link_that_is_down_loses_nothing_and_catches_up(anhui: Province, tmp_path: Path) -> None:
    lower = anhui.trial.sides[anhui.address("hefei")]
    assert lower.cut(anhui.root)
    notices = [anhui.issue(anhui.address(EMERGENCY)) for _ in range(3)]
    wait_until(lambda: anhui.counts(notices[-1]) == [(0, 0, 0, 0)], 30, "the province's own count")
    lower.join(None, print)
    for notice in notices:
        anhui.reaches(notice, [(0, 0, 0, 0), (1, 1, 1, 0)])
    with anhui.node("hefei.emergency").store.reading() as tx:
        received = [row.notice_id for row in tx[Notices].recent() if row.notice_id in notices]
    assert sorted(received) == sorted(notices)


def test_a_relay_office_that_is_away_for_a_while_repeats_nothing(anhui: Province) -> None:
    domain, relay = anhui.trial.domains[anhui.address("hefei")], anhui.address("hefei.relay")
    domain.stop(relay)
    notices = [anhui.issue(anhui.address(EMERGENCY)) for _ in range(3)]
    domain.start(relay)
    for notice in notices:
        anhui.reaches(notice, [(0, 0, 0, 0), (1, 1, 1, 0)])
    with anhui.node("hefei.emergency").store.reading() as tx:
        forwardings = [one for one in tx[Documents].recent("received", "forwarding", 500)
                       if one.conversation_id in notices]  # fmt: skip
    assert len(forwardings) == len(notices)


# --- the receipts behind the counts -----------------------------------------------------------------------------------


def gathered(anhui: Province, asker: str, notice: str, of: str | None = None) -> tuple[Gathering, Evidence]:
    """Asks for receipts; what has come once everything has."""
    node = anhui.node(asker)
    gathering = Gathering(node, ask_receipts(node, notice, anhui.address(of) if of else None))
    wait_until(lambda: not (found := gathering.look()).waiting and not found.moved, 30, f"receipts for {asker}")
    return gathering, gathering.look()


def proved(anhui: Province, found: Evidence) -> dict[str, ReaderState]:
    return {one.address.removeprefix(f"{anhui.root}."): one.state for one in found.proved}


@pytest.fixture(scope="module")
def counted(anhui: Province) -> str:
    """A notice that some have signed for, one has sent back and one only has."""
    notice = anhui.issue("health at any, emergency at any")
    anhui.reaches(notice, [(1, 1, 1, 0), (2, 2, 1, 0), (2, 2, 1, 0)])
    sign_for(anhui.node("hefei.feixi.health"), notice, accepted=False, reason="非本单位职责")
    anhui.reaches(notice, [(1, 1, 1, 0), (2, 2, 1, 0), (2, 2, 1, 1)])
    return notice


COUNTED = {
    "health": ReaderState.SIGNED,
    "hefei.emergency": ReaderState.SIGNED,
    "hefei.health": ReaderState.HAS,
    "hefei.feidong.health": ReaderState.SIGNED,
    "hefei.feixi.health": ReaderState.RETURNED,
}


def test_an_origin_fetches_and_verifies_what_every_body_of_every_level_has_signed(
    anhui: Province, counted: str, tmp_path: Path
) -> None:
    gathering, found = gathered(anhui, "office", counted)
    assert found.holds, found
    assert proved(anhui, found) == COUNTED
    assert {one.reason for one in found.proved if one.reason} == {"非本单位职责"}

    assert write_receipts(tmp_path, gathering.kept()) == len(COUNTED)
    request, again = verify_receipts(tmp_path, anhui.node("office").directory)
    assert (request, again) == (gathering.request, found)
    with anhui.node("hefei.emergency").store.reading() as tx:
        (signed,) = tx[Documents].of_conversation(counted, "sign-off")
    assert (tmp_path / "originals" / f"{anhui.address('hefei.emergency')}.cose").read_bytes() == signed.signed

    part = next((tmp_path / "parts").glob("*feixi*"))
    altered = bytearray(part.read_bytes())
    altered[-1] ^= 1
    part.write_bytes(altered)
    with pytest.raises(SenderError):
        verify_receipts(tmp_path, anhui.node("office").directory)
    part.unlink()
    assert verify_receipts(tmp_path, anhui.node("office").directory)[1].waiting == (anhui.address("hefei.feixi"),)
    (tmp_path / "notice.cose").write_bytes(signed.signed)
    with pytest.raises(Forged):
        verify_receipts(tmp_path, anhui.node("office").directory)


def test_receipts_of_one_body_or_one_domain_are_fetched_alone(anhui: Province, counted: str) -> None:
    _, one = gathered(anhui, "office", counted, "hefei.feidong.health")
    assert one.holds, one
    assert proved(anhui, one) == {"hefei.feidong.health": ReaderState.SIGNED}
    _, some = gathered(anhui, "office", counted, "hefei")
    assert some.holds, some
    assert proved(anhui, some) == {name: state for name, state in COUNTED.items() if name != "health"}


def test_a_relay_office_on_the_way_fetches_them_too_and_asking_twice_changes_nothing(
    anhui: Province, counted: str
) -> None:
    _, first = gathered(anhui, "hefei.relay", counted)
    _, second = gathered(anhui, "hefei.relay", counted)
    assert first.holds, first
    assert proved(anhui, first) == {name: state for name, state in COUNTED.items() if name != "health"}
    assert proved(anhui, second) == proved(anhui, first)
    assert last_request(anhui.node("hefei.relay"), counted).domain == anhui.address("hefei")
    assert anhui.counts(counted) == [(1, 1, 1, 0), (2, 2, 1, 0), (2, 2, 1, 1)]


def test_receipts_are_asked_for_where_they_are_counted_and_of_those_who_are_below(
    anhui: Province, counted: str
) -> None:
    with pytest.raises(NotFound, match="not counted here"):
        ask_receipts(anhui.node("hefei.health"), counted)
    with pytest.raises(CallerError, match="nor below"):
        ask_receipts(anhui.node("hefei.relay"), counted, anhui.address("health"))
    with pytest.raises(CallerError, match="no authority and no domain"):
        ask_receipts(anhui.node("office"), counted, anhui.address("wuhu"))
