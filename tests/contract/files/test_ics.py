"""Holiday calendars as ics, read by the library icalendar: what holds, and what is told of what does not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from exchange.errors import BadConfiguration
from exchange.files.ics import LARGEST_ICS, IcsYear, read_ics
from exchange.workdays import ChinaCalendar

TODAY = date(2025, 11, 20)
NUMBER = "国办发明电〔2025〕7号"


def event(title: str, first: str, end: str = "", *more: str) -> str:
    last = [f"DTEND;VALUE=DATE:{end}"] if end else []
    return "\r\n".join(["BEGIN:VEVENT", f"SUMMARY:{title}", f"DTSTART;VALUE=DATE:{first}", *last, *more, "END:VEVENT"])


def ics(*events: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *events, "END:VCALENDAR", ""])


NEW_YEAR = event("元旦（休）", "20260101", "20260104")


def read(path: Path, text: str) -> IcsYear:
    path.write_bytes(text.encode())
    return read_ics(path, 2026, NUMBER, None, TODAY)


@pytest.mark.parametrize(
    "worked",
    [
        event("元旦（班）", "20260104"),
        event("元旦 班", "20260104", "20260105"),
        event("元旦调休上班", "20260104"),
        event("元旦补班", "20260104", "", "DTEND;VALUE=DATE:20260105"),
        event("元旦", "20260104", "", "X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY"),
        event("元旦 班", "20260104", "", "DURATION:P1D"),
    ],
)
def test_an_ics_says_a_year_by_its_marks(tmp_path: Path, worked: str) -> None:
    found = read(tmp_path / "holidays.ics", ics(NEW_YEAR, worked))
    assert found.left_out == ()
    assert found.year.model_dump() == {
        "year": 2026, "number": NUMBER, "announced_on": None,
        "holidays": tuple(date(2026, 1, day) for day in (1, 2, 3)), "makeup_days": (date(2026, 1, 4),),
    }  # fmt: skip


def test_an_ics_may_hold_other_years_festivals_and_what_was_cancelled(tmp_path: Path) -> None:
    others = (
        event("元旦 休", "20250101"),
        event("元旦 休", "20261231", "20270104"),
        event("元宵节", "20260303"),
        event("国庆节 放假", "20261001", "20261008", "STATUS:CANCELLED"),
    )
    found = read(tmp_path / "holidays.ics", ics(*others, NEW_YEAR))
    assert found.year.holidays == (*(date(2026, 1, day) for day in (1, 2, 3)), date(2026, 12, 31))
    assert found.left_out == ("元宵节",)


def test_the_whole_year_as_an_ics_is_the_year_that_the_package_knows(tmp_path: Path) -> None:
    known = ChinaCalendar()
    days = [date.fromordinal(number) for number in range(date(2026, 1, 1).toordinal(), date(2027, 1, 1).toordinal())]
    off = [event("节 休", f"{day:%Y%m%d}") for day in days if day.weekday() < 5 and not known.is_workday(day)]
    worked = [event("班", f"{day:%Y%m%d}") for day in days if day.weekday() >= 5 and known.is_workday(day)]
    year = read(tmp_path / "holidays.ics", ics(*off, *worked)).year
    assert all(year.is_workday(day) is known.is_workday(day) for day in days)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (event("春节 休班", "20260217"), "9: 春节 休班: is marked 休 and 班"),
        (event("春节调休", "20260214"), "9: 春节调休: 调休 says that days are swapped, not which way"),
        (event("春节 班", "20260216"), "9: 春节 班: 2026-02-16 is no Saturday or Sunday"),
        (event("元旦 班", "20260103"), "9: 元旦 班: 2026-01-03 is marked 休 and 班, see line 4"),
        (event("春节 休", "20260217", "20260217"), "9: 春节 休: DTEND is the day after the last one, 31 days after"),
        (event("春节 休", "20260217", "20260401"), "9: 春节 休: DTEND is the day after the last one, 31 days after"),
        (event("春节 休", "20260217", "", "RRULE:FREQ=YEARLY"), "9: 春节 休: is repeated by a rule"),
        (event("春节 休", "20260217").replace(";VALUE=DATE:20260217", ":20260217T080000Z"), "9: 春节 休: is no whole"),
        (event("春节 休", "soon"), "9: 春节 休: DTSTART or DTEND is missing, or no day"),
        (event("春节 休", "20260217").replace("DTSTART", "DTBEGIN"), "9: 春节 休: DTSTART or DTEND is missing, or no"),
        (event("春节 休", "20260217", "", "no line of an ics"), "9: 春节 休: cannot be read: "),
    ],
)
def test_what_is_wrong_with_an_event_is_told_with_its_line(tmp_path: Path, bad: str, said: str) -> None:
    with pytest.raises(BadConfiguration) as error:
        read(tmp_path / "h.ics", ics(NEW_YEAR, bad))
    assert f"h.ics:{said}" in str(error.value)
    assert error.value.remedy


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "h.ics:1: this is no ics"),
        (ics(event("元宵节", "20260303")), "h.ics:1: no event of 2026 is marked 休"),
        ("BEGIN:VCALENDAR\r\nno line\r\nEND:VCALENDAR\r\n", "h.ics:2: this is no ics: "),
        (NEW_YEAR, "h.ics:1: this is no ics: it has no VCALENDAR"),
        ("BEGIN:VCALENDAR\r\n" + NEW_YEAR, "h.ics:1: this is no ics: "),
        ("x" * (LARGEST_ICS + 1), "h.ics:1: it has more than 1,000,000 bytes"),
    ],
)
def test_what_is_no_calendar_is_told_as_such(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadConfiguration) as error:
        read(tmp_path / "h.ics", text)
    assert said in str(error.value)


def test_year_and_number_come_with_the_command(tmp_path: Path) -> None:
    path = tmp_path / "h.ics"
    path.write_text(ics(NEW_YEAR))
    with pytest.raises(BadConfiguration, match="--year: 2028 cannot have been announced"):
        read_ics(path, 2028, NUMBER, None, TODAY)
    with pytest.raises(BadConfiguration, match="number: "):
        read_ics(path, 2026, "n" * 101, None, TODAY)
