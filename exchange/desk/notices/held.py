"""One notice as this member has it: read in one go, with the mark of what changes when somebody acts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from exchange.desk.letters.drawing import only_one
from exchange.desk.seen import expect_seen, mark_of
from exchange.desk.visit import DeskVisit
from exchange.envelope import payload_of
from exchange.envelope.document import parse_body
from exchange.errors import ExchangeError, NotFound
from exchange.language import language
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node, Step
from exchange.notices.answer import Asked, asked_in
from exchange.notices.forms.collecting import form_in
from exchange.notices.records import NoticeRow
from exchange.notices.rules.states import NoticeSeat
from exchange.notices.sign_for import as_read
from exchange.notices.store import Notices
from exchange.notices.text import NoticeText, notice_text
from exchange.operations.trace.dossier import Filed, filed
from exchange.schemas import Form, FormAnswer


@dataclass(frozen=True)
class HeldNotice:
    """One notice."""

    row: NoticeRow
    """As it stands here; of a relay office that reads it itself, as it passes it on."""
    read: NoticeRow | None
    """As its reader has it; None where it is not meant for this member."""
    form: Form | None
    asked: Asked | None
    """What this member is to answer."""
    answers: tuple[FormAnswer, ...]
    """What it has answered, the latest last."""
    text: NoticeText | None
    """With all covers; None where not every signature verifies."""
    fault: str
    """Why not."""
    letter: Filed | None
    """The message that it is in, with its files."""
    mark: str
    """What forms of this notice bear (`exchange.desk.seen`)."""


def held_notice(visit: DeskVisit, notice_id: str) -> HeldNotice:
    """Read a notice. Raises NotFound."""
    node = visit.node
    with node.store.reading() as tx:
        row = tx[Notices].get(notice_id)
        if row is None:
            raise NotFound(
                "no notice {notice_id} here", remedy="`exchange notice list` shows them", notice_id=notice_id
            )
        read, form = _as_reader(tx, row, node.address), form_in(tx, notice_id)
        asked = asked_in(node, tx, notice_id) if read is not None and form is not None else None
        answers = tuple(answers_in(tx, node, notice_id)) if asked is not None else ()
        mark = mark_of(*notice_facts(tx, node, notice_id))
    text, fault = _text(node, notice_id)
    return HeldNotice(row, read, form, asked, answers, text, fault, letter_of(node, row), mark)


def expect_notice_seen(visit: DeskVisit, step: Step, *more: object) -> str:
    """Return the notice's id; raise Changed where somebody has acted on it since the form was made."""
    notice_id = visit.path["notice"]
    expect_seen(visit, *notice_facts(step.tx, step.node, notice_id), *more)
    return notice_id


def notice_facts(tx: Any, node: Node, notice_id: str) -> tuple[object, ...]:
    """Return what acts change: how it stands, and what was answered; tallies and reminders are none of it."""
    row = tx[Notices].get(notice_id)
    if row is None:
        return (notice_id,)
    own = tx[Notices].reader(notice_id, node.address)
    answered = [one for one in tx[Documents].named(notice_id, FormAnswer.KIND) if one[0] == node.address]
    return (notice_id, row.state, row.settled_at, own and own.state, answered)


def answers_in(tx: Any, node: Node, notice_id: str) -> list[FormAnswer]:
    """Return what this member has answered, in the order in which it was signed."""
    found = [one for one in tx[Documents].named(notice_id, FormAnswer.KIND) if one[0] == node.address]
    stored = [tx[Documents].get(*one) for one in found]
    return [parse_body(FormAnswer, payload_of(one.signed)) for one in stored if one is not None]


def letter_of(node: Node, row: NoticeRow) -> Filed | None:
    """Return the message that a notice is in: what brought it here, or what was issued; None where it is not there."""
    sender = node.address if row.seat is NoticeSeat.ORIGIN else ""
    try:
        return only_one(filed(node, row.notice_id), sender)
    except NotFound:
        return None


def _as_reader(tx: Any, row: NoticeRow, address: str) -> NoticeRow | None:
    try:
        return as_read(tx, row.notice_id, address)
    except NotFound:
        return None


def _text(node: Node, notice_id: str) -> tuple[NoticeText | None, str]:
    try:
        return notice_text(node, notice_id), ""
    except ExchangeError as error:
        return None, error.diagnostics(language())
