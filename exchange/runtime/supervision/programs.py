"""Processes as a supervisor has them, however they were started."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from typing import Protocol


class Process(Protocol):
    """A supervisor's child: what is used of subprocess.Popen."""

    pid: int
    returncode: int | None

    def poll(self) -> int | None:
        """Return its exit code, a signal as its negative number; None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit code once it has ended. Raises subprocess.TimeoutExpired."""

    def send_signal(self, number: int, /) -> None:
        """Send it a signal, unless it has ended."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it."""


def run_program(command: Sequence[str], environment: Mapping[str, str], log: int, keep: Sequence[int]) -> Process:
    """Start a program: a session of its own, its words to the file ``log``, with the descriptors ``keep``.

    Raises OSError.
    """
    return subprocess.Popen(
        list(command),
        env=dict(environment),
        stdout=log,
        stderr=log,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=tuple(keep),
    )
