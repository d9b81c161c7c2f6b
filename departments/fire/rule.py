"""消防救援支队: places where people gather have two ways out."""

from __future__ import annotations

from datetime import date

from exchange import Department, figure
from exchange.schemas import Consultation, Opinion

FIRE = Department("hefei.fire", "防火监督科")

WAYS_OUT = 2
"""Exits a place where people gather must have at least."""


def decide(consultation: Consultation, today: date) -> Opinion | None:
    """Counts the exits; where the application does not name them, an officer goes to see."""
    exits = figure(consultation, "安全出口", "exits")
    if exits is None:
        return None
    if exits < WAYS_OUT:
        return FIRE.disagree(
            consultation,
            today,
            f"公众聚集场所安全出口仅{exits:g}个，不符合消防技术标准",
            "消防法第十五条",
            "消防法第十六条",
        )
    return FIRE.agree(consultation, today, f"安全出口{exits:g}个，符合消防安全要求")
