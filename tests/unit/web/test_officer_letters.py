"""Letters to officers: what is near, in which words, and to whom a letter is due."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes
from email.policy import default

import pytest

from exchange.language import Language
from exchange.web.telling.deadlines import OpenDeadline
from exchange.web.telling.letters import Nearness, due_now, due_text, letter_to
from exchange.web.telling.records import OfficerLetterRow
from exchange.web.telling.states import MailWish, OfficerLetterKind, OfficerLetterState
from exchange.workdays import ChinaCalendar
from tests.unit.facts import at, end

CALENDAR = ChinaCalendar()
FRIDAY = at("03-06")
SITE = "https://desk.test"


def due(moment: datetime, number: str = "HF-1") -> OpenDeadline:
    return OpenDeadline(f"list//{number}", number, "占用道路", "give an opinion", moment, False, f"/case/{number}")


@pytest.mark.parametrize(
    ("moment", "nearness", "reminds"),
    [
        (at("03-05", "17:00"), Nearness.OVERDUE, False),
        (end("03-06"), Nearness.TODAY, True),
        (end("03-08"), Nearness.DAYS_OFF, True),  # a Sunday
        (end("03-09"), Nearness.NEXT, True),
        (end("03-10"), Nearness.SOON, False),
        (end("03-11"), Nearness.SOON, True),
        (end("03-12"), None, False),
    ],
)
def test_how_near_a_deadline_is_goes_by_working_days(
    moment: datetime, nearness: Nearness | None, reminds: bool
) -> None:
    found = due_now([due(moment)], [], CALENDAR, FRIDAY)
    assert list(found.near) == ([] if nearness is None else [nearness])
    assert found.reminds is reminds
    assert found.calls_for_a_letter(MailWish.DUE) is reminds
    assert found.calls_for_a_letter(MailWish.DAILY) is (nearness is not None)


def test_where_nothing_is_near_only_who_wants_it_daily_is_told_what_waits() -> None:
    found = due_now([], [("Consultations", 7), ("Filings", 0)], CALENDAR, FRIDAY)
    assert found.calls_for_a_letter(MailWish.DAILY)
    assert not found.calls_for_a_letter(MailWish.DUE)
    subject, text = due_text(found, Language.ENGLISH, SITE, "/account/calendar")
    assert subject == "7 waiting"
    assert "Consultations: 7" in text
    assert "Filings" not in text
    assert not due_now([], [("Consultations", 0)], CALENDAR, FRIDAY).calls_for_a_letter(MailWish.DAILY)


def test_a_letter_tells_the_nearest_first_in_its_readers_language_and_no_more_than_fits() -> None:
    many = [due(end("03-06"), f"HF-{place}") for place in range(60)]
    found = due_now([due(end("03-11"), "HF-later"), *many], [], CALENDAR, FRIDAY)
    subject, text = due_text(found, Language.CHINESE, SITE, "/account/calendar")
    assert subject == "今天到期 60 件，还有 2 至 3 个工作日 1 件"
    assert "另有 10 件" in text
    assert "2026-03-06 24:00  HF-49  占用道路  give an opinion" in text
    assert "HF-50" not in text
    assert text.index("HF-49") < text.index("HF-later")
    assert f"{SITE}/account/calendar" in text


def test_a_letter_is_the_same_at_every_attempt_and_names_its_office() -> None:
    row = OfficerLetterRow(
        "0b5d", "王芳", OfficerLetterKind.DUE, Language.CHINESE, "wang@example.cn", "今天到期 1 件", "文\n",
        OfficerLetterState.WAITING, 0, FRIDAY, FRIDAY,
    )  # fmt: skip
    written = [letter_to(row, "no-reply@example.cn", ("市规划局", "Planning")).as_bytes() for _ in range(2)]
    assert written[0] == written[1]
    read = message_from_bytes(written[0], policy=default)
    assert (read["From"], read["To"]) == ("市规划局 <no-reply@example.cn>", "wang@example.cn")
    assert read["Message-ID"] == "<0b5d@example.cn>"
    assert "wang@" not in repr(row)
