"""What the API takes and gives of what departments ask of applicants after the acceptance."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from exchange.api.model import EXAMPLE_AT, EXAMPLE_ID, ApiModel, example
from exchange.approval.rules.course.supplement_states import SupplementState
from exchange.approval.supplements.shown import ShownSupplement
from exchange.schemas import LONGEST_WHY, MOST_WANTED, SupplementOutcome, WantedPaper
from exchange.schemas.base import Address, CaseNumber, Line, MessageId

_BASIS = Annotated[tuple[Line, ...], Field(max_length=20)]
_WHY = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_WHY)]
_WANTED = ({"material": "traffic-plan", "what": "交通组织图"},)


class SupplementRequestIn(ApiModel):
    """The member asks, through the window and once in a case, that the applicant hand something in. 提请补充材料。"""

    model_config = example(
        {"case_number": "SL-2026-000001", "wanted": list(_WANTED), "reasons": "图中未标明车道", "officer": "张三"}
    )

    case_number: CaseNumber
    wanted: Annotated[tuple[WantedPaper, ...], Field(min_length=1, max_length=MOST_WANTED)]
    """Materials by their code in the matter, or without one what the words say: that needs a `basis`."""
    reasons: _WHY
    """Why the opinion needs it; the applicant reads this."""
    basis: _BASIS = ()
    officer: Line
    """Who asks; the window learns it."""


class SupplementAnswerIn(ApiModel):
    """A request is passed on to the applicant, or declined with reasons. 转告或者不予转告。"""

    model_config = example({"department": "hefei.planning", "outcome": "passed-on", "officer": "李四"})

    department: Address
    outcome: SupplementOutcome
    reasons: Annotated[str, StringConstraints(max_length=LONGEST_WHY)] = ""
    """Why it is declined; else empty."""
    officer: Line

    @model_validator(mode="after")
    def _says_why_it_declines(self) -> Self:
        if (self.outcome is SupplementOutcome.DECLINED) != bool(self.reasons.strip()):
            raise ValueError("reasons: say why a request is declined, and stand nowhere else")
        return self


class SupplementAnswered(ApiModel):
    """The department is told; by `message_id` the applicant is invited, or the department told why not. 已处理。"""

    model_config = example({"number": "SL-2026-000001", "department": "hefei.planning", "message_id": EXAMPLE_ID})

    number: CaseNumber
    department: Address
    message_id: MessageId


class SupplementOut(ApiModel):
    """What a department has asked of the applicant, and how that stands. 提请补充材料情况。"""

    model_config = example(
        {
            "department": "hefei.planning", "state": "passed-on", "request_id": EXAMPLE_ID, "asked_at": EXAMPLE_AT,
            "wanted": list(_WANTED), "reasons": "图中未标明车道", "basis": [], "answered_at": EXAMPLE_AT,
            "answer": None, "invitation_id": EXAMPLE_ID, "paper_id": None, "came_at": None,
        }
    )  # fmt: skip

    department: Address
    state: SupplementState
    request_id: MessageId
    asked_at: datetime
    wanted: tuple[WantedPaper, ...]
    reasons: str
    basis: tuple[str, ...]
    answered_at: datetime | None
    answer: str | None
    """Why it was declined, or sent back."""
    invitation_id: MessageId | None
    """The window's message to the applicant."""
    paper_id: MessageId | None
    """The applicant's supplement that brings something of it."""
    came_at: datetime | None


def supplement_out(one: ShownSupplement) -> SupplementOut:
    """Return a request as the API gives it."""
    row, asked = one.row, one.asked
    return SupplementOut(
        department=row.department,
        state=row.state,
        request_id=row.request_id,
        asked_at=row.asked_at,
        wanted=asked.wanted,
        reasons=asked.reasons,
        basis=asked.basis,
        answered_at=row.answered_at,
        answer=row.reasons,
        invitation_id=row.invitation_id,
        paper_id=row.paper_id,
        came_at=row.came_at,
    )
