"""生态环境局: fumes of kitchens below homes, and noise of building sites beside them."""

from __future__ import annotations

from datetime import date

from exchange import Department, answered, figure, said
from exchange.schemas import Consultation, Opinion

ENVIRONMENT = Department("hefei.environment", "环评与审批处")

NEAR_HOMES = 100.0
"""Metres to the nearest home within which works at night are tied to conditions."""


def decide(consultation: Consultation, today: date) -> Opinion | None:
    """A kitchen in a residential building needs its own flue; noise near homes is tied to conditions."""
    if consultation.matter == "restaurant" and _fumes_below_homes(consultation):
        return ENVIRONMENT.disagree(
            consultation,
            today,
            "居民住宅楼内未配套设立专用烟道，不得新建产生油烟的餐饮服务项目",
            "大气污染防治法第八十一条第二款",
        )
    distance = figure(consultation, "最近住宅", "distance")
    if consultation.matter == "night-works" and distance is not None and distance < NEAR_HOMES:
        return ENVIRONMENT.agree_if(
            consultation,
            today,
            f"距最近住宅{distance:g}米：设置隔声屏障，提前公告附近居民，二十四时后不得使用振捣设备",
            "噪声污染防治法第四十三条",
        )
    return ENVIRONMENT.agree(consultation, today)


def _fumes_below_homes(consultation: Consultation) -> bool:
    """As the form says, or the applicant's own words where there is none."""
    if answered(consultation, "building") is not None:
        makes_fumes = answered(consultation, "fumes") == "yes"
        below_homes = answered(consultation, "building") in ("residential", "mixed")
        return makes_fumes and below_homes and answered(consultation, "flue") != "yes"
    text = said(consultation)
    return "居民住宅楼" in text and "未配套设立专用烟道" in text
