"""Tokens of department systems made and revoked, for the console and for the command line."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from exchange.clock import RealClock
from exchange.errors import CallerError, Conflict, NotFound
from exchange.operations.systems.records import TokenRow
from exchange.operations.systems.store import Tokens
from exchange.operations.systems.tokens import check_entitled, check_term, digest_of, scopes_of, token_text
from exchange.runtime.profiles import Profile
from exchange.store import Store

_clock = RealClock()
DEFAULT_DAYS = 180
"""For how long a token is made where nobody says otherwise."""


def make_token(
    store: Store, members: Mapping[str, Profile], member: str, name: str, scopes: Collection[str], days: int, by: str
) -> tuple[TokenRow, str]:
    """Make a token for a member; return the row, and the token itself, which is kept nowhere.

    Raises NotFound for an unknown member, CallerError for scopes, term or name that are invalid, or scopes that
    are of no use to the member.
    """
    if member not in members:
        raise NotFound(
            "no member {member!r} here",
            remedy="choose one of: {members}",
            member=member,
            members=", ".join(sorted(members)),
        )
    if not 1 <= len(name.strip()) <= 100:
        raise CallerError("a token has a name of 1 to 100 characters", remedy="say which system will use it")
    check_term(days)
    wanted = scopes_of(scopes)
    check_entitled(wanted, member, members[member].roles)
    token_id, secret, now = secrets.token_hex(6), secrets.token_urlsafe(32), _clock.now()
    row = TokenRow(
        token_id=token_id,
        member=member,
        name=name.strip(),
        scopes=tuple(scope.value for scope in wanted),
        digest=digest_of(secret),
        made_by=by,
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    with store.transaction() as tx:
        tx[Tokens].add(row)
    return row, token_text(token_id, secret)


def revoke_token(store: Store, token_id: str, by: str) -> TokenRow:
    """Revoke a token at once. Raises NotFound, or Conflict for one that was revoked before."""
    with store.transaction() as tx:
        row = tx[Tokens].get(token_id)
        if row is None:
            raise NotFound("no token {token_id}", remedy="`exchange token list` names them", token_id=token_id)
        if not tx[Tokens].revoke(token_id, by, _clock.now()):
            raise Conflict("the token {token_id} is revoked already", remedy="nothing is to be done", token_id=token_id)
        return tx[Tokens].get(token_id) or row


class TokenState(StrEnum):
    """Whether a token is taken."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


def token_state(row: TokenRow, now: datetime) -> TokenState:
    """Derive a token's state from its moments, so that no clock has to move it."""
    if row.revoked_at is not None:
        return TokenState.REVOKED
    return TokenState.EXPIRED if now >= row.expires_at else TokenState.ACTIVE
