"""The clocks of a case as people see them: both terms, what moved them, what is owed, and the delivery."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from exchange.approval.clocks.records import ClockRow
from exchange.approval.rules.clock.amending import Handling
from exchange.approval.rules.clock.dates import CaseDates
from exchange.approval.rules.states import CaseState
from exchange.approval.rules.stops import Stop
from exchange.approval.window.clock.shown import CaseTerm
from exchange.cli.approval.case_json import case_json
from exchange.cli.approval.views import case_view
from exchange.cli.view import console
from exchange.language import Language, speaking
from exchange.operations.said.message import body_lines
from exchange.operations.said.names import SaidNames
from exchange.schemas import CaseTermEvent, CaseTermNotice
from tests.unit.cli.test_names_shown import CASE
from tests.unit.examples import EXAMPLES
from tests.unit.facts import at, end, extend, stop

NAMELESS = SaidNames({}, dict)

HEARING = stop("03-04", 5, actor="hefei.window").model_copy(update={"reason": "special procedure: hearing; 邻人申请"})
DATES = CaseDates(at("03-02"), end("05-08"), False, end("03-13"))
TERM = CaseTerm(
    DATES, 45, 10, Handling.JOINT, (HEARING, extend("03-09", 5)), Stop(at("03-04"), HEARING.reason, end("03-11")),
    ClockRow("HEFEI-2026-000001"),
)  # fmt: skip
OVER = ClockRow("HEFEI-2026-000001", overrun_at=end("05-08"), promise_over_at=end("03-13"))


def shown(state: CaseState = CaseState.OPEN, **changes: Any) -> str:
    due_at = end("05-08") if state is CaseState.OPEN else None
    case = replace(CASE, state=state, due_at=due_at, term=replace(TERM, **changes))
    with console.capture() as captured:
        console.print(case_view(case, at("03-10")), width=160)
    return captured.get()


@pytest.mark.parametrize(
    ("language", "words", "over", "delivery"),
    [
        (Language.ENGLISH,
         ["decision due", "2026-05-08 24:00 (45 working days)", "promised by", "2026-03-13 24:00 (10 working days)",
          "clock stopped", "changes of the case's term", "extended by 5", "stopped for 5", "hearing; 邻人申请"],
         ["overrun", "not explained yet"], ["to be delivered by", "2026-05-22"]),
        (Language.CHINESE,
         ["决定期限", "2026-05-08 24:00 (45 个工作日)", "承诺期限", "停计", "案件办理期限的变更", "延长 5 个工作日",
          "特别程序：听证", "邻人申请"],
         ["超期", "尚未说明"], ["送达期限", "2026-05-22"]),
    ],
)  # fmt: skip
def test_a_case_shows_both_terms_what_moved_them_and_what_is_owed(
    language: Language, words: list[str], over: list[str], delivery: list[str]
) -> None:
    with speaking(language):
        calm, late = shown(), shown(record=OVER)
        granted = shown(CaseState.DECIDED, deliver_by=end("05-22"))
    assert [word for word in words if word not in calm] == []
    assert [word for word in over if word not in late or word in calm] == []
    assert [word for word in delivery if word not in granted or word in calm] == []


def test_the_lead_sees_of_what_it_was_reminded_while_that_end_stands() -> None:
    record = replace(TERM.record, reminded_at=at("03-10"), reminded_stage=50, reminded_due_at=DATES.decide_by)
    assert "50 % (2026-03-10" in shown(record=record)
    assert "50 %" not in shown(record=replace(record, reminded_due_at=end("05-01")))
    delivery = replace(record, delivery_reminded_at=at("05-15"), delivery_reminded_stage=90)
    assert "90 % (2026-05-15" in shown(CaseState.DECIDED, record=delivery, deliver_by=end("05-22"))
    done = replace(delivery, delivered_at=at("05-16"), delivered_to="本人", delivered_by="李四")
    assert "90 %" not in shown(CaseState.DECIDED, record=done, deliver_by=end("05-22"))


def test_what_was_explained_and_delivered_is_shown_with_who_said_so() -> None:
    record = replace(
        OVER, explained_at=at("05-11"), explanation="需征求上级意见", explained_by="李四", delivered_at=at("05-12"),
        delivered_to="本人", delivered_by="王五",
    )  # fmt: skip
    with speaking(Language.ENGLISH):
        text = shown(CaseState.DECIDED, record=record, deliver_by=end("05-22"))
    assert [word for word in ("需征求上级意见 (李四)", "delivered", "本人 (王五)") if word not in text] == []
    assert "to be delivered by" not in text


def test_machines_get_the_same() -> None:
    told = json.loads(json.dumps(case_json(replace(CASE, term=replace(TERM, record=OVER)))))["case_term"]
    assert (told["days"], told["promised_days"], told["handling"]) == (45, 10, "joint")
    assert told["promised_by"] == end("03-13").isoformat()
    assert [one["kind"] for one in told["amendments"]] == ["stop", "extend"]
    assert (told["overrun_at"], told["explanation"], told["delivered_at"]) == (end("05-08").isoformat(), None, None)


def test_a_notice_says_what_happened_by_whose_order_and_until_when() -> None:
    notice = EXAMPLES["case-term"]
    assert isinstance(notice, CaseTermNotice)
    over = notice.model_copy(update={"event": CaseTermEvent.OVERRUN, "entry": None})
    refused = notice.model_copy(update={"event": CaseTermEvent.REFUSED, "refused": "the term of case C-1 is over"})
    with speaking(Language.CHINESE):
        amended, told, no = (dict(body_lines(one, NAMELESS)) for one in (notice, over, refused))
    assert (amended["变更"], amended["调整"]) == ("案件办理期限已调整", "延长 2 个工作日")
    assert amended["决定期限"] == "2026-05-12 24:00 （暂定）"
    assert (told["变更"], "调整" in told) == ("已超过法定办理期限，尚未决定", False)
    assert no["被拒绝"] == "案件 C-1 的办理期限已届满"
