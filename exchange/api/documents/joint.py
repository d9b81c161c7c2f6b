"""Joint documents: proposed by their lead, signed or refused by those asked, withdrawn, and how they stand."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from exchange.api.content import Form, body_of, json_of, strictly
from exchange.api.documents.attachments import document_of, from_form
from exchange.api.documents.joint_models import (
    JointActedOut,
    JointIn,
    JointLineOut,
    JointOut,
    JointPage,
    JointReasonsIn,
    JointSignerOut,
)
from exchange.api.door.auth import Reading, Sending, Shared
from exchange.api.door.context import Api, Caller
from exchange.api.idempotency import Key, fingerprint_of, once
from exchange.api.model import ApiModel
from exchange.api.pagination import Cursor, Limit, cursor_of, moment_of, page_of
from exchange.api.problems import documented
from exchange.errors import BadRequest
from exchange.joint.lead import propose_joint_in, withdraw_joint_in
from exchange.joint.records import JointRow
from exchange.joint.signatures import signatures_on_record
from exchange.joint.signer import refuse_joint_in, sign_joint_in
from exchange.joint.states import JointSeat, JointState
from exchange.joint.status import joint_status
from exchange.joint.store import JointDocuments
from exchange.messaging.node import Step
from exchange.schemas import Wire
from exchange.schemas.base import MessageId

router = APIRouter(tags=["documents"])
_ONE = "/joint-documents/{joint_id}"
_REFUSED = documented(404, 409, 413, 415)


@router.get(
    "/joint-documents",
    response_model=JointPage,
    summary="联合行文 · Joint documents",
    description="本单位牵头或会签的联合行文，新的在前，不含正文。 · Those that the member leads or was asked to sign, "
    "newest first, without their text. Scope: read.",
    responses=documented(),
)
def joint_documents(
    caller: Reading,
    api: Shared,
    request: Request,
    response: Response,
    role: Annotated[JointSeat | None, Query(description="牵头或会签 · what the member is to it")] = None,
    state: Annotated[JointState | None, Query(description="状态 · how it stands")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> JointPage:
    kinds = list(product([role] if role else list(JointSeat), [state] if state else list(JointState)))
    before = moment_of(cursor)
    with api.member(caller.member).store.reading() as tx:
        rows = tx[JointDocuments].latest(kinds, before, limit + 1)
    kept = ({"role": role.value} if role else {}) | ({"state": state.value} if state else {})
    shown, following = page_of(request, response, rows, limit, lambda row: cursor_of(*row.place), **kept)
    return JointPage(items=tuple(JointLineOut(**_line(row)) for row in shown), next=following)


@router.get(
    _ONE,
    response_model=JointOut,
    summary="联合行文的会签情况 · One joint document",
    description="谁已签、谁未签、各签名经验证的情况。 · Who has signed, who has not, and what each signature on record "
    "here verifies to. Scope: read.",
    responses=documented(404, 409),
)
def joint_document(caller: Reading, api: Shared, joint_id: MessageId) -> JointOut:
    node = api.member(caller.member).node
    found = joint_status(node, joint_id)
    made = signatures_on_record(node, found.row)
    signers = []
    for one in found.signers:
        signature = made.get(one.address)
        signers.append(
            JointSignerOut(
                address=one.address,
                state=one.state,
                signed_at=signature.at if signature is not None else None,
                fault=signature.fault or None if signature is not None else None,
                reason=one.reason,
            )
        )
    return JointOut(
        **_line(found.row),
        signers=tuple(signers),
        addressees=found.draft.addressees,
        copies=found.draft.document.copies,
        answer_fault=found.answer_fault,
    )


@router.post(
    "/joint-documents",
    status_code=202,
    response_model=JointActedOut,
    summary="发起会签 · Propose a joint document",
    description="以牵头单位名义签署并送各会签单位；最后一家签署后自动发出。 · Signs the text as its lead and sends it "
    "round; the last signature sends it out. Attachments as with `POST /documents`. Scope: send.",
    responses=_REFUSED,
    openapi_extra=body_of(JointIn, form=True),
)
def propose_joint(caller: Sending, api: Shared, form: Form, key: Key = None) -> Response:
    data, files = form
    asked = strictly(JointIn, data)
    asked = asked.model_copy(update={"attachments": (*asked.attachments, *map(from_form, files))})
    if asked.document.date is not None:
        raise BadRequest(
            "a joint document is dated by its last signature", faults=(("/document/date", "leave the date out"),)
        )
    opened = api.member(caller.member)
    document, enclosures = document_of(asked.document, asked.attachments, None)

    def do(step: Step) -> JointActedOut:
        joint_id = propose_joint_in(
            step, document, asked.cosigners, asked.to, copies=asked.copies, enclosures=enclosures
        )
        return JointActedOut(joint_id=joint_id, state=JointState.OPEN)

    return once(opened.node, api.clock, key, fingerprint_of("propose joint", asked), do)


@router.post(
    f"{_ONE}/signature",
    status_code=202,
    response_model=JointActedOut,
    summary="会签 · Sign a joint document",
    description="对牵头单位送来的原文逐字节签名；不可撤回。 · Signs the very bytes that the lead has sent round; it is "
    "not taken back. Scope: send.",
    responses=documented(404, 409),
)
def sign_joint(caller: Sending, api: Shared, joint_id: MessageId, key: Key = None) -> Response:
    def do(step: Step) -> JointState:
        sign_joint_in(step, joint_id)
        return JointState.SIGNED

    return _acted(
        caller, api, key, joint_id, JointActedOut(joint_id=joint_id, state=JointState.SIGNED), "sign joint", do
    )


@router.post(
    f"{_ONE}/refusal",
    status_code=202,
    response_model=JointActedOut,
    summary="拒绝会签 · Refuse to sign a joint document",
    description="说明理由；会签即告终止，各单位均获通知。 · With the reasons; it ends the round, and everybody is "
    "told. Scope: send.",
    responses=_REFUSED,
    openapi_extra=body_of(JointReasonsIn),
)
def refuse_joint(
    caller: Sending,
    api: Shared,
    joint_id: MessageId,
    asked: Annotated[JointReasonsIn, json_of(JointReasonsIn)],
    key: Key = None,
) -> Response:
    def do(step: Step) -> JointState:
        refuse_joint_in(step, joint_id, asked.reasons)
        return JointState.REFUSED

    return _acted(caller, api, key, joint_id, asked, f"refuse joint {joint_id}", do)


@router.post(
    f"{_ONE}/withdrawal",
    status_code=202,
    response_model=JointActedOut,
    summary="撤回会签稿 · Withdraw a joint document",
    description="牵头单位在最后一家签署之前撤回，并说明理由。 · By the lead, before the last has signed, with the "
    "reasons. Scope: send.",
    responses=_REFUSED,
    openapi_extra=body_of(JointReasonsIn),
)
def withdraw_joint(
    caller: Sending,
    api: Shared,
    joint_id: MessageId,
    asked: Annotated[JointReasonsIn, json_of(JointReasonsIn)],
    key: Key = None,
) -> Response:
    def do(step: Step) -> JointState:
        withdraw_joint_in(step, joint_id, asked.reasons)
        return JointState.WITHDRAWN

    return _acted(caller, api, key, joint_id, asked, f"withdraw joint {joint_id}", do)


def _acted(
    caller: Caller, api: Api, key: str | None, joint_id: str, asked: Wire, what: str, do: Callable[[Step], JointState]
) -> Response:
    def act(step: Step) -> ApiModel:
        return JointActedOut(joint_id=joint_id, state=do(step))

    return once(api.member(caller.member).node, api.clock, key, fingerprint_of(what, asked), act)


def _line(row: JointRow) -> dict[str, Any]:
    return {
        "joint_id": row.joint_id, "role": row.seat, "state": row.state, "lead": row.lead, "number": row.number,
        "title": row.title, "received_at": row.received_at, "settled_at": row.settled_at, "ended_by": row.ended_by,
        "reasons": row.reasons, "issued_on": row.issued_on, "message_id": row.issue_id,
    }  # fmt: skip
