"""A process that draws one paper or page, or reads one PDF, and can reach nothing else.

    python -I child.py ROOT TASK MEMORY SECONDS [FOLDER...]

ROOT is the folder that this program's own code is imported from, MEMORY how many octets it may take, SECONDS how much
processor time, each FOLDER one with fonts. What it works on comes by standard input. It imports what it needs, gives up
files, network, processes and memory, and only then looks at what came: typesetters and readers of PDF are large, and
what they are given was written by strangers.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

_SYSTEM = ("/usr", "/lib", "/lib64", "/etc/localtime", "/etc/ld.so.cache", "/dev/null", "/dev/urandom")
FAILED = 3
"""Exit code where the task says why it failed, on standard output."""


def main(arguments: list[str]) -> int:
    """Do one task; return the exit code."""
    root, task, memory, seconds, *folders = arguments
    if root not in sys.path:
        sys.path.append(root)
    from exchange.machine.confinement import confine
    from exchange.machine.confinement.kernel import die_with_parent

    if task == "draw":
        from exchange.paper.typesetting import typeset as work
    elif task == "picture":
        from exchange.paper.picturing import picture as work
    else:
        from exchange.paper.extracting import extract as work

    with contextlib.suppress(OSError, AttributeError):
        die_with_parent(signal.SIGKILL)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
    confine(_readable(root, folders), int(memory))
    asked, told = sys.stdin.buffer.read(), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    code, answer = work(asked, [Path(folder) for folder in folders])
    told.write(answer)
    told.close()
    return code


def _readable(root: str, folders: list[str]) -> Iterator[Path]:
    """What may be read: fonts, and code."""
    yield from map(Path, folders)
    yield from map(Path, _SYSTEM)
    yield Path(root) / "exchange"
    libraries = [place for place in sys.path if place.endswith((".zip", "-packages", "lib-dynload"))]
    yield from map(Path, {*libraries, os.path.dirname(os.__file__), os.path.join(sys.base_prefix, "lib")})


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
