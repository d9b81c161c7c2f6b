"""On what a run was made: the product, broker, database, Python and machine."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from exchange.broker.admin.probe import server_version
from exchange.trials.prove.ground import ProofGround
from exchange.trials.prove.options import Database, Options, Versions


def versions_of(ground: ProofGround, options: Options) -> Versions:
    """Return them. Raises BrokerUnavailable."""
    return Versions(
        product=version("yizhan"),
        broker=f"RabbitMQ {server_version(ground.info.url)}",
        stamps=ground.stamps,
        database=_database(ground, options),
        python=platform.python_version(),
        machine=_machine(),
        shared=ground.network.why,
    )


def _database(ground: ProofGround, options: Options) -> str:
    if options.database is Database.SQLITE or ground.database is None:
        import sqlite3

        return f"SQLite {sqlite3.sqlite_version}"
    return f"PostgreSQL {ground.database.version}"


def _machine() -> str:
    processors, memory = os.cpu_count() or 1, psutil.virtual_memory().total / 2**30
    return f"{_processor()}, {processors} cores, {memory:.0f} GiB, Linux {platform.release()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
