"""A calendar is loaded while the domain runs: terms are reckoned again, all are told, and none ends before that."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from exchange.approval.department.store import DepartmentDesk
from exchange.approval.monitor.recheck import recheck_case, recheck_deemed
from exchange.approval.records import CaseRow
from exchange.approval.rules.states import PartState
from exchange.approval.window.status import case_status
from exchange.approval.window.terms.reprojecting import reproject
from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import CST
from exchange.directory import Authority
from exchange.directory.calendars import sign_calendar
from exchange.envelope import verify_signed
from exchange.messaging.documents import Documents
from exchange.runtime.calendars import CalendarKeeper, keep_file
from exchange.runtime.settings import Home
from exchange.schemas import AnnouncedYear, Calendar, EntryKind, LedgerEntry, TermNotice
from exchange.workdays import ChinaCalendar
from tests.journeys.city import MONDAY, City, make_city, midnight_after

pytestmark = pytest.mark.broker

THURSDAY, SATURDAY, SUNDAY = date(2026, 3, 5), date(2026, 3, 7), date(2026, 3, 8)


def serve_with_calendars(city: City) -> Home:
    """All members look into one folder for what is published, as on one host."""
    home = Home(city.local.folder)
    for address, node in city.local.nodes.items():
        keeper = CalendarKeeper(home, node.store, address)
        node.newer_calendar, node.take_calendar = keeper.look, keeper.take
    return home


def load(
    city: City, home: Home, version: int, number: str, off: tuple[date, ...], worked: tuple[date, ...] = ()
) -> None:
    """As `exchange calendar load`; then all members look, and the window reckons running terms again."""
    year = AnnouncedYear(year=2026, number=number, holidays=off, makeup_days=worked)
    told = Calendar(domain=city.local.domain, version=version, issued_at=city.clock.now(), years=(year,))
    authority = Authority.open_or_create(city.local.folder / "authority", city.local.domain, city.clock.now())
    keep_file(home.calendars, city.local.domain, sign_calendar(told, authority))
    for node in city.local.nodes.values():
        node.renew()
        assert node.calendar.announcement(2026) == number
    reproject(city.window)
    city.wake("window")
    city.local.settle()


def last_told(city: City, case: CaseRow) -> date | None:
    """The last day of the term, as window, department and applicant have it; they say the same."""
    with city.node("transport").store.reading() as tx:
        row = tx[DepartmentDesk].get(case.number)
    (shown,) = [part for part in case_status(city.window, case.number).parts if part.department.endswith("transport")]
    kept = city.part(case, "transport").due_at
    assert row is not None
    assert shown.due_at == kept
    assert row.due_at in (None, kept), "the department derives it until somebody has told it otherwise"
    return None if kept is None else (kept.astimezone(CST) - timedelta(seconds=1)).date()


def reprojected(city: City, case: CaseRow) -> list[LedgerEntry]:
    """What the applicant is shown of it."""
    (part,) = [part for part in case_status(city.window, case.number).parts if part.department.endswith("transport")]
    return [entry for entry in part.amendments if entry.kind is EntryKind.REPROJECT]


def notices(city: City) -> list[TermNotice]:
    """What the department was told of its term."""
    node = city.node("transport")
    with node.store.reading() as tx:
        bodies = [verify_signed(one.signed, node.directory).body for one in tx[Documents].recent("received")]
    return [body for body in bodies if isinstance(body, TermNotice)]


def test_a_calendar_loaded_late_lengthens_a_term_and_ends_none_before_the_day_that_was_told_last(
    tmp_path: Path, broker: NodeInfo, domain: str
) -> None:
    city = make_city(tmp_path, broker, domain)
    with city.local:
        home = serve_with_calendars(city)
        city.matter(city.approver("planning"), city.approver("transport", days=5, silent=True))
        case = city.submit()  # on Monday 2 March: five working days
        city.reply("planning", case)
        assert last_told(city, case) == date(2026, 3, 9)
        city.step_to(MONDAY + timedelta(days=1))

        load(city, home, 1, "第一号", (THURSDAY,))
        assert last_told(city, case) == date(2026, 3, 10)
        (entry,) = reprojected(city, case)
        assert (entry.basis, entry.told) == (("第一号",), midnight_after(date(2026, 3, 10)))
        (notice,) = notices(city)
        assert (notice.entry, notice.due_at, notice.provisional) == (entry, entry.told, False)
        assert reproject(city.window) == 0, "each calendar is reckoned by once"

        city.step_to(MONDAY + timedelta(days=4, hours=9))  # Friday evening: it is reminded
        load(city, home, 2, "第二号", (THURSDAY,), (SATURDAY, SUNDAY))
        assert last_told(city, case) == date(2026, 3, 10), "by the make-up days it would have been Sunday"
        assert len(notices(city)) == len(reprojected(city, case)) == 1
        for day in (SUNDAY, date(2026, 3, 9)):
            city.step_to(midnight_after(day) + timedelta(seconds=1))
            assert city.part(case, "transport").state is PartState.SIGNED, "not before the day told last"
        city.step_to(midnight_after(date(2026, 3, 10)) - timedelta(hours=6))  # it is reminded by the new calendar
        city.step_to(midnight_after(date(2026, 3, 10)) + timedelta(seconds=1))
        assert city.part(case, "transport").state is PartState.DEEMED

        (before,) = recheck_case(city.window, case.number)
        assert (before.error, before.differs) == (None, None)
        assert before.deemed is not None
        assert before.deemed.calendar == city.window.calendar.version
        load(city, home, 3, "第三号", tuple(date(2026, 3, day) for day in (4, 5, 6, 9)))
        (after,) = recheck_case(city.window, case.number)
        assert after.error is None, "it is checked by the calendar that it names"
        assert "differs under the present calendar" in str(after.differs)
        assert "2026-03-13 24:00" in str(after.differs)
        stranger = city.node("planning").directory
        assert recheck_deemed(before.signed, stranger, ChinaCalendar()) == before.deemed
        assert not reprojected(city, case)[1:], "a term that is over is not reckoned again"
