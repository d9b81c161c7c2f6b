"""From which measure on a queue, a sender or a disk counts as full, as the environment says."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from exchange.errors import BadConfiguration
from exchange.messaging.rules.breaker import SenderLimits
from exchange.messaging.rules.intake import IntakeLimits

QUEUE_BYTES, DISK_RESERVE = "EXCHANGE_QUEUE_BYTES", "EXCHANGE_DISK_RESERVE"
SENDER_RATE, SENDER_BURST, SENDER_UNPROVED = "EXCHANGE_SENDER_RATE", "EXCHANGE_SENDER_BURST", "EXCHANGE_SENDER_UNPROVED"
WAITING_SECONDS, WAITING_COPIES = "EXCHANGE_WAITING_SECONDS", "EXCHANGE_WAITING_COPIES"
_UNITS = {"": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
_SIZE = re.compile(r"([0-9]{1,15}) ?(|[KMGT]iB)", re.ASCII)
_SMALLEST_QUEUE = 16 * 2**20
"""Octets: a queue that could not hold two of the largest envelopes would refuse what is within its bounds."""
_LARGEST = 2**53


@dataclass(frozen=True)
class Quotas:
    """What the environment says of quotas."""

    queue_bytes: int = 2**30
    """Octets that one queue holds at the broker; what comes beyond stays in its sender's outbox."""

    intake: IntakeLimits = field(default_factory=IntakeLimits)
    """From where on no new business is taken in."""
    senders: SenderLimits = field(default_factory=SenderLimits)
    """What one account may bring to one member."""

    @classmethod
    def read(cls, env: Mapping[str, str] | None = None) -> Quotas:
        """Read the variables EXCHANGE_QUEUE_BYTES and its siblings. Raises BadConfiguration."""
        env = os.environ if env is None else env
        usual = cls()
        intake = IntakeLimits(
            seconds=_number(env, WAITING_SECONDS, int(usual.intake.seconds)),
            copies=_number(env, WAITING_COPIES, usual.intake.copies),
            reserve=_size(env, DISK_RESERVE, usual.intake.reserve, 0),
        )
        senders = SenderLimits(
            rate=_number(env, SENDER_RATE, usual.senders.rate, least=0),
            burst=_number(env, SENDER_BURST, usual.senders.burst),
            unproved=_number(env, SENDER_UNPROVED, usual.senders.unproved),
        )
        return cls(_size(env, QUEUE_BYTES, usual.queue_bytes, _SMALLEST_QUEUE), intake, senders)


def _number(env: Mapping[str, str], name: str, usual: int, least: int = 1) -> int:
    text = env.get(name, "").strip()
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least):
        raise BadConfiguration(
            "{name} is no whole number from {least} on",
            remedy="write for example {name}={usual}",
            name=name,
            least=least,
            usual=usual,
        )
    return int(text)


def _size(env: Mapping[str, str], name: str, usual: int, least: int) -> int:
    """Octets, with a unit or without."""
    text = env.get(name, "").strip()
    if not text:
        return usual
    found = _SIZE.fullmatch(text)
    octets = int(found[1]) * _UNITS[found[2]] if found else -1
    if not least <= octets <= _LARGEST:
        raise BadConfiguration(
            "{name} is no size, or too small: a number of octets, or of KiB, MiB, GiB, TiB; at least {least} octets",
            remedy="write for example {name}=1GiB",
            name=name,
            least=least,
        )
    return octets
