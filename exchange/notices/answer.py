"""Answer: an authority fills in the form of a notice that came to it; the answer goes to its own relay office."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import ValidationError

from exchange.errors import CallerError, Conflict
from exchange.language.names import NOTICE_STATES, coded
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node, Step
from exchange.notices.forms.collecting import form_in, no_form
from exchange.notices.forms.rules import answer_due, check_answer
from exchange.notices.forms.store import Collections
from exchange.notices.records import NoticeRow
from exchange.notices.rules.states import NoticeState
from exchange.notices.sign_for import as_read, sign_in
from exchange.schemas import FieldValue, Form, FormAnswer
from exchange.store.transaction import Transaction


@dataclass(frozen=True)
class Asked:
    """A form as the authority that is to answer sees it."""

    row: NoticeRow
    form: Form
    due: datetime
    """Last moment for the answer; counted from now while the notice is not signed for."""
    provisional: bool
    """Whether the calendar is not published that far, so that the moment may still move."""


def asked(node: Node, notice_id: str) -> Asked:
    """Return what a notice that came here asks for, and until when. Raises NotFound, or CallerError without a form."""
    with node.store.reading() as tx:
        return asked_in(node, tx, notice_id)


def asked_in(node: Node, tx: Transaction, notice_id: str) -> Asked:
    """Return the same, as one transaction sees it."""
    row, form = _came(tx, notice_id, node.address)
    signed_at = row.settled_at if row.settled_at is not None else node.clock.now()
    due, provisional = answer_due(form, date.fromisoformat(row.act_by or ""), signed_at, node.calendar)
    return Asked(row, form, due, provisional)


def answer_form(node: Node, notice_id: str, values: Mapping[str, str]) -> str:
    """Answer a notice's form; returns the answer's message id. Raises as `answer_in` does."""
    with node.step() as step:
        return answer_in(step, notice_id, values)


def answer_in(step: Step, notice_id: str, values: Mapping[str, str]) -> str:
    """Answer a notice's form within the caller's step, all of it anew where it was answered before.

    Signs for the notice if that is not done; returns the answer's message id. Raises NotFound for a notice that did
    not come here, CallerError naming every field at fault, Conflict when the notice was sent back, recalled or
    replaced, or the clock has gone backwards.
    """
    row, form = _came(step.tx, notice_id, step.node.address)
    answer = filled_in(notice_id, values)
    check_answer(form, answer)
    if row.state is NoticeState.OPEN:
        sign_in(step, row, True, "")
    elif row.state is not NoticeState.SIGNED:
        raise Conflict(
            "notice {notice_id} is {state}",
            remedy="nothing is to be answered any more",
            notice_id=notice_id,
            state=coded(NOTICE_STATES, row.state),
        )
    _check_later(step, notice_id)
    message_id = step.send(answer, (row.source,), conversation_id=notice_id)
    step.tx[Collections].await_none(notice_id)
    step.note("notice-answered", None, message_id, notice=notice_id)
    return message_id


def _came(tx: Transaction, notice_id: str, address: str) -> tuple[NoticeRow, Form]:
    row = as_read(tx, notice_id, address)
    form = form_in(tx, notice_id)
    if form is None:
        raise no_form(notice_id)
    return row, form


def filled_in(notice_id: str, values: Mapping[str, str]) -> FormAnswer:
    """Return the answer that values make, whatever the form asks for. Raises CallerError for what none can say."""
    try:
        return FormAnswer(
            notice_id=notice_id, values=tuple(FieldValue(name=name, value=value) for name, value in values.items())
        )
    except ValidationError as error:
        raise CallerError(
            "the answer is invalid: a field's name is none, there are over 60, or one has over 2,000 characters",
            remedy="`exchange notice form` shows what is asked",
            code="form-answer",
        ) from error


def _check_later(step: Step, notice_id: str) -> None:
    """A correction holds by its signing time; one that is signed no later would be sent for nothing."""
    sent = [one for one in step.tx[Documents].of_conversation(notice_id) if one.kind == FormAnswer.KIND]
    if any(one.recorded_at >= step.now for one in sent if one.sender == step.node.address):
        raise Conflict(
            "an answer of this moment, or of a later one, was sent already",
            remedy="see that the clock is right, and answer again",
        )
