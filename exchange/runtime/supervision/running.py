"""Whether a domain is being run by `exchange up`, by which process, and how far it has come; and having that end."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from exchange.clock import monotonic
from exchange.errors import OperatorError
from exchange.machine.files import read_json, write_file
from exchange.machine.lockfile import HeldElsewhere, HeldFile
from exchange.runtime.settings import Home
from exchange.runtime.supervision.sole import LOCK

STOP_PATIENCE = 90.0
"""Seconds that a whole domain has to stop in good order."""

_LOOK_EVERY = 0.1


@dataclass(frozen=True)
class Running:
    """A process that runs a domain."""

    pid: int
    serving: bool
    """Whether it has started every member; else it is still making what is missing."""


def note(home: Home, *, serving: bool) -> None:
    """Note that this process runs the domain; only who holds the domain's lock does so."""
    write_file(home.running, json.dumps({"pid": os.getpid(), "serving": serving}))


@contextmanager
def noted(home: Home) -> Iterator[None]:
    """Keep the note that this process runs the domain for as long as the block runs."""
    note(home, serving=False)
    try:
        yield
    finally:
        home.running.unlink(missing_ok=True)


def running(home: Home) -> Running | None:
    """Return who runs the domain now; None if nobody does, whatever a note that was left behind says."""
    noted = read_json(home.running)
    if noted is None or not _is_held(home.root / LOCK):
        return None
    return Running(int(noted["pid"]), bool(noted["serving"]))


def stop(home: Home, patience: float = STOP_PATIENCE) -> bool:
    """Have whoever runs the domain stop in good order, and return then; returns False if nobody did.

    Raises OperatorError where it has not ended within ``patience`` seconds, or belongs to another user.
    """
    found = running(home)
    if found is None:
        return False
    try:
        os.kill(found.pid, signal.SIGTERM)
    except PermissionError:
        raise OperatorError(
            "process {pid} belongs to another user", remedy="stop it as that user", pid=found.pid
        ) from None
    except ProcessLookupError:
        pass
    until, pause = monotonic() + patience, threading.Event()
    while _is_held(home.root / LOCK):
        if monotonic() > until:
            remedy = "see its log in {logs}; if it hangs: kill -KILL {pid}"
            raise OperatorError("process {pid} has not stopped yet", remedy=remedy, pid=found.pid, logs=home.logs)
        pause.wait(_LOOK_EVERY)
    return True


def _is_held(path: Path) -> bool:
    if not path.exists():
        return False
    lock = HeldFile(path)
    try:
        lock.take()
    except HeldElsewhere:
        return True
    lock.release()
    return False
