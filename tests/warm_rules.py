"""Rules' processes that need not import first what a rule needs: forked off a process that has, as under `exchange up`.

A program of its own takes half a second of processor time to import that, and tests start hundreds. Theirs are confined
as in production (`exchange.runtime.rule_process.waiting`, whose two ways a test compares).
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Sequence
from io import FileIO
from multiprocessing.context import ForkServerProcess
from multiprocessing.reduction import DupFd  # type: ignore[attr-defined]
from pathlib import Path
from typing import Any, BinaryIO, cast

from exchange.runtime.rule_process.waiting import Runner, live
from tests.warm import context


def start(words: Sequence[str], folder: Path) -> Runner:
    """Start a rule's process with these words of the runner, as `exchange.runtime.rule_process.asking` starts one."""
    asked, answers, said = (os.pipe() for _ in range(3))
    theirs, ours = (asked[0], answers[1], said[1]), (asked[1], answers[0], said[0])
    process = context.Process(target=live, args=([_End(end) for end in theirs],))
    process.start()
    for end in theirs:
        os.close(end)
    pipes = (cast(BinaryIO, FileIO(end, mode)) for end, mode in zip(ours, ("w", "r", "r"), strict=True))
    found = Runner(_RuleProcess(process), *pipes)
    found.asked.write(json.dumps(list(words)).encode() + b"\n")
    return found


class _End:
    """One end of a pipe, handed to the process that is started."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __reduce__(self) -> tuple[Callable[[Any], int], tuple[Any]]:
        return _detached, (DupFd(self._number),)


def _detached(given: Any) -> int:
    return int(given.detach())


class _RuleProcess:
    """What is used of subprocess.Popen."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        self.pid = process.pid or 0

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
        return self._process.exitcode

    def send_signal(self, number: int, /) -> None:
        if self._process.exitcode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()
