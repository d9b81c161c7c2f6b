"""Who asks: bearer tokens (RFC 6750), each of one member, with scopes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request

from exchange.api.door.context import Api, Caller, api_of
from exchange.errors import Unauthenticated
from exchange.machine.logger import get_logger
from exchange.operations.systems.records import TokenRow
from exchange.operations.systems.store import Tokens
from exchange.operations.systems.tokens import NOBODY, Scope, check_scope, check_token, split_token

log = get_logger()

_NOTED_EVERY = timedelta(minutes=1)
"""A token's last use is kept to the minute: looking must not write each time."""


def scoped(scope: Scope | None) -> Callable[..., Caller]:
    """Return a dependency: the caller, whose token has the scope. Raises Unauthenticated, Denied or TooManyRequests."""

    def caller(request: Request, api: Annotated[Api, Depends(api_of)]) -> Caller:
        found = request.state.caller = _authenticated(api, request)
        if scope is not None:
            check_scope(found.scopes, scope)
        return found

    return caller


def _authenticated(api: Api, request: Request) -> Caller:
    place = request.client.host if request.client else ""
    kind, _, text = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not text:
        raise Unauthenticated("this operation needs a token")
    token_id = ""
    try:
        token_id, secret = split_token(text.strip())
        with api.view.console.reading() as tx:
            row = tx[Tokens].get(token_id)
        return _checked(api, row, token_id, secret)
    except Unauthenticated:
        # Whoever shares an address with others is not shut out by their failures: a token that holds is always let in.
        api.attempts.check(place, token_id)
        api.attempts.failed(place, token_id)
        if token_id:
            log.warning("api.refused", token=token_id, place=place)
        raise


def _checked(api: Api, row: TokenRow | None, token_id: str, secret: str) -> Caller:
    now = api.clock.now()
    nobody = TokenRow(token_id, "", "", (), NOBODY, "", now, now)
    row = row or nobody
    check_token(secret, row.digest, now, row.expires_at, row.revoked_at)
    if row.last_used_at is None or now - row.last_used_at >= _NOTED_EVERY:
        with api.view.console.transaction() as tx:
            tx[Tokens].used(token_id, now)
        row = replace(row, last_used_at=now)
    return Caller(row.token_id, row.name, row.member, tuple(Scope(word) for word in row.scopes))


Sending = Annotated[Caller, Depends(scoped(Scope.SEND))]
Receiving = Annotated[Caller, Depends(scoped(Scope.RECEIVE))]
Replying = Annotated[Caller, Depends(scoped(Scope.REPLY))]
Reading = Annotated[Caller, Depends(scoped(Scope.READ))]
Submitting = Annotated[Caller, Depends(scoped(Scope.SUBMIT))]
Deciding = Annotated[Caller, Depends(scoped(Scope.DECIDE))]
Filing = Annotated[Caller, Depends(scoped(Scope.FILE))]
Anyone = Annotated[Caller, Depends(scoped(None))]
Shared = Annotated[Api, Depends(api_of)]
