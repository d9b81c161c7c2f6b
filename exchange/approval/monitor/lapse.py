"""Lapse: the deadline monitor. It reminds, and when a term is over publishes a signed deemed consent, or escalates.

A monitor decides nothing for good: its deemed consent joins the queue that carries the opinions, and the window lets
it take effect only behind everything that arrived in time. Several monitors may watch the same deadlines; all ids are
derived from case, department and kind, and the window gives effect once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from exchange.approval.held import held_back
from exchange.approval.monitor.evidence import evidence_faults, proved_reminders
from exchange.approval.monitor.permitted import expect_permitted
from exchange.approval.monitor.records import WatchRow
from exchange.approval.monitor.store import UnreadWatch, Watches
from exchange.approval.rules.deadline import Projection, project
from exchange.approval.rules.defaults import NOT_CURRENT, NOT_PROVED, STALE_PATIENCE, as_told, obstacles
from exchange.approval.rules.derived_ids import deemed_id, escalation_id, reminder_id
from exchange.approval.rules.ledger_bounds import check_end, check_ledger
from exchange.approval.rules.reminders.reminded import reminders_of
from exchange.approval.rules.reminders.stages import LAST_STAGE, next_stage_look, stage_moments, stage_to_remind
from exchange.approval.rules.states import WatchState
from exchange.approval.superiors import superiors_of
from exchange.directory.substitutes import substitutes_of
from exchange.errors import Implausible, Returned
from exchange.messaging.checks import expect, require_role, returned_for
from exchange.messaging.failing.apart import each_together
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Node, Step
from exchange.messaging.receipts import proof_digest
from exchange.schemas import (
    STATEMENTS,
    Body,
    DeadlineNotice,
    DeadlineState,
    DeadlineStatus,
    DeemedConsent,
    DefaultNotice,
    Escalation,
    Reminder,
    Role,
    SentReminder,
)
from exchange.store.transaction import Transaction
from exchange.workdays import WorkingCalendar, calendar_key

_CALM = timedelta(minutes=10)
_CALM_SECONDS = 1.0
"""What `_CALM` is at least in real seconds: ten minutes of an accelerated clock are next to none."""
_AFTER_END = 1.0
"""Real seconds after the end, by which a window whose broker stamps no arrivals knows that it has read what came."""
SWEEP_LIMIT = 200
"""Deadlines handled in one transaction."""


@dataclass(frozen=True)
class Swept:
    """What one sweep did."""

    reminded: int = 0
    deemed: int = 0
    escalated: int = 0
    looked_at: int = 0


def handlers() -> dict[str, Handler]:
    """Return the message handlers of a monitor."""
    return {DeadlineNotice.KIND: take_notice, DefaultNotice.KIND: lambda step, incoming, body: None}


def take_notice(step: Step, incoming: Incoming, body: Body) -> None:
    """Put a window's deadlines under watch, or take closed ones off. An older revision changes nothing.

    Raises Returned for another window's, and for a ledger that cannot be, reaches too far, or has what the matter does
    not allow.
    """
    notice = expect(body, DeadlineNotice)
    require_role(step, incoming, Role.WINDOW)
    if any(state.lead != incoming.sender for state in notice.deadlines):
        raise Returned(
            "a window reports its own cases only",
            code="not-yours",
            remedy="leave out those of other windows",
        )
    signed_at = incoming.opened.header.created_at
    with returned_for(Implausible):
        for state in notice.deadlines:
            check_ledger(state, signed_at)
            expect_permitted(step, state)
        rows = [watch_row(state, step.node.calendar) for state in notice.deadlines]
    step.tx[Watches].put([_calmly(row, step) for row in rows])


def _calmly(row: WatchRow, step: Step) -> WatchRow:
    """A term that is over already is looked at a little later: where window and monitor reckon differently, what the
    one sends the other answers, and that must not become a storm.
    """
    if row.next_at is None or row.due_at is None or row.due_at > step.now:
        return row
    return replace(row, next_at=_after_a_pause(step))


def _after_a_pause(step: Step) -> datetime:
    return step.now + max(_CALM, step.node.clock.passes(_CALM_SECONDS))


def watch_row(state: DeadlineState, calendar: WorkingCalendar) -> WatchRow:
    """Return a deadline as a row of the monitor's list, with the next moment to look at it.

    Raises Implausible where its end cannot be told.
    """
    projection = project(state, calendar)
    check_end(state, projection)
    running = state.status is DeadlineStatus.RUNNING
    return WatchRow(
        deadline=state,
        window=state.lead,
        state=WatchState.RUNNING if running else WatchState.CLOSED,
        due_at=projection.due_at,
        provisional=projection.provisional,
        next_at=_first_look(state, projection, calendar) if running else None,
        calendar=calendar_key(calendar),
    )


def sweep(node: Node) -> Swept:
    """Handle the deadlines whose next moment has come. Cost follows what is due, not what is open.

    Nothing while this machine's clock is in doubt: a wrong one must cost nobody their say.

    Call again while ``looked_at`` equals SWEEP_LIMIT.
    """
    with node.store.reading() as tx:
        if not tx[Watches].due(node.clock.now(), 1):
            return Swept()
    if node.clock_watch is not None and node.clock_watch.doubt(node.address, node.clock.now()):
        return Swept()
    outcomes = each_together(node, "deadlines", partial(_due, node), _look, SWEEP_LIMIT)
    return Swept(outcomes.count("reminded"), outcomes.count("deemed"), outcomes.count("escalated"), len(outcomes))


def _due(node: Node, tx: Transaction, limit: int) -> list[tuple[str, UnreadWatch]]:
    return [(row.key, row) for row in tx[Watches].due(node.clock.now(), limit)]


def _outdated(node: Node, tx: Transaction, limit: int) -> list[tuple[str, UnreadWatch]]:
    return [(row.key, row) for row in tx[Watches].outdated(calendar_key(node.calendar), limit)]


def reproject(node: Node) -> int:
    """Derive again, after a new or amended calendar, what was projected with another one, with a journal entry."""
    return len(each_together(node, "calendar", partial(_outdated, node), _reproject, SWEEP_LIMIT))


def _reproject(step: Step, unread: UnreadWatch) -> None:
    row = unread.read()
    fresh = watch_row(row.deadline, step.node.calendar)
    if not step.tx[Watches].reproject(fresh):
        return
    step.note(
        "reprojected", row.deadline.case_number, None,
        department=row.deadline.department, calendar=step.node.calendar.version,
        before=row.due_at.isoformat() if row.due_at else None,
        after=fresh.due_at.isoformat() if fresh.due_at else None,
    )  # fmt: skip


def _look(step: Step, unread: UnreadWatch) -> str:
    row = unread.read()
    state, calendar = row.deadline, step.node.calendar  # one calendar throughout: another may come meanwhile
    projection = project(state, calendar)
    sent = step.tx[Watches].reminders(state.case_number, state.department)
    if projection.due_at is None or projection.effective_at is None:
        step.tx[Watches].postpone(state.case_number, state.department, state.revision, None)
        return "stopped"
    fires_at = projection.effective_at + step.node.clock.passes(_AFTER_END)
    if step.now > fires_at:
        return _lapse(step, row, projection, sent, calendar)
    stage = stage_to_remind(state, projection, sent, calendar, step.now)
    reminded = stage is not None and step.now < projection.due_at and _remind(step, row, projection, stage)
    upcoming = next_stage_look(state, projection, calendar, step.now) or fires_at
    step.tx[Watches].postpone(state.case_number, state.department, state.revision, upcoming)
    return "reminded" if reminded else "waiting"


def _remind(step: Step, row: WatchRow, projection: Projection, stage: int) -> bool:
    """Remind the department, once a stage and due moment, and its substitute; at the last stage its superior hears."""
    state, due_at, began = row.deadline, projection.due_at, projection.started_at
    if due_at is None or began is None:
        return False
    message_id = reminder_id(state.case_number, state.department, stage, began, due_at)
    reminded = SentReminder(message_id=message_id, stage=stage, at=step.now)
    if not step.tx[Watches].add_reminder(state.case_number, state.department, reminded, due_at):
        return False
    reminder = Reminder(
        case_number=state.case_number,
        department=state.department,
        consultation_id=state.consultation_id,
        stage=stage,
        due_at=due_at,
        default=state.default,
        began_at=began,
        provisional=projection.provisional,
    )
    above = superiors_of(state.department, step.node.directory, but=state.lead) if stage == LAST_STAGE else ()
    directory = step.node.directory.directory
    acting = [one.substitute for one in substitutes_of(directory, state.department, state.matter, step.now)]
    told = tuple(dict.fromkeys((state.department, *acting, state.lead, *above)))
    step.send(reminder, told, message_id=message_id)
    step.note("reminded", state.case_number, message_id, department=state.department, stage=stage)
    return True


def _lapse(
    step: Step, row: WatchRow, projection: Projection, sent: Sequence[SentReminder], calendar: WorkingCalendar
) -> str:
    state = row.deadline
    counting = reminders_of(state, projection, sent)
    proved = proved_reminders(step, state, counting)
    hindered = [*obstacles(state, projection, counting, step.now), *evidence_faults(step, state)]
    hindered += held_back(step.tx, state, projection, step.now)
    if not step.node.directory.reachable(state.department, step.node.suite):
        hindered.append("the department is revoked: it could neither be reminded nor answer")
    if hindered and projection.provisional:
        # A provisional date fires nothing at all, not even an escalation: it may move either way.
        step.tx[Watches].postpone(state.case_number, state.department, state.revision, None)
        return "provisional"
    if counting and not proved:
        if not hindered and _first_time(row, projection, step):
            step.tx[Watches].postpone(state.case_number, state.department, state.revision, _after_a_pause(step))
            return "waiting"
        hindered.append(NOT_PROVED)
    late = step.node.not_current() if not hindered else None
    if late is not None and late < STALE_PATIENCE:
        step.tx[Watches].postpone(state.case_number, state.department, state.revision, _after_a_pause(step))
        return "waiting"
    if late is not None:
        hindered.append(NOT_CURRENT)
    after = WatchState.ESCALATED if hindered else WatchState.DEEMED
    if not step.tx[Watches].finish(state.case_number, state.department, state.revision, after, step.now):
        return "gone"
    if hindered:
        _escalate(step, row, projection, hindered)
        return "escalated"
    _deem(step, row, projection, proved, calendar)
    return "deemed"


def _first_time(row: WatchRow, projection: Projection, step: Step) -> bool:
    """Whether this is the first look after the end: a receipt of before it may lie in this monitor's own queue."""
    end, margin = projection.effective_at, step.node.clock.passes(_AFTER_END)
    return row.next_at is not None and end is not None and row.next_at <= end + margin


def _deem(
    step: Step, row: WatchRow, projection: Projection, sent: Sequence[SentReminder], calendar: WorkingCalendar
) -> None:
    state = row.deadline
    if projection.due_at is None or state.evidence is None:
        return
    deemed = DeemedConsent(
        state=state,
        mode=state.default,
        due_at=projection.due_at,
        calendar=calendar.version,
        papers=calendar.papers,
        reminders=tuple(sent),
        receipt_digest=proof_digest(state.evidence),
        statement=STATEMENTS[state.default],
    )
    message_id = deemed_id(state.case_number, state.department, state.revision)
    step.send(deemed, (row.window,), message_id=message_id)
    step.note("deemed", state.case_number, message_id, department=state.department)


def _escalate(step: Step, row: WatchRow, projection: Projection, hindered: Sequence[str]) -> None:
    state = row.deadline
    if projection.due_at is None:
        return
    escalation = Escalation(
        case_number=state.case_number,
        department=state.department,
        consultation_id=state.consultation_id,
        due_at=projection.due_at,
        obstacles=as_told(hindered),
        state=state.model_copy(update={"evidence": None}),
    )
    message_id = escalation_id(state.case_number, state.department, state.revision)
    step.send(escalation, (row.window,), message_id=message_id)
    step.note("escalated", state.case_number, message_id, department=state.department, obstacles=list(hindered))


def _first_look(state: DeadlineState, projection: Projection, calendar: WorkingCalendar) -> datetime | None:
    if projection.due_at is None:
        return None
    return min([*stage_moments(state, projection, calendar).values(), projection.due_at])
