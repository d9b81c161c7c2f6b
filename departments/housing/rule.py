"""住房和城乡建设局: buildings after their planning review, and building sites at night."""

from __future__ import annotations

from datetime import date

from exchange import Department, answered, said, working_days_open
from exchange.schemas import Consultation, Opinion

HOUSING = Department("hefei.housing", "行政审批处")

REASONS_FOR_THE_NIGHT = ("连续浇筑", "抢修", "抢险")
"""Works that may go on at night (噪声污染防治法第四十三条)."""
KNOWN_GROUNDS = ("pouring", "repair")
"""The same in the matter's form; any other need is for an officer."""


def decide(consultation: Consultation, today: date) -> Opinion | None:
    """Works at night need a reason the law knows; a building takes a working day to look at."""
    if consultation.matter == "night-works":
        ground = answered(consultation, "ground")
        if ground in KNOWN_GROUNDS or (ground is None and _names_a_reason(consultation)):
            return HOUSING.agree(consultation, today, "因生产工艺要求须连续施工")
        if ground is not None:
            return None
        return HOUSING.disagree(consultation, today, "未说明须夜间连续施工的理由", "噪声污染防治法第四十三条")
    if working_days_open(consultation, today) < 1:
        return None
    return HOUSING.agree(consultation, today, "设计文件符合工程建设强制性标准")


def _names_a_reason(consultation: Consultation) -> bool:
    return any(reason in said(consultation) for reason in REASONS_FOR_THE_NIGHT)
