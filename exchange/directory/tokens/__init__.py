"""Signing keys that live in a PKCS#11 token: where they are (a URI), the session with the token, and the key itself."""

from exchange.directory.tokens.key import TokenKey
from exchange.directory.tokens.stored import restored, stored

__all__ = ["TokenKey", "restored", "stored"]
