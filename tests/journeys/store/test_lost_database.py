"""A member that lost its database: nobody puts an empty one in its place unaware of what that means."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from exchange.errors import DatabaseLost, NotFound
from exchange.runtime.home import open_member
from exchange.setup.init import init_files
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain, run
from tests.warm import run_warm, start_warm

pytestmark = pytest.mark.broker


def ignore(text: str) -> None:
    """Says nothing."""


def test_a_lost_database_is_made_anew_only_where_that_is_said(city: ProcessDomain) -> None:
    planning = city.address("planning")
    folder = city.settings.home / "members" / planning
    for file in folder.glob("store.db*"):
        file.unlink()

    for command in (("init",), ("serve", planning)):
        said = run(city, *command, code=6).stderr
        assert f"the database of {planning} is not there" in said
        assert f"exchange init --anew {planning}" in said
    assert not (folder / "store.db").exists()

    with pytest.raises(NotFound, match="nobody"):
        init_files(city.settings, ignore, anew=("nobody",))

    init_files(city.settings, ignore, anew=(planning,))
    opened = open_member(city.settings, planning)
    assert opened.store.is_current()
    opened.store.close()


def test_up_names_a_member_that_lost_its_database_and_runs_the_others(city: ProcessDomain, tmp_path: Path) -> None:
    planning, said = city.address("planning"), tmp_path / "up.txt"
    for file in (city.settings.home / "members" / planning).glob("store.db*"):
        file.unlink()
    place = {"EXCHANGE_BROKER_URL": city.info.url, "EXCHANGE_MANAGEMENT_URL": city.info.management_url or ""}
    up = start_warm(["up", "--no-console"], {**city.environment(), **place}, said, said)
    try:
        kept_out = f"{planning} cannot run here (exit 6)"
        wait_until(lambda: kept_out in " ".join(said.read_text().split()), 60, kept_out)
        assert f"exchange init --anew {planning}" in " ".join(said.read_text().split())
        window = city.settings.home / "log" / f"{city.address('window')}.log"
        wait_until(lambda: window.exists() and "member.serving" in window.read_text(), 60, "the window being served")
    finally:
        up.send_signal(signal.SIGTERM)
        assert up.wait(60) == 0


def test_members_are_not_moved_to_an_empty_database_server_unawares(city: ProcessDomain, postgres_url: str) -> None:
    moved = replace(city.settings, database_url=postgres_url)
    with pytest.raises(DatabaseLost, match="has no tables"):
        init_files(moved, ignore)
    everybody = [city.address(name) for name in city.names]
    with pytest.raises(DatabaseLost, match="has no tables"):
        open_member(moved, everybody[0])
    init_files(moved, ignore, anew=everybody)
    init_files(moved, ignore)


def test_a_member_whose_first_init_was_broken_off_gets_its_database_by_the_next(city: ProcessDomain) -> None:
    folder = city.settings.home / "members" / city.address("planning")
    for file in (*folder.glob("store.db*"), folder / "broker.json"):
        file.unlink()
    init_files(city.settings, ignore)
    assert (folder / "store.db").exists()


def test_a_database_put_back_from_a_backup_is_served_and_what_it_does_not_know_is_named(city: ProcessDomain) -> None:
    planning, window = city.address("planning"), city.address("window")
    store, kept = city.settings.home / "members" / planning / "store.db", city.root / "backup.db"
    city.serve_all()
    city.submit(1)
    wait_until(lambda: city.decided() == 1 and city.undelivered() == 0, 60, "the first case")
    with closing(sqlite3.connect(store)) as here, closing(sqlite3.connect(kept)) as there:
        here.backup(there)  # as `.backup` of SQLite's own command does, while the member is served
    city.submit(1)
    wait_until(lambda: city.decided() == 2 and city.undelivered() == 0, 60, "the second case")

    city.kill("planning")
    for file in store.parent.glob("store.db*"):
        file.unlink()
    shutil.copy(kept, store)
    city.serve("planning")
    wait_until(lambda: city.is_served("planning"), 60, "planning being served")

    broker = {"EXCHANGE_BROKER_URL": city.info.url, "EXCHANGE_MANAGEMENT_URL": city.info.management_url or ""}
    answers: list[CompletedProcess[str]] = []

    # Of the second case alone: what planning was put and told, the receipts it got, and what it has written itself.
    lost = {("not-taken", window, planning), ("nowhere", window, planning), ("invented", planning, window)}

    def named() -> list[tuple[str, str, str]]:
        found = json.loads(answers[-1].stdout)["differences"]
        return [(one["fault"], one["sender"], one["member"]) for one in found]

    def known() -> bool:
        """The broker counts what lies in queues every few seconds: until then a receipt may seem to lie in one."""
        answers.append(run_warm(("reconcile", "--settle", "1", "--json"), {**city.environment(), **broker}))
        return answers[-1].returncode == 8 and set(named()) == lost

    wait_until(known, 60, "what is lost being named, once the broker knows what lies in its queues")
    assert named().count(("not-taken", window, planning)) == 2
