"""Putting a backup back: a whole domain into an empty folder, or one member's database into a domain that is there."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from exchange.errors import BadBackup, BadConfiguration
from exchange.language import tr
from exchange.machine.files import expect_new, keep_owner_below, make_folder, told, write_file
from exchange.messaging.log.restoring import RestoredNote
from exchange.runtime.home import need_domain
from exchange.runtime.settings import Home, Settings
from exchange.setup.backup.checking import CheckedBackup
from exchange.setup.backup.layout import MEMBERS, Portion, portion_of
from exchange.setup.backup.making import COPIED
from exchange.setup.backup.manifest import BackupDatabase
from exchange.setup.backup.places import DatabasePlace, place_of
from exchange.setup.database_roles import give_roles
from exchange.setup.init import CONSOLE
from exchange.store.engine import is_server
from exchange.store.migrate import HEAD

Tell = Callable[[str], None]


@dataclass(frozen=True)
class RestoredMember:
    """A member whose database was put back."""

    address: str
    head_size: int
    """Entries of its log's newest head then: peers that have seen a higher one tell it."""
    aside: str | None
    """Where the database is that was there before."""


def restore_domain(settings: Settings, backup: CheckedBackup, tell: Tell) -> list[RestoredMember]:
    """Make a domain's folder anew, with its databases. Raises BadBackup, BadConfiguration and what writing raises.

    The folder has its name once all is there; where something goes wrong, neither it nor any schema is.
    """
    _check_fits(settings, backup, backup.manifest.databases)
    if backup.keys is None:
        raise BadBackup("a domain cannot be made without its keys", remedy="name the file of sealed keys: --keys FILE")
    home = Home(settings.home)
    expect_new(home.root)
    make_folder(home.root.absolute().parent)
    unfinished = home.root.with_name(f".{home.root.name}.{secrets.token_hex(4)}.unfinished")
    here = replace(settings, home=unfinished)
    put: list[DatabasePlace] = []
    try:
        make_folder(unfinished, 0o700)
        _write_files(backup, unfinished, tell)
        places = _places(here, backup)
        restored = []
        for kept, place in places:
            tell(kept.address)
            put.append(place)
            restored.append(_put_back(here, backup, kept, place))
        with told(home.root):
            unfinished.rename(home.root)
    except BaseException:
        for place in put:
            place.take_away()
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    keep_owner_below(home.root)
    return restored


def restore_member(
    settings: Settings, backup: CheckedBackup, address: str, *, replacing: bool, tell: Tell
) -> RestoredMember:
    """Put back one member's database in a domain that is there; its keys only where it has none.

    A database that is there is put aside where that is asked for (``replacing``), else refused with what would be gone.
    Raises BadBackup, IdentityInUse and what writing raises.
    """
    home, kept = Home(settings.home), backup.manifest.of(address)
    need_domain(home)
    _check_fits(settings, backup, (kept,))
    place = place_of(settings, address)
    there = place.facts()
    if there is not None and not replacing:
        raise BadBackup(
            "{address} has a database, with {number} entries in its journal where the backup has {kept}",
            remedy="only if that one is to be put aside, with all that came since: the same command with --replace",
            address=address, number=there.last_entry, kept=kept.last_entry,
        )  # fmt: skip
    tell(address)
    restored = _put_back(settings, backup, kept, place)
    if backup.keys is not None and not home.keys(address).is_dir():
        for path, file in backup.keys.files.items():
            if path.parts[:2] == (MEMBERS, address) and not (home.root / path).exists():
                _write(home.root / path, file.content, file.mode)
        keep_owner_below(home.member(address))
    return restored


def _check_fits(settings: Settings, backup: CheckedBackup, databases: tuple[BackupDatabase, ...]) -> None:
    """What is known before anything is written. Raises BadBackup or BadConfiguration."""
    manifest = backup.manifest
    if backup.keys is not None and backup.unvouched is not None and manifest.keys:
        raise BadBackup(backup.unvouched, remedy="name the keys that were sealed with this backup")
    newest = max((one.revision for one in databases), default="")
    if newest > HEAD:
        raise BadBackup(
            "the backup is of a newer release, {release}", remedy="update this installation", release=manifest.release
        )
    server = is_server(settings.database_url)
    if server and manifest.database == "sqlite":
        raise BadConfiguration(
            "the backup is of SQLite files, and EXCHANGE_DATABASE_URL names a server",
            remedy="restore it without that setting",
        )
    if not server and manifest.database == "postgresql":
        raise BadConfiguration(
            "the backup is of a database server", remedy="set EXCHANGE_DATABASE_URL to the one that is to have it"
        )


def _write_files(backup: CheckedBackup, root: Path, tell: Tell) -> None:
    tell(tr("files"))
    for one in backup.manifest.files:
        path = PurePosixPath(one.path).relative_to(COPIED)
        if portion_of(path) is not Portion.OPEN:
            raise BadBackup("{path} is none of a domain's open files", path=one.path)
        _write(root / path, (backup.folder / one.path).read_bytes(), one.mode)
    for path, file in (backup.keys.files if backup.keys is not None else {}).items():
        if portion_of(path) is not Portion.SEALED:
            raise BadBackup("{path} is none of a domain's secret files", path=path)
        _write(root / path, file.content, file.mode)


def _write(path: Path, content: bytes, mode: int) -> None:
    secret = not mode & 0o077
    make_folder(path.parent, 0o700 if secret else 0o755)
    write_file(path, content, mode=mode)
    with told(path):
        os.chmod(path, mode)


def _places(settings: Settings, backup: CheckedBackup) -> list[tuple[BackupDatabase, DatabasePlace]]:
    """Where each database goes: all of them free, with roles where they had their own."""
    manifest = backup.manifest
    if is_server(settings.database_url):
        _give_roles(settings, [one.address for one in manifest.databases])
    places = [(one, place_of(settings, one.address)) for one in manifest.databases]
    taken = [one.address for one, place in places if place.facts() is not None]
    if taken:
        raise BadBackup(
            "the database server has tables of {addresses} already, and nothing is overwritten",
            remedy="name an empty database; a single member is put back by --member ADDRESS --replace",
            addresses=", ".join(taken),
        )  # fmt: skip
    return places


def _give_roles(settings: Settings, addresses: list[str]) -> None:
    """Make the roles that members had of their own, with the passwords that they know, where the account may."""
    home, url = Home(settings.home), settings.database_url
    own = [one for one in addresses if home.database_account(one).exists()]
    if own and url is not None:
        give_roles(settings, own, lambda text: None, wanted=True, new=True)


def _put_back(settings: Settings, backup: CheckedBackup, kept: BackupDatabase, place: DatabasePlace) -> RestoredMember:
    note = RestoredNote(backup.digest, backup.manifest.begun_at, settings.clock.now())
    path = backup.folder / kept.file.path
    aside = place.put_back(path, note if kept.address != CONSOLE else None, settings.clock.now())
    return RestoredMember(kept.address, kept.head_size, aside)
