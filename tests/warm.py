"""The command line in processes of its own that need not import it first: each is forked off one that has.

A command spends most of its second importing libraries, and journeys give hundreds of commands. They run in real
processes, with arguments, environment, streams, exit codes and signals of their own; only the import is shared.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from tempfile import TemporaryDirectory

context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload(["tests.warm_rules", "tests.every_command"])
"""What starts processes that have imported all that."""


def warm_up() -> None:
    """Have what is shared imported from now on, beside what goes on: the first process would wait for it."""
    forkserver.ensure_running()


@dataclass
class WarmProcess:
    """A running command, with what tests use of subprocess.Popen."""

    _process: ForkServerProcess

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid or 0

    def poll(self) -> int | None:
        """Its exit code (a signal as its negative number); None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended. Raises TimeoutError after ``timeout`` seconds."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise TimeoutError(f"process {self.pid} has not ended within {timeout} s")
        return self._process.exitcode

    def kill(self) -> None:
        """Ends it by SIGKILL."""
        self._process.kill()

    def send_signal(self, number: signal.Signals) -> None:
        """Sends it a signal."""
        if self._process.exitcode is None:
            os.kill(self.pid, number)


def start_warm(
    words: Sequence[str], env: Mapping[str, str], out: Path, error: Path, cwd: Path | None = None
) -> WarmProcess:
    """Starts `exchange` with these words; what it writes is appended to files."""
    out.touch()
    error.touch()
    process = context.Process(target=_command, args=(list(words), dict(env), str(out), str(error), str(cwd or "")))
    process.start()
    return WarmProcess(process)


def run_warm(
    words: Sequence[str], env: Mapping[str, str], cwd: Path | None = None, timeout: float = 90
) -> subprocess.CompletedProcess[str]:
    """Runs `exchange` with these words to its end. Raises TimeoutError, after killing it."""
    with TemporaryDirectory(prefix="yizhan-command-") as folder:
        out, error = Path(folder) / "out", Path(folder) / "error"
        process = start_warm(words, env, out, error, cwd)
        try:
            code = process.wait(timeout)
        except TimeoutError:
            process.kill()
            raise
        return subprocess.CompletedProcess(["exchange", *words], code, _text(out), _text(error))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _command(words: list[str], env: dict[str, str], out: str, error: str, cwd: str) -> None:
    """The child: its own environment and streams, then the command line as from a shell."""
    from exchange.cli import main
    from exchange.runtime.rule_process.waiting import lay_ready

    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    if cwd:
        os.chdir(cwd)
    for number, name in ((1, out), (2, error)):
        file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, number)
        os.close(file)
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), encoding="utf-8")
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), encoding="utf-8", write_through=True)
    sys.argv = ["exchange", *words]
    if words[:1] == ["serve"]:
        lay_ready()  # as for a member that `exchange up` has forked
    main()
