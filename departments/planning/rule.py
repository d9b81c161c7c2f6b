"""自然资源和规划局: a building follows its planning conditions; works and signs follow the plan of the street."""

from __future__ import annotations

from datetime import date

from exchange import Department, figure, working_days_open
from exchange.schemas import Consultation, Opinion

PLANNING = Department("hefei.planning", "建设项目审批科")


def decide(consultation: Consultation, today: date) -> Opinion | None:
    """Compares the plot ratio with the planning conditions; takes a working day over buildings."""
    if consultation.matter != "construction-planning":
        return PLANNING.agree(consultation, today, "符合详细规划")
    if working_days_open(consultation, today) < 1:
        return None
    ratio = figure(consultation, "设计容积率", "plot-ratio")
    allowed = figure(consultation, "规划条件容积率", "plot-ratio-allowed")
    if ratio is None or allowed is None:
        return None
    if ratio > allowed:
        reasons = f"设计容积率{ratio:g}超出规划条件确定的{allowed:g}"
        return PLANNING.disagree(consultation, today, reasons, "城乡规划法第四十条", "城乡规划法第四十三条")
    return PLANNING.agree(consultation, today, "建设工程设计方案符合控制性详细规划和规划条件")
