"""Portals are told, for the public, how fast matters are decided, when that has changed.

A year of a million cases takes a while to count: it is counted from one state of the record, which keeps nobody from
writing, month by month, and only what is told of it is a step.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
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
_YEAR, _SLICE = timedelta(days=365), timedelta(days=30)
_TOLD = "figures-told"


def count(node: Node) -> list[MatterFigures]:
    """Return the figures up to yesterday, all of the moment at which the counting begins; none where there is no portal
    to be told.
    """
    if not _portals(node):
        return []
    with node.store.reading() as tx:
        told = _told_before(tx)
        return figures_of(tx, node, node.clock.now(), {matter for known in told.values() for matter in known})


def tell(node: Node, counted: Sequence[MatterFigures]) -> int:
    """Tell every portal of the window what has changed of figures; returns how many were told."""
    portals = _portals(node)
    with node.step() as step:
        told = _told_before(step.tx)
        sent = 0
        for figures in counted:
            digest = _digest(figures)
            behind = tuple(one for one in portals if told.get(one, {}).get(figures.matter) != digest)
            if behind:
                step.send(figures.model_copy(update={"at": step.now}), behind)  # counting a million cases took a while
                sent += len(behind)
            for portal in behind:
                told.setdefault(portal, {})[figures.matter] = digest
        if sent:
            step.tx.set_meta(_TOLD, json.dumps(told, sort_keys=True))
    return sent


def _portals(node: Node) -> list[str]:
    return [one.address for one in node.directory.with_role(Role.PORTAL) if one.superior == node.address]


def _told_before(tx: Transaction) -> dict[str, dict[str, str]]:
    """A digest of what each portal was told last of each matter."""
    found: dict[str, dict[str, str]] = json.loads(tx.get_meta(_TOLD) or "{}")
    return found


def figures_of(tx: Transaction, node: Node, now: datetime, known: set[str]) -> list[MatterFigures]:
    """Return the figures of the twelve months before today, of all matters that were decided in them or told before."""
    today = day_of(now)
    since = datetime(today.year, today.month, today.day, tzinfo=CST) - _YEAR
    until = since + _YEAR
    days: dict[str, DayCounts] = defaultdict(DayCounts)
    in_time: dict[str, int] = defaultdict(int)
    answered: dict[tuple[str, str], AnswerCount] = {}
    for first, last in _slices(since, until):
        _add_days(tx, node.calendar, days, in_time, first, last)
        for one in tx[FigureFacts].answers_between(first, last):
            answered[one.matter, one.department] = one.and_those_of(answered.get((one.matter, one.department)))
    return [
        MatterFigures(
            matter=matter,
            since=since.date(),
            until=today - timedelta(days=1),
            decided=days[matter].number,
            in_time=in_time[matter],
            at=now,
            **_told(days[matter], [one for _, one in sorted(answered.items()) if one.matter == matter], node),
        )
        for matter in sorted({*days, *known})
    ]


def _slices(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    while since < until:
        yield since, min(since + _SLICE, until)
        since += _SLICE


def _add_days(
    tx: Transaction,
    calendar: WorkingCalendar,
    days: dict[str, DayCounts],
    in_time: dict[str, int],
    since: datetime,
    until: datetime,
) -> None:
    """Add working days of decided cases, and how many were in time, by matter."""
    for one in tx[FigureFacts].spans_between(since, until):
        days[one.matter].add(working_days_between(calendar, one.began, one.decided)[0], one.number)
        in_time[one.matter] += one.in_time


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
