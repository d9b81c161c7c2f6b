"""Silence: what the monitors send reaches the window. A deemed consent takes effect here or never, decided once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from exchange.approval.department.above import note_reminder
from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.after.paper import owed_until
from exchange.approval.rules.after.recall import REQUIRED_RESULT_OPEN, lacks_required_result
from exchange.approval.rules.amendments import NOT_TOLD
from exchange.approval.rules.arbiter import AGAIN, SilenceRuling, rule_on_deemed, rule_on_escalation
from exchange.approval.rules.correction import OBSTACLE
from exchange.approval.rules.deadline import Projection, project
from exchange.approval.rules.defaults import NO_RECEIPT, is_proved
from exchange.approval.rules.reminders.reminded import reminds_rightly
from exchange.approval.rules.states import PartState
from exchange.approval.superiors import is_above, told_of
from exchange.approval.untold.store import UntoldDeadlines
from exchange.approval.window.checks import part_of
from exchange.approval.window.conclude import Concluder
from exchange.approval.window.deadlines import (
    RUNNING,
    approver_of,
    is_ahead,
    matter_of,
    present_state,
    refresh,
    watched_state,
)
from exchange.approval.window.escalating import tell_escalated
from exchange.approval.window.evidence import check_evidence
from exchange.approval.window.set_aside import Known, opinion_set_aside
from exchange.approval.window.store import Cases
from exchange.approval.window.told import was_told
from exchange.envelope.document import parse_body
from exchange.errors import Malformed
from exchange.messaging.checks import expect, require_role
from exchange.messaging.incoming import Handler, Incoming, Minding, SentBack
from exchange.messaging.node import Step
from exchange.schemas import (
    Body,
    DeadlineNotice,
    DeadlineState,
    DeemedConsent,
    DefaultMode,
    DefaultNotice,
    Escalation,
    Header,
    Reminder,
    Role,
)

_BECOMES = {DefaultMode.CONSENT: PartState.DEEMED, DefaultMode.REFUSAL: PartState.REFUSED}


class Silence:
    """The window's handlers for reminders, deemed consents and escalations."""

    def __init__(self, concluder: Concluder) -> None:
        self._concluder = concluder
        self._set_aside: Known = {}

    def handlers(self) -> dict[str, Handler]:
        """Return the message handlers, by message kind."""
        return {
            DeemedConsent.KIND: Minding(self.take_deemed, mind_refused),
            Escalation.KIND: self.take_escalation,
            Reminder.KIND: self.take_reminder,
        }

    def take_reminder(self, step: Step, incoming: Incoming, body: Body) -> None:
        """Take in that a monitor has reminded a department; it is shown with the case, if the term says so as well."""
        reminder = expect(body, Reminder)
        require_role(step, incoming, Role.MONITOR)
        if is_above(step.node.address, reminder.department, step.node.directory):
            note_reminder(step, incoming, reminder)
            if step.tx[Cases].get(reminder.case_number) is None:
                return
        case, part = part_of(step, reminder.case_number, reminder.department)
        if part.state not in RUNNING:
            return
        own, _ = _own(step, case, part)
        signed_at = incoming.opened.header.created_at
        if not reminds_rightly(own, reminder, incoming.message_id, signed_at, step.node.calendar):
            step.note("reminder-overtaken", case.number, incoming.message_id, department=part.department)
            _tell_again(step, part, incoming.opened.header)
            return
        step.tx[Cases].move_part(part.case_number, part.department, {part.state}, part.state, reminded_at=step.now)

    def take_deemed(self, step: Step, incoming: Incoming, body: Body) -> None:
        """Give a monitor's deemed consent effect, if no opinion in time stands before it and all it claims is true."""
        deemed = expect(body, DeemedConsent)
        require_role(step, incoming, Role.MONITOR)
        case, part = part_of(step, deemed.state.case_number, deemed.state.department)
        own, projection = _own(step, case, part)
        signed_at = incoming.opened.header.created_at
        ruling = rule_on_deemed(case.state, part, own, deemed, projection, incoming.arrival, signed_at)
        if ruling is not SilenceRuling.EFFECTIVE:
            step.note("deemed-moot", case.number, incoming.message_id, department=part.department, why=ruling.value)
            if ruling in AGAIN:
                _tell_again(step, part, incoming.opened.header)
            return
        stale = step.node.not_current() is not None
        aside = (step.tx, step.node, case.number, part.department, projection.due_at, self._set_aside)
        if stale or opinion_set_aside(*aside):
            step.note("deemed-held-up", case.number, incoming.message_id, department=part.department)
            _tell_again(step, part, incoming.opened.header)
            return
        check_evidence(step, deemed, signed_at)
        hindered = [OBSTACLE] if part.faulty_at is not None else []
        approver = approver_of(matter_of(step.tx, case), part.department)
        if lacks_required_result(approver, step.tx[Cases].parts(case.number)):
            hindered.append(REQUIRED_RESULT_OPEN)
        if not is_proved(own.ledger):
            hindered.append(NO_RECEIPT)
        if not was_told(step, own, deemed.due_at):
            hindered.append(NOT_TOLD)
        if hindered:
            self._escalate(step, case, part, incoming, hindered, projection)
            return
        paper_by = owed_until(deemed.mode, part.late_opinion_id, step.now, step.node.calendar)
        moved = step.tx[Cases].move_part(
            case.number, part.department, {PartState.SIGNED}, _BECOMES[deemed.mode],
            deemed_at=step.now, deemed_id=incoming.message_id, paper_by=paper_by, paper_reminded_at=None,
        )  # fmt: skip
        if not moved:
            return
        step.note(
            "deemed", case.number, incoming.message_id,
            department=part.department, rule=own.matter_version, mode=deemed.mode.value,
        )  # fmt: skip
        self._announce(step, case, deemed, incoming, paper_by)
        refresh(step, case.number, part.department)
        self._concluder.advance(step, case.number)

    def _announce(
        self, step: Step, case: CaseRow, deemed: DeemedConsent, incoming: Incoming, paper_by: datetime | None
    ) -> None:
        notice = DefaultNotice(
            case_number=case.number,
            department=deemed.state.department,
            mode=deemed.mode,
            due_at=deemed.due_at,
            effective_at=step.now,
            deemed_consent=incoming.message_id,
            basis=deemed.state.default_basis,
            paper_owed_by=paper_by,
        )
        part = step.tx[Cases].part(case.number, deemed.state.department)
        told = dict.fromkeys((*(part.hearing if part else ()), *told_of(deemed.state.department, step.node)))
        step.send(notice, tuple(told), conversation_id=case.conversation_id, in_reply_to=incoming.message_id)

    def take_escalation(self, step: Step, incoming: Incoming, body: Body) -> None:
        """Take in that a term is over and no default may arise, if it is over by the window's own record.

        The lead must act then, and a late opinion on record now counts.
        """
        escalation = expect(body, Escalation)
        require_role(step, incoming, Role.MONITOR)
        case, part = part_of(step, escalation.case_number, escalation.department)
        own, projection = _own(step, case, part)
        signed_at = incoming.opened.header.created_at
        ruling = rule_on_escalation(case.state, part, own, escalation, projection, incoming.arrival, signed_at)
        if ruling is not SilenceRuling.EFFECTIVE:
            why = ruling.value
            step.note("escalation-moot", case.number, incoming.message_id, department=part.department, why=why)
            if ruling in AGAIN:
                _tell_again(step, part, incoming.opened.header)
            return
        self._escalate(step, case, part, incoming, escalation.obstacles, projection)

    def _escalate(
        self,
        step: Step,
        case: CaseRow,
        part: PartRow,
        incoming: Incoming,
        obstacles: Sequence[str],
        projection: Projection,
    ) -> None:
        if not step.tx[Cases].move_part(
            part.case_number, part.department, RUNNING, PartState.ESCALATED, escalated_at=step.now
        ):
            return
        step.note(
            "escalated", part.case_number, incoming.message_id, department=part.department, obstacles=list(obstacles)
        )
        if part.late_opinion_id is not None:
            step.tx[Cases].move_part(
                part.case_number, part.department, {PartState.ESCALATED}, PartState.ANSWERED,
                answered_at=part.late_at, verdict=part.late_verdict, opinion_id=part.late_opinion_id,
                given_by=part.late_given_by,
            )  # fmt: skip
        else:
            tell_escalated(step, case, part, obstacles, projection.due_at, incoming.message_id)
        refresh(step, part.case_number, part.department)
        self._concluder.advance(step, part.case_number)


def _own(step: Step, case: CaseRow, part: PartRow) -> tuple[DeadlineState, Projection]:
    """The deadline by the window's own record, which no monitor's word changes."""
    own = watched_state(step, case, part)
    return own, project(own, step.node.calendar)


def mind_refused(step: Step, back: SentBack) -> None:
    """Tell a monitor whose deemed consent goes back how the term stands: it is done with it, and looks at it anew."""
    try:
        state = parse_body(DeemedConsent, back.payload).state
    except Malformed:
        return
    part = step.tx[Cases].part(state.case_number, state.department)
    if part is not None and step.node.has_role(back.header.sender, Role.MONITOR):
        _tell_again(step, part, back.header)


def _tell_again(step: Step, part: PartRow, wrote: Header) -> None:
    """The term still runs: how it stands, in reply to this monitor, which then looks at it anew.

    Under a higher revision, since the monitor is done with the one it wrote on. Other monitors have said nothing
    wrong, and what one says must not keep them from their work.
    """
    if not step.tx[Cases].move_part(part.case_number, part.department, RUNNING & {part.state}, part.state):
        return
    present = present_state(step, part.case_number, part.department)
    if present is not None and is_ahead(present, step.now):
        step.tx[UntoldDeadlines].add([(part.case_number, part.department)])
    elif present is not None:
        step.send(
            DeadlineNotice(deadlines=(present,)), (wrote.sender,),
            conversation_id=wrote.conversation_id, in_reply_to=wrote.message_id,
        )  # fmt: skip
