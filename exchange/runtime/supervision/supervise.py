"""Supervise: one child process a role. A role that dies is restarted, with growing patience, and it is said.

The rules of restarting are a small value, `Backoff`; the rest starts, watches and stops processes.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from exchange.clock import monotonic
from exchange.errors import FileUnusable
from exchange.language import tr
from exchange.machine.files import make_folder, open_file
from exchange.runtime.draining import DRAINED_EXIT
from exchange.runtime.logs import LOG, LogSize
from exchange.runtime.supervision.children import child_surroundings
from exchange.runtime.supervision.heartbeat import HEARTBEAT, WHERE
from exchange.runtime.supervision.nursery import Nursery
from exchange.runtime.supervision.programs import Process, run_program
from exchange.runtime.supervision.supervised import Backoff, Child
from exchange.runtime.supervision.vigil import Life, LifeLine, LifePatience, is_held
from exchange.runtime.unfailing import rotate

Say = Callable[[str], None]

FATAL_EXITS = frozenset({2, 3, 6})
"""Exit codes of what restarting does not repair: configuration, a member that does not exist, keys, identity in use."""

REPAIRED_AFTER = 60.0
"""Seconds after which a role that cannot run here is tried again: somebody may have repaired it meanwhile."""

_RELEASED_EVERY = 2.0
"""Seconds between two looks whether a drained role has been released."""

_SAYS_WHERE = 0.5
"""Seconds that a role which hangs has to write into its log where it stands."""

_COMPLAIN_EVERY = 60.0
"""Seconds between two words on what the machine refuses."""


class Supervisor:
    """Keeps a set of roles running until ``stop`` is set. Raises BadConfiguration for log sizes that are not valid."""

    def __init__(
        self,
        say: Say,
        environment: Mapping[str, str],
        stop: threading.Event | None = None,
        is_drained: Callable[[str], bool] = lambda name: False,
        patience: LifePatience | None = None,
        nursery: Nursery | None = None,
        backoff: Callable[[], Backoff] = Backoff,
    ) -> None:
        """Processes are started by the ``nursery`` where one is given, else as programs; ``backoff`` makes what each
        role's restarts wait by.
        """
        self._say = say
        self._nursery = nursery
        self._is_drained = is_drained
        self._environment = {**environment, "EXCHANGE_SUPERVISED": str(os.getpid())}
        self._stop = stop or threading.Event()
        self._log_size = LogSize.read()
        self._patience = patience
        self._backoff = backoff
        self._looked_at = 0.0
        self._complained_at = -_COMPLAIN_EVERY
        self.children: dict[str, Child] = {}

    def add(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        *,
        essential: bool = True,
        beats: bool = False,
        administers: bool = False,
        secret: Mapping[str, str] | None = None,
    ) -> None:
        """Add a role; `run` starts it. What is not ``essential`` alone is no reason to go on.

        What ``beats`` gives signs of life, and is started anew when they stay away longer than the patience allows.
        What ``administers`` the domain is told all settings, others what a member needs; ``secret`` takes the place of
        settings of ours.
        """
        surroundings = child_surroundings(self._environment, administers=administers, secret=secret)
        self.children[name] = Child(name, command, log, surroundings, self._backoff(), essential=essential, beats=beats)

    def start(self) -> None:
        """Start all roles."""
        for child in self.children.values():
            self._start(child)

    def watch_once(self) -> None:
        """Look after each role once: end what hangs, restart what died and has waited long enough."""
        since, self._looked_at = monotonic() - self._looked_at, monotonic()
        if self._nursery is not None:
            self._nursery.look()
        for child in self.children.values():
            if child.alive:
                self._watch_over(child, since)
                continue
            if child.again_at is None:
                self._died(child)
            elif monotonic() >= child.again_at:
                self._again(child)

    def run(self, beside: Callable[[], None] = lambda: None, interval: float = 0.2) -> bool:
        """Start, watch until ``stop``, then stop every role in good order; returns False if none of them can run here.

        ``beside`` is called between looks, for whatever else must be kept running.
        """
        self.start()
        try:
            while not self._stop.wait(interval) and not self._hopeless:
                try:
                    beside()
                    self.watch_once()
                except OSError as error:  # no room, no memory, no process number left: of the machine, and for a while
                    self._complain(error)
        finally:
            self.shut_down()
        return not self._hopeless

    def renew(self) -> None:
        """Have every role start anew, to read again how the broker is reached."""
        for child in self.children.values():
            if child.alive and child.process is not None:
                child.process.send_signal(signal.SIGTERM)

    @property
    def _hopeless(self) -> bool:
        needed = [child.abandoned for child in self.children.values() if child.essential]
        return bool(needed) and all(needed)

    def shut_down(self, patience: float = 10.0) -> None:
        """Ask every role to finish; kill what has not after ``patience`` seconds."""
        for child in self.children.values():
            if child.alive and child.process is not None:
                child.process.send_signal(signal.SIGTERM)
        until = monotonic() + patience
        for child in self.children.values():
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.1, until - monotonic()))
            except subprocess.TimeoutExpired:
                self._say(tr("{name} did not stop in {patience:.0f} s: killed", name=child.name, patience=patience))
                child.process.kill()
                child.process.wait()

    def _watch_over(self, child: Child, since: float) -> None:
        """Ends a role that hangs; its death is then met as any other."""
        if child.process is None or child.line is None or child.life is None or self._patience is None:
            return
        if child.end_at is not None:
            self._end(child, child.process, self._patience.grace)
            return
        reason = child.life.look(since, child.line.lines())
        if reason is None:
            return
        if is_held(child.process.pid):
            child.life.excuse()
            return
        again = tr(
            "{name} {reason}: it is ended and started again; see {log}", name=child.name, reason=reason, log=child.log
        )
        self._say(again)
        if child.life.began:
            child.process.send_signal(WHERE)
        child.end_at = monotonic() + _SAYS_WHERE

    def _end(self, child: Child, process: Process, grace: float) -> None:
        """Asks a role that hangs to end, then kills it; each once its time has come."""
        if child.kill_at is not None:
            if monotonic() >= child.kill_at:
                process.kill()
        elif child.end_at is not None and monotonic() >= child.end_at:
            process.terminate()
            child.kill_at = monotonic() + grace

    def _start(self, child: Child) -> None:
        child.started, child.again_at, child.abandoned = monotonic(), None, False
        try:
            with self._log_of(child) as log:
                self._spawn(child, log)
        except OSError as error:  # no memory, no process number left: the others go on
            child.process = None
            child.again_at = monotonic() + child.backoff.after(0.0)
            reason = error.strerror or error
            self._say(tr("{name} cannot be started ({reason}), tried again soon", name=child.name, reason=reason))
            return
        if child.restarts:
            self._say(tr("{name} started again (restart {restarts})", name=child.name, restarts=child.restarts))

    def _spawn(self, child: Child, log: IO[bytes]) -> None:
        if child.line is not None:
            child.line.close()
            child.line = None
        if not child.beats or self._patience is None:
            child.process = self._run(child, log)
            return
        line = LifeLine()
        try:
            child.process = self._run(child, log, line.writing)
        finally:
            line.given()
        child.line, child.life, child.end_at, child.kill_at = line, Life(self._patience), None, None

    def _run(self, child: Child, log: IO[bytes], line: int | None = None) -> Process:
        further = {LOG: str(child.log)} | ({HEARTBEAT: str(line)} if line is not None else {})
        run = run_program if self._nursery is None else self._nursery.run
        with child.surroundings.handed_over(**further) as (environment, keep):
            return run(child.command, environment, log.fileno(), keep if line is None else (*keep, line))

    def _complain(self, error: OSError) -> None:
        if monotonic() >= self._complained_at + _COMPLAIN_EVERY:
            self._complained_at = monotonic()
            self._say(tr("the machine refuses something ({reason}); trying on", reason=error.strerror or error))

    def _log_of(self, child: Child) -> IO[bytes]:
        """Its log file, rotated if it has grown; where there is no room for one it is started all the same."""
        try:
            make_folder(child.log.parent)
            if child.log.exists() and child.log.stat().st_size > self._log_size.most_bytes:
                rotate(child.log, self._log_size.keep)
            return open_file(child.log, "ab", 0o644)
        except (OSError, FileUnusable) as error:
            reason = getattr(error, "strerror", None) or error
            self._say(tr("{name} has no log: {log}: {reason}", name=child.name, log=child.log, reason=reason))
            return open(os.devnull, "ab")

    def _again(self, child: Child) -> None:
        """Starts a role again, unless it rests until somebody releases it."""
        if child.drained and self._is_drained(child.name):
            child.again_at = monotonic() + _RELEASED_EVERY
            return
        child.drained = False
        child.restarts += 1
        self._start(child)

    def _died(self, child: Child) -> None:
        code = child.process.returncode if child.process is not None else None
        if code == DRAINED_EXIT:
            child.drained = True
            child.again_at = monotonic() + _RELEASED_EVERY
            self._say(tr("{name} is drained; `exchange release {name}` has it started again", name=child.name))
            return
        if code in FATAL_EXITS:
            child.abandoned = True
            child.again_at = monotonic() + REPAIRED_AFTER
            what = f"cannot run here (exit {code}), tried again in {REPAIRED_AFTER:.0f} s"
        else:
            wait = child.backoff.after(monotonic() - child.started)
            child.again_at = monotonic() + wait
            what = f"died ({_cause(code)}), restarted in {wait:.1f} s"
        self._say(tr("{name} {what}; see {log}", name=child.name, what=what, log=child.log))


def _cause(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit {code}"
