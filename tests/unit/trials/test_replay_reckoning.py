"""What must come of a log: known answers, from the product's own reckoning and from one that shares nothing with it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from exchange.clock import CST
from exchange.schemas import AnnouncedYear
from exchange.trials.replay.calendar import BorrowedCalendar
from exchange.trials.replay.reckoning import reckon_log
from exchange.workdays import CalendarLayer, ChinaCalendar, PublishedCalendar
from tests.plain_reckoning import ENDS, reckon, works
from tests.reckoned_logs import read, reckoned
from tests.synthetic_log import EVERY_FATE

HEAD = "at,case,event,department,due,days,default\n"


def test_the_calendar_that_is_written_out_for_the_tests_is_the_one_that_was_announced() -> None:
    calendar, day = ChinaCalendar(), ENDS
    while day.year == ENDS.year:
        assert works(day) == calendar.is_workday(day), day
        day = day.fromordinal(day.toordinal() - 1)


def test_every_fate_is_in_the_small_log() -> None:
    fates, refused = reckon(EVERY_FATE)
    assert len({fate for fate, _ in fates.values()}) == 7
    assert refused


TOLD = "2026-03-02T09:00:00+08:00,c-1,supplement,window,,,\n"


@pytest.mark.parametrize(
    ("between", "refused"),
    [
        ("", ()),
        ("2026-03-02T09:00:00+08:00,c-1,supplement,window,,,\n", (3,)),
        ("2026-03-03T09:00:00+08:00,c-1,supplied,window,,,\n", ()),
        (
            "2026-03-03T09:00:00+08:00,c-1,supplied,window,,,\n2026-03-03T09:00:00+08:00,c-1,supplement,window,,,\n",
            (4,),
        ),
        ("2026-03-03T09:00:00+08:00,c-1,supplied,window,,,\n2026-03-03T09:00:00+08:00,c-1,supplied,window,,,\n", (4,)),
        ("2026-03-03T09:00:00+08:00,c-1,withdraw,,,,\n2026-03-03T09:00:00+08:00,c-1,supplied,window,,,\n", (4,)),
        ("2026-03-03T09:00:00+08:00,c-1,withdraw,,,,\n2026-03-03T09:00:00+08:00,c-1,supplement,window,,,\n", ()),
    ],
)
def test_what_is_missing_is_told_once_before_an_acceptance(
    tmp_path: Path, between: str, refused: tuple[int, ...]
) -> None:
    text = HEAD + TOLD + between + "2026-03-04T09:00:00+08:00,c-2,submit,A,,5,\n"
    found = reckoned(read(tmp_path, text))
    assert found == reckon(text)
    assert found[1] == set(refused)


def test_the_term_begins_with_the_acceptance_and_not_with_what_came_before(tmp_path: Path) -> None:
    supplied = "2026-03-06T09:00:00+08:00,c-1,supplied,window,,,\n"
    text = HEAD + TOLD + supplied + "2026-03-13T23:59:59+08:00,c-1,submit,A,,3,\n"
    assert reckoned(read(tmp_path, text))[0][4] == ("deemed", datetime(2026, 3, 19, tzinfo=CST))


def test_what_the_window_lets_lie_is_put_to_departments_by_law_and_its_terms_run_from_there(tmp_path: Path) -> None:
    supplied = "2026-03-06T09:00:00+08:00,c-1,supplied,window,,,\n"
    late = "2026-03-13T24:00:00+08:00,c-1,submit,A,,3,\n2026-03-16T09:00:00+08:00,c-1,submit,B,,3,\n"
    text = HEAD + TOLD + supplied + late
    outcomes, refused = reckoned(read(tmp_path, text))
    assert (outcomes, refused) == reckon(text)
    assert outcomes == {
        4: ("deemed", datetime(2026, 3, 19, tzinfo=CST)),
        5: ("deemed", datetime(2026, 3, 20, tzinfo=CST)),
    }, "what is put to another department later has its own term"


SUBMIT = "2026-02-09T10:00:00+08:00,c-1,submit,A,,5,\n"
"""Its five days are the 10th to the 14th, a Saturday that is worked; then comes the Spring Festival."""


@pytest.mark.parametrize(
    ("events", "fate", "ends"),
    [
        ("2026-02-15T00:00:00+08:00,c-1,reply,A,,,", "in-time", "2026-02-15"),
        ("2026-02-15T00:00:01+08:00,c-1,reply,A,,,", "deemed-then-late", "2026-02-15"),
        ("2026-02-14T23:59:59+08:00,c-1,extend,A,,1,", "deemed", "2026-02-25"),
        ("2026-02-12T09:00:00+08:00,c-1,stop,A,,,", "stopped", None),
        (
            "2026-02-12T09:00:00+08:00,c-1,stop,A,,,\n2026-02-24T09:00:00+08:00,c-1,resume,A,,,",
            "deemed",
            "2026-02-28",
        ),
        ("2026-02-12T09:00:00+08:00,c-1,stop,A,,1,", "deemed", "2026-02-26"),
        ("2026-02-13T09:00:00+08:00,c-1,restart,A,,,", "deemed", "2026-02-28"),
        ("2026-02-13T09:00:00+08:00,c-1,withdraw,,,,", "withdrawn", "2026-02-15"),
    ],
)
def test_known_ends_around_the_spring_festival(tmp_path: Path, events: str, fate: str, ends: str | None) -> None:
    outcome, _ = reckoned(read(tmp_path, HEAD + SUBMIT + events + "\n"))
    assert outcome[2] == (fate, outcome[2][1])
    end = outcome[2][1]
    assert (str(end)[:19] if end else None) == (f"{ends} 00:00:00" if ends else None)
    assert outcome == reckon(HEAD + SUBMIT + events + "\n")[0]


def test_a_log_is_reckoned_by_the_days_that_a_domain_has_published_and_shows_no_other_what_was_signed_there(
    tmp_path: Path,
) -> None:
    year = AnnouncedYear(
        year=2026,
        number="国办发明电〔2026〕1号",
        announced_on=date(2026, 1, 2),
        holidays=(date(2026, 2, 10),),
        makeup_days=(),
    )
    borrowed = BorrowedCalendar(PublishedCalendar([CalendarLayer("town", 3, (year,), b"signed")]))
    assert borrowed.papers == ()
    assert not borrowed.is_workday(date(2026, 2, 10))
    found = reckon_log(read(tmp_path, HEAD + SUBMIT), borrowed)
    assert found.outcomes[("c-1", "A")].due == datetime(2026, 2, 18, tzinfo=CST), "11, 12, 13, 16 and 17 February"


@pytest.mark.parametrize(("default", "fate"), [("consent", "deemed"), ("refusal", "deemed-then-late")])
def test_whoever_owes_a_paper_owes_it_no_more_once_the_case_is_withdrawn(
    tmp_path: Path, default: str, fate: str
) -> None:
    text = HEAD + (
        f"2026-02-09T10:00:00+08:00,c-1,submit,A,,5,{default}\n"
        "2026-02-09T10:00:00+08:00,c-1,submit,B,,20,consent\n"
        "2026-02-24T09:00:00+08:00,c-1,withdraw,,,,\n"
        "2026-02-25T09:00:00+08:00,c-1,reply,A,,,\n"
    )
    outcomes, refused = reckoned(read(tmp_path, text))
    plain, plainly_refused = reckon(text)
    assert outcomes[2][0] == plain[2][0] == fate
    assert refused == plainly_refused == ({5} if default == "consent" else set())
