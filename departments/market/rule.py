"""市场监督管理局: the licence to serve food, once fire safety and fumes are settled."""

from __future__ import annotations

from datetime import date

from exchange import Department
from exchange.schemas import Consultation, Opinion

MARKET = Department("hefei.market", "食品经营许可科")


def decide(consultation: Consultation, today: date) -> Opinion | None:
    """Grants where the layout of the kitchen was handed in; an officer looks at the rest."""
    handed_in = {material.code for material in consultation.application.materials}
    if "layout" not in handed_in:
        return None
    return MARKET.agree(consultation, today, "经营场所布局和操作流程符合食品安全要求")
