"""What the doctor says of calendars, in a domain's folder with the real authority's key."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from exchange.clock import CST, AcceleratedClock, SteppedClock
from exchange.operations.domain_calendar import DomainCalendar
from exchange.operations.health.checkups.calendars import GoneBy, calendar, gone_by
from exchange.operations.health.checkups.findings import Finding
from exchange.schemas import AnnouncedYear
from exchange.setup.calendars import publish_year, take_signed
from exchange.workdays import ChinaCalendar
from tests.journeys.folders import Domain, add, copied

IN_2026 = AnnouncedYear(
    year=2026,
    number="国办发明电〔2025〕7号",
    holidays=tuple(date(2026, 1, 1) + timedelta(n) for n in range(3)),
    makeup_days=(date(2026, 1, 4),),
)
IN_2027 = IN_2026.model_copy(
    update={"year": 2027, "holidays": (date(2027, 1, 1),), "makeup_days": (), "number": "国办发明电〔2026〕1号"}
)


SIGNED = datetime(2026, 10, 31, 12, tzinfo=CST)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Domain:
    return Domain(tmp_path_factory.mktemp("made"), "hefei", SteppedClock(SIGNED))


@pytest.fixture
def city(made: Domain, tmp_path: Path) -> Domain:
    return copied(made, tmp_path)


def said(city: Domain) -> list[tuple[str, str]]:
    return [(one.level, one.finding) for one in calendar(city.settings)]


def publish(city: Domain, year: AnnouncedYear) -> None:
    publish_year(city.settings, year, city.say)


def test_the_next_year_is_asked_for_from_november_on_and_the_present_one_always(city: Domain) -> None:
    def on(day: datetime) -> list[tuple[str, str]]:
        clock = SteppedClock(day)
        return [(one.level, one.finding[-60:]) for one in calendar(replace(city.settings, clock=clock))]

    ((level, text),) = on(datetime(2026, 10, 31, 12, tzinfo=CST))
    assert (level, text[-10:]) == ("good", "2026-12-31")
    ((level, text),) = on(datetime(2026, 11, 1, 0, 1, tzinfo=CST))
    assert level == "note"
    assert "terms that reach into 2027 are provisional" in text
    publish(city, IN_2027)
    assert "2027-12-31" in on(datetime(2026, 11, 1, 12, tzinfo=CST))[0][1]
    assert on(datetime(2029, 1, 3, tzinfo=CST))[0][0] == "bad"


def test_what_the_package_says_otherwise_or_alone_is_told_once_something_is_published(city: Domain) -> None:
    assert [level for level, _ in said(city)] == ["good"]
    publish(city, IN_2027)
    assert ("note", f"{ChinaCalendar().version} knows 2026, which is not published here: other hosts may go by another"
            ) in said(city)  # fmt: skip
    publish(city, IN_2026)
    (note,) = (text for level, text in said(city) if level == "note")
    assert re.search(r"says otherwise of \d+ days of 2026 \(2026-02-14, .*…\)", note)


def test_a_calendar_that_was_lost_is_put_back_as_the_doctor_says(city: Domain) -> None:
    publish(city, IN_2026)
    first = (city.home.calendars / "hefei.cose").read_bytes()
    publish(city, IN_2027)
    (city.home.calendars / "hefei.cose").write_bytes(first)
    (bad,) = (one for one in calendar(city.settings) if one.level == "bad")
    assert "has signed version 2; in calendars/ lies version 1" in bad.finding
    assert bad.remedy == f"exchange calendar load {city.home.authority / 'calendar.cose'}"
    take_signed(city.settings, Path(bad.remedy.removeprefix("exchange calendar load ")).read_bytes())
    assert not [one for one in calendar(city.settings) if one.level == "bad"]


def test_a_file_that_does_not_count_is_named(city: Domain) -> None:
    publish(city, IN_2026)
    (city.home.calendars / "wuhu.cose").write_bytes(b"no calendar at all")
    (bad,) = (one for one in calendar(city.settings) if one.level == "bad")
    assert "calendars/wuhu.cose does not count" in bad.finding


def test_a_member_that_goes_by_another_is_named_and_it_is_bad_only_when_it_is_served(city: Domain) -> None:
    def found(*members: GoneBy, later: timedelta = timedelta()) -> list[Finding]:
        settings = replace(city.settings, clock=AcceleratedClock(datetime.now(UTC), SIGNED + later, 1.0))
        return list(gone_by(settings, {f"hefei.m{n}": member for n, member in enumerate(members)}))

    package = ChinaCalendar().version
    assert found(GoneBy(package, True), GoneBy(None, False)) == []
    (note,) = found(GoneBy("chinesecalendar 1.0.0", True))
    assert (note.level, "one version of the package" in note.remedy) == ("note", True)
    publish(city, IN_2026)
    (early,) = found(GoneBy(package, True))
    assert early.level == "note", "a member that is served takes it within seconds, not at once"
    present = DomainCalendar(city.settings).now().version
    bad, note = found(GoneBy(package, True), GoneBy("older", False), GoneBy(present, True), later=timedelta(hours=1))
    assert (bad.level, note.level) == ("bad", "note")
    assert bad.finding == f"hefei.m0 go by {package}; in this folder it is {present}"


def test_a_lower_level_that_has_published_other_days_is_told(tmp_path: Path) -> None:
    clock = SteppedClock(datetime(2026, 6, 1, 12, tzinfo=CST))
    upper, lower = Domain(tmp_path, "anhui", clock), Domain(tmp_path, "anhui.hefei", clock)
    add(upper, lower)
    publish(lower, IN_2026)
    publish(upper, IN_2026.model_copy(update={"number": "another"}))
    shutil.copy(upper.home.calendars / "anhui.cose", lower.home.calendars)
    assert not any("other days" in text for _, text in said(lower)), "cited otherwise, the days are the same"
    publish(upper, IN_2026.model_copy(update={"makeup_days": ()}))
    shutil.copy(upper.home.calendars / "anhui.cose", lower.home.calendars)
    assert ("note", "2026: anhui.hefei has published other days than anhui, whose calendar counts") in said(lower)


def test_boards_take_a_calendar_that_is_published_while_they_are_looked_at(city: Domain) -> None:
    boards = DomainCalendar(city.settings)
    assert not boards.now().is_workday(date(2026, 10, 1))
    publish(city, IN_2026)
    assert boards.now().is_workday(date(2026, 10, 1))
    assert boards.now() is boards.now()
