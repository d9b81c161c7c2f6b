"""A real PostgreSQL server that speaks TLS: its authority and its name are verified, where the URL says so."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.clock import RealClock
from exchange.errors import DatabaseUnavailable
from exchange.setup.transport.trial_tls import TrialTls
from exchange.store.engine import open_engine, ping
from tests.postgres import PostgresServer


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> TrialTls:
    found = TrialTls(tmp_path_factory.mktemp("tls") / "tls", "tests")
    found.make({"database": ("localhost",)}, RealClock().now())
    return found


@pytest.fixture(scope="module")
def port(trial: TrialTls) -> Iterator[int]:
    """A server of the test's own that listens on the loopback with the certificate of localhost; its port."""
    server = PostgresServer()
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    try:
        server.start()
        server.stop()
        data = server.folder / "data"
        for name, kept in (("database.crt", "server.crt"), ("database.key", "server.key")):
            shutil.copy(trial.folder / name, data / kept)
            os.chown(data / kept, data.stat().st_uid, data.stat().st_gid)
        (data / "server.key").chmod(0o600)
        with (data / "postgresql.conf").open("a") as more:
            more.write("ssl = on\n")
        (data / "pg_hba.conf").write_text("local all all trust\nhostssl all all 127.0.0.1/32 trust\n")
        server.start(f"-c listen_addresses=127.0.0.1 -p {number}")
        yield number
    finally:
        server.remove()


def reach(host: str, port: int, authority: Path) -> None:
    url = f"postgresql://tests@{host}:{port}/postgres?sslmode=verify-full&sslrootcert={authority}&connect_timeout=10"
    engine = open_engine(url, "t.member")
    try:
        ping(engine)
    finally:
        engine.dispose()


def test_its_authority_and_its_name_are_verified(port: int, trial: TrialTls, tmp_path: Path) -> None:
    reach("localhost", port, trial.authority)
    with pytest.raises(DatabaseUnavailable, match="TLS"):
        reach("127.0.0.1", port, trial.authority)
    another = TrialTls(tmp_path / "tls", "another")
    another.make({"database": ("localhost",)}, RealClock().now())
    with pytest.raises(DatabaseUnavailable, match="TLS"):
        reach("localhost", port, another.authority)
