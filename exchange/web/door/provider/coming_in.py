"""Whoever a provider has signed in comes in as the account that is bound to them, with its role and no other."""

from __future__ import annotations

from exchange.errors import Denied
from exchange.web.door.gate import SIGN_IN, UNKNOWN, Gate
from exchange.web.door.provider.faults import Unbound
from exchange.web.door.provider.store import BoundSubjects
from exchange.web.door.store import Accounts

PATH = "/sign-in/provider"


def come_in(gate: Gate, subject: str, before: str, place: str) -> str:
    """Return the token of a new session; that of ``before`` ends. Raises Unbound, or Denied for a locked account."""
    with gate.store.reading() as tx:
        bound = tx[BoundSubjects].get(gate.issuer, subject)
        account = tx[Accounts].get(bound.account) if bound is not None else None
    if account is None:
        gate.refused(UNKNOWN, SIGN_IN, PATH, Unbound.code, place)
        raise Unbound(gate.issuer, subject)
    if account.locked_at is not None:
        gate.refused(account.name, SIGN_IN, PATH, Denied.code, place)
        raise Denied("the account bound to you cannot be used", remedy="ask whoever manages the accounts")
    return gate.open_session(account, before, PATH)
