"""Deadlines as a calendar: whole days by China's time, the moment in words, lines as RFC 5545 wants them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar

from exchange.language import Language
from exchange.web.telling.calendar_file import calendar_of
from exchange.web.telling.deadlines import OpenDeadline, last_day
from tests.unit.facts import at, end

NOW = at("03-02")
OFFICE = ("市规划局", "Planning; Bureau, of the City")
LONG = "占用、挖掘城市道路审批，" * 8 + "完"
DEADLINES = (
    OpenDeadline("consultations//case/1", "HF-2026-1", "Road; works, \\ and\nmore", "give an opinion", end("03-05"),
                 False, "/case/1"),
    OpenDeadline("lead//lead/case/2", "HF-2026-2", LONG, "decide or deliver", at("03-06"), True, "/lead/case/2"),
)  # fmt: skip


def made(language: Language = Language.ENGLISH) -> bytes:
    return calendar_of(DEADLINES, "hefei.planning", OFFICE, language, "https://desk.test", NOW)


def test_a_deadline_is_the_whole_day_that_midnight_ends_and_its_words_say_the_moment() -> None:
    first, second = Calendar.from_ical(made()).walk("VEVENT")
    assert (first.decoded("dtstart"), first.decoded("dtend")) == (date(2026, 3, 5), date(2026, 3, 6))
    assert "2026-03-05 24:00" in first["description"]
    assert second.decoded("dtstart") == date(2026, 3, 6)
    assert (first["status"], second["status"]) == ("CONFIRMED", "TENTATIVE")
    assert "provisional" in second["description"]
    assert "暂定" in Calendar.from_ical(made(Language.CHINESE)).walk("VEVENT")[1]["description"]
    assert first["url"] == "https://desk.test/case/1"
    assert last_day(datetime(2026, 3, 5, 16, tzinfo=UTC)) == date(2026, 3, 5), "midnight in China, wherever it is told"
    assert last_day(datetime(2026, 3, 5, 16, tzinfo=UTC) + timedelta(seconds=1)) == date(2026, 3, 6)


def test_the_same_deadline_is_the_same_event_and_another_members_is_another() -> None:
    ids = [str(one["uid"]) for one in Calendar.from_ical(made()).walk("VEVENT")]
    assert ids == [str(one["uid"]) for one in Calendar.from_ical(made(Language.CHINESE)).walk("VEVENT")]
    assert len(set(ids)) == 2
    other = calendar_of(DEADLINES, "hefei.water", OFFICE, Language.ENGLISH, "https://desk.test", NOW)
    assert not set(ids) & {str(one["uid"]) for one in Calendar.from_ical(other).walk("VEVENT")}


def test_lines_end_and_fold_and_texts_are_escaped_as_the_rfc_says() -> None:
    text = made()
    lines = text.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    unfolded = text.replace(b"\r\n ", b"").decode().splitlines()
    assert unfolded[0] == "BEGIN:VCALENDAR"
    assert "SUMMARY:give an opinion: HF-2026-1 Road\\; works\\, \\\\ and\\nmore" in unfolded
    assert f"SUMMARY:decide or deliver: HF-2026-2 {LONG}" in unfolded
    assert "DTSTART;VALUE=DATE:20260305" in unfolded
    assert "NAME:Planning\\; Bureau\\, of the City: deadlines" in unfolded
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in unfolded
