"""The provider's signed word of who somebody is (OpenID Connect Core 1.0, 3.1.3.7), checked in every part.

The library verifies; here stands what is asked of it: these two algorithms and no other, and each claim exactly.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from exchange.language import Text
from exchange.web.door.provider.faults import NotSignedIn
from exchange.web.door.provider.records import LONGEST_SUBJECT

ALGORITHMS = ("RS256", "ES256")
LEEWAY = 60
"""Seconds that the provider's clock may differ from ours."""


class UnknownKey(Exception):
    """It is signed with a key that was not among the provider's when they were last read."""


def keys_of(published: Mapping[str, Any]) -> KeySet:
    """Return the keys that a provider publishes to be verified by. Raises NotSignedIn where none can be used."""
    listed = published.get("keys")
    kept = [
        one
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict) and one.get("kty") in ("RSA", "EC") and one.get("use", "sig") == "sig"
    ]
    try:
        return KeySet.import_key_set({"keys": kept})
    except (JoseError, ValueError, TypeError, KeyError):
        raise NotSignedIn(Text("the provider publishes no key that can be used")) from None


def subject_of(token: str, keys: KeySet, issuer: str, client: str, nonce: str, now: datetime) -> str:
    """Return whose sign-in this is, by the provider's own name for them. Raises UnknownKey or NotSignedIn."""
    try:
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        _registry(issuer, client, now).validate(claims)
    except InvalidKeyIdError:
        raise UnknownKey from None
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise _does_not_hold() from None
    said = claims.get("nonce")
    if not isinstance(said, str) or not hmac.compare_digest(said.encode(), nonce.encode()):
        raise _does_not_hold()
    audience, party = claims["aud"], claims.get("azp")
    if party not in (None, client) or (isinstance(audience, list) and len(audience) > 1 and party is None):
        raise _does_not_hold()
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise _does_not_hold()
    return subject


def _registry(issuer: str, client: str, now: datetime) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True},
    )


def _does_not_hold() -> NotSignedIn:
    return NotSignedIn(Text("what the provider says of you does not hold: signature, issuer, audience, time or nonce"))
