"""Keeps a server running no longer than its owner: run as a script, with the standard library alone.

    keeper.py OWNER_PID KEEPER_PID_FILE EPMD_PORT LINK SERVER [ARGUMENT...]

Starts the server in a session of its own and ends it when told to (SIGTERM), or when the owner is gone, even by
SIGKILL, which leaves nobody else to do it. The owner is usually the parent; 0 means that there is none. Erlang's port
mapper, which the server leaves behind, is ended as well. LINK, where it is not empty, is the path by which the server
knows the folder of the pid file; it is made again whenever something has tidied it away.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

LOOK_EVERY = 0.25
"""Seconds between looks after owner and server."""

PID_FILE = "keeper.pid"
"""Name of the file of a keeper's process id, in its node's folder."""

STOP_PATIENCE = 25.0
"""Seconds that a server has to end in good order before it is killed."""


def main(arguments: list[str]) -> int:
    """Run until server or owner ends; return the server's exit code."""
    owner, pid_file, epmd_port, link, *command = arguments
    parent = os.getppid()
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    _note(Path(pid_file))
    try:
        while server.poll() is None and not told.wait(LOOK_EVERY) and has_owner(int(owner), parent):
            keep_link(link, Path(pid_file).parent)
        stop(server)
    finally:
        end_port_mapper(int(epmd_port))
        Path(pid_file).unlink(missing_ok=True)
        if link:
            with contextlib.suppress(OSError):
                Path(link).unlink()
                Path(link).parent.rmdir()  # unless another node has its link there
    return server.returncode


def _note(pid_file: Path) -> None:
    """Writes our process id, whole or not at all."""
    fresh = pid_file.with_suffix(".new")
    fresh.write_text(str(os.getpid()))
    fresh.replace(pid_file)


def keep_link(link: str, folder: Path) -> None:
    """Make the link to the folder again, where it is gone."""
    if link and not os.path.lexists(link):
        with contextlib.suppress(OSError):
            Path(link).parent.mkdir(mode=0o700, exist_ok=True)
            os.symlink(folder, link)


def owner_in(command: list[str]) -> int | None:
    """Return the owner in the command line of a keeper, of whichever installation; None where it cannot be told.

    Arguments may be added between releases; the owner is the one before the file of the keeper's process id.
    """
    for before, argument in itertools.pairwise(command):
        if os.path.basename(argument) == PID_FILE and before.isdecimal():
            return int(before)
    return None


def stop(server: subprocess.Popen[bytes]) -> None:
    """Ask the server to end, and kill its whole session if it does not."""
    if server.poll() is None:
        server.terminate()
    try:
        server.wait(STOP_PATIENCE)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def end_port_mapper(port: int) -> None:
    """Tell Erlang's port mapper on this port to end (its protocol's KILL_REQ); it does if no node uses it."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as epmd:
        epmd.sendall(b"\x00\x01k")
        epmd.recv(2)


def has_owner(owner: int, parent: int) -> bool:
    """Return whether the owner lives; ``parent`` is the process whose child the keeper was when it began."""
    if owner == parent:
        return os.getppid() == owner  # sure, whoever gets the number next
    try:
        os.kill(owner, 0)  # 0, the whole group of the keeper, always lives
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
