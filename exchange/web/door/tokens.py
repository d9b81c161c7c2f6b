"""What is kept of tokens and of names, and the token of a session's forms: digests, from which nothing leads back."""

from __future__ import annotations

import hashlib
import hmac
from unicodedata import normalize


def hashed(token: str) -> str:
    """Return the hash that is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def form_token(token: str) -> str:
    """Return the token that forms of a session bear: bound to the session's token, which it does not reveal."""
    return hmac.new(token.encode("utf-8", "replace"), b"form", hashlib.sha256).hexdigest()


def under(name: str, *more: str) -> str:
    """Return under what failures are counted: names that are one account's are one; ``more`` tells places apart."""
    return hashed("\n".join((normalize("NFKC", name[:200]).strip().casefold(), *filter(None, more))))
