"""卫生健康委员会: medical care where crowds gather."""

from __future__ import annotations

from datetime import date

from exchange import Department, figure, said, working_days_open
from exchange.schemas import Consultation, Opinion

HEALTH = Department("hefei.health", "行政审批处")


def decide(consultation: Consultation, today: date) -> Opinion | None:
    """Takes two working days; asks for a first-aid post where the application names none."""
    if working_days_open(consultation, today) < 2:
        return None
    posts = figure(consultation, "医疗救护点", "first-aid")
    if posts or (posts is None and "医疗救护点" in said(consultation)):
        return HEALTH.agree(consultation, today, "已安排医疗救护")
    return HEALTH.agree_if(
        consultation, today, "现场设置医疗救护点并安排救护车一辆", "大型群众性活动安全管理条例第六条"
    )
