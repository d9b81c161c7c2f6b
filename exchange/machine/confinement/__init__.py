"""What a process gives up for the rest of its life, so that code which nobody here has written can run in it.

Linux does it, without privileges: files by Landlock (5.13 and later), network and processes by a filter of system
calls, memory and open files by limits. Whatever this machine cannot enforce is told, never passed over.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from exchange.machine.confinement import landlock, limits, system_calls
from exchange.machine.confinement.parts import Part


def confine(readable: Iterable[Path], memory: int) -> list[Part]:
    """Give up files but those ``readable`` at these paths and below, network, further processes, and memory above so
    many bytes. Return what this machine cannot enforce; call it before any other thread runs.
    """
    attempts = {
        Part.MEMORY: lambda: limits.limit(memory),
        Part.FILES: lambda: landlock.allow(readable),
        Part.PROCESSES: system_calls.forbid,
    }
    lacking = []
    for part, give_up in attempts.items():
        try:
            give_up()
        except (OSError, ValueError, AttributeError, ImportError):  # another system, an old kernel, a strict container
            lacking.append(part)
    return lacking


_signals_kept: list[bool] = []
"""Holds something once this process gave up signals to others by themselves."""


def keep_signals() -> None:
    """Give up signals to processes other than those that this one starts from now on, where this machine can.

    Those stay in its reach whatever it gives up by `keep_to` later; else what was started before that is out of it.
    """
    with suppress(OSError, AttributeError):
        landlock.keep_signals()
        _signals_kept.append(True)


def keep_to(readable: Iterable[Path], writable: Iterable[Path]) -> bool:
    """Give up all files but those ``readable`` and ``writable`` at these paths and below, and signals and memory of
    processes outside; the network stays. Return whether this machine can; call it before any other thread runs.
    """
    try:
        landlock.allow(readable, writable, network=True, signals=bool(_signals_kept))
    except (OSError, AttributeError):  # another system, an old kernel, a strict container
        return False
    return True
