"""What the API takes and gives of a member's inbox and desk: leased messages, opinions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from exchange.api.documents.models import MessageOut
from exchange.api.model import EXAMPLE_AT, EXAMPLE_ID, ApiModel, Some, example
from exchange.schemas import Opinion
from exchange.schemas.base import Address, CaseNumber, Line, MessageId
from exchange.schemas.instants import Day
from exchange.schemas.opinion import ObjectionGround, SpecialProcedure, Verdict

# --- inbox --------------------------------------------------------------------------------------------------------


class LeaseIn(ApiModel):
    """How many messages, and for how long. 领取数量与时限。"""

    model_config = example({"limit": 10, "seconds": 60})

    limit: Some = 10
    seconds: Annotated[int, Field(ge=1, le=3600)] = 60


class LeaseOut(ApiModel):
    """Messages that are nobody else's until the lease is over. 限时领取的报文。"""

    model_config = example({"lease": EXAMPLE_ID, "until": EXAMPLE_AT, "messages": []})

    lease: MessageId
    until: datetime
    messages: tuple[MessageOut, ...]


class MessageKey(ApiModel):
    """Names a message: ids are unique with their sender. 报文标识。"""

    sender: Address
    message_id: MessageId


class AcknowledgeIn(ApiModel):
    """Which messages of the lease the own system has; all of them where none is named. 确认。"""

    model_config = example({"messages": [{"sender": "hefei.planning", "message_id": EXAMPLE_ID}]})

    messages: Annotated[tuple[MessageKey, ...], Field(max_length=100)] = ()


class AcknowledgedOut(ApiModel):
    """What is acknowledged under this lease, now and before; the same when it is asked again. 已确认。"""

    model_config = example(
        {"lease": EXAMPLE_ID, "acknowledged": [{"sender": "hefei.planning", "message_id": EXAMPLE_ID}]}
    )

    lease: str
    acknowledged: tuple[MessageKey, ...]


# --- opinions -----------------------------------------------------------------------------------------------------


class OpinionIn(ApiModel):
    """The member's opinion on a case of its desk. 本部门意见。"""

    model_config = example(
        {
            "case_number": "SL-2026-000001",
            "consultation_id": EXAMPLE_ID,
            "verdict": "agree",
            "officer": "张三",
            "decided_on": "2026-03-02",
        }
    )

    case_number: CaseNumber
    consultation_id: MessageId
    verdict: Verdict
    reasons: Annotated[str, StringConstraints(max_length=20_000)] = ""
    conditions: Annotated[str, StringConstraints(max_length=20_000)] = ""
    basis: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    competent_body: Line | None = None
    procedure: SpecialProcedure | None = None
    ground: ObjectionGround | None = None
    """With an objection: ``safety``; the lead hears of it at once, even if it is late. 以安全为由。"""
    licence_answer: MessageId | None = None
    """The licence answer that it rests on, one of `GET /licence-answers`. 所依据的许可信息答复。"""
    officer: Line
    """Who signs it. 签发人。"""
    drafted_by: Line | None = None
    """Who has drafted it: required, and another than ``officer``, where the consultation says ``second_person``.
    拟稿人，与签发人不得为同一人。"""
    decided_on: date

    def as_opinion(self, department: str) -> Opinion:
        """Return the opinion to be signed. Raises pydantic's ValidationError where a verdict lacks what it must say."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return Opinion(department=department, **fields)


class EndedProcedureIn(ApiModel):
    """The member's special procedure is over before the length it announced. 特别程序提前终结。"""

    model_config = example({"case_number": "SL-2026-000001", "reason": "听证已举行", "officer": "张三"})

    case_number: CaseNumber
    reason: Line
    """Why the clock runs on: it stands in the term's ledger."""
    officer: Line


class SupplementaryReviewIn(ApiModel):
    """The member reviews a case after all, once its silence has had its effect. 补充审查。"""

    model_config = example(
        {"case_number": "SL-2026-000001", "until": "2026-03-20", "officer": "张三", "reasons": "需现场踏勘"}
    )

    case_number: CaseNumber
    until: Day
    """The last day on which the result is handed in: as many working days as the term had, at most."""
    officer: Line
    reasons: Line
    """What is looked into; the lead reads it."""


class RecallIn(ApiModel):
    """The member recalls its opinion on a case, before the lead decides. 撤回意见。"""

    model_config = example(
        {"case_number": "SL-2026-000001", "officer": "张三", "reasons": "漏看了消防通道的图纸，需重新审查。"}
    )

    case_number: CaseNumber
    officer: Line
    reasons: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


class HolderIn(ApiModel):
    """Who of the member deals with a consultation of its desk. 承办人。"""

    model_config = example({"case_number": "SL-2026-000001", "officer": "张三", "holder": "李四"})

    case_number: CaseNumber
    officer: Line
    """Who says so; only the holder hands a case over, unless `of_others` is set."""
    holder: Line | None
    """Who deals with it from now on; null: nobody."""
    of_others: bool = False
    """Whoever has it now."""


class HolderOut(ApiModel):
    """Who deals with it now. 承办人。"""

    model_config = example({"case_number": "SL-2026-000001", "holder": "李四"})

    case_number: CaseNumber
    holder: Line | None
