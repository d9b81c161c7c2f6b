"""Recording who stands in for whom, and ending it: by whoever is away or a supervisor, at the desk or by command."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from exchange.errors import Conflict, Denied, NotFound
from exchange.language import Words
from exchange.messaging.node import Node
from exchange.schemas import Matter
from exchange.store.transaction import Transaction
from exchange.web.door.store import Accounts
from exchange.web.stand_ins.records import StandIn
from exchange.web.stand_ins.rules import MOST, FormWrong, WantedStandIn, stand_in_faults
from exchange.web.stand_ins.store import StandIns


def stand_in_matters(node: Node, catalogue: Mapping[str, Matter]) -> dict[str, Words]:
    """Return the matters in which a member is asked, or may be, by code, with their names."""
    return {
        code: matter.names
        for code, matter in catalogue.items()
        if any(one.department == node.address for one in (*matter.approvers, *matter.further))
    }


def check_may_record(who: str, absent: str, *, supervises: bool) -> None:
    """Raise Denied where somebody who is no supervisor says it for others."""
    if absent != who and not supervises:
        raise Denied("only a supervisor says who stands in for others", remedy="ask a supervisor of this office")


def faults_of_wanted(
    tx: Transaction, wanted: WantedStandIn, matters: Collection[str], today: date
) -> tuple[FormWrong, ...]:
    """Return all that is wrong with what is to be recorded."""
    accounts = frozenset(row.name for row in tx[Accounts].all() if row.locked_at is None)
    return tuple(stand_in_faults(wanted, accounts, frozenset(matters), today, len(tx[StandIns].open(today, MOST))))


def record_stand_in(tx: Transaction, wanted: WantedStandIn, since: date, until: date, by: str, at: datetime) -> StandIn:
    """Keep a record against which nothing stands."""
    matters = tuple(sorted(set(wanted.matters)))
    record = StandIn(tx[StandIns].next_number(), wanted.absent, wanted.stand_in, since, until, matters, by, at)
    tx[StandIns].add(record)
    return record


def end_stand_in(tx: Transaction, number: int, by: str, at: datetime, *, supervises: bool) -> StandIn:
    """End a record before its last day, and return it. Raises NotFound, Denied, or Conflict where that was done."""
    one = tx[StandIns].get(number)
    if one is None:
        raise NotFound("there is no such record", remedy="choose one of the list")
    check_may_record(by, one.absent, supervises=supervises)
    if not tx[StandIns].end(one.number, by, at):
        raise Conflict("it was ended before", remedy="nothing is to be done")
    return one
