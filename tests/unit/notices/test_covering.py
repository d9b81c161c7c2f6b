"""Covering instructions: which notices wait, what a cover may say, and when one is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.clock import CST
from exchange.errors import CallerError
from exchange.notices.cover import waiting
from exchange.notices.records import NoticeRow
from exchange.notices.rules.covering import Covering, act_by_under, check_covers, cover_due, title_of, verb_of
from exchange.schemas import MAX_INSTRUCTION, Cover, Document, DocumentKind, DocumentNumber, Notice, Purpose, Treatment
from exchange.workdays import ChinaCalendar
from tests.unit.examples import ATTACHMENT, COVER, DIGEST, DOCUMENT, ID

DAY = date(2026, 3, 2)
ACT_BY = date(2026, 3, 20)


def notice(act_by: date | None = ACT_BY) -> Notice:
    treatment = Treatment.INFORMATION if act_by is None else Treatment.ACTION
    return Notice(document=DOCUMENT, audience="direct", treatment=treatment, act_by=act_by)


def cover(serial: int = 7, dated: date | None = DAY, act_by: date | None = None, **changes: object) -> Cover:
    number = DocumentNumber(agency="合政办", year=2026, serial=serial)
    fields = {name: getattr(COVER.document, name) for name in Document.model_fields}
    return Cover(document=Document(**fields | {"number": number, "date": dated} | changes), act_by=act_by)


def refused(said: Notice, covers: Sequence[Cover]) -> str:
    with pytest.raises(CallerError) as error:
        check_covers(said, covers)
    assert error.value.code == "cover"
    assert error.value.remedy
    return str(error.value)


# --- which wait -------------------------------------------------------------------------------------------------------


def test_nothing_waits_where_nothing_is_said() -> None:
    waits = {covering: (covering.asks(from_above=True), covering.asks(from_above=False)) for covering in Covering}
    assert waits == {Covering.NONE: (False, False), Covering.ASK: (True, False), Covering.ASK_ALL: (True, True)}


def test_three_working_days_are_given_but_no_more_than_the_notice_leaves() -> None:
    calendar = ChinaCalendar()
    assert cover_due(date(2026, 3, 5), None, calendar) == date(2026, 3, 10)  # over a weekend
    assert cover_due(date(2026, 3, 5), date(2026, 3, 20), calendar) == date(2026, 3, 10)
    assert cover_due(date(2026, 3, 5), date(2026, 3, 6), calendar) == date(2026, 3, 6)


def test_what_waits_is_reminded_of_at_the_rungs_and_late_only_when_its_days_are_over() -> None:
    row = NoticeRow(
        notice_id=ID, seat="relay", state="waiting", origin="c.office", source="c.relay", digest=DIGEST, title="t",
        number="n", treatment="action", audience="all", forwarding_id=ID,
        received_at=datetime(2026, 3, 5, 9, tzinfo=CST), act_by="2026-03-20",
    )  # fmt: skip
    days = [date(2026, 3, day) for day in range(5, 12)]
    found = [waiting(row, ChinaCalendar(), day) for day in days]
    assert {one.due for one in found} == {date(2026, 3, 10)}
    assert [one.stage for one in found] == [0, 0, 0, 0, 50, 90, 90]
    assert [day for day, one in zip(days, found, strict=True) if one.overdue] == [date(2026, 3, 11)]


# --- how one is called ------------------------------------------------------------------------------------------------


def test_what_is_from_above_is_forwarded_and_what_is_of_the_own_level_is_approved() -> None:
    assert verb_of("anhui.office", "anhui.hefei.relay") == "转发"
    assert verb_of("anhui.hefei.health", "anhui.hefei.relay") == "批转"


def test_a_title_names_the_notice_and_marks_within_marks_are_the_single_ones() -> None:
    named = title_of("anhui.office", "anhui.hefei.relay", "关于印发《防汛预案》的通知")
    assert named == "关于转发《关于印发〈防汛预案〉的通知》的通知"
    assert title_of("anhui.health", "anhui.relay", "关于防疫的意见") == "关于批转《关于防疫的意见》的通知"


# --- what one may say -------------------------------------------------------------------------------------------------


def test_a_cover_is_a_signed_and_dated_notice_and_carries_nothing_else() -> None:
    for changes in (
        {"kind": DocumentKind.LETTER},
        {"signatory": None},
        {"date": None},
        {"attachments": (ATTACHMENT,)},
        {"copies": ("c.audit",)},
        {"purpose": Purpose.INFORMATION},
        {"body": "字" * (MAX_INSTRUCTION + 1)},
    ):
        with pytest.raises(ValueError, match="a cover"):
            cover(**changes)


def test_a_later_day_than_the_origins_or_the_cover_aboves_is_refused() -> None:
    assert "later day" in refused(notice(), [cover(act_by=ACT_BY + timedelta(days=1))])
    above = cover(7, act_by=date(2026, 3, 10))
    assert "later day" in refused(notice(), [above, cover(8, act_by=date(2026, 3, 11))])
    check_covers(notice(), [above, cover(8, act_by=date(2026, 3, 10)), cover(9)])


def test_a_notice_for_information_is_not_made_an_order_by_a_cover() -> None:
    assert "for information" in refused(notice(None), [cover(act_by=ACT_BY)])
    check_covers(notice(None), [cover()])


def test_a_cover_has_a_number_of_its_own() -> None:
    own = DOCUMENT.number
    assert isinstance(own, DocumentNumber)
    assert "number" in refused(notice(), [cover(own.serial)])
    assert "number" in refused(notice(), [cover(7), cover(8), cover(7)])


def test_a_cover_is_not_dated_before_what_it_covers_nor_after_the_day_it_sets() -> None:
    assert "before" in refused(notice(), [cover(dated=DAY - timedelta(days=1))])
    assert "before" in refused(notice(), [cover(7, DAY + timedelta(days=2)), cover(8, DAY + timedelta(days=1))])
    assert "was over" in refused(notice(), [cover(dated=date(2026, 3, 12), act_by=date(2026, 3, 11))])


covers = st.lists(
    st.builds(
        cover,
        st.integers(min_value=1, max_value=12),
        st.integers(min_value=-1, max_value=6).map(lambda days: DAY + timedelta(days=days)),
        st.none() | st.integers(min_value=0, max_value=20).map(lambda days: DAY + timedelta(days=days)),
    ),
    max_size=4,
)


@given(covers, st.sampled_from([None, ACT_BY, DAY + timedelta(days=5)]))
def test_of_covers_that_hold_none_gives_anybody_more_time_than_those_above(
    chain: list[Cover], act_by: date | None
) -> None:
    said = notice(act_by)
    try:
        check_covers(said, chain)
    except CallerError:
        return
    days = [act_by_under(said, chain[:count]) for count in range(len(chain) + 1)]
    assert days[0] == act_by
    if act_by is None:
        assert set(days) == {None}
        return
    known = [day for day in days if day is not None]
    assert len(known) == len(days)
    assert known == sorted(known, reverse=True)
    for one, after in zip(chain, known[1:], strict=True):
        assert one.act_by in (None, after)
    numbers = [one.document.number for one in chain]
    assert len(set(numbers)) == len(numbers)


@given(covers, st.sampled_from([None, ACT_BY]))
def test_a_chain_holds_exactly_when_each_of_its_beginnings_does(chain: list[Cover], act_by: date | None) -> None:
    def holds(count: int) -> bool:
        try:
            check_covers(notice(act_by), chain[:count])
        except CallerError:
            return False
        return True

    found = [holds(count) for count in range(len(chain) + 1)]
    assert found == sorted(found, reverse=True)
    assert found[0]
