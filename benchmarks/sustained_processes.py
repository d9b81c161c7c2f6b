"""The processes of a domain under `exchange up`, by what they are, and what each takes."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import NamedTuple

import psutil


class Taken(NamedTuple):
    """What a process takes."""

    memory: float
    """Megabytes that are its alone."""
    files: int
    threads: int


Look = Mapping[str, Taken]
"""By role."""


def role_of(process: psutil.Process) -> str | None:
    """What a process is there for; None for helpers of the broker."""
    command = process.cmdline()
    if process.name() == "beam.smp":
        return "private node"
    if "exchange.forks" in command:
        return "fork server"
    for place, word in enumerate(command):
        if word == "exchange" and place + 1 < len(command):
            return command[-1].rpartition(".")[2] if command[place + 1] == "serve" else f"face: {command[place + 1]}"
        if word.endswith("runner.py"):
            return f"rule of {command[place + 3].rpartition('.')[2]}"
    return None


def look_at(up: psutil.Process) -> Look:
    """What each process takes now; one that ends meanwhile is left out."""
    found = {"exchange up": taken(up)}
    for process in up.children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if (role := role_of(process)) is not None:
                found[role] = taken(process)
    return found


def taken(process: psutil.Process) -> Taken:
    """What one takes now."""
    with process.oneshot():
        return Taken(process.memory_full_info().uss / 1e6, process.num_fds(), process.num_threads())
