"""The command line imports what a command needs and no more."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from exchange.cli.commands import COMMANDS
from exchange.clock import RealClock
from exchange.runtime.settings import Home, Settings
from exchange.setup.init import init_files
from exchange.setup.new_city import make_city

_RUN = """
import json, sys
from exchange.cli import main
try:
    main()
except SystemExit as end:
    code = end.code
print(json.dumps({"code": code, "modules": sorted(sys.modules)}), file=sys.stderr)
"""

HEAVY = {
    "alembic", "argon2", "asyncio", "cbor2", "chinese_calendar", "cryptography", "fastapi", "filelock", "httpcore",
    "icalendar", "jinja2", "obstore", "opentelemetry", "pika", "prometheus_client", "psutil", "psycopg", "pydantic",
    "sqlalchemy", "starlette", "structlog", "uvicorn",
}  # fmt: skip
"""What costs processor time to import and serves no list of commands."""


UNUSED_BY_LOOKING = {
    "alembic", "argon2", "exchange.runtime.member", "fastapi", "filelock", "httpcore", "icalendar", "jinja2", "obstore",
    "opentelemetry", "pika", "prometheus_client", "psutil", "psycopg", "rich.markdown", "starlette", "structlog",
    "uvicorn",
}  # fmt: skip
"""What a look into SQLite has no need of."""
TYPERS_OWN = {"pydantic"}
"""With this typer reads words that it is given."""


_NO_BROKER = {"EXCHANGE_BROKER_URL": "", "EXCHANGE_MANAGEMENT_URL": ""}
"""A given address is checked as its driver reads it."""


def imported_by(*words: str, **environment: str) -> tuple[int, str, set[str]]:
    """Exit code, output and modules of a command line, each run in a process of its own."""
    ran = subprocess.run(
        [sys.executable, "-c", _RUN, *words],
        env={**os.environ, "EXCHANGE_LANGUAGE": "en", **_NO_BROKER, **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    told = json.loads(ran.stderr.splitlines()[-1])
    return told["code"] or 0, ran.stdout, set(told["modules"])


def _heavy(modules: set[str]) -> set[str]:
    return {name for name in modules if name in HEAVY} | {name for name in modules if name.startswith("exchange.store")}


@pytest.mark.parametrize("words", [("--version",), ("--help",), ()])
def test_what_tells_of_the_program_imports_no_command(words: tuple[str, ...]) -> None:
    _, said, modules = imported_by(*words)
    assert said
    assert not _heavy(modules)
    loaded = {module for module in modules if module.startswith("exchange.runtime.")}
    assert loaded == {"exchange.runtime.logs", "exchange.runtime.unfailing"}


def test_the_version_needs_nothing_to_draw_with() -> None:
    _, said, modules = imported_by("--version")
    assert said.startswith("yizhan ")
    assert not {name for name in modules if name.partition(".")[0] in ("rich", "pygments", "markdown_it")}


def test_completion_of_commands_imports_none_and_offers_all() -> None:
    code, said, modules = imported_by(
        "exchange", _EXCHANGE_COMPLETE="complete_bash", COMP_WORDS="exchange ", COMP_CWORD="1",
    )  # fmt: skip
    assert code == 0
    assert {word.split(",")[-1] for word in said.split()} >= {entry.name for entry in COMMANDS}
    assert _heavy(modules) <= TYPERS_OWN


def test_a_command_misspelt_is_told_without_an_import() -> None:
    code, _, modules = imported_by("inbx")
    assert code == 2
    assert _heavy(modules) <= TYPERS_OWN


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A small city's folder with its keys and databases; no broker was asked for."""
    settings = Settings(tmp_path_factory.mktemp("start") / "home", None, None, None, RealClock())
    make_city(Home(settings.home), "wuhu")
    init_files(settings, lambda said: None)
    return str(settings.home)


@pytest.mark.parametrize("command", ["inbox", "status"])
def test_looking_imports_no_driver_that_it_does_not_use(home: str, command: str) -> None:
    code, _, modules = imported_by(command, EXCHANGE_HOME=home)
    assert code == 0
    assert "sqlalchemy" in modules
    assert not modules & UNUSED_BY_LOOKING
