"""The fork server's own side: it waits for tasks, and forks a process for each."""

from __future__ import annotations

import fcntl
import json
import os
import select
import socket
import sys
import time
from collections.abc import Callable

from exchange.machine.forks.listing import show_as
from exchange.machine.forks.task import GO, MOST_DESCRIPTORS, MOST_OCTETS, READY, STALE, Task

_LEISURE = 0.3
"""Seconds in which nothing was asked, so that there is time for something."""

_PARENT_EVERY = 0.001
"""Seconds between two looks for the parent; it is there after one of them, as a rule."""


def serve(channel: socket.socket, is_stale: Callable[[], bool], at_leisure: Callable[[], None] = lambda: None) -> Task:
    """Fork a process for each task that comes by the channel; return in those processes only, with their task.

    The server itself ends when nobody can ask it any more, or when it is stale and that was said. ``at_leisure`` is
    called once where nothing is asked of it for a moment after it came up.
    """
    channel.send(READY)
    if not select.select([channel], [], [], _LEISURE)[0]:
        at_leisure()
    while True:
        message, received, _, _ = socket.recv_fds(channel, MOST_OCTETS, MOST_DESCRIPTORS)
        if not message:
            sys.exit()
        talk = socket.socket(fileno=received[0])
        if is_stale():
            talk.send(STALE)
            sys.exit()
        if _forked(talk):
            _meet(talk)
            for end in (talk, channel):
                end.detach()  # closed with all other files, and their numbers may be given away
            return _become(Task.read(message), *received[1:])
        talk.close()
        for descriptor in received[1:]:
            os.close(descriptor)


def _forked(talk: socket.socket) -> bool:
    """Fork twice, so that the process's parent is whoever adopts orphans here; returns True in the process only."""
    assert len(os.listdir("/proc/self/task")) == 1, "a fork takes along one thread, and the locks of all"  # noqa: S101
    try:
        between = os.fork()
    except OSError as error:
        talk.send(_refused(error))
        return False
    if between:
        os.waitpid(between, 0)
        return False
    between = os.getpid()
    try:
        if os.fork():
            os._exit(0)
    except OSError as error:
        talk.send(_refused(error))
        os._exit(1)
    while os.getppid() == between:
        time.sleep(_PARENT_EVERY)
    return True


def _refused(error: OSError) -> bytes:
    return json.dumps({"errno": error.errno}).encode()


def _meet(talk: socket.socket) -> None:
    """Say who this process is to whoever asked for it, and wait for the word to go on."""
    try:
        talk.send(json.dumps({"pid": os.getpid()}).encode())
        heard = talk.recv(len(GO))
    except OSError:  # nobody is there any more
        heard = b""
    if heard != GO:
        os._exit(0)


def _become(task: Task, log: int, *given: int) -> Task:
    """Make this process what a program started by the same command would be."""
    os.setsid()
    _take_descriptors(log, dict(zip(task.descriptors, given, strict=True)))
    os.environ.clear()
    os.environ.update(task.environment)
    time.tzset()
    show_as(task.command)
    sys.orig_argv[:] = task.command
    return task


def _take_descriptors(log: int, given: dict[int, int]) -> None:
    """Have the three streams and what is given, by the number that it is to have, and no other open file."""
    above = max((2, *given)) + 1
    log = fcntl.fcntl(log, fcntl.F_DUPFD_CLOEXEC, above)
    moved = {number: fcntl.fcntl(found, fcntl.F_DUPFD_CLOEXEC, above) for number, found in given.items()}
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    for number, found in {1: log, 2: log, **moved}.items():
        os.dup2(found, number)
    kept = sorted({0, 1, 2, *given})
    for low, high in zip(kept, [*kept[1:], os.sysconf("SC_OPEN_MAX")], strict=True):
        os.closerange(low + 1, high)
