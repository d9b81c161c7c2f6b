"""How a supervisor's processes begin: forked off a process that has imported what they need, or as programs.

A member's process spends most of its first second importing; a fork server (`exchange.machine.forks`) does that once
for all. Where there is none, because the system has none or EXCHANGE_FORK_SERVER says so, or where a process needs
another interpreter than the fork server's, it is started as a program. Nobody sees a difference but in time.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence

from exchange.clock import monotonic
from exchange.language import tr
from exchange.machine.forks.asking import ForkServer, Stale, Unavailable
from exchange.runtime.supervision.children import child_command, child_surroundings
from exchange.runtime.supervision.programs import Process, run_program
from exchange.runtime.supervision.supervised import Backoff

FORK_SERVER = "EXCHANGE_FORK_SERVER"
"""Environment variable: ``off`` has every process started as a program."""

_COMMAND = (sys.executable, "-P", "-m", "exchange.forks")
"""Shorter than that of any process it forks: what listings show of those takes its place."""


class Nursery:
    """Starts processes, by a fork server where that can be had. ``say`` hears when one was lost.

    A fork server that has ended is started again, with growing patience; until then processes start as programs.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._wanted = sys.platform == "linux" and os.environ.get(FORK_SERVER) != "off"
        self._settings = _interpreters(child_surroundings({}).plain)
        self._backoff = Backoff(first=1.0)
        self._began = self._again_at = 0.0
        self._said = False
        self._server: ForkServer | None = None
        self.look()

    @property
    def server(self) -> int | None:
        """The fork server's process id; None where there is none."""
        return self._server.pid if self._server is not None else None

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the fork server; what it has forked goes on. There is none from now on."""
        self._wanted = False
        if self._server is not None:
            self._server.close()
            self._server = None

    def look(self) -> None:
        """See that there is a fork server, where one is wanted and its time has come. This does not wait for it."""
        if self._server is not None and not self._server.alive:
            self._lost()
        if self._server is None and self._wanted and monotonic() >= self._again_at:
            self._began = monotonic()
            try:
                self._server = ForkServer(_COMMAND, self._settings)
            except OSError:  # no memory, no process number left
                self._lost()

    def run(
        self, command: Sequence[str], environment: Mapping[str, str], log: int, keep: Sequence[int] = ()
    ) -> Process:
        """Start a process as `run_program` does. Raises OSError."""
        self.look()
        own = child_command()
        if command[: len(own)] == own and _interpreters(environment) == self._settings:
            try:
                return self._forked(command, environment, log, keep)
            except Unavailable:
                self._lost()
        return run_program(command, environment, log, keep)

    def _forked(self, command: Sequence[str], environment: Mapping[str, str], log: int, keep: Sequence[int]) -> Process:
        try:
            return self._asked().fork(command, environment, log, keep)
        except Stale:
            self._say(tr("the program on disk has changed: what starts from now on is the new one"))
            self._server = None
            self.look()
            return self._asked().fork(command, environment, log, keep)

    def _asked(self) -> ForkServer:
        if self._server is None:
            raise Unavailable
        return self._server

    def _lost(self) -> None:
        """Have another one started in a while; said once, until one has come up again."""
        if self._server is not None and self._server.ready:
            self._said = False
        if self._wanted and not self._said:
            self._said = True
            self._say(tr("the fork server has ended: it is started again; until then processes start more slowly"))
        if self._server is not None:
            self._server.close()
        self._server = None
        self._again_at = monotonic() + self._backoff.after(monotonic() - self._began)


def _interpreters(environment: Mapping[str, str]) -> dict[str, str]:
    """What an interpreter and the libraries it has loaded go by, other than what is ours alone."""
    return {name: value for name, value in environment.items() if not name.startswith("EXCHANGE_")}
