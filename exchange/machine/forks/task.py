"""What is said between a fork server, whoever asks it, and a process that was forked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

READY = b"ready"
"""Said by a fork server once it has imported everything."""

STALE = b"stale"
"""Said in place of a process id where code on disk is another than what was imported."""

GO = b"go"
"""Said to a process that was forked, by its parent; one that does not hear it ends before it has done anything."""

MOST_OCTETS = 1 << 17
"""Of a task: below what a socket takes as one message."""

MOST_DESCRIPTORS = 16


@dataclass(frozen=True)
class Task:
    """What a process is to be."""

    command: tuple[str, ...]
    """As listings of processes show it, and as it would be started without a fork server."""
    environment: Mapping[str, str]
    descriptors: tuple[int, ...] = ()
    """Numbers under which it finds the descriptors that are handed to it."""

    def written(self) -> bytes:
        """Return it as octets."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def read(cls, octets: bytes) -> Task:
        """Return the task that octets are."""
        found = json.loads(octets)
        return cls(tuple(found["command"]), found["environment"], tuple(found["descriptors"]))
