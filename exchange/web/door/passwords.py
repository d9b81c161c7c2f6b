"""Passwords as they are kept: Argon2id with the parameters of RFC 9106, a few at a time."""

from __future__ import annotations

import secrets
import threading
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from exchange.web.door.password_rules import LONGEST, normal

_AT_ONCE = 2
"""Each takes 64 MiB and all of a processor for a while; more at once would let strangers stop the console."""


class Passwords:
    """Hashes passwords and compares them. Safe to use from several threads."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = threading.BoundedSemaphore(_AT_ONCE)
        self._making = threading.Lock()

    def hash(self, password: str) -> str:
        """Return the hash that is kept of a password."""
        with self._turn:
            return self._hasher.hash(normal(password))

    def verify(self, kept: str | None, password: str) -> bool:
        """Return whether a password is the one kept; takes as long where none is, which tells strangers nothing."""
        with self._making:
            against = kept or self._nobodys
        with self._turn:
            try:
                self._hasher.verify(against, normal(password[: LONGEST + 1]))
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe(32))
