"""PostgreSQL as the compose file runs it: its scripts make primary and standby; both take TLS only and lose nothing."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from exchange.deployment.kinds import DeploymentKind, files_for
from exchange.deployment.topology import topology_of
from exchange.runtime.profiles import load_profiles
from exchange.setup.init import packaged_departments
from exchange.setup.transport.trial_tls import TrialTls
from tests.journeys.city import wait_until
from tests.postgres import find_programs

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root may run a server as its own account")

FILES = files_for(DeploymentKind.COMPOSE, topology_of(load_profiles(packaged_departments()).values(), "yizhan"))
SERVICES: dict[str, Any] = yaml.safe_load(FILES["compose.yaml"])["services"]
PASSWORD = "of-the-owner"
AS_POSTGRES = '#!/bin/sh\nshift\nexec setpriv --reuid postgres --regid postgres --init-groups "$@"\n'
"""What the image has as `gosu`."""


class Containers:
    """The two services of the compose file as processes here: other paths and ports, else as they are written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {"database-1": free_port(), "database-2": free_port()}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.programs = find_programs()
        for name in ("secrets", "bin", "tls", "state", *self.ports):
            (folder / name).mkdir()
        for name in ("database_password", "replication_password"):
            (folder / "secrets" / name).write_text(PASSWORD if name == "database_password" else "of-the-standby")
        tls = TrialTls(folder / "made", "trial")
        tls.make({name: ["127.0.0.1"] for name in self.ports}, datetime.now(UTC), 30, renew=False)
        shutil.copy(folder / "made" / "authority.crt", folder / "secrets" / "authority")
        for name in self.ports:
            (folder / "tls" / name).mkdir()
            shutil.copy(folder / "made" / f"{name}.crt", folder / "tls" / name / "server.crt")
            shutil.copy(folder / "made" / f"{name}.key", folder / "tls" / name / "server.key")
        self._program("gosu", AS_POSTGRES)
        for path in (folder, *folder.rglob("*")):
            os.chown(path, pwd.getpwnam("postgres").pw_uid, pwd.getpwnam("postgres").pw_gid)
        folder.chmod(0o755)

    def _program(self, name: str, text: str) -> None:
        (self.folder / "bin" / name).write_text(text)
        (self.folder / "bin" / name).chmod(0o755)

    def here(self, text: str, name: str) -> str:
        """A text of the deployment with the paths and ports of this machine."""
        return (
            text.replace("/run/secrets", str(self.folder / "secrets"))
            .replace("/etc/yizhan/tls", str(self.folder / "tls" / name))
            .replace("/var/lib/postgresql/pgpass", str(self.folder / "state" / "pgpass"))
            .replace("host=database-1", f"host=127.0.0.1 port={self.ports['database-1']}")
            .replace("database-1:5432:", f"127.0.0.1:{self.ports['database-1']}:")
        )

    def environment(self, name: str) -> dict[str, str]:
        """What the service's processes are told."""
        told = {key: self.here(str(text), name) for key, text in SERVICES[name].get("environment", {}).items()}
        path = f"{self.folder / 'bin'}:{self.programs}:{os.environ['PATH']}"
        return {"PATH": path, "LANG": "C.UTF-8", "PGDATA": str(self.folder / name / "data"), **told}

    def server(self, name: str) -> list[str]:
        """The service's command, with a port and a socket of its own."""
        words = [self.here(word, name) for word in SERVICES[name]["command"]]
        return [*words, "-p", str(self.ports[name]), "-k", str(self.folder / name)]

    def make_primary(self) -> None:
        """What the image does when the volume is new: a database, then the scripts, by a server with the command."""
        told, name = self.environment("database-1"), "database-1"
        secret = told["POSTGRES_PASSWORD_FILE"]
        self.as_postgres(
            told, "initdb", "-U", told["POSTGRES_USER"], "--pwfile", secret, "--auth-host", "scram-sha-256"
        )
        self.start(name)
        on_socket = {**told, "PGHOST": str(self.folder / name), "PGPORT": str(self.ports[name]), "PGUSER": "exchange"}
        self.as_postgres({**on_socket, "PGDATABASE": "postgres"}, "psql", "-c", "CREATE DATABASE exchange")
        script = self.here(FILES["primary.sh"], name)
        self.as_postgres({**on_socket, "PGDATABASE": "exchange"}, "bash", "-c", script)
        self.as_postgres(told, "pg_ctl", "reload")

    def start_standby(self) -> None:
        """Starts the standby's container."""
        told, name = self.environment("database-2"), "database-2"
        words = " ".join(f"'{word}'" for word in self.server(name))
        self._program("docker-entrypoint.sh", f"#!/bin/sh\nexec gosu postgres {words}\n")
        script = self.here(FILES["standby.sh"], name)
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(["bash", "-c", script, "-"], env=told, stdout=log, stderr=log)

    def start(self, name: str) -> None:
        """Starts a server that is made already; returns when it can be asked."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                ["gosu", "postgres", *self.server(name)], env=self.environment(name), stdout=log, stderr=log
            )
        wait_until(lambda: self.listens(name), 60, f"{name}: {self.log(name)}")

    def as_postgres(self, told: dict[str, str], *words: str) -> None:
        """Runs a command as the server's account; one that waits for somebody ends the test."""
        done = subprocess.run(
            ["gosu", "postgres", *words], env=told, capture_output=True, text=True, timeout=90, check=False,
            cwd=self.folder,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def listens(self, name: str) -> bool:
        """Whether the server takes connections on its socket."""
        asked = ["pg_isready", "-q", "-h", str(self.folder / name), "-p", str(self.ports[name])]
        return subprocess.run(asked, env=self.environment(name), check=False).returncode == 0

    def log(self, name: str) -> str:
        """The end of what it wrote."""
        return (self.folder / f"{name}.log").read_text()[-1500:]

    def url(self, *names: str, mode: str = "verify-full") -> str:
        """Where the owner of the database finds it: as members' URLs are written."""
        ports = ",".join(str(self.ports[name]) for name in names)
        hosts = ",".join("127.0.0.1" for _ in names)
        return (
            f"host={hosts} port={ports} user=exchange password={PASSWORD} dbname=exchange connect_timeout=10 "
            f"sslmode={mode} sslrootcert={self.folder / 'secrets' / 'authority'} target_session_attrs=read-write"
        )

    def stop(self) -> None:
        """Kills what runs."""
        for process in self.running.values():
            process.kill()
            process.wait()
        for name in self.ports:
            with suppress(FileNotFoundError, ProcessLookupError, IndexError, ValueError):
                os.kill(int((self.folder / name / "data" / "postmaster.pid").read_text().split()[0]), 9)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def containers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Containers]:
    with _short_folder() as folder:
        made = Containers(folder)
        yield made
        made.stop()


@contextmanager
def _short_folder() -> Iterator[Path]:
    """Not below pytest's folders: those are closed to other users, and too long for a socket's path."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="yz-pg-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_what_was_confirmed_is_on_the_standby_that_takes_over(containers: Containers) -> None:
    containers.make_primary()
    containers.start_standby()
    wait_until(lambda: containers.listens("database-2"), 60, "the standby")
    both = containers.url("database-1", "database-2")
    with psycopg.connect(both, autocommit=True) as owner:
        wait_until(lambda: sync_states(owner) == [("standby", "sync")], 60, "the standby follows")
        owner.execute("CREATE TABLE confirmed (n int)")
        owner.execute("INSERT INTO confirmed VALUES (1), (2), (3)")

    with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry .* no encryption"):
        psycopg.connect(containers.url("database-1", mode="disable"))

    containers.running["database-1"].kill()
    containers.running["database-1"].wait()
    containers.as_postgres(containers.environment("database-2"), "pg_ctl", "promote")

    with psycopg.connect(both, autocommit=True) as owner:
        row = owner.execute("SELECT count(*), pg_is_in_recovery() FROM confirmed").fetchone()
        assert row == (3, False)
        owner.execute("INSERT INTO confirmed VALUES (4)")


def sync_states(owner: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    return owner.execute("SELECT application_name, sync_state FROM pg_stat_replication").fetchall()  # type: ignore[return-value]
