"""Terms as applicants, officers and departments see them: provisional, and with everything that has changed them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exchange.approval.rules.states import PartState
from exchange.approval.rules.stops import Stop
from exchange.cli.approval.case_json import case_json
from exchange.cli.approval.views import case_view
from exchange.cli.view import console, part_cell
from exchange.language import Language, speaking
from exchange.operations.said.message import body_lines
from exchange.operations.said.names import SaidNames
from exchange.operations.said.terms import amendment_text
from exchange.schemas import LedgerEntry, Reminder, TermNotice
from tests.unit.cli.test_names_shown import CASE, PART
from tests.unit.examples import EXAMPLES
from tests.unit.facts import at, end, extend, restart, resume, start, stop

NAMELESS = SaidNames({}, dict)

HEARING = stop("03-04", 20, actor="hefei.fire").model_copy(update={"reason": "special procedure: hearing"})
ENTRIES = (HEARING, resume("03-06").model_copy(update={"reason": "听证已举行"}), extend("03-09", 5), restart("03-10"))
NOW = at("03-10")


def shown(**fields: Any) -> str:
    part = replace(PART, state=PartState.SIGNED, due_at=end("03-20"), days_left=8, **fields)
    with console.capture() as captured:
        console.print(case_view(replace(CASE, parts=(part,)), NOW), width=160)
    return captured.get()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.ENGLISH, ["changes of terms", "stopped for 20", "special procedure:", "ordered by",
                            "resumed", "听证已举行", "extended by 5", "行政许可法第四十五条", "restarted"]),
        (Language.CHINESE, ["期限变更", "停计 20 个工作日", "特别程序：听证", "决定者", "续计", "听证已举行",
                            "延长 5 个工作日", "行政许可法第四十五条", "重新起算"]),
    ],
)  # fmt: skip
def test_whoever_looks_at_a_case_sees_what_changed_its_terms_why_by_what_law_and_by_whose_order(
    language: Language, words: list[str]
) -> None:
    with speaking(language):
        text = shown(amendments=ENTRIES)
    assert [word for word in words if word not in text] == []
    assert "hefei.fire" in text or "消防" in text or "Fire" in text


@pytest.mark.parametrize(("language", "mark"), [(Language.ENGLISH, "(provisional)"), (Language.CHINESE, "（暂定）")])
def test_a_moment_that_the_calendar_may_still_move_is_marked_and_the_sentence_does_not_say_that_silence_counts(
    language: Language, mark: str
) -> None:
    with speaking(language):
        final, provisional = shown(), shown(provisional=True)
    assert mark not in final
    assert mark in provisional
    assert "before the calendar" in provisional or "工作日历公布前" in provisional
    assert "changes of terms" not in final
    assert "期限变更" not in final
    with speaking(language):
        cell = part_cell(replace(PART, state=PartState.SIGNED, due_at=end("03-20"), days_left=8, provisional=True), NOW)
    assert mark in cell.plain, "in lists, too"


@pytest.mark.parametrize(("language", "words"), [
    (Language.ENGLISH, ["clock stopped 2026-03-04", "until 2026-04-01 24:00", "special procedure: hearing",
                        "decision due", "2026-05-08 24:00 (provisional)", "to be corrected by 2026-03-13 24:00"]),
    (Language.CHINESE, ["2026-03-04", "2026-04-01 24:00", "特别程序：听证", "决定期限", "2026-05-08 24:00 （暂定）",
                        "更正期限 2026-03-13 24:00"]),
])  # fmt: skip
def test_a_clock_that_stands_the_leads_own_term_and_the_time_for_a_correction_are_shown(
    language: Language, words: list[str]
) -> None:
    stopped = Stop(at("03-04"), HEARING.reason, end("04-01"))
    part = replace(PART, state=PartState.SIGNED, due_at=end("04-10"), stopped=stopped, correct_by=end("03-13"))
    case = replace(CASE, parts=(part,), due_at=end("05-08"), provisional=True)
    with speaking(language), console.capture() as captured:
        console.print(case_view(case, NOW), width=160)
    text = captured.get()
    assert [word for word in words if word not in text] == []
    assert part_cell(part, NOW).plain in ("stopped", "停计")
    told = case_json(case)
    assert (told["due_at"], told["provisional"]) == (end("05-08").isoformat(), True)
    (of_part,) = told["departments"]
    assert of_part["stopped"] == {
        "since": at("03-04").isoformat(), "until": end("04-01").isoformat(), "reason": "special procedure: hearing",
    }  # fmt: skip
    assert of_part["correct_by"] == end("03-13").isoformat()
    settled = replace(part, state=PartState.ANSWERED)
    with console.capture() as captured:
        console.print(case_view(replace(CASE, parts=(settled,)), NOW), width=160)
    assert "to be corrected" not in captured.get()


def test_machines_get_the_same() -> None:
    part = replace(PART, due_at=end("03-20"), provisional=True, amendments=ENTRIES)
    (told,) = case_json(replace(CASE, parts=(part,)))["departments"]
    assert told["provisional"] is True
    assert told["amendments"][0] == {
        "kind": "stop", "at": HEARING.at.isoformat(), "days": 20, "reason": "special procedure: hearing",
        "basis": ["行政许可法第四十五条"], "ordered_by": "hefei.fire", "notice": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (extend("03-04", 1), "extended by 1 working day"),
        (stop("03-04"), "stopped until resumed"),
        (resume("03-04"), "resumed"),
        (start("03-04"), "started"),
    ],
)
def test_an_entry_is_said_with_its_length(entry: LedgerEntry, said: str) -> None:
    assert amendment_text(entry) == said


def test_notices_of_terms_and_reminders_are_shown_with_what_they_say() -> None:
    notice, reminder = EXAMPLES["term-notice"], EXAMPLES["reminder"]
    assert isinstance(notice, TermNotice)
    assert isinstance(reminder, Reminder)
    lines = dict(body_lines(notice, NAMELESS))
    assert lines["change"] == "extended by 2 working days"
    assert (lines["reason"], lines["basis"]) == ("because", "行政许可法第四十五条")
    assert "c.window" in lines["ordered by"]
    assert lines["due"] == "2026-03-11 24:00 (provisional)"
    assert "(provisional)" in dict(body_lines(reminder, NAMELESS))["due"]
    stopped = notice.model_copy(update={"due_at": None, "provisional": False})
    assert dict(body_lines(stopped, NAMELESS))["due"] == "when resumed"
