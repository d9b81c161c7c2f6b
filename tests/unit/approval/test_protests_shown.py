"""A department's protest is shown wherever its part is: at the window, at its own desk, on the console."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment

import exchange.web as web
from exchange.api.cases.routes import _part
from exchange.approval.department.protesting import PROTESTED, last_protest
from exchange.approval.rules.states import PartState
from exchange.approval.window.status import PartStatus
from exchange.clock import CST
from exchange.language.names import PROTEST_GROUNDS
from exchange.operations.records.lines import PartLine
from exchange.schemas import DefaultMode, ProtestGround
from exchange.store.journal import JournalEntry

TEMPLATES = Path(web.__file__).parent / "templates"
AT = datetime(2026, 3, 2, 9, tzinfo=CST)
PROTEST = "11111111-1111-4111-8111-111111111111"


def test_the_api_gives_a_parts_protest_its_ground_and_whether_it_waits() -> None:
    status = PartStatus(
        department="hefei.fire", names=("消防", "Fire"), stage=1, state=PartState.DEEMED, verdict=None,
        default=DefaultMode.CONSENT, due_at=AT, reminded=True, late=False, reasons="", conditions="", message_id=None,
        late_opinion_id=None, consultation_id=None,
        protest_id=PROTEST, protest_ground=ProtestGround.TIME_RUNNING, contested=True,
    )  # fmt: skip
    given = _part(status, ()).model_dump(mode="json")
    assert (given["protest_id"], given["protest_ground"], given["contested"]) == (PROTEST, "time-running", True)


class _Record:
    def __init__(self, *entries: JournalEntry) -> None:
        self._entries = entries

    def journal_of(self, number: str) -> list[JournalEntry]:
        return [entry for entry in self._entries if entry.case_number == number]


def test_a_departments_desk_knows_its_last_protest() -> None:
    def entry(message_id: str, ground: str) -> JournalEntry:
        return JournalEntry(AT, PROTESTED, "A-1", message_id, {"ground": ground})

    record: Any = _Record(entry("first", "answered"), JournalEntry(AT, "signed", "A-1"), entry("last", "other-opinion"))
    assert last_protest(record, "A-1") == ("last", ProtestGround.OTHER_OPINION)
    assert last_protest(record, "A-2") == (None, None)


@pytest.mark.parametrize(("waits", "said"), [(True, "期限尚未届满</span>"), (False, "期限尚未届满，已复核</span>")])
def test_the_consoles_case_page_says_who_protests_and_why(waits: bool, said: str) -> None:
    part = PartLine(
        "hefei.window", "A-1", "hefei.fire", 1, PartState.DEEMED, AT, AT, protest_id=PROTEST,
        protest_ground=ProtestGround.TIME_RUNNING, review_at=AT if waits else None,
    )  # fmt: skip
    template = (TEMPLATES / "case.html").read_text(encoding="utf-8")
    tag = next(line for line in template.splitlines() if "protest_id" in line)
    assert part.contested is waits
    cell = tag[tag.index("{% if part.protest_id") :].partition("</td>")[0]
    shown = Environment(autoescape=True).from_string(cell).render(
        part=part, papers={}, grounds=PROTEST_GROUNDS, say=lambda chinese, english: chinese
    )  # fmt: skip
    assert said in shown


def test_every_ground_has_its_words_in_both_languages() -> None:
    assert set(PROTEST_GROUNDS) == {ground.value for ground in ProtestGround}
