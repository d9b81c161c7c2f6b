"""Runs one task in a process of its own, bounded in time, memory, and in what it can reach."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from math import ceil
from pathlib import Path

import exchange
from exchange.machine.logger import get_logger

log = get_logger()

_CHILD = Path(__file__).parent / "child.py"
_FAILED = 3
_PATIENCE = 4
"""How much longer something may take than it may compute."""


class TaskFailed(Exception):
    """The process ended without a result; ``reason`` is what it says itself, if anything."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def run_confined(task: str, asked: bytes, folders: Iterable[Path], seconds: float, memory: int) -> bytes:
    """Have a task done; return its answer. Raises TaskFailed: it failed, took too long, or was ended.

    ``seconds`` are those of a processor; as the machine may be busy, several times as many may go by.
    """
    root = Path(exchange.__file__).parent.parent
    words = [sys.executable, "-I", str(_CHILD), str(root), task, str(memory), str(ceil(seconds)), *map(str, folders)]
    environment = {"RAYON_NUM_THREADS": "1", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        found = subprocess.run(words, input=asked, capture_output=True, timeout=_PATIENCE * seconds, env=environment)
    except (OSError, subprocess.TimeoutExpired) as error:
        log.error("paper.task-failed", task=task, reason=type(error).__name__)
        raise TaskFailed(type(error).__name__) from None
    if found.returncode == 0:
        return found.stdout
    said = found.stdout.decode(errors="replace")[:200] if found.returncode == _FAILED else ""
    log.error("paper.task-failed", task=task, exit_code=found.returncode)  # what it says may hold content
    raise TaskFailed(said)
