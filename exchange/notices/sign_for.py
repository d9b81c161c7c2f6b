"""Sign for: an authority takes in a notice that its relay office passed on, and signs for it or sends it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from exchange.directory.hierarchy import relay_of
from exchange.errors import CallerError, Conflict, NotFound, Returned, Secret
from exchange.language.names import NOTICE_STATES, coded
from exchange.messaging.aside.behind import expect_later
from exchange.messaging.aside.early import wait_a_day
from exchange.messaging.checks import expect, returned_for
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Node, Step
from exchange.messaging.register.entering import enter_received
from exchange.messaging.rules.agreements import check_agreed
from exchange.messaging.rules.secrecy import check_secrecy
from exchange.messaging.rules.wording import check_reason
from exchange.notices.forms.collecting import expect_answers, form_in
from exchange.notices.forms.rules import answer_day
from exchange.notices.forms.store import Collections
from exchange.notices.origin import Forwarded, unpack
from exchange.notices.records import NoticeRow
from exchange.notices.rules.recall import check_recall
from exchange.notices.rules.states import NOT_SIGNED, NoticeSeat, NoticeState
from exchange.notices.store import Notices
from exchange.schemas import Body, Forwarding, Notice, NoticeReminder, Recall, SignOff
from exchange.store.transaction import Transaction

_AT_READER = frozenset({NoticeState.OPEN, NoticeState.SIGNED, NoticeState.RETURNED})
"""As a reader has a notice that stands."""


def handlers(at_once: bool = False) -> dict[str, Handler]:
    """Return a reader's handlers; ``at_once`` signs for every notice on arrival, where its own system files them."""

    def take(step: Step, incoming: Incoming, body: Body) -> None:
        row = take_forwarding(step, incoming, body)
        if at_once and row is not None:
            sign_in(step, row, True, "")

    return {Forwarding.KIND: take}


def take_forwarding(step: Step, incoming: Incoming, body: Body) -> NoticeRow | None:
    """Take in a notice, or what follows one up. Returns the row of a notice that is new and to be signed for."""
    forwarding = expect(body, Forwarding)
    if incoming.sender != relay_of(step.node.directory.domain):
        raise Returned(
            "{sender} is not our relay office",
            code="path",
            remedy="pass it on to our relay office",
            sender=incoming.sender,
        )
    forwarded = unpack(step.node, incoming.opened.header, forwarding, incoming.opened.enclosures)
    if isinstance(forwarded.body, Notice):
        return _take_notice(step, incoming, forwarded, forwarded.body)
    row = step.tx[Notices].get(forwarding.notice_id)
    if row is None:
        wait_a_day(step, incoming, forwarding.notice_id)
    if row is None or row.origin != forwarding.origin:
        raise Returned(
            "no notice {notice_id} here",
            code="unknown-notice",
            remedy="send the notice first",
            notice_id=forwarding.notice_id,
        )
    if isinstance(forwarded.body, Recall):
        check_recall(forwarded.body, row.digest)
        recalled = {"reason": forwarded.body.reason}
        step.tx[Notices].move(row.notice_id, _AT_READER, NoticeState.RECALLED, **recalled)
        step.tx[Collections].await_none(row.notice_id)
        step.note("notice-recalled", None, incoming.message_id, notice=row.notice_id)
    elif isinstance(forwarded.body, NoticeReminder):
        step.note("notice-reminded", None, incoming.message_id, notice=row.notice_id, stage=forwarded.body.stage)
    return None


def sign_for(node: Node, notice_id: str, accepted: bool = True, reason: str = "") -> str:
    """Sign for a notice, or send it back with a reason; returns the message id. Raises as `sign_for_in` does."""
    with node.step() as step:
        return sign_for_in(step, notice_id, accepted, reason)


def sign_for_in(step: Step, notice_id: str, accepted: bool = True, reason: str = "") -> str:
    """Sign for a notice within the caller's step, or send it back with a reason; returns the message id.

    Raises NotFound for one that did not come here, Conflict for one that was answered or taken back, CallerError where
    the reason for sending it back is missing.
    """
    if not accepted:
        check_reason(reason, "what is sent back needs a reason", "say why the notice is sent back")
    return sign_in(step, as_read(step.tx, notice_id, step.node.address), accepted, reason)


def as_read(tx: Transaction, notice_id: str, address: str) -> NoticeRow:
    """Return a notice as the reader at ``address`` has it; ``source`` is the one to answer. Raises NotFound.

    A relay office that is itself among its readers answers to itself, and is counted like any other.
    """
    row = tx[Notices].get(notice_id)
    own = tx[Notices].reader(notice_id, address) if row is not None and row.seat is NoticeSeat.RELAY else None
    if row is None or (row.seat is not NoticeSeat.READER and own is None):
        raise NotFound(
            "no notice {notice_id} came here", remedy="`exchange notice list` shows what came", notice_id=notice_id
        )
    if own is None:
        return row
    answered = row.state is NoticeState.OPEN and own.state not in NOT_SIGNED
    return replace(
        row, source=address, state=NoticeState(own.state) if answered else row.state, settled_at=own.settled_at
    )


def sign_in(step: Step, row: NoticeRow, accepted: bool, reason: str) -> str:
    """Sign for or send back a notice within the caller's step.

    Raises Conflict when it was signed for, sent back or recalled before, and ClockBehind.
    """
    expect_later(step, row.received_at, row.source, row.forwarding_id)
    answer = SignOff(notice_id=row.notice_id, digest=row.digest, accepted=accepted, reason=reason, at=step.now)
    message_id = step.send(answer, (row.source,), conversation_id=row.notice_id)
    after = NoticeState.SIGNED if accepted else NoticeState.RETURNED
    if row.seat is NoticeSeat.RELAY:  # its row is of the passing on; that it has signed, it learns by its own answer
        moved = row.state is NoticeState.OPEN
    else:
        moved = step.tx[Notices].move(
            row.notice_id, {NoticeState.OPEN}, after, settled_at=step.now, reason=reason or None
        )
    if not moved:
        raise Conflict(
            "notice {notice_id} is {state}",
            remedy="it is signed for once",
            notice_id=row.notice_id,
            state=coded(NOTICE_STATES, row.state),
        )
    if accepted:
        _await_answer(step, row)
    step.note(f"notice-{after}", None, message_id, notice=row.notice_id)
    return message_id


def _await_answer(step: Step, row: NoticeRow) -> None:
    """Put down until when the form is to be answered, if the notice carries one."""
    form = form_in(step.tx, row.notice_id)
    if form is not None and row.act_by is not None:
        day = answer_day(form, date.fromisoformat(row.act_by), step.now.date(), step.node.calendar)
        step.tx[Collections].await_answer(row.notice_id, day.isoformat())


def _take_notice(step: Step, incoming: Incoming, forwarded: Forwarded, notice: Notice) -> NoticeRow | None:
    with returned_for(Secret, CallerError):
        check_secrecy(notice.document)
        check_agreed(notice.document)
    forwarding = forwarded.forwarding
    present = step.tx[Notices].get(forwarding.notice_id)
    if present is not None:
        if present.digest != forwarding.digest:
            raise Returned("another notice has this id", code="id-reused", remedy="issue it anew")
        return None
    row = NoticeRow(
        notice_id=forwarding.notice_id,
        seat=NoticeSeat.READER,
        state=NoticeState.OPEN,
        origin=forwarding.origin,
        source=incoming.sender,
        digest=forwarding.digest,
        title=notice.document.title,
        number=str(notice.document.number),
        treatment=notice.treatment.value,
        audience=notice.audience,
        forwarding_id=incoming.message_id,
        received_at=step.now,
        act_by=forwarded.act_by,
        urgency=notice.document.urgency.value,
        replaces=notice.replaces,
    )
    step.tx[Notices].add(row)
    enter_received(step, incoming, notice.document, written_by=forwarding.origin)
    expect_answers(step, row.notice_id, notice)
    earlier = step.tx[Notices].get(notice.replaces) if notice.replaces is not None else None
    if earlier is not None and earlier.origin == row.origin:
        _replace(step, earlier.notice_id)
    if step.tx[Notices].replacing(row.notice_id, row.origin) is not None:  # it was overtaken
        _replace(step, row.notice_id)
        return None
    return row


def _replace(step: Step, notice_id: str) -> None:
    step.tx[Notices].move(notice_id, _AT_READER, NoticeState.REPLACED)
    step.tx[Collections].await_none(notice_id)
