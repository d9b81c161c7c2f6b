"""A process that was forked for this one, with what is used of subprocess.Popen."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from exchange.clock import monotonic
from exchange.machine.confinement.kernel import process_control

_ADOPT_ORPHANS = 36
_LOOK_EVERY = 0.02


class Adopted:
    """A child of this process, which another has forked."""

    def __init__(self, pid: int) -> None:
        """Raises ChildProcessError where it is no child of this process."""
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        self.pid = pid
        self.returncode: int | None = None
        self._turn = threading.Lock()

    def poll(self) -> int | None:
        """Return its exit code, a signal as its negative number; None while it runs."""
        with self._turn:
            if self.returncode is None:
                found, status = os.waitpid(self.pid, os.WNOHANG)
                if found:
                    self.returncode = os.waitstatus_to_exitcode(status)
            return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit code once it has ended. Raises subprocess.TimeoutExpired."""
        until = None if timeout is None else monotonic() + timeout
        while (code := self.poll()) is None:
            if until is not None and monotonic() >= until:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            time.sleep(_LOOK_EVERY)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:  # not waited for: the number is still its own
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


@contextmanager
def adopting() -> Iterator[None]:
    """Meanwhile what becomes an orphan below this process becomes its child, where the system lets it (prctl(2))."""
    with suppress(OSError, AttributeError):
        process_control(_ADOPT_ORPHANS, 1)
    try:
        yield
    finally:
        with suppress(OSError, AttributeError):
            process_control(_ADOPT_ORPHANS, 0)
