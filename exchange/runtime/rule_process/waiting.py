"""A rule's process that waits for its rule: forked off the member's own before that has learned any secret.

A process of its own takes half a second to import what a rule needs; a member's process that was forked has it all, and
knows nothing yet that a rule must not know. Once it has a rule it is confined as any other.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from exchange.machine.confinement import keep_signals
from exchange.machine.forks.adopted import Adopted
from exchange.machine.forks.listing import show_as
from exchange.runtime.rule_process import runner
from exchange.runtime.supervision.programs import Process


class Runner(NamedTuple):
    """A rule's process and the pipes to it, not buffered."""

    process: Process
    asked: BinaryIO
    answers: BinaryIO
    words: BinaryIO
    """What it writes to its standard error."""

    def end(self) -> None:
        """End the process and close the pipes."""
        self.process.kill()
        self.process.wait()
        for stream in (self.asked, self.answers, self.words):
            stream.close()


_waiting: list[Runner] = []


def lay_ready() -> None:
    """Fork such a process; before any other thread runs, and before anything secret is read."""
    keep_signals()  # or this process could not end that one, once it is confined
    asked, answers, words = (os.pipe() for _ in range(3))
    theirs, ours = (asked[0], answers[1], words[1]), (asked[1], answers[0], words[0])
    try:
        pid = os.fork()
    except OSError:  # no memory, no process number left: it is started as a program when it is needed
        for end in (*theirs, *ours):
            os.close(end)
        return
    if pid == 0:
        live(theirs)
    for end in theirs:
        os.close(end)
    pipes = (cast(BinaryIO, FileIO(end, mode)) for end, mode in zip(ours, ("w", "r", "r"), strict=True))
    _waiting.append(Runner(Adopted(pid), *pipes))


def taken(arguments: Sequence[str]) -> Runner | None:
    """Return the process that waits, now with the rule that the runner's arguments say; None where none waits."""
    if not _waiting:
        return None
    found = _waiting.pop()
    with suppress(OSError):
        found.asked.write(json.dumps(list(arguments)).encode() + b"\n")
        return found
    found.end()
    return None


def dismiss() -> None:
    """End the process that waits, if one does: there is no rule."""
    while _waiting:
        _waiting.pop().end()


def live(streams: Sequence[int]) -> None:
    """The process itself, from here on."""
    code = 1
    try:
        os.setsid()
        for number, end in enumerate(streams):
            os.dup2(end, number)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        arguments = _heard()
        if arguments:
            _forget()
            show_as([sys.executable, runner.__file__, *arguments])
            os.chdir(Path(arguments[1]).parent)
            code = runner.main(arguments)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _heard() -> list[str]:
    """What is to be run, once somebody knows it; nothing where nobody ever will."""
    line = b""
    while not line.endswith(b"\n"):
        more = os.read(0, 65_536)
        if not more:
            return []
        line += more
    found: list[str] = json.loads(line)
    return found


def _forget() -> None:
    """Have no settings, and import from where an isolated interpreter does."""
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:] = [folder for folder in sys.path if folder not in given]
    os.environ.clear()
    time.tzset()
    gc.enable()
