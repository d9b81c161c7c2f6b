"""Notices are issued, and passed on by a relay office under its own cover or as they are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import ValidationError

from exchange.api.content import Form, body_of, invalid_request, json_of, strictly
from exchange.api.documents.attachments import document_of, from_form
from exchange.api.door.auth import Sending, Shared
from exchange.api.idempotency import Key, fingerprint_of, once
from exchange.api.notices.models import NoticeActedOut, NoticeCoverIn, NoticeIn
from exchange.api.problems import documented
from exchange.errors import BadRequest
from exchange.messaging.node import Step
from exchange.notices.cover import cover_in, waiting_in
from exchange.notices.issue import issue_in
from exchange.schemas import Cover, Document, Notice, Treatment, Urgency
from exchange.schemas.base import MessageId

router = APIRouter(tags=["notices"])
_REFUSED = documented(404, 409, 413, 415)


@router.post(
    "/notices",
    status_code=202,
    response_model=NoticeActedOut,
    summary="发通知 · Issue a notice",
    description="签名后交本级转发机构，逐级下发。 · Signed and handed to the own relay office, and down the levels "
    "from there. Attachments as with `POST /documents`. Scope: send.",
    responses=_REFUSED,
    openapi_extra=body_of(NoticeIn, form=True),
)
def issue_notice(caller: Sending, api: Shared, form: Form, key: Key = None) -> Response:
    data, files = form
    asked = strictly(NoticeIn, data)
    asked = asked.model_copy(update={"attachments": (*asked.attachments, *map(from_form, files))})
    opened = api.member(caller.member)
    issued_on = asked.document.date or opened.node.clock.now().date()
    document, enclosures = document_of(asked.document, asked.attachments, issued_on)
    notice = _notice(asked, document)

    def do(step: Step) -> NoticeActedOut:
        notice_id = issue_in(step, notice, enclosures)
        return NoticeActedOut(notice_id=notice_id, message_id=notice_id)

    return once(opened.node, api.clock, key, fingerprint_of("issue notice", asked), do)


def _notice(asked: NoticeIn, document: Document) -> Notice:
    if asked.form is not None and asked.act_by is None:
        raise BadRequest("a form goes with a day to act by", faults=(("/act_by", "name the last day for answers"),))
    treatment = Treatment.INFORMATION if asked.act_by is None else Treatment.ACTION
    try:
        return Notice(
            document=document, audience=asked.audience, treatment=treatment, act_by=asked.act_by,
            replaces=asked.replaces, form=asked.form,
        )  # fmt: skip
    except ValidationError as error:
        raise invalid_request(error) from None


@router.post(
    "/notices/{notice_id}/cover",
    status_code=202,
    response_model=NoticeActedOut,
    summary="转发通知 · Pass a notice on",
    description="转发机构对待转发的通知加转发通知，或者原样转发；只转发一次。 · By the relay office where it waits, "
    "under a cover of its own or as it is; once. Scope: send.",
    responses=_REFUSED,
    openapi_extra=body_of(NoticeCoverIn),
)
def cover_notice(
    caller: Sending,
    api: Shared,
    notice_id: MessageId,
    asked: Annotated[NoticeCoverIn, json_of(NoticeCoverIn)],
    key: Key = None,
) -> Response:
    def do(step: Step) -> NoticeActedOut:
        return NoticeActedOut(notice_id=notice_id, message_id=cover_in(step, notice_id, _cover(step, notice_id, asked)))

    mark = fingerprint_of(f"cover notice {notice_id}", asked)
    return once(api.member(caller.member).node, api.clock, key, mark, do)


def _cover(step: Step, notice_id: str, asked: NoticeCoverIn) -> Cover | None:
    if asked.document is None:
        if asked.act_by is not None:
            raise BadRequest("the request is invalid", faults=(("/act_by", "only a cover sets a day: leave it out"),))
        return None
    document, _ = document_of(asked.document, (), asked.document.date or step.node.clock.now().date())
    if "urgency" not in asked.document.model_fields_set:
        document = document.model_copy(update={"urgency": Urgency(waiting_in(step.tx, notice_id).urgency)})
    try:
        return Cover(document=document, act_by=asked.act_by)
    except ValidationError as error:
        raise invalid_request(error) from None
