"""How everything that is posted to somebody's URL is signed, and how a receiver verifies it: Standard Webhooks.

One scheme for the API's webhooks and for alerts (https://www.standardwebhooks.com/): the headers ``webhook-id``,
``webhook-timestamp`` and ``webhook-signature``; HMAC-SHA-256 over ``id.timestamp.body``. While a secret is being
replaced, a delivery bears the signatures of both, and a receiver is content with one that it can verify.

This file needs Python's own library alone: receivers may copy it, and the Python client package has it as it is.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence

PREFIX = "whsec_"
TOLERANCE = 300
"""Seconds that a delivery's time may be off: what is older or newer may be a repetition by somebody else."""
_SHORTEST, _LONGEST = 24, 64
"""Octets of a key, by the specification."""


class NotGenuine(Exception):
    """What was received is not by the holder of the secret, or not of now: do nothing with it, answer with 401."""


def secret_text(key: bytes) -> str:
    """Write a secret as it is handed over; ``key`` has 24 to 64 random octets."""
    return PREFIX + base64.b64encode(key).decode()


def key_of(secret: str) -> bytes:
    """Return the key in a secret such as ``whsec_…``. Raises ValueError, which does not quote it."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        key = b""
    if not (secret.startswith(PREFIX) and _SHORTEST <= len(key) <= _LONGEST):
        raise ValueError(f"a secret is {PREFIX} and {_SHORTEST} to {_LONGEST} octets in base64")
    return key


def sign(secret: str, delivery_id: str, timestamp: int, body: bytes) -> str:
    """Make one signature, with its version. Raises ValueError for what is no secret."""
    mac = hmac.new(key_of(secret), f"{delivery_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(mac.digest()).decode()


def signed_headers(secrets: Sequence[str], delivery_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers of a delivery, signed with every secret in force; ``timestamp`` in seconds since 1970."""
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(secret, delivery_id, timestamp, body) for secret in secrets),
    }


def verify(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: float) -> str:
    """Return the delivery's id, once one of ``secrets`` has signed these octets within five minutes of ``now``.

    ``headers`` in any case; ``now`` in seconds since 1970. The id stays the same when a delivery is repeated: keep it,
    and take what comes again under it as done. Raises NotGenuine.
    """
    found = {name.lower(): value for name, value in headers.items()}
    try:
        delivery_id, given = found["webhook-id"], found["webhook-signature"].split()
        stamp = found["webhook-timestamp"]
    except KeyError as missing:
        raise NotGenuine(f"there is no header {missing}") from None
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 15 and abs(now - int(stamp)) <= TOLERANCE):
        raise NotGenuine("its time is not within five minutes of now")
    wanted = [sign(secret, delivery_id, int(stamp), body).encode() for secret in secrets]
    if not any(hmac.compare_digest(one, other.encode()) for one in wanted for other in given):
        raise NotGenuine("no signature is by this secret")
    return delivery_id
