"""A database role a member: on a real PostgreSQL no member's role reads another's records, or makes anything beside."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from exchange.cli.domain import run
from exchange.errors import CallerError, DatabaseUnavailable
from exchange.operations.health.checkups.database_roles import database_roles
from exchange.runtime.home import open_member
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.setup import init
from exchange.setup.init import init_files
from exchange.setup.new_city import make_city
from exchange.store import open_store
from exchange.store.engine import schema_of
from exchange.store.roles import make_role, role_of, with_account
from tests.postgres import libpq, own_database

PASSWORD = "p@ss:w/rd%'" + "x" * 20


@pytest.fixture
def database(postgres_url: str) -> Iterator[str]:
    """A database of the test's own; the roles made for it go with it."""
    with own_database(postgres_url) as url:
        yield url
        name = url.rpartition("/")[2].partition("?")[0]
    # With the database gone they own nothing any more.
    with psycopg.connect(libpq(postgres_url), autocommit=True) as admin:
        for (role,) in admin.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE %s", (f"{name}%",)).fetchall():
            admin.execute(f'DROP ROLE "{role}"')


def test_a_members_role_has_its_own_schema_and_nothing_of_anothers(database: str) -> None:
    for member in ("t.one", "t.two"):
        store = open_store(database, member=member)  # as it was before: tables that the administrator owns
        store.migrate()
        store.close()
    accounts = {
        member: with_account(database, make_role(database, member, PASSWORD), PASSWORD) for member in ("t.one", "t.two")
    }
    for member, url in accounts.items():
        store = open_store(url, member=member)
        store.migrate()
        with store.transaction() as tx:
            tx.set_meta("whose", member)
        store.close()
    with psycopg.connect(libpq(accounts["t.one"]), autocommit=True) as one:
        assert one.execute(f"SELECT count(*) FROM {schema_of('t.one')}.meta").fetchone() is not None
        for forbidden in (
            f"SELECT * FROM {schema_of('t.two')}.meta",
            f"CREATE TABLE {schema_of('t.two')}.mine (x int)",
            "CREATE SCHEMA another",
            "CREATE ROLE another",
            "SELECT rolpassword FROM pg_authid",
            f'SET ROLE "{make_role(database, "t.two", PASSWORD)}"',
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                one.execute(forbidden)
    with pytest.raises(DatabaseUnavailable):
        open_store(accounts["t.one"], member="t.two").ping()


def test_init_makes_roles_and_members_use_them_without_the_administrators_password(
    database: str, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    make_city(home, "wuhu")
    admin = Settings.read({"EXCHANGE_DATABASE_URL": database}, home=home.root)
    init_files(admin, lambda text: None, roles=True)
    account = home.database_account("wuhu.planning")
    before = account.read_text()
    assert stat.S_IMODE(account.stat().st_mode) == 0o600

    without = with_account(database, "nobody", "")
    served = Settings.read({"EXCHANGE_DATABASE_URL": without}, home=home.root)
    opened = open_member(served, "wuhu.planning")
    assert not opened.store.is_new()
    opened.store.close()
    assert role_of(database.rpartition("/")[2].partition("?")[0], "wuhu.planning") in before

    init_files(admin, lambda text: None, roles=True)
    assert account.read_text() == before, "who is being served stays connected"


def doctor_says(settings: Settings) -> str:
    [finding] = database_roles(settings, load_profiles(Home(settings.home).departments))
    return f"{finding.level}: {finding.finding}"


def test_a_new_domain_has_roles_by_default_and_nobody_else_comes_in(database: str, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    make_city(home, "wuhu")
    settings = Settings.read({"EXCHANGE_DATABASE_URL": database}, home=home.root)
    said: list[str] = []
    init_files(settings, said.append)
    assert any("a role of its own" in one for one in said)
    assert doctor_says(settings) == "good: each member's role sees its own records alone"
    with psycopg.connect(libpq(database), autocommit=True) as admin:
        name = admin.info.dbname
        admin.execute(f'CREATE ROLE "{name}_stranger" LOGIN')
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(libpq(with_account(database, f"{name}_stranger", "")))
        admin.execute(f'GRANT CONNECT ON DATABASE "{name}" TO PUBLIC')
    assert "every account of the server may connect" in doctor_says(settings)
    said.clear()
    init_files(settings, said.append)
    assert not any("role" in one for one in said), "what is there is not made again"


def test_where_the_account_may_make_none_a_new_domain_says_so_and_the_doctor_names_who_shares(
    database: str, tmp_path: Path
) -> None:
    with psycopg.connect(libpq(database), autocommit=True) as admin:
        name = admin.info.dbname
        admin.execute(f'CREATE ROLE "{name}_plain" LOGIN')
        admin.execute(f'GRANT CREATE ON DATABASE "{name}" TO "{name}_plain"')
    home = Home(tmp_path / "home")
    make_city(home, "wuhu")
    given = {"EXCHANGE_DATABASE_URL": with_account(database, f"{name}_plain", "")}
    settings = Settings.read(given, home=home.root)
    said: list[str] = []
    init_files(settings, said.append)
    assert any(f"{name}_plain may not make roles" in one for one in said)
    assert "wuhu.planning" in doctor_says(settings)
    with pytest.raises(CallerError, match="may not make roles"):
        init_files(settings, said.append, roles=True)
    with psycopg.connect(libpq(database), autocommit=True) as admin:
        admin.execute(f'DROP OWNED BY "{name}_plain"')


def test_init_takes_what_its_option_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The option was there, and led nowhere."""
    asked: list[object] = []

    class Reached(Exception):
        pass

    def record(*_: object, roles: bool | None = None, **__: object) -> None:
        asked.append(roles)
        raise Reached

    monkeypatch.setattr(init, "init_files", record)
    for given in ({"roles": True}, {"roles": False}, {}):
        with pytest.raises(Reached):
            run.init(home=tmp_path, **given)
    assert asked == [True, False, None]


def test_roles_need_a_server(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    make_city(home, "wuhu")
    with pytest.raises(CallerError, match="no database server"):
        init_files(Settings.read({}, home=home.root), lambda text: None, roles=True)
