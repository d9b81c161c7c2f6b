"""Tables of the clocks of whole cases."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text

from exchange.store.metadata import metadata, partial_index
from exchange.store.types import FreeText, Instant

case_clock = Table(
    "case_clock",
    metadata,
    Column("case_number", String(64), primary_key=True),
    Column("look_at", Instant),
    Column("overrun_at", Instant),
    Column("promise_over_at", Instant),
    Column("explained_at", Instant),
    Column("explanation", FreeText),
    Column("explained_by", FreeText),
    Column("undelivered_at", Instant),
    Column("delivered_at", Instant),
    Column("delivered_to", FreeText),
    Column("delivered_by", FreeText),
    Column("reminded_at", Instant),
    Column("reminded_stage", Integer),
    Column("reminded_due_at", Instant),
    Column("delivery_reminded_at", Instant),
    Column("delivery_reminded_stage", Integer),
)
partial_index("case_clock_look", case_clock.c.look_at, where=case_clock.c.look_at.is_not(None))


UNEXPLAINED = case_clock.c.promise_over_at.is_not(None) & case_clock.c.explained_at.is_(None)
"""Cases of which a promise was not kept, and nobody has said why."""
UNDELIVERED = case_clock.c.undelivered_at.is_not(None) & case_clock.c.delivered_at.is_(None)
"""Cases whose licence is overdue for delivery."""
OVERRUN = case_clock.c.overrun_at.is_not(None)
"""Cases that were told to be undecided when their statutory term was over."""
DELIVERY_REMINDED = case_clock.c.delivery_reminded_at.is_not(None) & case_clock.c.delivered_at.is_(None)
"""Cases of whose delivery the lead was reminded, and which are not delivered."""
partial_index(
    "case_clock_delivery_reminded", case_clock.c.delivery_reminded_at, case_clock.c.case_number, where=DELIVERY_REMINDED
)
partial_index("case_clock_unexplained", case_clock.c.promise_over_at, case_clock.c.case_number, where=UNEXPLAINED)
partial_index("case_clock_undelivered", case_clock.c.undelivered_at, case_clock.c.case_number, where=UNDELIVERED)
partial_index("case_clock_overrun", case_clock.c.overrun_at, case_clock.c.case_number, where=OVERRUN)


case_ledger = Table(
    "case_ledger",
    metadata,
    Column("case_number", String(64), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("entry", Text, nullable=False),
)
"""Entries in the term of whole cases; they are only ever appended."""
