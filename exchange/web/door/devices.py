"""Devices from which an account has signed in: each bears a signed cookie, and failures elsewhere do not shut it out.

Strangers can fail under anybody's name; only who has signed in has the cookie. It opens nothing: it says under which
count its own failures stand. (OWASP describes it as "device cookies".)
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta

LASTS = timedelta(days=180)
"""How long a device is known after it was last signed in from."""

_COOKIE = re.compile(r"([0-9a-f]{32})\.(\d{1,12})\.([0-9a-f]{64})")


class Devices:
    """Makes and knows the cookies, by a key of the console's own."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def cookie(self, account: str, now: datetime, before: str | None = None) -> str:
        """Return what a device bears that an account has signed in from; ``before`` is the device's id, if it has one.

        With a new id its failures of the past are behind it, so one that is known keeps its own.
        """
        device, ends = before or secrets.token_hex(16), int((now + LASTS).timestamp())
        return f"{device}.{ends}.{self._mac(account, device, ends)}"

    def known(self, account: str, cookie: str, now: datetime) -> str | None:
        """Return the id of the device that bears the cookie, if it is good for this account; else None."""
        found = _COOKIE.fullmatch(cookie)
        if found is None:
            return None
        device, ends, mac = found.group(1), int(found.group(2)), found.group(3)
        good = hmac.compare_digest(mac, self._mac(account, device, ends)) and now.timestamp() < ends
        return device if good else None

    def _mac(self, account: str, device: str, ends: int) -> str:
        return hmac.new(self._key, f"device\n{account}\n{device}\n{ends}".encode(), hashlib.sha256).hexdigest()
