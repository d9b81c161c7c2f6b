"""From which measure on a queue, a sender or a disk counts as full, as the environment says."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from exchange.errors import BadConfiguration

QUEUE_BYTES = "EXCHANGE_QUEUE_BYTES"
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

    @classmethod
    def read(cls, env: Mapping[str, str] | None = None) -> Quotas:
        """Read the variables EXCHANGE_QUEUE_BYTES and its siblings. Raises BadConfiguration."""
        env = os.environ if env is None else env
        usual = cls()
        return cls(queue_bytes=_size(env, QUEUE_BYTES, usual.queue_bytes, _SMALLEST_QUEUE))


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
