"""A PostgreSQL server of a fault proof's own: durable, on a socket in its own folder, and there to be killed."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from exchange.errors import OperatorError
from exchange.machine.files import open_file

_UNPRIVILEGED = ("postgres", "nobody")
"""Who runs the server where this process is root's, which PostgreSQL refuses to be."""
_SETTINGS = "-c listen_addresses='' -c max_connections=200 -c synchronous_commit=on -c fsync=on"


class StruckDatabase:
    """One server and its data. Raises OperatorError where PostgreSQL's server is not installed."""

    def __init__(self) -> None:
        self._programs = find_programs()
        self._account = unprivileged()
        self._folder = Path(tempfile.mkdtemp(prefix="yz-prove-pg-"))  # a socket's path must be short
        if self._account is not None:
            os.chown(self._folder, self._account.pw_uid, self._account.pw_gid)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"postgresql://prove@/postgres?host={self._folder}"

    @property
    def version(self) -> str:
        """Of the server."""
        return (self._folder / "data" / "PG_VERSION").read_text().strip()

    def start(self) -> None:
        """Start it, as after a crash too, and return when it takes connections. Raises OperatorError."""
        data = self._folder / "data"
        if not data.exists():
            self._run("initdb", "-D", data, "-U", "prove", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        self._run(
            "pg_ctl", "-D", data, "-l", self._folder / "log", "-w", "-o", f"-k {self._folder} {_SETTINGS}", "start"
        )

    def kill(self) -> None:
        """End the server and all its processes as hard as can be."""
        for process in self._processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(self._processes(), 10)

    def freeze(self) -> None:
        """Stop all its processes."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let them go on."""
        self._signal(signal.SIGCONT)

    def close(self) -> None:
        """Stop it and remove its data."""
        self.thaw()
        if self._processes():
            with suppress(OperatorError):
                self._run("pg_ctl", "-D", self._folder / "data", "-w", "-m", "fast", "stop")
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _signal(self, number: int) -> None:
        for process in self._processes():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def _processes(self) -> list[psutil.Process]:
        """The postmaster first, then what it has forked."""
        try:
            first = psutil.Process(int((self._folder / "data" / "postmaster.pid").read_text().splitlines()[0]))
            ours = str(self._folder) in " ".join(first.cmdline())
            return [first, *first.children(recursive=True)] if ours else []
        except (OSError, ValueError, IndexError, psutil.Error):
            return []

    def _run(self, program: str, *arguments: object) -> None:
        account = self._account
        with open_file(self._folder / "out", "ab") as out:
            done = subprocess.run(
                [self._programs / program, *map(str, arguments)],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
            )
        if done.returncode:
            raise OperatorError(
                "PostgreSQL's {program} failed: {said}",
                remedy="see what it says; the server's own log lies beside",
                program=program,
                said=(self._folder / "out").read_text(errors="replace")[-500:],
            )


def find_programs() -> Path:
    """Return the folder of the newest server programs. Raises OperatorError saying what to do."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("pg_ctl")
    if on_path:
        return Path(on_path).resolve().parent
    raise OperatorError(
        "PostgreSQL's server programs (initdb, pg_ctl) are not installed here",
        remedy="install them (apt-get install postgresql), or leave out --database postgresql",
    )


def unprivileged() -> pwd.struct_passwd | None:
    """Return whose the server is to be where this process is root's; None where it is anybody else's."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(names[name] for name in _UNPRIVILEGED if name in names)
