"""What the API takes and gives of the clocks of a whole case: its term, by law and as promised, and the delivery."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from exchange.api.model import EXAMPLE_AT, EXAMPLE_ID, ApiModel, example
from exchange.approval.rules.clock.amending import Handling
from exchange.approval.rules.stops import Stop
from exchange.approval.window.clock.shown import CaseTerm
from exchange.schemas import EntryKind, LedgerEntry
from exchange.schemas.base import Address, CaseNumber, Line, MessageId, Text
from exchange.schemas.deadline import LONGEST_WORDS
from exchange.schemas.opinion import ProcedureKind

_BASIS = Annotated[tuple[Line, ...], Field(max_length=20)]


class ClockOut(ApiModel):
    """A clock that stands still. 停计。"""

    since: datetime
    until: datetime | None
    """When it runs on by itself; null where it is to be resumed."""
    reason: str


class CaseTermIn(ApiModel):
    """An entry in the term of a whole case: extend, stop or resume it. 案件办理期限调整。"""

    model_config = example(
        {
            "entry": "stop",
            "procedure": "hearing",
            "days": 5,
            "reason": "利害关系人申请听证",
            "basis": ["行政许可法第四十五条"],
        }
    )

    entry: EntryKind
    reason: Line
    """Told to the departments and the applicant."""
    basis: _BASIS = ()
    """Article 42 to extend and 45 to stop where none is given."""
    days: Annotated[int, Field(ge=1, le=365)] | None = None
    """Working days; required to extend or stop."""
    procedure: ProcedureKind | None = None
    """Required to stop: for which procedure of article 45."""
    ordered_by: Address | None = None
    """The window where it is not given; what several departments handle is extended by the government above it."""


class CaseTermMade(ApiModel):
    """The entry, and until when the case is to be decided by it. 案件办理期限调整结果。"""

    model_config = example(
        {
            "number": "HEFEI-2026-000001",
            "entry": {
                "kind": "stop",
                "at": EXAMPLE_AT,
                "days": 5,
                "reason": "special procedure: hearing; 利害关系人申请听证",
                "basis": ["行政许可法第四十五条"],
                "actor": "hefei.window",
                "notice": EXAMPLE_ID,
            },
            "due_at": "2026-05-16T00:00:00+08:00",
        }
    )

    number: CaseNumber
    entry: LedgerEntry
    due_at: datetime
    provisional: bool = False
    """Whether the calendar may still move it."""


class ExplanationIn(ApiModel):
    """Why a case was not decided within the days that were promised. 承诺超期说明。"""

    model_config = example({"officer": "李四", "reasons": "需征求上级主管部门意见。"})

    officer: Line
    reasons: Text


class Explained(ApiModel):
    """The explanation is on record, and shown with the case. 已说明。"""

    model_config = example({"number": "HEFEI-2026-000001"})

    number: CaseNumber


class DeliveryIn(ApiModel):
    """What was granted is handed out: to whom, and how. 送达登记。"""

    model_config = example({"officer": "李四", "to": "申请人本人，窗口领取"})

    officer: Line
    to: Line


class Delivered(ApiModel):
    """The delivery is on record. 已送达。"""

    model_config = example({"number": "HEFEI-2026-000001"})

    number: CaseNumber


class ChaseIn(ApiModel):
    """A department is reminded by hand of what it owes. 人工催办。"""

    model_config = example({"department": "hefei.planning", "officer": "李四", "words": "请于本周内答复。"})

    department: Address
    officer: Line
    words: Annotated[str, StringConstraints(max_length=LONGEST_WORDS)] = ""
    """What the officer adds; the department reads it."""


class Chased(ApiModel):
    """The department is reminded, by this message. 已催办。"""

    model_config = example({"number": "HEFEI-2026-000001", "department": "hefei.planning", "message_id": EXAMPLE_ID})

    number: CaseNumber
    department: Address
    message_id: MessageId


class CaseTermOut(ApiModel):
    """The terms of a whole case: by law and as promised, what moved them, and the delivery. 案件办理期限。"""

    days: int
    """Working days by law, without what it was extended by."""
    began_at: datetime
    due_at: datetime
    provisional: bool = False
    """Whether the calendar may still move it: nothing comes of it before."""
    promised_days: int | None = None
    promised_by: datetime | None = None
    promise_provisional: bool = False
    handling: Handling
    """``single``: the lead may extend it, by 10 working days; ``joint``: the government above it, by 15."""
    stopped: ClockOut | None = None
    """While its clock stands still by a procedure that the lead has announced. 停计。"""
    ledger: tuple[LedgerEntry, ...] = ()
    """What has extended or stopped it or let it run on, with reason, basis and who ordered it."""
    overrun_at: datetime | None = None
    """When it was told that it is over by law, and the case undecided. 超期。"""
    promise_over_at: datetime | None = None
    """When it was found that the promise was not kept: `POST /cases/NUMBER/explanation`."""
    explanation: str | None = None
    explained_by: str | None = None
    explained_at: datetime | None = None
    deliver_by: datetime | None = None
    """Until when what was granted is to be delivered: `POST /cases/NUMBER/delivery`. 送达期限。"""
    delivery_provisional: bool = False
    undelivered_at: datetime | None = None
    """When it was told that this is over."""
    delivered_at: datetime | None = None
    delivered_to: str | None = None
    delivered_by: str | None = None


def case_term_out(term: CaseTerm) -> CaseTermOut:
    """Return the terms of a case as the API gives them."""
    dates, record = term.dates, term.record
    return CaseTermOut(
        days=term.days,
        began_at=dates.began,
        due_at=dates.decide_by,
        provisional=dates.provisional,
        promised_days=term.promised_days,
        promised_by=dates.promised_by,
        promise_provisional=dates.promise_provisional,
        handling=term.handling,
        stopped=clock_out(term.stopped),
        ledger=term.entries,
        overrun_at=record.overrun_at,
        promise_over_at=record.promise_over_at,
        explanation=record.explanation,
        explained_by=record.explained_by,
        explained_at=record.explained_at,
        deliver_by=term.deliver_by,
        delivery_provisional=term.delivery_provisional,
        undelivered_at=record.undelivered_at,
        delivered_at=record.delivered_at,
        delivered_to=record.delivered_to,
        delivered_by=record.delivered_by,
    )


def clock_out(stopped: Stop | None) -> ClockOut | None:
    """Return how a clock stands still; None where it runs."""
    return ClockOut(since=stopped.since, until=stopped.until, reason=stopped.reason) if stopped else None
