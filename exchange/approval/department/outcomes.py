"""What has become of a case, as its department hears of it: the decision, and that its silence had effect."""

from __future__ import annotations

from exchange.approval.department.above import note_default
from exchange.approval.department.desk import ANSWERABLE
from exchange.approval.department.protesting import contest
from exchange.approval.department.put import expect_put
from exchange.approval.department.records import DeskRow
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.department.substituting import was_given
from exchange.approval.rules.after.paper import OwedPaper, paper_owed
from exchange.approval.rules.states import DeskState
from exchange.approval.superiors import is_above
from exchange.envelope.document import clear_header
from exchange.errors import Implausible
from exchange.language import Text
from exchange.messaging.checks import expect, require_role, returned_for
from exchange.messaging.documents import Documents
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.moments import check_after
from exchange.schemas import Body, Considered, Decision, DefaultMode, DefaultNotice, Role, Standing


def handlers() -> dict[str, Handler]:
    """Return the message handlers by which a department hears of outcomes."""
    return {Decision.KIND: take_decision, DefaultNotice.KIND: take_default}


def take_decision(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in the lead's decision, which is not older than the case; the decision itself is kept as it came."""
    decision = expect(body, Decision)
    expect_put(step, incoming, decision.case_number)
    with returned_for(Implausible):
        _check_date(step, decision)
    told = [said for said in decision.considered if said.department == step.node.address]
    for said in told:
        if said.given_by is None or not was_given(step, decision.case_number, said.given_by, decision.decided_at):
            contest(step, incoming, decision.case_number, said, decision.decided_at)
    row = step.tx[DepartmentDesk].get(decision.case_number)
    if not told and (row is None or row.acts_for is None):
        contest(step, incoming, decision.case_number, None, decision.decided_at)
    step.tx[DepartmentDesk].move(decision.case_number, {DeskState.WAITING}, DeskState.CLOSED)


def take_default(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in what the department's silence has come to, or that the paper it owes has not come.

    It was given effect as the rule says, and the paper is still owed; or it was escalated, and an answer still counts.
    Of a department below, it is recorded with the case.
    """
    notice = expect(body, DefaultNotice)
    require_role(step, incoming, Role.WINDOW)
    if is_above(step.node.address, notice.department, step.node.directory):
        note_default(step, incoming, notice)
        return
    expect_put(step, incoming, notice.case_number)
    if notice.department == step.node.address and notice.mode is DefaultMode.NONE:
        step.note("escalated", notice.case_number, incoming.message_id, obstacles=list(notice.obstacles))
    elif notice.department == step.node.address:
        standing = Standing.DEEMED_REFUSAL if notice.mode is DefaultMode.REFUSAL else Standing.DEEMED
        said = Considered(department=notice.department, standing=standing, message_id=notice.deemed_consent)
        contest(step, incoming, notice.case_number, said, notice.effective_at)
        step.tx[DepartmentDesk].move(notice.case_number, ANSWERABLE, DeskState.DEFAULTED, paper_by=notice.paper_owed_by)
    row = step.tx[DepartmentDesk].get(notice.case_number)
    if row is not None and row.acts_for == notice.department:
        step.tx[DepartmentDesk].move(notice.case_number, {DeskState.WAITING}, DeskState.DEFAULTED)


def paper_on_desk(node: Node, row: DeskRow) -> OwedPaper | None:
    """Return how the paper stands that is owed after a default, by the department's own record; None where none is."""
    if row.paper_by is None or row.state not in (DeskState.DEFAULTED, DeskState.ANSWERED):
        return None
    came_at = row.answered_at if row.state is DeskState.ANSWERED else None
    return paper_owed(row.paper_by, came_at, node.clock.now(), node.calendar)


def _check_date(step: Step, decision: Decision) -> None:
    """Raise Implausible for a decision that was made before the case was put here."""
    row = step.tx[DepartmentDesk].get(decision.case_number)
    if row is None or decision.decided_at >= row.received_at:
        return  # nothing comes that is dated later than clocks may be apart: it was put to us before it came
    asked = step.tx[Documents].get(row.window, row.request_id)
    if asked is not None:
        put = clear_header(asked.signed).created_at
        check_after(Text("the decision"), decision.decided_at, Text("the case was put to us"), put)
