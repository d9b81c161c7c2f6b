"""Backups on both databases: taken while somebody writes, checked, and put back where nothing is overwritten."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from exchange.clock import RealClock
from exchange.directory.recovery import Argon2Cost, PassphraseKey
from exchange.errors import (
    BadBackup,
    BadConfiguration,
    DatabaseLost,
    DatabaseUnavailable,
    FileUnusable,
    IdentityInUse,
    NotFound,
)
from exchange.runtime.home import open_database, open_member
from exchange.runtime.settings import Home, Settings
from exchange.setup.backup.checking import CheckedBackup, check_backup
from exchange.setup.backup.making import MadeBackup, make_backup
from exchange.setup.backup.restoring import restore_domain, restore_member
from exchange.setup.init import init_files
from exchange.store import open_store
from exchange.store.journal import JournalEntry
from exchange.store.migrate import HEAD
from tests.postgres import own_database
from tests.processes import write_departments

KEY = PassphraseKey(b"a passphrase of the tests", Argon2Cost(1, 64, 1))
DOMAIN = "town"
PLANNING = f"{DOMAIN}.planning"


def ignore(text: str) -> None:
    """Says nothing."""


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@dataclass
class Town:
    """A small domain that nobody serves."""

    root: Path
    settings: Settings

    @property
    def home(self) -> Home:
        return Home(self.settings.home)

    def write(self, *words: str, address: str = PLANNING) -> None:
        """Adds lines to a member's journal."""
        store = open_database(self.settings, address)
        with store, store.transaction() as tx:
            tx.journal([JournalEntry(RealClock().now(), word, None, None, {}) for word in words])

    def read(self, address: str = PLANNING) -> list[str]:
        store = open_database(self.settings, address)
        with store, store.reading() as tx:
            return [one.event for one in tx.recent_journal()]

    def back_up(self, name: str = "backup", *members: str, say: Callable[[str], None] = ignore) -> MadeBackup:
        return make_backup(self.settings, self.root / name, KEY, members, say)

    def checked(self, made: MadeBackup) -> CheckedBackup:
        return check_backup(made.folder, made.keys, KEY, ignore)

    def elsewhere(self, url: str | None) -> Town:
        """Another place for it."""
        return Town(self.root, replace(self.settings, home=self.root / "elsewhere", database_url=url))


@pytest.fixture(params=["sqlite", "postgresql"])
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    write_departments(tmp_path / "departments", DOMAIN, ("planning",))
    settings = Settings.read({}, tmp_path / "home")
    if request.param == "sqlite":
        init_files(settings, ignore, tmp_path / "departments")
        yield Town(tmp_path, settings)
        return
    with own_database(request.getfixturevalue("postgres_url")) as url:
        settings = replace(settings, database_url=url)
        init_files(settings, ignore, tmp_path / "departments")
        yield Town(tmp_path, settings)


@pytest.fixture
def free_place(town: Town, request: pytest.FixtureRequest) -> Iterator[Town]:
    """Where the town can be put back: another folder, another database."""
    if town.settings.database_url is None:
        yield town.elsewhere(None)
        return
    with own_database(request.getfixturevalue("postgres_url")) as url:
        yield town.elsewhere(url)


def test_a_whole_domain_is_put_back_elsewhere(town: Town, free_place: Town) -> None:
    town.write("before")
    made = town.back_up()
    town.write("after")
    restored = restore_domain(free_place.settings, town.checked(made), ignore)
    assert {one.address for one in restored} == {f"{DOMAIN}.{name}" for name in ("window", "monitor", "planning")}
    assert free_place.read() == ["before"]
    opened = open_member(free_place.settings, PLANNING)
    with opened.store.reading() as tx:
        note = json.loads(tx.get_meta("restored") or "{}")
    opened.store.close()
    assert datetime.fromisoformat(note["backed_up_at"]) == made.manifest.begun_at
    assert made.manifest.begun_at < datetime.fromisoformat(note["restored_at"])
    for name in ("authority/authority.key", f"members/{PLANNING}/keys/signing.key"):
        assert (free_place.home.root / name).read_bytes() == (town.home.root / name).read_bytes()
        assert mode_of(free_place.home.root / name) == 0o600
    assert town.read() == ["before", "after"]
    init_files(free_place.settings, ignore)


def test_secrets_are_in_the_sealed_file_alone(town: Town) -> None:
    made = town.back_up()
    assert made.keys is not None
    everything = b"".join(path.read_bytes() for path in made.folder.rglob("*") if path.is_file())
    named = ("decryption.json", "broker.json", "database.json")
    secrets = [path for path in town.home.root.rglob("*") if path.suffix == ".key" or path.name in named]
    assert len(secrets) >= 8, "two of the authority, two of each member"
    assert not [path for path in secrets if path.read_bytes() and path.read_bytes() in everything]
    for path in (made.keys, *made.folder.rglob("*")):
        assert mode_of(path) & 0o077 == 0, path


def test_what_is_written_meanwhile_is_in_none_of_it(town: Town, free_place: Town) -> None:
    town.write(*["before"] * 20)
    stop, written = threading.Event(), threading.Event()

    def go_on() -> None:
        while not stop.is_set():
            town.write("meanwhile")
            written.set()

    writer: list[threading.Thread] = []

    def say(text: str) -> None:
        """The databases are held by now."""
        if not writer:
            writer.append(threading.Thread(target=go_on))
            writer[0].start()
            assert written.wait(60)

    try:
        made = town.back_up(say=say)
    finally:
        stop.set()
        writer[0].join()
    restore_domain(free_place.settings, town.checked(made), ignore)
    assert free_place.read() == ["before"] * 20
    assert made.manifest.of(PLANNING).last_entry == 20
    assert "meanwhile" in town.read()


def test_a_change_of_any_file_is_named(town: Town) -> None:
    made = town.back_up()
    files = [path for path in made.folder.rglob("*") if path.is_file()]
    assert len(files) > 8
    for path in files:
        was = path.read_bytes()
        path.write_bytes(was[:-1] + bytes([was[-1] ^ 1]))
        with pytest.raises(BadBackup, match=path.name):
            town.checked(made)
        path.unlink()
        with pytest.raises(BadBackup):
            town.checked(made)
        path.write_bytes(was)
    assert town.checked(made).unvouched is None


def test_a_manifest_made_anew_is_not_vouched_for(town: Town, free_place: Town) -> None:
    made = town.back_up()
    path = made.folder / "manifest.json"
    told = json.loads(path.read_text())
    path.write_text(json.dumps({**told, "release": "9"}))
    checked = town.checked(made)
    assert checked.unvouched is not None
    with pytest.raises(BadBackup, match="another backup"):
        restore_domain(free_place.settings, checked, ignore)
    assert not free_place.home.root.exists()


def test_a_backup_of_a_newer_release_is_refused(town: Town, free_place: Town) -> None:
    checked = town.checked(town.back_up())
    newer = tuple(one.model_copy(update={"revision": "9999"}) for one in checked.manifest.databases)
    with pytest.raises(BadBackup, match="newer release"):
        restore_domain(
            free_place.settings,
            replace(checked, manifest=checked.manifest.model_copy(update={"databases": newer})), ignore,
        )  # fmt: skip
    assert HEAD < "9999"


def test_nothing_that_is_there_is_overwritten(town: Town, free_place: Town) -> None:
    made = town.back_up()
    before = {path: path.read_bytes() for path in made.folder.rglob("*") if path.is_file()}
    for name in ("backup", "backup/inside", "home/inside"):
        with pytest.raises(BadConfiguration):
            make_backup(
                town.settings, town.root / name / "x" if name == "backup" else town.root / name, KEY, (), ignore
            )
    assert {path: path.read_bytes() for path in made.folder.rglob("*") if path.is_file()} == before
    with pytest.raises(FileUnusable):
        restore_domain(town.settings, town.checked(made), ignore)
    town.write("kept")
    if town.settings.database_url is not None:
        there = replace(free_place.settings, database_url=town.settings.database_url)
        with pytest.raises(BadBackup, match="already"):
            restore_domain(there, town.checked(made), ignore)
    with pytest.raises(BadBackup, match="has a database"):
        restore_member(town.settings, town.checked(made), PLANNING, replacing=False, tell=ignore)
    assert town.read() == ["kept"]


def test_a_member_is_put_back_and_its_database_put_aside(town: Town) -> None:
    town.write("before")
    made = town.back_up()
    town.write("after")
    restored = restore_member(town.settings, town.checked(made), PLANNING, replacing=True, tell=ignore)
    assert town.read() == ["before"]
    assert town.read(f"{DOMAIN}.window") == []
    assert restored.aside is not None
    if town.settings.database_url is None:
        with open_store(f"sqlite:///{restored.aside}", member=PLANNING) as store, store.reading() as tx:
            assert [one.event for one in tx.recent_journal()] == ["before", "after"]
    town.write("goes on")


def test_a_member_that_is_served_is_not_put_back(town: Town) -> None:
    town.write("before")
    made = town.back_up()
    store = open_database(town.settings, PLANNING)
    with store, store.claim_identity(PLANNING), pytest.raises(IdentityInUse):
        restore_member(town.settings, town.checked(made), PLANNING, replacing=True, tell=ignore)
    assert town.read() == ["before"]


def test_a_file_that_somebody_has_open_is_not_put_aside(town: Town) -> None:
    if town.settings.database_url is not None:
        pytest.skip("a server's schema is renamed for all")
    made = town.back_up()
    town.write("after")
    store = open_database(town.settings, PLANNING)
    with store, store.reading() as tx:
        tx.recent_journal()
        with pytest.raises(IdentityInUse, match="open in another process"):
            restore_member(town.settings, town.checked(made), PLANNING, replacing=True, tell=ignore)
    assert town.read() == ["after"]
    assert not list(town.home.member(PLANNING).glob("*restoring*"))


def test_a_member_that_lost_its_database_and_keys_has_them_again(town: Town) -> None:
    town.write("before")
    made = town.back_up("some", PLANNING)
    if town.settings.database_url is not None:
        pytest.skip("a file that is gone")
    for path in town.home.member(PLANNING).glob("store.db*"):
        path.unlink()
    shutil.rmtree(town.home.keys(PLANNING))
    with pytest.raises(DatabaseLost):
        town.read()
    restore_member(town.settings, town.checked(made), PLANNING, replacing=False, tell=ignore)
    assert town.read() == ["before"]
    open_member(town.settings, PLANNING).store.close()


def test_a_backup_of_one_member_has_no_others_keys(town: Town) -> None:
    keys = town.checked(town.back_up("some", PLANNING)).keys
    assert keys is not None
    assert {path.parts[:2] for path in keys.files} == {("members", PLANNING)}
    with pytest.raises(NotFound):
        town.back_up("other", "nobody")


def test_what_goes_wrong_leaves_nothing(town: Town, free_place: Town) -> None:
    made = town.back_up()
    there = sorted(town.root.iterdir())

    def fail(text: str) -> None:
        if "%" in text or text == PLANNING:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        town.back_up("other", say=fail)
    with pytest.raises(KeyboardInterrupt):
        restore_domain(free_place.settings, town.checked(made), fail)
    assert sorted(town.root.iterdir()) == there
    restore_domain(free_place.settings, town.checked(made), ignore)


def test_a_disk_without_room_leaves_no_half_backup(town: Town) -> None:
    there = sorted(town.root.iterdir())
    was, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, was[1]))
    try:
        with pytest.raises((FileUnusable, DatabaseUnavailable)):
            town.back_up("other")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, was)
        signal.signal(signal.SIGXFSZ, handler)
    assert sorted(town.root.iterdir()) == there
    assert os.access(town.root, os.W_OK)
