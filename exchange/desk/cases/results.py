"""What others have said whose results the department waited for, as it was told them, signed by the window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from exchange.desk.cases.asked import AskedCase
from exchange.desk.visit import DeskVisit
from exchange.language import name_of
from exchange.language.names import VERDICTS
from exchange.schemas import Clearance, Result, ResultStanding


@dataclass(frozen=True)
class ResultLine:
    """One earlier department's result."""

    department: str
    tone: str
    said: str
    conditions: str
    at: datetime
    message_id: str


def earlier_results(visit: DeskVisit, case: AskedCase) -> Iterator[ResultLine]:
    """Yield the results that came for this request, oldest first."""
    for letter in case.letters:
        body = letter.verified.body if letter.verified is not None else None
        if not isinstance(body, Clearance) or body.consultation_id != case.row.consultation_id:
            continue
        for result in body.results:
            tone, said = _said(visit, result)
            at, message = letter.stored.recorded_at, letter.stored.message_id
            yield ResultLine(result.department, tone, said, result.conditions, at, message)


def _said(visit: DeskVisit, result: Result) -> tuple[str, str]:
    if result.verdict is not None:
        return "info", name_of(VERDICTS, result.verdict.value)
    if result.standing is ResultStanding.NO_RESULT:
        return "warn", visit.say(
            "无结果：期限已过，未产生缺席效力", "no result: its term is over, and no default arose"
        )
    if result.standing is ResultStanding.DEEMED_REFUSAL:
        return "warn", visit.say("视为不同意（依规则产生）", "deemed refusal, by rule")
    return "warn", visit.say("视为同意（依规则产生，无人批准）", "deemed consent, by rule; nobody has approved")
