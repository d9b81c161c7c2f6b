"""Tokens of department systems: what they look like, what they allow, and when they hold.

A token is ``yz_ID_SECRET``. The id finds its row; of the secret only a digest is kept. The secret has 256 random bits,
so that a fast digest is enough: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from exchange.errors import CallerError, Denied, Unauthenticated
from exchange.language import Text
from exchange.schemas import Role

_FORM = re.compile(r"yz_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
LONGEST = timedelta(days=730)
"""For how long a token may be made."""
NOBODY = "0" * 64
"""Stands in for the digest of a token that is not there, so that looking takes as long."""


class Scope(StrEnum):
    """What a token can be good for."""

    SEND = "send"
    RECEIVE = "receive"
    REPLY = "reply"
    READ = "read"
    SUBMIT = "submit"
    """Hand in applications at a window, and withdraw them."""
    DECIDE = "decide"
    """Accept filings and decide cases of a window, and amend terms."""
    FILE = "file"
    """Hand in applications at a portal, for applicants, and what they say after it."""


OF_WINDOWS = frozenset({Scope.SUBMIT, Scope.DECIDE})
"""Scopes that only a window's token can have."""
OF_PORTALS = frozenset({Scope.FILE, Scope.READ, Scope.RECEIVE})
"""Scopes that a portal's token can have: it writes to its window, and nothing but filings."""


def token_text(token_id: str, secret: str) -> str:
    """Return a token as it is handed over; ``token_id`` has 12 hexadecimal digits, ``secret`` 43 of base64url."""
    return f"yz_{token_id}_{secret}"


def split_token(text: str) -> tuple[str, str]:
    """Split a token into id and secret. Raises Unauthenticated for anything else."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise Unauthenticated("this is not a token of this exchange")
    return found[1], found[2]


def digest_of(secret: str) -> str:
    """Return the digest that is kept of a token's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def check_token(secret: str, digest: str, now: datetime, expires_at: datetime, revoked_at: datetime | None) -> None:
    """Raise Unauthenticated unless the secret is the token's and the token is neither expired nor revoked."""
    same = hmac.compare_digest(digest_of(secret), digest)
    if not same or now >= expires_at or revoked_at is not None:
        raise Unauthenticated("the token is not known, or not in force any more")


def check_scope(scopes: Collection[str], needed: Scope) -> None:
    """Raise Denied unless the token has the scope."""
    if needed not in scopes:
        raise Denied("this token may not {needed}", remedy="use a token with the scope '{needed}'", needed=needed.value)


def scopes_of(words: Collection[str]) -> tuple[Scope, ...]:
    """Return scopes by their names, in the order of the list. Raises CallerError for none, or for a name that is no
    scope.
    """
    unknown = [word for word in words if word not in tuple(Scope)]
    if unknown or not words:
        remedy = Text("choose of: {scope}", {"scope": ", ".join(Scope)})
        raise CallerError(
            "no scope {unknown}" if unknown else "a token needs a scope", remedy=remedy, unknown=", ".join(unknown)
        )
    return tuple(scope for scope in Scope if scope in words)


def check_entitled(scopes: Collection[Scope], member: str, roles: Collection[Role]) -> None:
    """Raise CallerError for scopes that would be of no use in a member's token."""
    if Role.PORTAL in roles:
        _check_portal(scopes, member)
        return
    if Scope.FILE in scopes:
        raise CallerError(
            "{member} is not a portal, and nobody else hands in for applicants",
            remedy="make the token for a portal, or leave the scope '{scope}' out",
            member=member,
            scope=Scope.FILE.value,
        )
    vain = [scope for scope in scopes if scope in OF_WINDOWS]
    if vain and Role.WINDOW not in roles:
        raise CallerError(
            "{member} is not a window, and the scopes of windows are of no use to others: {scopes}",
            remedy="make the token for a window, or leave the scope out",
            member=member,
            scopes=", ".join(vain),
        )


def _check_portal(scopes: Collection[Scope], member: str) -> None:
    vain = [scope for scope in scopes if scope not in OF_PORTALS]
    if vain:
        raise CallerError(
            "{member} is a portal, to which these scopes are of no use: {scopes}",
            remedy="choose of: {possible}",
            member=member,
            scopes=", ".join(vain),
            possible=", ".join(scope for scope in Scope if scope in OF_PORTALS),
        )


def check_term(days: int) -> None:
    """Raise CallerError unless a token may be made for so many days."""
    if not 1 <= days <= LONGEST.days:
        raise CallerError(
            "a token is made for 1 to {days} days", remedy="make a new one when it is over", days=LONGEST.days
        )
