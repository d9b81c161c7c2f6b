"""A fork server as whoever needs processes has it: started, asked, ended."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress

from exchange.clock import monotonic
from exchange.machine.forks.adopted import Adopted, adopting
from exchange.machine.forks.task import GO, READY, STALE, Task

READY_IN = 30.0
"""Seconds that a fork server has to import everything; it takes one or two."""

_FORKS_IN = 10.0
"""Seconds that it has for a process; it takes hundredths."""


class Unavailable(Exception):
    """There is no fork server that could be asked, or none any more."""


class Stale(Unavailable):
    """The fork server has ended, since code on disk is another than what it had imported."""


class ForkServer:
    """A process that forks others. It is started with ``command`` and ``environment``, its channel as standard input.

    Raises OSError where it cannot be started.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs:
                self._process = subprocess.Popen(
                    list(command),
                    env=dict(environment),
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
        except BaseException:
            self._channel.close()
            raise
        self._until = monotonic() + READY_IN
        self.ready = False
        """Whether it has said that it is."""

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self._process.poll() is None

    def fork(self, command: Sequence[str], environment: Mapping[str, str], log: int, keep: Sequence[int]) -> Adopted:
        """Return a new process: this one's child, its words to the file ``log``, with the descriptors ``keep``.

        Raises Stale or Unavailable, the server having been ended; OSError where the machine refuses a process.
        """
        self._wait_until_ready()
        task = Task(tuple(command), environment, tuple(keep)).written()
        try:
            return self._ask(task, [log, *keep])
        except Unavailable:
            self.close()
            raise

    def _ask(self, task: bytes, descriptors: Sequence[int]) -> Adopted:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours, adopting():
            with theirs:
                try:
                    socket.send_fds(self._channel, [task], [theirs.fileno(), *descriptors])
                except OSError as error:
                    raise Unavailable from error
            return _met(ours)

    def close(self) -> None:
        """End it; what it has forked goes on."""
        self._channel.close()
        self._process.kill()
        self._process.wait()

    def _wait_until_ready(self) -> None:
        if not self.ready:
            said = _heard(self._channel, max(0.0, self._until - monotonic()))
            if said != READY:
                self.close()
                raise Unavailable
            self.ready = True


def _met(talk: socket.socket) -> Adopted:
    """The process that says its number here, told to go on once it is known to be ours."""
    said = _heard(talk, _FORKS_IN)
    if said == STALE:
        raise Stale
    if not said:
        raise Unavailable
    answer = json.loads(said)
    if "errno" in answer:
        raise OSError(answer["errno"], os.strerror(answer["errno"]))
    try:
        process = Adopted(answer["pid"])
    except ChildProcessError as error:  # a system that does not let orphans be adopted
        raise Unavailable from error
    with suppress(OSError):  # it has ended already; that is met as any other end
        talk.send(GO)
    return process


def _heard(end: socket.socket, seconds: float) -> bytes:
    """What is said next; nothing where nobody is there any more, or nothing comes in time."""
    poll = select.poll()
    poll.register(end, select.POLLIN)
    if not poll.poll(1000 * seconds):
        return b""
    with suppress(OSError):
        return end.recv(200)
    return b""
