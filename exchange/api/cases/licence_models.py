"""What the API takes and gives of licences at the window that issues them: issued, and what is entered on them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from exchange.api.model import EXAMPLE_ID, ApiModel, example
from exchange.schemas import LicenceChange, LicenceHolder, LicenceNumber
from exchange.schemas.base import CaseNumber, Line, MessageId, Text
from exchange.schemas.instants import Day

_LONG = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
_BASIS = Annotated[tuple[Line, ...], Field(max_length=20)]
_LICENCE = "HEFEI-ROAD-OCCUPATION-2026-00001"


class LicenceIn(ApiModel):
    """The licence on a case that was granted. 颁发许可证件。"""

    model_config = example({"officer": "李伟", "permits": "黄山路占道 180 米", "valid_until": "2026-12-31"})

    officer: Line
    permits: _LONG | None = None
    """What it permits; the project applied for where nothing is given. 许可内容。"""
    valid_from: Day | None = None
    """Today where no day is given. 有效期自。"""
    valid_until: Day | None = None
    """Its last day; without an end where none is given. 有效期至。"""
    licence: LicenceNumber | None = None
    """Its number, by an order of the authority's own; the window's next one where none is given. 编号。"""
    to: Line | None = None
    """To whom and how it is handed out; the holder where nothing is given. 领取人和方式。"""


class LicenceIssued(ApiModel):
    """The licence is signed, on record, and on its way; so is its delivery. 已颁发。"""

    model_config = example(
        {"number": "HEFEI-2026-000001", "licence": _LICENCE, "code": "3H6ZT8RMZ8QKQCN7", "message_id": EXAMPLE_ID}
    )

    number: CaseNumber
    licence: LicenceNumber
    code: str
    """By which anybody verifies it. 校验码。"""
    message_id: MessageId


class LicenceEntryIn(ApiModel):
    """Who enters something on a licence, and why. 许可证件变动。"""

    model_config = example({"officer": "李伟", "reasons": "申请材料系伪造。", "basis": ["行政许可法第六十九条"]})

    officer: Line
    reasons: _LONG
    """Whoever has the licence reads them."""
    basis: _BASIS = ()
    """The article on entries of this kind where none is given."""
    effective_on: Day | None = None
    """From which day on it holds; today where none is given. 生效日期。"""


class LicenceRenewalIn(LicenceEntryIn):
    """Until when a licence is valid from now on. 许可证件延续。"""

    model_config = example({"officer": "李伟", "reasons": "工期延长。", "valid_until": "2027-06-30"})

    valid_until: Day


class LicenceChangeIn(LicenceEntryIn):
    """What a licence says from then on, one thing at least. 许可证件变更。"""

    model_config = example({"officer": "李伟", "reasons": "施工段加长。", "permits": "黄山路占道 200 米"})

    permits: _LONG | None = None
    conditions: Text | None = None
    """An empty text where it has none from then on. 条件。"""
    holder: LicenceHolder | None = None


class LicenceEntered(ApiModel):
    """The entry is signed, on record, and on its way to whoever has the licence. 已登记变动。"""

    model_config = example({"licence": _LICENCE, "change": "revoked", "message_id": EXAMPLE_ID})

    licence: LicenceNumber
    change: LicenceChange
    message_id: MessageId
