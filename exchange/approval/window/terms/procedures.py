"""Special procedures of a department at the window: announced, they stop its clock; ended early, it runs on."""

from __future__ import annotations

from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.arbiter import rule_on_ending
from exchange.approval.rules.entry_reasons import ARTICLE_45, special_procedure
from exchange.approval.rules.stops import own_procedure
from exchange.approval.window.checks import own_part, part_of
from exchange.approval.window.deadlines import deadline_state, enter, matter_of
from exchange.approval.window.store import Cases
from exchange.approval.window.terms.amending import return_unpermitted
from exchange.errors import Implausible, Returned
from exchange.messaging.checks import expect, returned_for
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Step
from exchange.schemas import Body, EntryKind, LedgerEntry, Opinion, ProcedureEnded


def stop_clock(step: Step, case: CaseRow, part: PartRow, incoming: Incoming, opinion: Opinion) -> None:
    """Enter a procedure that a department has announced. Raises Returned."""
    procedure = opinion.procedure
    if procedure is None:
        raise Returned("a special procedure is not named", code="procedure", remedy="name it and its length")
    entry = LedgerEntry(
        kind=EntryKind.STOP,
        at=incoming.arrival.earliest,
        days=procedure.days,
        reason=special_procedure(procedure.kind),
        basis=opinion.basis or ARTICLE_45,
        actor=part.department,
        notice=incoming.message_id,
    )
    _enter(step, case, part, entry, incoming)
    step.note("clock-stopped", case.number, incoming.message_id, department=part.department)


def take_ended(step: Step, incoming: Incoming, body: Body) -> None:
    """Let a department's clock run on: its procedure was over before the announced length."""
    ended = expect(body, ProcedureEnded)
    case, part = part_of(step, ended.case_number, ended.department)
    own_part(incoming, case, part, ended.consultation_id)
    incoming = incoming.having_arrived(incoming.arrival.not_before(part.issued_at))
    entries = step.tx[Cases].ledger(case.number, part.department)
    at = incoming.arrival.latest
    stop = own_procedure(entries, step.node.calendar, part.department, at)
    rule_on_ending(case.state, part, is_standing=stop is not None and stop.notice == ended.announcement)
    entry = LedgerEntry(
        kind=EntryKind.RESUME,
        at=at,
        reason=ended.reason,
        actor=part.department,
        notice=incoming.message_id,
    )
    _enter(step, case, part, entry, incoming)
    step.note("procedure-ended", case.number, incoming.message_id, department=part.department)


def _enter(step: Step, case: CaseRow, part: PartRow, entry: LedgerEntry, incoming: Incoming) -> None:
    matter, entries = matter_of(step.tx, case), step.tx[Cases].ledger(case.number, part.department)
    state = deadline_state(step.node, case, part, matter, entries, None)
    return_unpermitted(step, state, matter, entry)
    with returned_for(Implausible, code="ledger-full"):
        enter(step, case, part, state, entry, in_reply_to=incoming.message_id)
