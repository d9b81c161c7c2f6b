"""Members' processes, forked and looked at from outside: how they end with what started them, and what they take."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import psutil

from exchange.trials.local import LocalDomain

fork = multiprocessing.get_context("fork")


@contextmanager
def forked(target: Callable[..., None], *given: Any) -> Iterator[tuple[BaseProcess, Connection]]:
    """A process for the time of the block, which is killed then, and a connection to it: its last argument.

    Ctrl-C at a terminal reaches the whole group: the process leaves it to whoever started it.
    """
    here, there = fork.Pipe()
    process = fork.Process(target=_unmoved, args=(target, *given, there))
    process.start()
    there.close()  # so that its end is heard of here
    try:
        yield process, here
    finally:
        process.kill()
        process.join()
        here.close()


def _unmoved(target: Callable[..., None], *given: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    target(*given)


@contextmanager
def ending_well() -> Iterator[None]:
    """Ctrl-C ends the benchmark as a shell expects it, without a traceback, when all is put away."""
    try:
        yield
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        raise SystemExit(130) from None


def on_disk(*places: Path) -> int:
    """Octets that files, and all files of folders, take on the disk; those that are gone take none."""
    found = [file for place in places for file in (place.rglob("*") if place.is_dir() else [place])]
    return sum(file.stat().st_blocks * 512 for file in found if file.is_file())


def database_files(domain: LocalDomain, address: str) -> list[Path]:
    """A member's database in SQLite with the files beside it."""
    store = domain.folder / "members" / address / "store.db"
    return [store, *(store.with_name(store.name + end) for end in ("-wal", "-shm"))]


def private(process: BaseProcess) -> float:
    """Megabytes that are this process's alone."""
    found = psutil.Process(process.pid).memory_full_info()
    return float(found.uss) / 1e6
