"""Covering instructions through three levels: notices wait, are covered and passed on; an authority sees all of it
signed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from exchange.clock import RealClock, SteppedClock
from exchange.directory.hierarchy import domain_of
from exchange.envelope import sign_document, verify_signed
from exchange.errors import CallerError, Conflict, NotFound, Secret
from exchange.messaging.documents import Documents
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.notices.cover import cover_notice, remind_of_waiting
from exchange.notices.daily import Daily
from exchange.notices.issue import recall, remind
from exchange.notices.records import NoticeRow
from exchange.notices.rules.covering import Covering, title_of
from exchange.notices.sign_for import sign_for
from exchange.notices.status import notice_status
from exchange.notices.store import Notices
from exchange.notices.text import NoticeText, notice_text
from exchange.operations.tasks.duties import DutyKind
from exchange.runtime.work import work_for
from exchange.schemas import Cover, Document, DocumentKind, DocumentNumber, Forwarding, Header, Role
from exchange.trials.local import Seat
from tests.journeys.city import wait_until
from tests.journeys.province import Province
from tests.journeys.waits import duties

pytestmark = pytest.mark.broker

CITY, COUNTY = "hefei.relay", "hefei.feixi.relay"
READER = "hefei.feixi.health"
TODAY = RealClock().now().date()
ACT_BY = TODAY + timedelta(days=20)
ONLY = "hefei.feixi.health"


def let(anhui: Province, relay: str, covering: Covering, *further: Role) -> None:
    """Has a relay office served anew, with notices waiting for its cover or not, and with further work of its own."""
    address = anhui.address(relay)
    domain = anhui.trial.domains[domain_of(address)]
    domain.stop(address)
    domain.seats = {**domain.seats, address: Seat((Role.RELAY,), work_for((Role.RELAY, *further), covering=covering))}
    domain.start(address)


@pytest.fixture(scope="module")
def asking(anhui: Province) -> Iterator[Province]:
    """The small Anhui, where the city and one of its counties cover what comes from above.

    The county's relay office is its window, too: what the one waits for must not be lost to the other.
    """
    let(anhui, CITY, Covering.ASK)
    let(anhui, COUNTY, Covering.ASK, Role.WINDOW)
    yield anhui
    for relay in (CITY, COUNTY):
        let(anhui, relay, Covering.NONE)


def row_at(anhui: Province, name: str, notice: str) -> NoticeRow | None:
    with anhui.node(name).store.reading() as tx:
        return tx[Notices].get(notice)


def waits_at(anhui: Province, name: str, notice: str) -> NoticeRow:
    """The row of a notice once it waits there."""

    def waits() -> bool:
        row = row_at(anhui, name, notice)
        return row is not None and row.state == "waiting"

    wait_until(waits, 30, f"the notice waiting at {name}")
    row = row_at(anhui, name, notice)
    assert row is not None
    return row


def cover(serial: int, act_by: date | None = None, body: str = "请结合实际认真贯彻执行。", **changes: object) -> Cover:
    document = Document(
        number=DocumentNumber(agency="合政办", year=2026, serial=serial),
        kind=DocumentKind.NOTICE,
        issuer="合肥市人民政府办公室",
        signatory="李某",
        title=title_of("x.office", "x.hefei.relay", "关于做好防汛工作的通知"),
        body=body,
        date=TODAY,
    )
    return Cover(document=document.model_copy(update=dict(changes)), act_by=act_by)


def text_at(anhui: Province, name: str, notice: str) -> NoticeText:
    return notice_text(anhui.node(name), notice)


def arrives(anhui: Province, name: str, notice: str) -> None:
    wait_until(lambda: row_at(anhui, name, notice) is not None, 30, f"the notice at {name}")


# --- what people do ---------------------------------------------------------------------------------------------------


def test_a_body_sees_the_origins_document_with_both_levels_covers_in_order(asking: Province) -> None:
    notice = asking.issue(asking.address(ONLY), act_by=ACT_BY)
    waits_at(asking, CITY, notice)
    assert row_at(asking, COUNTY, notice) is None, "nothing goes on before its cover"
    assert duties(asking.node(CITY))[notice] is DutyKind.COVER_NOTICE
    city = cover(1, ACT_BY - timedelta(days=5))
    cover_notice(asking.node(CITY), notice, city)
    assert notice not in duties(asking.node(CITY))
    assert waits_at(asking, COUNTY, notice).act_by == (ACT_BY - timedelta(days=5)).isoformat()
    county = cover(2, ACT_BY - timedelta(days=9), "抓紧落实。")
    cover_notice(asking.node(COUNTY), notice, county)

    asking.reaches(notice, [(0, 0, 0, 0), (0, 0, 0, 0), (1, 1, 0, 0)])
    found = text_at(asking, READER, notice)
    assert [(one.relay, one.cover) for one in found.covers] == [
        (asking.address(CITY), city),
        (asking.address(COUNTY), county),
    ]
    assert found.row.act_by == (ACT_BY - timedelta(days=9)).isoformat()
    assert found.notice.act_by == ACT_BY, "the origin's own word stays"
    assert text_at(asking, "office", notice).covers == ()
    assert [one.cover for one in text_at(asking, COUNTY, notice).covers] == [city, county]
    with asking.node("office").store.reading() as tx:
        issued = tx[Documents].get(asking.address("office"), notice)
    with asking.node(READER).store.reading() as tx:
        came = tx[Documents].get(asking.address(COUNTY), found.row.forwarding_id)
    assert issued is not None
    assert came is not None
    assert came.enclosures[0] == issued.signed, "the origin's signed bytes, as they were"
    assert duties(asking.node(READER))[notice] is DutyKind.SIGN_NOTICE
    sign_for(asking.node(READER), notice)
    assert notice not in duties(asking.node(READER))
    asking.reaches(notice, [(0, 0, 0, 0), (0, 0, 0, 0), (1, 1, 1, 0)])


def test_a_notice_may_go_on_without_a_cover_and_goes_on_once(asking: Province) -> None:
    notice = asking.issue("emergency at city")
    waits_at(asking, CITY, notice)
    cover_notice(asking.node(CITY), notice, None)
    asking.reaches(notice, [(0, 0, 0, 0), (1, 1, 1, 0)])
    assert text_at(asking, "hefei.emergency", notice).covers == ()
    with pytest.raises(Conflict, match="waits for no cover"):
        cover_notice(asking.node(CITY), notice, cover(3))
    with pytest.raises(NotFound):
        cover_notice(asking.node("hefei.emergency"), notice, cover(3))


def test_what_a_cover_may_not_say_is_refused_where_it_is_written_and_the_notice_waits_on(asking: Province) -> None:
    notice = asking.issue("emergency at city", act_by=ACT_BY)
    waits_at(asking, CITY, notice)
    city = asking.node(CITY)
    with pytest.raises(CallerError, match="later day"):
        cover_notice(city, notice, cover(4, ACT_BY + timedelta(days=1)))
    with pytest.raises(CallerError, match="number of another"):
        cover_notice(city, notice, cover(4, number=DocumentNumber(agency="皖政办", year=2026, serial=12)))
    with pytest.raises(Secret):
        cover_notice(city, notice, cover(4, body="机密★1年\n内容"))
    waits_at(asking, CITY, notice)
    cover_notice(city, notice, cover(4, ACT_BY))
    asking.reaches(notice, [(0, 0, 0, 0), (1, 1, 1, 0)])


def test_a_relay_office_that_was_stopped_while_a_notice_waited_has_it_still(asking: Province) -> None:
    notice = asking.issue("emergency at city")
    waits_at(asking, CITY, notice)
    domain, relay = asking.trial.domains[asking.address("hefei")], asking.address(CITY)
    domain.stop(relay)
    cover_notice(asking.node(CITY), notice, cover(5))  # as the command does, which needs no serving process
    domain.start(relay)
    asking.reaches(notice, [(0, 0, 0, 0), (1, 1, 1, 0)])
    assert len(text_at(asking, "hefei.emergency", notice).covers) == 1


def test_who_waits_too_long_is_reminded_at_each_rung_once_and_it_is_shown(asking: Province) -> None:
    notice = asking.issue("emergency at city")
    waits_at(asking, CITY, notice)

    def look(days: int) -> int:
        """What the relay office's process does that begins so many days later: of how many notices it reminds."""
        later = SteppedClock(RealClock().now() + timedelta(days=days))
        return Daily(remind_of_waiting).look(replace(asking.node(CITY), clock=later))

    def stage() -> int:
        row = row_at(asking, CITY, notice)
        return row.reminded if row else -1

    look(0)
    assert stage() == 0
    look(20)
    assert stage() == 90
    found = notice_status(asking.node(CITY), notice)
    assert found is not None
    assert found.waits is not None
    assert not found.over
    assert [(count.meant, count.has) for count in found.counts] == [(1, 0)]
    assert (
        Daily(remind_of_waiting).look(
            replace(asking.node(CITY), clock=SteppedClock(RealClock().now() + timedelta(days=20)))
        )
        == 0
    )
    cover_notice(asking.node(CITY), notice, None)


def test_a_recall_takes_back_what_waits_and_nobody_below_hears_of_it(asking: Province) -> None:
    notice = asking.issue("emergency at city", act_by=ACT_BY)
    waits_at(asking, CITY, notice)
    remind(asking.node("office"), notice)
    recall(asking.node("office"), notice, "附件有误")

    def state() -> str | None:
        row = row_at(asking, CITY, notice)
        return row.state if row else None

    wait_until(lambda: state() == "recalled", 30, "the recall at the city")
    with pytest.raises(Conflict):
        cover_notice(asking.node(CITY), notice, cover(6))
    with asking.node(CITY).store.reading() as tx:
        sent = [one for one in tx[Documents].of_conversation(notice) if one.kind == Forwarding.KIND]
    assert {one.sender for one in sent} == {asking.address("relay")}
    assert row_at(asking, "hefei.emergency", notice) is None


def test_own_bodies_notices_wait_for_approval_only_where_the_office_asks_for_all(asking: Province) -> None:
    let(asking, CITY, Covering.ASK_ALL)
    try:
        issuer = replace(asking, root=asking.address("hefei"))
        notice = issuer.issue(asking.address("hefei.emergency"))
        waits_at(asking, CITY, notice)
        cover_notice(asking.node(CITY), notice, cover(7))
        arrives(asking, "hefei.emergency", notice)
        assert [one.relay for one in text_at(asking, "hefei.emergency", notice).covers] == [asking.address(CITY)]
    finally:
        let(asking, CITY, Covering.ASK)


def test_a_relay_office_that_is_a_window_too_counts_who_has_a_notice_and_has_not_answered(asking: Province) -> None:
    notice = asking.issue(asking.address(ONLY))
    for relay in (CITY, COUNTY):
        waits_at(asking, relay, notice)
        cover_notice(asking.node(relay), notice, None)
    asking.reaches(notice, [(0, 0, 0, 0), (0, 0, 0, 0), (1, 1, 0, 0)])


def test_a_relay_office_among_the_readers_signs_like_any_other(asking: Province) -> None:
    notice = asking.issue(asking.address("hefei.feidong.relay"))
    waits_at(asking, CITY, notice)
    cover_notice(asking.node(CITY), notice, None)
    asking.reaches(notice, [(0, 0, 0, 0), (0, 0, 0, 0), (1, 1, 0, 0)])
    sign_for(asking.node("hefei.feidong.relay"), notice)
    asking.reaches(notice, [(0, 0, 0, 0), (0, 0, 0, 0), (1, 1, 1, 0)])
    with pytest.raises(Conflict):
        sign_for(asking.node("hefei.feidong.relay"), notice)


# --- relay offices that do as they like -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def covered(asking: Province) -> tuple[str, bytes, tuple[bytes, ...]]:
    """A notice under the city's cover, and the city's signed forwarding of it as it waits at the county."""
    notice = asking.issue(asking.address(ONLY), act_by=ACT_BY)
    waits_at(asking, CITY, notice)
    cover_notice(asking.node(CITY), notice, cover(21, ACT_BY - timedelta(days=3)))
    row = waits_at(asking, COUNTY, notice)
    with asking.node(COUNTY).store.reading() as tx:
        stored = tx[Documents].get(row.source, row.forwarding_id)
    assert stored is not None
    return notice, stored.signed, stored.enclosures


Covers = tuple[str, bytes, tuple[bytes, ...]]


def returned(
    anhui: Province, covered: Covers, said: Cover | None = None, *, stage: bytes | None = None, drop: int | None = None
) -> str:
    """Passes the notice on as the county's relay office would not; the reason for which its body returns it."""
    notice, signed, enclosures = covered
    county = anhui.node(COUNTY)
    came = verify_signed(signed, county.directory)
    assert isinstance(came.body, Forwarding)
    path = (*came.body.path, county.address)
    onward = came.body.model_copy(update={"path": path, "cover": said})
    passed = [*enclosures, stage or signed]
    if drop is not None:
        del passed[drop]
    with county.step() as step:
        message_id = step.send(onward, (anhui.address(READER),), conversation_id=notice, enclosures=passed)

    def state() -> tuple[OutboxState, str]:
        with county.store.reading() as tx:
            copy = tx[Outbox].rows(message_id)[0]
        return copy.state, copy.last_error or ""

    wait_until(lambda: state()[0] in (OutboxState.RETURNED, OutboxState.DELIVERED), 30, "an answer of the body")
    assert state()[0] is OutboxState.RETURNED
    return state()[1]


def resigned(anhui: Province, covered: Covers, signer: str, sender: str, said: Cover | None) -> bytes:
    """The city's forwarding with another cover or none, signed by whom it was not."""
    came = verify_signed(covered[1], anhui.node(COUNTY).directory)
    header: Header = came.header.model_copy(update={"sender": anhui.address(sender)})
    assert isinstance(came.body, Forwarding)
    body = came.body.model_copy(update={"cover": said})
    return sign_document(header.model_dump_json().encode(), body, anhui.node(signer).identity, covered[2])


def test_a_cover_of_the_level_above_cannot_be_left_out(asking: Province, covered: Covers) -> None:
    assert "every relay office's signed forwarding" in returned(asking, covered, drop=-1)
    without = resigned(asking, covered, COUNTY, COUNTY, None)
    assert f"forwarding of {asking.address(CITY)} is missing" in returned(asking, covered, stage=without)


def test_a_cover_cannot_be_altered_or_made_up_in_anothers_name(asking: Province, covered: Covers) -> None:
    altered = bytearray(covered[1])
    altered[-1] ^= 1
    assert "does not verify" in returned(asking, covered, stage=bytes(altered))
    forged = resigned(asking, covered, COUNTY, CITY, cover(22))
    assert "does not verify" in returned(asking, covered, stage=forged)


def test_the_origins_document_cannot_be_dropped_behind_a_cover(asking: Province, covered: Covers) -> None:
    assert "altered" in returned(asking, covered, cover(23), drop=0)


def test_a_cover_that_gives_more_time_than_those_above_is_returned(asking: Province, covered: Covers) -> None:
    assert "later day" in returned(asking, covered, cover(24, ACT_BY))


def test_a_cover_of_another_body_is_nobodys_own(asking: Province, covered: Covers) -> None:
    assert "number of another document" in returned(asking, covered, cover(21))


def test_a_classified_cover_goes_no_further(asking: Province, covered: Covers) -> None:
    assert "secret" in returned(asking, covered, cover(25, body="机密★1年\n内容"))
    assert row_at(asking, READER, covered[0]) is None
