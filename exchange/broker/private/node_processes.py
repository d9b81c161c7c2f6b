"""Processes of a private node: found by their pid files, waited for, ended."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from exchange.broker.private import keeper
from exchange.clock import monotonic

LOOK_EVERY = 0.15
"""Seconds between two looks at what is starting or ending."""


def process_of(pid_file: Path) -> psutil.Process | None:
    """Return the process whose number a file holds, if it runs."""
    try:
        return psutil.Process(int(pid_file.read_text()))
    except (OSError, ValueError, OverflowError, psutil.NoSuchProcess):
        return None


def has_owner(kept: psutil.Process) -> bool:
    """Return whether the keeper's owner still lives; if not, the keeper is about to end the server."""
    try:
        owner = keeper.owner_in(kept.cmdline())
        # One that another release started, and that cannot be told, lives as long as its server answers.
        return not owner or not is_over(psutil.Process(owner))
    except psutil.Error:
        return False


def wait_for_end(process: psutil.Process) -> None:
    """Wait until a process that was told to end has ended; kill it if it does not."""
    until, pause = monotonic() + keeper.STOP_PATIENCE + 5, threading.Event()
    while not is_over(process):
        if monotonic() > until:
            process.kill()
        pause.wait(LOOK_EVERY)


def end_process(process: psutil.Process, grace: float) -> None:
    """Ask a process to end, and kill it if it has not after ``grace`` seconds."""
    until, pause = monotonic() + grace, threading.Event()
    with contextlib.suppress(psutil.NoSuchProcess):
        process.terminate()
        while not is_over(process) and monotonic() < until:
            pause.wait(LOOK_EVERY)
        process.kill()


def is_over(process: psutil.Process) -> bool:
    """Return whether a process has ended; one that nobody has asked for its exit code counts as ended."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return True
