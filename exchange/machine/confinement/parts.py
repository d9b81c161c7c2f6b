"""What a process can give up."""

from __future__ import annotations

from enum import StrEnum


class Part(StrEnum):
    """What a process can give up."""

    FILES = "files"
    PROCESSES = "network-and-processes"
    MEMORY = "memory"
