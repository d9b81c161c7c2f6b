"""Another calendar counts: terms that run are reckoned again, and whose end moves, the department is told.

It is an entry in the ledger like any other, with the new due moment, so that the applicant, the monitors, and whoever
checks it later see why the end moved. No end moves nearer (`exchange.approval.rules.deadline`).
"""

from __future__ import annotations

from functools import partial

from exchange.approval.records import PartRow
from exchange.approval.rules.deadline import Projection, project
from exchange.approval.rules.entry_reasons import CALENDAR_CHANGED
from exchange.approval.window.deadlines import deadline_state, enter, is_running, matter_of
from exchange.approval.window.store import Cases
from exchange.errors import Implausible
from exchange.messaging.failing.apart import each_together
from exchange.messaging.node import Node, Step
from exchange.schemas import EntryKind, LedgerEntry
from exchange.store.transaction import Transaction
from exchange.workdays import WorkingCalendar, calendar_key

WORK = "terms by a new calendar"
"""What this work is called where it fails."""
_AT_ONCE = 200
"""Terms reckoned again in one transaction."""


def reproject(node: Node) -> int:
    """Reckon again what was reckoned by another calendar; returns how many terms that were."""
    done = 0
    while found := len(each_together(node, WORK, partial(_outdated, node), _reproject, _AT_ONCE)):
        done += found
        if found < _AT_ONCE:
            break
    return done


def _outdated(node: Node, tx: Transaction, limit: int) -> list[tuple[str, PartRow]]:
    found = tx[Cases].reckoned_otherwise(calendar_key(node.calendar), limit)
    return [(f"{part.case_number} {part.department}", part) for part in found]


def _reproject(step: Step, part: PartRow) -> bool:
    """Returns whether the end has moved, or become certain."""
    case, calendar = step.tx[Cases].get(part.case_number), step.node.calendar
    if case is not None and is_running(case, part):
        entries = step.tx[Cases].ledger(part.case_number, part.department)
        state = deadline_state(step.node, case, part, matter_of(step.tx, case), entries, None)
        projection = project(state, calendar)
        if _has_moved(part, projection):
            entry = _entry(step, part, projection)
            try:
                enter(step, case, part, state, entry, entry.notice)
            except Implausible:  # the ledger is full: nobody else would read a longer one
                step.note("reprojection-left-out", part.case_number, None, department=part.department)
            else:
                step.note("reprojected", part.case_number, entry.notice, **_facts(part, projection, calendar))
                return True
    step.tx[Cases].reckoned(part.case_number, part.department, calendar_key(calendar))
    return False


def _has_moved(part: PartRow, projection: Projection) -> bool:
    certain = part.provisional is not None and part.provisional is not projection.provisional
    return projection.due_at != part.due_at or certain


def _entry(step: Step, part: PartRow, projection: Projection) -> LedgerEntry:
    began, due_at = projection.started_at or step.now, projection.due_at or step.now
    cited = (step.node.calendar.announcement(year) for year in range(began.year, due_at.year + 1))
    return LedgerEntry(
        kind=EntryKind.REPROJECT,
        at=step.now,
        reason=CALENDAR_CHANGED,
        basis=tuple(dict.fromkeys(number for number in cited if number is not None)),
        actor=step.node.address,
        notice=step.node.new_id(),
    )


def _facts(part: PartRow, projection: Projection, calendar: WorkingCalendar) -> dict[str, object]:
    return {
        "department": part.department,
        "calendar": calendar.version,
        "before": part.due_at.isoformat() if part.due_at else None,
        "after": projection.due_at.isoformat() if projection.due_at else None,
    }
