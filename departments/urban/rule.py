"""城市管理局: city roads, and what hangs above them."""

from __future__ import annotations

from datetime import date

from exchange import Department, figure, working_days_open
from exchange.schemas import Consultation, Opinion

URBAN = Department("hefei.urban", "行政审批处")

LONG_WORKS = 30
"""Days of works from which on the road is given back section by section."""


def decide(consultation: Consultation, today: date) -> Opinion | None:
    """Ties long works to sections; takes a working day over advertisements."""
    days = figure(consultation, "工期", "days")
    if consultation.matter == "road-occupation" and days is not None and days > LONG_WORKS:
        return URBAN.agree_if(
            consultation, today, "分段围挡、分段恢复，竣工后按原标准修复路面", "城市道路管理条例第三十五条"
        )
    if consultation.matter == "outdoor-advertising" and working_days_open(consultation, today) < 1:
        return None
    return URBAN.agree(consultation, today)
