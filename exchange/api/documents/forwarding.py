"""Requests that go further up, with the own opinion and the whole file."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from exchange.api.content import Form, body_of, strictly
from exchange.api.documents.attachments import document_of, from_form
from exchange.api.documents.models import AttachmentIn, DocumentIn, SentOut
from exchange.api.door.auth import Sending, Shared
from exchange.api.idempotency import Key, fingerprint_of, once
from exchange.api.model import ApiModel, example
from exchange.api.problems import documented
from exchange.documents.forward import forward_in
from exchange.messaging.node import Step
from exchange.schemas.base import Address, MessageId

router = APIRouter(tags=["documents"])


class ForwardingIn(ApiModel):
    """The own opinion on a request, and to whom it goes up. 转报意见及上级机关。"""

    model_config = example(
        {
            "document": {
                "number": "合政〔2026〕8号",
                "kind": "请示",
                "issuer": "合肥市人民政府",
                "signatory": "王某",
                "title": "关于转报追加防汛经费的请示",
                "addressees": ["安徽省人民政府"],
                "body": "拟同意，请审批。",
            }
        }
    )

    to: Address | None = None
    """The superior authority; the office above where none is named. 上级机关。"""
    copies: Annotated[tuple[Address, ...], Field(max_length=200)] = ()
    document: DocumentIn
    """A 请示 or a 意见."""
    attachments: Annotated[tuple[AttachmentIn, ...], Field(max_length=20)] = ()


@router.post(
    "/documents/{message_id}/forwarding",
    status_code=202,
    response_model=SentOut,
    summary="转报 · Pass a request on",
    description="将收到的请示连同全部材料和本机关意见转报上级；只转报一次，请示单位获知。 · With everything that came "
    "and the own opinion, to a superior, once; whoever asked is told. Attachments as with `POST /documents`. "
    "Scope: send.",
    responses=documented(404, 409, 413, 415),
    openapi_extra=body_of(ForwardingIn, form=True),
)
def pass_on_request(caller: Sending, api: Shared, message_id: MessageId, form: Form, key: Key = None) -> Response:
    data, files = form
    asked = strictly(ForwardingIn, data)
    asked = asked.model_copy(update={"attachments": (*asked.attachments, *map(from_form, files))})
    opened = api.member(caller.member)
    issued_on = asked.document.date or opened.node.clock.now().date()
    opinion, enclosures = document_of(asked.document, asked.attachments, issued_on)

    def do(step: Step) -> SentOut:
        sent = forward_in(step, message_id, opinion, to=asked.to, copies=asked.copies, enclosures=enclosures)
        return SentOut(message_id=sent)

    return once(opened.node, api.clock, key, fingerprint_of(f"forward {message_id}", asked), do)
