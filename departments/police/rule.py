"""公安局: traffic beside works in the road, and safety where crowds gather."""

from __future__ import annotations

from datetime import date

from exchange import Department, answered, figure, said, working_days_open
from exchange.schemas import Consultation, Opinion

POLICE = Department("hefei.police", "治安与交通管理科")

LARGE_CROWD = 5000
"""People from whom on an event needs tickets in real names and checks at the gates."""


def decide(consultation: Consultation, today: date) -> Opinion | None:
    """Takes a working day; ties works in main roads to the night hours and large crowds to checks."""
    if working_days_open(consultation, today) < 1:
        return None
    if consultation.matter == "road-occupation" and _in_a_main_road(consultation):
        return POLICE.agree_if(
            consultation,
            today,
            "二十二时至次日六时施工，设置绕行标志并派专人疏导交通",
            "道路交通安全法第三十二条",
        )
    crowd = figure(consultation, "预计参加人数", "people")
    if consultation.matter == "mass-event" and crowd is not None and crowd >= LARGE_CROWD:
        return POLICE.agree_if(
            consultation, today, "实名购票，入口安全检查，不得超过核准容量", "大型群众性活动安全管理条例第七条"
        )
    return POLICE.agree(consultation, today)


def _in_a_main_road(consultation: Consultation) -> bool:
    road = answered(consultation, "road-class")
    return road == "main" if road is not None else "主干道" in said(consultation)
