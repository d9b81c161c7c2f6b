"""Reminders on the real path: by working days, anew for every due moment, and to the superior at the last stage."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from exchange.approval.department.store import DepartmentDesk
from exchange.approval.records import CaseRow
from exchange.approval.rules.states import PartState
from exchange.approval.window.terms.amending import Amendment, amend
from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import CST
from exchange.envelope import verify_signed
from exchange.messaging.documents import Documents
from exchange.operations.trace.dossier import dossier
from exchange.schemas import EntryKind, Reminder
from exchange.workdays import ChinaCalendar
from tests.journeys.city import City, make_city

pytestmark = pytest.mark.broker

BEFORE_THE_FESTIVAL = datetime(2026, 2, 9, 9, tzinfo=CST)
"""A Monday; the Spring Festival is from Sunday 15 to Monday 23 February, Saturdays 14 and 28 are worked."""


def reminders(city: City, case: CaseRow, name: str) -> list[tuple[datetime, int, datetime | None]]:
    """When a member was reminded of transport's part, of which stage and which end."""
    node = city.node(name)
    with node.store.reading() as tx:
        stored = tx[Documents].recent("received", Reminder.KIND)
    found = [verify_signed(one.signed, node.directory) for one in stored]
    said = [(one.header.created_at, one.body) for one in found]
    return sorted(
        (at.astimezone(CST), body.stage, body.due_at)
        for at, body in said
        if isinstance(body, Reminder) and body.case_number == case.number
    )


def test_over_a_festival_and_an_extension_a_department_is_reminded_on_working_days_of_every_end(
    tmp_path: Path, broker: NodeInfo, domain: str
) -> None:
    city = make_city(tmp_path, broker, domain, start=BEFORE_THE_FESTIVAL, superior="government")
    with city.local:
        city.matter(city.approver("planning"), city.approver("transport", silent=True, days=5))
        case = city.submit()
        city.reply("planning", case)
        first = city.part(case, "transport").due_at
        city.through(4)
        extension = Amendment(EntryKind.EXTEND, "复杂", ("行政许可法第四十二条",), city.address("window"), days=5)
        amend(city.window, case.number, city.address("transport"), extension)
        city.wake("window")
        city.local.settle()
        second = city.part(case, "transport").due_at
        with city.node("transport").store.reading() as tx:
            row = tx[DepartmentDesk].get(case.number)
        assert row is not None
        assert row.reminded == 0, "of the new end nobody has reminded it yet"

        city.through(14)
        assert city.part(case, "transport").state is PartState.SIGNED
        city.through(4)

        told = reminders(city, case, "transport")
        assert [(at.strftime("%m-%d"), stage, due) for at, stage, due in told] == [
            ("02-12", 50, first), ("02-14", 50, second), ("02-27", 90, second),
        ]  # fmt: skip
        assert all(ChinaCalendar().is_workday(at.date()) for at, _, _ in told)
        assert reminders(city, case, "government") == told[-1:]
        assert city.part(case, "transport").state is PartState.DEEMED
        with city.node("government").store.reading() as tx:
            assert "reminded-below" in [entry.event for entry in tx.journal_of(case.number)]
        shown = [type(one.verified.body) for one in dossier(city.node("government"), case.number) if one.verified]
        assert Reminder in shown, "`exchange show CASE` finds it"
