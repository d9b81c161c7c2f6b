"""A daily round: portals are told, for the public, how fast matters are decided, when that has changed."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from exchange.approval.figures.records import AnswerCount
from exchange.approval.figures.store import FigureFacts
from exchange.approval.rules.report.day_counts import DayCounts
from exchange.approval.rules.stops import day_of
from exchange.clock import CST
from exchange.messaging.node import Node
from exchange.schemas import FEWEST_CASES, DepartmentFigures, MatterFigures, Member, Role
from exchange.schemas.instants import EARLIEST
from exchange.store.transaction import Transaction
from exchange.workdays import WorkingCalendar, working_days_between

WORK = "figures for the public"
"""What this work is called where it fails."""
_YEAR = timedelta(days=365)
_TOLD = "figures-told"


def publish(node: Node, _today: date) -> int:
    """Tell every portal of the window what has changed of the figures up to yesterday; returns how many were told."""
    portals = [one.address for one in node.directory.with_role(Role.PORTAL) if one.superior == node.address]
    if not portals:
        return 0
    with node.step() as step:
        told: dict[str, dict[str, str]] = json.loads(step.tx.get_meta(_TOLD) or "{}")
        sent = 0
        for figures in figures_of(step.tx, node, step.now, {matter for known in told.values() for matter in known}):
            digest = _digest(figures)
            behind = tuple(one for one in portals if told.get(one, {}).get(figures.matter) != digest)
            if behind:
                step.send(figures, behind)
                sent += len(behind)
            for portal in behind:
                told.setdefault(portal, {})[figures.matter] = digest
        if sent:
            step.tx.set_meta(_TOLD, json.dumps(told, sort_keys=True))
    return sent


def figures_of(tx: Transaction, node: Node, now: datetime, known: set[str]) -> list[MatterFigures]:
    """Return the figures of the twelve months before today, of all matters that were decided in them or told before."""
    today = day_of(now)
    since = datetime(today.year, today.month, today.day, tzinfo=CST) - _YEAR
    until = since + _YEAR
    days, in_time = _days(tx, node.calendar, since, until)
    answered = tx[FigureFacts].answers_between(since, until)
    return [
        MatterFigures(
            matter=matter,
            since=since.date(),
            until=today - timedelta(days=1),
            decided=days[matter].number,
            in_time=in_time[matter],
            at=now,
            **_told(days[matter], [one for one in answered if one.matter == matter], node),
        )
        for matter in sorted({*days, *known})
    ]


def _days(
    tx: Transaction, calendar: WorkingCalendar, since: datetime, until: datetime
) -> tuple[dict[str, DayCounts], dict[str, int]]:
    """Working days of decided cases, and how many were in time, by matter."""
    days: dict[str, DayCounts] = defaultdict(DayCounts)
    in_time: dict[str, int] = defaultdict(int)
    for one in tx[FigureFacts].spans_between(since, until):
        days[one.matter].add(working_days_between(calendar, one.began, one.decided)[0], one.number)
        in_time[one.matter] += one.in_time
    return days, in_time


def _told(days: DayCounts, answered: Sequence[AnswerCount], node: Node) -> Mapping[str, Any]:
    """What is told of enough cases alone."""
    if days.number < FEWEST_CASES:
        return {}
    members = {one.address: one for one in node.directory.members}
    return {
        "half_within_days": days.within(50),
        "nine_of_ten_within_days": days.within(90),
        "departments": tuple(
            _department(one, members[one.department]) for one in answered if one.department in members
        ),
    }


def _department(one: AnswerCount, member: Member) -> DepartmentFigures:
    return DepartmentFigures(
        department=one.department,
        name=member.name,
        name_en=member.name_en,
        asked=one.asked,
        in_time=one.in_time,
        deemed_consents=one.deemed_consents,
    )


def _digest(figures: MatterFigures) -> str:
    """What tells two figures apart: everything but of which days they are, and when they were written."""
    dated = {"since": EARLIEST.date(), "until": EARLIEST.date(), "at": EARLIEST}
    return hashlib.sha256(figures.model_copy(update=dated).as_json()).hexdigest()
