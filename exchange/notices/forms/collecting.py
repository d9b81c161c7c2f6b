"""Collecting: answers to a notice's form, checked where they arrive, added up level by level, and seen at the origin.

Of an own authority its latest signed answer holds, of a lower level the newest signed aggregate. Nothing but an
answer is one: who is silent is named as missing at every level, and a level that has said nothing yet is named as
unheard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.directory.hierarchy import relay_of
from exchange.errors import CallerError, NotFound, Returned, SenderError
from exchange.language.names import NOTICE_STATES, coded
from exchange.messaging.checks import expect, returned_for
from exchange.messaging.failing.apart import each_together
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Node, Step
from exchange.notices.forms.aggregate import ReceivedAnswer, aggregate, check_aggregate, check_content, standing
from exchange.notices.forms.records import AggregateRow, AnswerRow, CollectionRow
from exchange.notices.forms.rules import check_answer
from exchange.notices.forms.store import Collections
from exchange.notices.records import NoticeRow
from exchange.notices.rules.states import NoticeSeat, NoticeState
from exchange.notices.store import Notices
from exchange.schemas import Aggregate, Body, Form, FormAnswer, Notice
from exchange.store.transaction import Transaction

_ROUND = 50
"""Notices of which one round tells."""
_FAULTS = 8_000
"""Characters of the faults that a receipt carries; a receipt's reason has room for 20,000."""


@dataclass(frozen=True)
class Collected:
    """What a notice asks for and what has come in; no aggregate has come yet where there is none."""

    row: NoticeRow
    form: Form
    aggregate: Aggregate | None

    @property
    def complete(self) -> bool:
        """Whether everybody has answered; never while nothing is known, or nobody was asked."""
        found = self.aggregate
        if found is None or found.unheard or found.missing or found.missing_more:
            return False
        return any(total.asked for total in found.totals)


def handlers() -> dict[str, Handler]:
    """Return the message handlers by which a relay office collects answers."""
    return {FormAnswer.KIND: take_answer, Aggregate.KIND: take_aggregate}


def expect_answers(step: Step, notice_id: str, notice: Notice, branches: Sequence[str] = ()) -> None:
    """Record what a notice asks for, if anything, and from which levels below.

    Called once it has come and verified, or is issued.

    A relay office tells at once who is asked, so that whoever never answers is missed from the beginning.
    """
    if notice.form is not None:
        is_relay = step.node.address == relay_of(step.node.directory.domain)
        row = CollectionRow(notice_id, notice.form.model_dump_json(), changed=is_relay)
        step.tx[Collections].open(row, branches)


def form_in(tx: Transaction, notice_id: str) -> Form | None:
    """Return what a notice on record asks for; None for one without a form."""
    row = tx[Collections].get(notice_id)
    return Form.model_validate_json(row.form) if row is not None else None


def take_answer(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in the answer of an authority of the own level, for the first time or instead of what it said before."""
    answer = expect(body, FormAnswer)
    row, form = _asked(step, answer.notice_id)
    if row.seat is not NoticeSeat.RELAY or step.tx[Notices].reader(row.notice_id, incoming.sender) is None:
        raise Returned("this notice was not passed on to you", code="not-entitled", remedy="answer what came to you")
    if row.state is not NoticeState.OPEN:
        raise Returned(
            "the notice is {state}",
            code="notice-closed",
            remedy="nothing is to be answered any more",
            state=coded(NOTICE_STATES, row.state),
        )
    try:
        check_answer(form, answer)
    except CallerError as error:
        raise Returned(_short(str(error)), code=error.code, remedy=error.remedy_text) from error
    opened = incoming.opened
    taken = AnswerRow(
        notice_id=row.notice_id,
        body=incoming.sender,
        at=opened.header.created_at,
        proof=opened.digest,
        proof_id=incoming.message_id,
        answer=answer.model_dump_json(),
    )
    if step.tx[Collections].take_answer(taken):
        step.tx[Collections].touch(row.notice_id)


def take_aggregate(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in what has been answered at a lower level, as its relay office tells it.

    At the origin, the own relay office tells it.
    """
    found = expect(body, Aggregate)
    row, form = _asked(step, found.notice_id)
    if incoming.sender != relay_of(found.domain):
        raise Returned(
            "{sender} does not speak for {domain}",
            code="not-entitled",
            remedy="add your own",
            sender=incoming.sender,
            domain=found.domain,
        )
    if row.seat is NoticeSeat.ORIGIN:
        if incoming.sender != row.source:
            raise Returned("the origin hears from its own relay office", code="path", remedy="tell the level above")
        with returned_for(SenderError):
            check_content(form, row.notice_id, found)
        step.tx[Collections].take_aggregate(_branch(found))
        return
    with returned_for(SenderError):
        check_aggregate(form, row.notice_id, step.node.directory.domain, found.domain, found)
    if found.domain not in {branch.domain for branch in step.tx[Collections].branches(row.notice_id)}:
        raise Returned(
            "nothing was passed on to {domain}",
            code="not-entitled",
            remedy="add up what came to you",
            domain=found.domain,
        )
    if step.tx[Collections].take_aggregate(_branch(found)):
        step.tx[Collections].touch(row.notice_id)


def tell(node: Node) -> int:
    """Send an aggregate upward of every notice of which there is more to tell; returns the number of them."""
    return len(each_together(node, "aggregates", _changed, _tell_now, _ROUND))


def _changed(tx: Transaction, limit: int) -> list[tuple[str, CollectionRow]]:
    return [(row.notice_id, row) for row in tx[Collections].changed(limit)]


def _tell_now(step: Step, row: CollectionRow) -> None:
    notice = step.tx[Notices].get(row.notice_id)
    if notice is not None:
        found = aggregate_in(step.tx, row, step.node.directory.domain)
        step.send(found, (notice.source,), conversation_id=row.notice_id)
    step.tx[Collections].told(row.notice_id, row.serial + 1)


def aggregate_in(tx: Transaction, row: CollectionRow, domain: str) -> Aggregate:
    """Return what has been answered here and below, by what is on record."""
    asked = [reader.address for reader in tx[Notices].readers(row.notice_id)]
    answers = standing(map(_received, tx[Collections].answers(row.notice_id)), asked)
    rows = tx[Collections].branches(row.notice_id)
    told = {one.domain: Aggregate.model_validate_json(one.aggregate) for one in rows if one.aggregate is not None}
    unheard = [one.domain for one in rows if one.aggregate is None]
    form = Form.model_validate_json(row.form)
    return aggregate(form, row.notice_id, domain, row.serial + 1, asked, answers, told, unheard)


def collected(node: Node, notice_id: str) -> Collected:
    """Return what has come in for a notice of this origin, or what this relay office and those below have.

    Raises NotFound for a notice that is not on record at such a place, CallerError for one that asks for nothing.
    """
    with node.store.reading() as tx:
        row = tx[Notices].get(notice_id)
        if row is None or row.seat is NoticeSeat.READER:
            raise NotFound(
                "no answers to {notice_id} come here",
                remedy="`exchange notice list` shows the notices",
                notice_id=notice_id,
            )
        asked = tx[Collections].get(notice_id)
        if asked is None:
            raise no_form(notice_id)
        form = Form.model_validate_json(asked.form)
        if row.seat is NoticeSeat.RELAY:
            return Collected(row, form, aggregate_in(tx, asked, node.directory.domain))
        told = [branch.aggregate for branch in tx[Collections].branches(notice_id) if branch.aggregate is not None]
    return Collected(row, form, Aggregate.model_validate_json(told[0]) if told else None)


def no_form(notice_id: str) -> CallerError:
    """Return the error for a notice that asks for nothing."""
    return CallerError(
        "notice {notice_id} carries no form",
        remedy="it is signed for, and not answered",
        code="no-form",
        notice_id=notice_id,
    )


def _asked(step: Step, notice_id: str) -> tuple[NoticeRow, Form]:
    row, form = step.tx[Notices].get(notice_id), form_in(step.tx, notice_id)
    if row is None:
        raise Returned(
            "no notice {notice_id} here",
            code="unknown-notice",
            remedy="answer what came from here",
            notice_id=notice_id,
        )
    if form is None:
        raise Returned("this notice carries no form", code="no-form", remedy="sign for it; nothing is to be answered")
    return row, form


def _short(text: str) -> str:
    return text if len(text) <= _FAULTS else f"{text[: _FAULTS - 1]}…"


def _received(row: AnswerRow) -> ReceivedAnswer:
    return ReceivedAnswer(row.body, row.at, row.proof, FormAnswer.model_validate_json(row.answer))


def _branch(found: Aggregate) -> AggregateRow:
    return AggregateRow(found.notice_id, found.domain, found.serial, found.model_dump_json())
