"""A PostgreSQL server of the tests' own: on a socket in its own folder, durable, stopped and removed at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from filelock import FileLock
from psycopg import sql
from sqlalchemy import make_url

MISSING = "PostgreSQL's server programs (initdb, pg_ctl) are not on this machine: run script/bootstrap --tests"
_UNPRIVILEGED = ("postgres", "nobody")
"""Who runs the server where the tests run as root, which it refuses to be."""


class PostgresServer:
    """One server and its data. Raises FileNotFoundError where PostgreSQL is not installed."""

    def __init__(self, folder: Path | None = None) -> None:
        """A new server, or the one that another test process has in ``folder``."""
        self._programs = find_programs()
        self._account = _account()
        # Not below pytest's folders: those are closed to other users, and too long for a socket's path.
        self.folder = folder or Path(tempfile.mkdtemp(prefix="yz-pg-"))
        if folder is None and self._account is not None:
            os.chown(self.folder, self._account.pw_uid, self._account.pw_gid)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"postgresql://tests@/postgres?host={self.folder}"

    def start(self, more: str = "-c listen_addresses=''") -> None:
        """Makes the data folder at the first time; returns when the server takes connections. ``more`` are options."""
        data = self.folder / "data"
        if not data.exists():
            self._run("initdb", "-D", data, "-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        # What it knows of tables is what tests have it find out: a plan must not go by when it last looked by itself.
        settings = f"-k {self.folder} {more} -c max_connections=200 -c fsync=off -c autovacuum=off"
        self._run("pg_ctl", "-D", data, "-l", self.folder / "log", "-w", "-o", settings, "start")

    def stop(self) -> None:
        """Disconnects everybody and returns when the server has ended."""
        self._run("pg_ctl", "-D", self.folder / "data", "-w", "-m", "fast", "stop")

    def remove(self) -> None:
        """Stops it if it runs, and deletes its folder."""
        if (self.folder / "data" / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: object) -> None:
        done = subprocess.run(
            [self._programs / program, *map(str, arguments)],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=(self.folder / "out").open("ab"),
            stderr=subprocess.STDOUT,
            user=self._account.pw_uid if self._account else None,
            group=self._account.pw_gid if self._account else None,
            extra_groups=[] if self._account else None,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{(self.folder / 'out').read_text()[-2000:]}")


def find_programs() -> Path:
    """The folder of the newest server programs. Raises FileNotFoundError saying what to do."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("pg_ctl")
    if found:
        return found[-1].parent
    if on_path:
        return Path(on_path).resolve().parent
    config = shutil.which("pg_config")
    folder = subprocess.run([config, "--bindir"], capture_output=True, text=True).stdout.strip() if config else ""
    if folder and (Path(folder) / "pg_ctl").exists():
        return Path(folder)
    raise FileNotFoundError(MISSING)


def _account() -> pwd.struct_passwd | None:
    if os.getuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(names[name] for name in _UNPRIVILEGED if name in names)


@contextmanager
def shared_server(folder: Path) -> Iterator[str]:
    """The URL of one server for all test processes that name the same folder; the last one out removes it."""
    users = folder / "postgres-users"
    users.mkdir(parents=True, exist_ok=True)
    note, mine, lock = folder / "postgres-folder", users / str(os.getpid()), FileLock(folder / "postgres.lock")
    with lock:
        server = PostgresServer(Path(note.read_text()) if note.exists() else None)
        if not note.exists():
            server.start()
            note.write_text(str(server.folder))
        mine.touch()
    try:
        yield server.url
    finally:
        with lock:
            mine.unlink()
            if not any(_alive(int(user.name)) for user in users.iterdir()):
                note.unlink()
                server.remove()


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def libpq(url: str) -> str:
    """A database URL as psycopg itself takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def own_database(url: str) -> Iterator[str]:
    """A database of a test's own on a server, dropped afterwards; its URL."""
    name = f"t{uuid.uuid4().hex[:10]}"
    with psycopg.connect(libpq(url), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
