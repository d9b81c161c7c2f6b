"""Licences at the window that issues them: issued on a case that was granted, renewed, changed, revoked, cancelled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Response

from exchange.api.cases.conditions import IfMatch, expect_match
from exchange.api.cases.licence_models import (
    LicenceChangeIn,
    LicenceEntered,
    LicenceEntryIn,
    LicenceIn,
    LicenceIssued,
    LicenceRenewalIn,
)
from exchange.api.cases.on_case import Handler, done_once, on_case
from exchange.api.content import body_of, json_of
from exchange.api.door.auth import Deciding, Shared
from exchange.api.door.context import Api, Caller
from exchange.api.idempotency import Key
from exchange.api.problems import documented
from exchange.approval.window.licensing.entering import EntryWanted, enter_in
from exchange.approval.window.licensing.issuing import LicenceWanted, issue_in
from exchange.messaging.node import Step
from exchange.schemas import LicenceChange, LicenceNumber
from exchange.schemas.base import CaseNumber

router = APIRouter(tags=["window"])


@on_case(
    router,
    "licence",
    LicenceIn,
    LicenceIssued,
    summary="颁发许可证件 · Issue the licence",
    description="准予的案件颁发一件许可证件：签名送网上窗口和被征求意见的部门，送达随之登记。 "
    "· Once, on a case that was granted: signed for the portals and the departments "
    "consulted, its delivery recorded with it. Scope: decide.",
)
def issue_licence(
    caller: Deciding,
    api: Shared,
    number: CaseNumber,
    asked: Annotated[LicenceIn, json_of(LicenceIn)],
    key: Key = None,
    if_match: IfMatch = None,
) -> Response:
    wanted = LicenceWanted(asked.officer, asked.permits, asked.valid_from, asked.valid_until, asked.licence, asked.to)

    def do(step: Step) -> LicenceIssued:
        expect_match(step, number, if_match)
        row = issue_in(step, number, wanted)
        return LicenceIssued(number=number, licence=row.number, code=row.code, message_id=row.message_id)

    return done_once(api, caller, f"issue the licence on {number}", asked, key, do)


def on_licence(
    path: str, body: type[LicenceEntryIn], *, summary: str, description: str
) -> Callable[[Handler], Handler]:
    """Declare what is entered on a licence, alike for all."""
    return router.post(
        f"/licences/{{licence}}/{path}",
        status_code=202,
        response_model=LicenceEntered,
        summary=summary,
        description=description,
        responses=documented(404, 409, 413, 415),
        openapi_extra=body_of(body),
    )


def _enter(
    api: Api,
    caller: Caller,
    licence: str,
    change: LicenceChange,
    asked: LicenceEntryIn,
    key: str | None,
    **new: Any,
) -> Response:
    wanted = EntryWanted(change, asked.officer, asked.reasons, asked.basis, asked.effective_on, **new)

    def do(step: Step) -> LicenceEntered:
        return LicenceEntered(licence=licence, change=change, message_id=enter_in(step, licence, wanted))

    return done_once(api, caller, f"{change.value} {licence}", asked, key, do)


@on_licence(
    "renewal",
    LicenceRenewalIn,
    summary="延续许可证件 · Renew a licence",
    description="有效期延长至新的日期（第五十条）。 · It is valid until a later day (article 50). Scope: decide.",
)
def renew_licence(
    caller: Deciding,
    api: Shared,
    licence: LicenceNumber,
    asked: Annotated[LicenceRenewalIn, json_of(LicenceRenewalIn)],
    key: Key = None,
) -> Response:
    return _enter(api, caller, licence, LicenceChange.RENEWED, asked, key, valid_until=asked.valid_until)


@on_licence(
    "change",
    LicenceChangeIn,
    summary="变更许可证件 · Change a licence",
    description="变更许可内容、条件或者持有人（第四十九条）。 "
    "· What it permits, its conditions or its holder are others from then on (article 49). Scope: decide.",
)
def change_licence(
    caller: Deciding,
    api: Shared,
    licence: LicenceNumber,
    asked: Annotated[LicenceChangeIn, json_of(LicenceChangeIn)],
    key: Key = None,
) -> Response:
    new = {"permits": asked.permits, "conditions": asked.conditions, "holder": asked.holder}
    return _enter(api, caller, licence, LicenceChange.CHANGED, asked, key, **new)


@on_licence(
    "revocation",
    LicenceEntryIn,
    summary="撤销许可证件 · Revoke a licence",
    description="撤销后仍在登记簿中并如实显示（第六十九条）。 "
    "· It stays in the register, shown as revoked wherever it is verified (article 69); "
    "nothing brings it back. Scope: decide.",
)
def revoke_licence(
    caller: Deciding,
    api: Shared,
    licence: LicenceNumber,
    asked: Annotated[LicenceEntryIn, json_of(LicenceEntryIn)],
    key: Key = None,
) -> Response:
    return _enter(api, caller, licence, LicenceChange.REVOKED, asked, key)


@on_licence(
    "cancellation",
    LicenceEntryIn,
    summary="注销许可证件 · Cancel a licence",
    description="已届满、放弃或者撤销的，办理注销（第七十条）。 · One that is over, waived or revoked is cancelled "
    "(article 70); nothing brings it back. Scope: decide.",
)
def cancel_licence(
    caller: Deciding,
    api: Shared,
    licence: LicenceNumber,
    asked: Annotated[LicenceEntryIn, json_of(LicenceEntryIn)],
    key: Key = None,
) -> Response:
    return _enter(api, caller, licence, LicenceChange.CANCELLED, asked, key)
