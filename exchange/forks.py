"""The fork server of `exchange up`: ``python -P -m exchange.forks``, started by it, its channel as standard input.

It imports what a process that serves a member needs, and then is forked for each (`exchange.machine.forks`).
"""

from __future__ import annotations

import gc
import os
import socket
import sys
from importlib import import_module

from exchange.machine.forks.code_on_disk import code_on_disk
from exchange.machine.forks.serving import serve

NEEDED = (
    "exchange.cli",
    "exchange.cli.domain.serving",
    "exchange.runtime.profile_work",
    "exchange.runtime.rule_process.runner",
    "exchange.telemetry.gathering",
    "exchange.telemetry.gauges",
    "exchange.telemetry.metrics",
    "cryptography.hazmat.backends.openssl.backend",
    "encodings.idna",
    "filelock",
    "structlog",
)
"""What a member's process has imported once it serves, with all that these import."""

_LATER = ("exchange.cli.domain.console", "exchange.console.serve", "exchange.cli.domain.desk", "exchange.desk.serve")
"""What the console and the desks have imported: while the private node starts there is time for it."""


def main() -> None:
    """Serve; in a process that was forked, run the command line."""
    gc.disable()  # of what is imported none is garbage; looking through it would also copy it in every process
    import exchange
    import exchange.schemas

    own = [*exchange.__path__, *exchange.schemas.__path__]
    before = code_on_disk(own)
    channel = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    _load(NEEDED)
    from exchange.runtime.rule_process.waiting import lay_ready

    task = serve(channel, lambda: code_on_disk(own) != before, lambda: _load(_LATER))
    words = task.command[task.command.index("exchange") + 1 :]
    if words[0] == "serve":
        lay_ready()
    gc.enable()
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "__main__.py")
    sys.argv[:] = [program, *words]
    from exchange.cli import main as run

    run()


def _load(names: tuple[str, ...]) -> None:
    for name in names:
        import_module(name)
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    main()
