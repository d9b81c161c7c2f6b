"""In whose place somebody acts in a case: its holder's, while that one is away and this account stands in."""

from __future__ import annotations

from typing import Any

from exchange.approval.department.records import DeskRow
from exchange.approval.department.store import DepartmentDesk
from exchange.desk.visit import DeskVisit
from exchange.web.stand_ins.records import StandIn
from exchange.web.stand_ins.rules import MOST, in_whose_place, stood_in_for
from exchange.web.stand_ins.store import StandIns


def standing_in(visit: DeskVisit, tx: Any) -> tuple[StandIn, ...]:
    """Return the records by which who is signed in stands in for others today."""
    today = visit.now.date()
    return stood_in_for(tx[StandIns].of(visit.who, today), visit.who, today)


def place_in(visit: DeskVisit, tx: Any, row: DeskRow) -> str:
    """Return in whose place who is signed in acts in a case; empty where in nobody's."""
    if row.holder is None or row.holder == visit.who:
        return ""
    return in_whose_place(standing_in(visit, tx), visit.who, row.holder, row.matter, visit.now.date())


def place_of_act(visit: DeskVisit, tx: Any) -> str:
    """Return the same of the case that a form is about, before anything is done; for the audit log."""
    row = tx[DepartmentDesk].get(visit.path["number"])
    return place_in(visit, tx, row) if row is not None else ""


def away_words(visit: DeskVisit, tx: Any, row: DeskRow) -> str:
    """Say who stands in for the holder of a case, and until when; empty where nobody does today."""
    today = visit.now.date()
    found = [one for one in tx[StandIns].open(today, MOST) if one.holds_on(today) and one.covers(row.matter)]
    named = [one for one in found if one.absent == row.holder]
    zh = "；".join(f"{one.stand_in} 代办，至 {one.until}" for one in named)
    return visit.say(zh, "; ".join(f"{one.stand_in} stands in until {one.until}" for one in named))


def own_words(visit: DeskVisit, tx: Any) -> list[str]:
    """Say for whom who is signed in stands in today, and who stands in for them."""
    today = visit.now.date()
    found = [one for one in tx[StandIns].open(today, MOST) if one.holds_on(today)]
    mine = [
        visit.say(f"您代 {one.absent} 办理，至 {one.until}。", f"You stand in for {one.absent} until {one.until}.")
        for one in found
        if one.stand_in == visit.who
    ]
    theirs = [
        visit.say(f"{one.stand_in} 代您办理，至 {one.until}。", f"{one.stand_in} stands in for you until {one.until}.")
        for one in found
        if one.absent == visit.who
    ]
    return mine + theirs
