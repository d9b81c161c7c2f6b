"""Other processes that a test starts, speaks with line by line, and always ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]


class Other:
    """A running ``tests.contract.other_process``."""

    def __init__(self, task: str, url: str, member: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.contract.other_process", task, url, member],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def hear(self) -> str:
        """The next word it says; empty if it ended without another."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def go_on(self) -> None:
        """Lets it take its next step."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def freeze(self) -> None:
        """Stops it where it is: SIGSTOP. It keeps its connections and its locks."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets it go on from there."""
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """Ends it as a power cut would: SIGKILL."""
        self._process.kill()
        self._process.wait(30)

    def end(self) -> None:
        """Ends it if it still runs, and closes its pipes."""
        self._process.kill()
        self._process.communicate(timeout=30)


@contextmanager
def others(count: int, task: str, url: str, member: str) -> Iterator[list[Other]]:
    """So many processes with one task; none outlives the block."""
    started = [Other(task, url, member) for _ in range(count)]
    try:
        yield started
    finally:
        for other in started:
            other.end()
