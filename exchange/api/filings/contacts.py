"""Where applicants want to be told of what happens: given for them, confirmed by what they were sent, deleted."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Response

from exchange.api.content import body_of, json_of
from exchange.api.door.auth import Filing, Reading, Shared
from exchange.api.door.context import Api, Caller
from exchange.api.filings.contact_models import (
    ContactAsked,
    ContactConfirmed,
    ContactIn,
    ContactOut,
    ContactsOut,
    ContactTokenIn,
)
from exchange.api.problems import documented
from exchange.errors import BadRequest, NotFound
from exchange.messaging.node import Node
from exchange.portal.drafting import draft_of
from exchange.portal.superior import window_of
from exchange.portal.told.asking import ask, confirm, contact_of, contacts_of, stop_way
from exchange.portal.told.records import ContactRow
from exchange.portal.told.states import ToldWay
from exchange.portal.told.wanted import DRAWN, read_address, wanted_by
from exchange.schemas import FilingNumber

router = APIRouter(tags=["portal"])


@router.get(
    "/filings/{number}/contacts",
    response_model=ContactsOut,
    summary="通知接收地址 · Where the applicant is told",
    description="已询问或已确认的地址，每种方式至多一个。 · Addresses that were asked or have confirmed it, one a way "
    "at most. Scope: read.",
    responses=documented(404),
)
def contacts(caller: Reading, api: Shared, number: FilingNumber) -> ContactsOut:
    node = _portal(api, caller)
    draft_of(node, number)
    return ContactsOut(items=tuple(map(_shown, contacts_of(node, number))))


@router.put(
    "/filings/{number}/contacts/{way}",
    status_code=202,
    response_model=ContactAsked,
    summary="登记通知接收地址 · Ask an address whether it wants to be told",
    description="先询问该地址，确认后才通知；同一方式的原地址即不再通知。同一地址每日至多询问三次（推送按主机三十次），"
    "同一编号六次。 · Nothing but the question goes there before it is confirmed; the address before it of that way "
    "is told no more. An address is asked three times a day at most (of webhooks one host thirty times), of one "
    "number six. Scope: file.",
    responses=documented(404, 413, 415),
    openapi_extra=body_of(ContactIn),
)
def give_contact(
    caller: Filing, api: Shared, number: FilingNumber, way: ToldWay, asked: Annotated[ContactIn, json_of(ContactIn)]
) -> ContactAsked:
    node, found = _telling(api, caller), read_address(way, asked.address)
    if way is ToldWay.MAIL and not api.told.mails:
        raise NotFound("no mails are sent from here", remedy="follow the filing by its progress")
    if not isinstance(found, str):
        what, remedy = found
        raise BadRequest("the address {fault}", faults=(("/address", str(what)),), remedy=remedy, fault=what)
    wanted = wanted_by(way, found, asked.language, secrets.token_bytes(DRAWN))
    is_asked = ask(node, number, wanted)
    row = next((one for one in contacts_of(node, number) if one.way is way and one.address == found), None)
    if row is None:  # another one has taken its place at the same time
        raise NotFound("{number} has another address by now", remedy="read its contacts", number=number)
    return ContactAsked(**_shown(row).model_dump(), secret=wanted.secret if is_asked else None)


@router.delete(
    "/filings/{number}/contacts/{way}",
    status_code=204,
    response_class=Response,
    summary="停止通知 · Tell an address no more",
    description="地址及未发出的通知一并删除。 · Deleted, with what was still to be told. Scope: file.",
    responses=documented(404),
)
def delete_contact(caller: Filing, api: Shared, number: FilingNumber, way: ToldWay) -> Response:
    if not stop_way(_portal(api, caller), number, way):
        raise NotFound("{number} has no such address", remedy="read its contacts", number=number)
    return Response(status_code=204)


@router.post(
    "/contacts/confirmation",
    response_model=ContactConfirmed,
    summary="确认接收通知 · Confirm an address",
    description="凭该地址收到的首封通知中的令牌；重复确认同样成功。 · By the token that was sent to the address "
    "itself; twice is as good as once. Scope: file.",
    responses=documented(404, 413, 415),
    openapi_extra=body_of(ContactTokenIn),
)
def confirm_contact(
    caller: Filing, api: Shared, asked: Annotated[ContactTokenIn, json_of(ContactTokenIn)]
) -> ContactConfirmed:
    node = _telling(api, caller)
    confirm(node, asked.token)
    row = contact_of(node, asked.token)
    if row is None:
        raise NotFound("no address has this token", remedy="have it asked again: it is asked for three days")
    return ContactConfirmed(number=row.number, way=row.way)


def _portal(api: Api, caller: Caller) -> Node:
    node = api.member(caller.member).node
    window_of(node)
    return node


def _telling(api: Api, caller: Caller) -> Node:
    """The portal's node. Raises NotFound where nobody is told anything."""
    node = _portal(api, caller)
    if not api.told.posts:
        raise NotFound("nobody is told by mail or webhook here", remedy="follow the filing by its progress")
    return node


def _shown(row: ContactRow) -> ContactOut:
    return ContactOut(way=row.way, address=row.address, language=row.language, state=row.state)
