"""Two PostgreSQL servers, one of which follows the other: real processes that are killed, promoted and rejoined."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
import psycopg

from exchange.clock import monotonic
from tests.postgres import PostgresServer, libpq

_FOLLOWS = """
listen_addresses = ''
max_connections = 200
wal_level = replica
max_wal_senders = 5
hot_standby = on
wal_keep_size = 256MB
wal_retrieve_retry_interval = 200ms
"""
"""In its file, where `pg_rewind` finds it too: it has the server recover before, and what that recycles is missing."""


class Follower(PostgresServer):
    """A server that may be primary or standby; files as durable as it gets, since it is killed."""

    def start(self) -> None:
        data = self.folder / "data"
        if not data.exists():
            names = ("-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
            self._run("initdb", "-D", data, *names, "--no-sync", "--data-checksums")
            with (data / "postgresql.conf").open("a") as file:
                file.write(_FOLLOWS)
        self._run("pg_ctl", "-D", data, "-l", self.folder / "log", "-w", "-o", f"-k {self.folder}", "start")

    def copy(self, other: Follower) -> None:
        """Begins as the standby of another: a base backup of it."""
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        self._run("pg_basebackup", "-D", self.folder / "data", "-d", other.conninfo, "-R", "-X", "stream", "-c", "fast")

    def rewind(self, other: Follower) -> None:
        """Goes back to where it was the same as another, and follows that from there."""
        other.say("CHECKPOINT")  # until one, a promoted server's files are those of the line before
        self._run("pg_rewind", "-D", self.folder / "data", f"--source-server={other.conninfo}", "-R")

    def promote(self) -> None:
        """Becomes primary."""
        self._run("pg_ctl", "-D", self.folder / "data", "-w", "promote")

    @property
    def conninfo(self) -> str:
        """Where it listens, as its own programs take it."""
        return f"host={self.folder} user=tests dbname=postgres application_name={self.folder.name.replace('-', '_')}"

    def processes(self) -> list[psutil.Process]:
        """The server's processes, its first one first."""
        first = psutil.Process(int((self.folder / "data" / "postmaster.pid").read_text().split()[0]))
        return [first, *first.children(recursive=True)]

    def kill(self) -> None:
        """Ends all its processes as a power cut would: SIGKILL."""
        every = self.processes()
        for one in every:
            with suppress(psutil.NoSuchProcess):
                one.send_signal(signal.SIGKILL)
        psutil.wait_procs(every, 30)

    def freeze(self) -> None:
        """Stops all its processes where they are."""
        for one in self.processes():
            one.suspend()

    def thaw(self) -> None:
        """Lets them go on."""
        for one in reversed(self.processes()):
            one.resume()

    def say(self, *statements: str) -> None:
        """Runs statements as its administrator."""
        with psycopg.connect(libpq(self.url), autocommit=True) as connection:
            for one in statements:
                connection.execute(one)  # type: ignore[arg-type]

    def ask(self, query: str) -> object:
        """The answer to a question, one value."""
        with psycopg.connect(libpq(self.url), autocommit=True) as connection:
            row = connection.execute(query).fetchone()  # type: ignore[arg-type]
        return row[0] if row else None


class Pair:
    """A primary and its standby."""

    def __init__(self) -> None:
        self.first, self.second = Follower(), Follower()
        self.first.start()
        self.second.copy(self.first)
        self.second.start()

    @property
    def url(self) -> str:
        """Both, whichever can be written."""
        hosts = f"{self.first.folder},{self.second.folder}"
        return f"postgresql://tests@/postgres?host={hosts}&target_session_attrs=read-write"

    def wait_for_commits(self, primary: Follower) -> None:
        """Has the primary tell of a commit only once its standby has it too."""
        primary.say("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
        self.until(primary, "SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'")

    def alone(self, primary: Follower) -> None:
        """Has a primary that lost its standby go on without one."""
        primary.say("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")

    def until(self, server: Follower, query: str, patience: float = 60.0) -> None:
        """Waits for a server to answer yes."""
        until = monotonic() + patience
        while not server.ask(query):
            assert monotonic() < until, query
            subprocess.run(["sleep", "0.1"], check=True)

    def remove(self) -> None:
        """Ends and deletes both."""
        for one in (self.first, self.second):
            with suppress(Exception):
                one.thaw()
            with suppress(Exception):
                one.remove()
            shutil.rmtree(one.folder, ignore_errors=True)


@contextmanager
def pair() -> Iterator[Pair]:
    """A primary and a standby of a test's own."""
    found = Pair()
    try:
        yield found
    finally:
        found.remove()
