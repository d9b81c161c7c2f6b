"""Tables of a monitor: watched deadlines and reminders sent."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, String, Table, Text

from exchange.approval.rules.states import WatchState
from exchange.store.metadata import metadata, partial_index
from exchange.store.types import EnumWord, Instant

watch = Table(
    "watch",
    metadata,
    Column("case_number", String(64), primary_key=True),
    Column("department", String(120), primary_key=True),
    Column("window", String(120), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", EnumWord(WatchState), nullable=False),
    Column("due_at", Instant),
    Column("provisional", Boolean, nullable=False),
    Column("next_at", Instant),
    Column("calendar", String(80), nullable=False),
    Column("deadline", Text, nullable=False),
    Column("finished_at", Instant),
)


_RUNNING = watch.c.state == WatchState.RUNNING
partial_index("watch_next", watch.c.next_at, where=_RUNNING)
partial_index("watch_calendar", watch.c.calendar, where=_RUNNING)
partial_index("watch_due", watch.c.due_at, where=_RUNNING)
partial_index("watch_deemed", watch.c.finished_at, where=watch.c.state == WatchState.DEEMED)
partial_index("watch_escalated", watch.c.finished_at, where=watch.c.state == WatchState.ESCALATED)


reminder = Table(
    "reminder",
    metadata,
    Column("case_number", String(64), primary_key=True),
    Column("department", String(120), primary_key=True),
    Column("message_id", String(36), primary_key=True),
    Column("rung", Integer, nullable=False, key="stage"),
    Column("at", Instant, nullable=False),
    Column("due_at", Instant),
)
