"""The processes of the domain: `exchange up` and what it supervises, found to be struck, and started again."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field

import psutil  # type: ignore[import-untyped]

from exchange.clock import monotonic
from exchange.machine.files import make_folder, open_file
from exchange.runtime.settings import Home, Settings
from exchange.runtime.supervision.children import child_command, child_surroundings
from exchange.runtime.supervision.supervised import RESTART_WITHIN
from exchange.trials.prove.stage import address_of

RESTARTS_WITHIN = 2.0
"""Seconds that the supervisor waits at most before it starts again what has died: faults come too often for more."""
_STOP_PATIENCE = 60.0


@dataclass
class ServedProcesses:
    """`exchange up` for the domain in a folder, kept running."""

    settings: Settings
    clock: str
    """As EXCHANGE_CLOCK."""
    secret: Mapping[str, str] = field(default_factory=dict)
    """Settings that are handed over unseen: those of a broker or database with its password."""
    _process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    def start(self) -> None:
        """Start it; the log of what it says lies with the members' logs."""
        given = {
            "EXCHANGE_HOME": str(self.settings.home),
            "EXCHANGE_CLOCK": self.clock,
            RESTART_WITHIN: str(RESTARTS_WITHIN),
        }
        surroundings = child_surroundings(given, administers=True, secret=dict(self.secret))
        logs = Home(self.settings.home).logs
        make_folder(logs)
        command = child_command("up", "--no-console", "--no-window", "--no-desks")
        with open_file(logs / "up.log", "ab") as log, surroundings.handed_over() as (environment, keep):
            self._process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=keep,
                start_new_session=True,
            )  # fmt: skip
        self.starts += 1

    def look(self) -> None:
        """Start it again if it has ended, as whoever supervises supervisors does."""
        if self._process is not None and self._process.poll() is not None:
            self.start()

    @property
    def supervisor(self) -> psutil.Process | None:
        """The process of `exchange up`, while it runs."""
        if self._process is None or self._process.poll() is not None:
            return None
        with contextlib.suppress(psutil.Error):
            return psutil.Process(self._process.pid)
        return None

    def role(self, name: str) -> psutil.Process | None:
        """Return the process that serves a member now; None while none does."""
        wanted, up = ["serve", address_of(name)], self.supervisor
        with contextlib.suppress(psutil.Error):
            for child in up.children() if up is not None else ():
                with contextlib.suppress(psutil.Error):
                    if child.cmdline()[-2:] == wanted and child.status() != psutil.STATUS_ZOMBIE:
                        return child
        return None

    def stop(self) -> None:
        """Stop everything in good order; kill what does not end."""
        process, self._process = self._process, None
        if process is None:
            return
        below = []
        with contextlib.suppress(psutil.Error):
            below = psutil.Process(process.pid).children(recursive=True)
        for one in below:
            with contextlib.suppress(psutil.Error):
                one.send_signal(signal.SIGCONT)
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGCONT)
            process.terminate()
        try:
            process.wait(_STOP_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        until = monotonic() + _STOP_PATIENCE
        _, alive = psutil.wait_procs(below, max(0.0, until - monotonic()))
        for one in alive:
            with contextlib.suppress(psutil.Error):
                one.kill()
