"""Taking a backup while the domain is served: all databases held at one moment, then copied, then all else."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path, PurePosixPath

from exchange.directory.recovery import ContentKey
from exchange.errors import BadConfiguration, NotFound
from exchange.language import tr
from exchange.machine.files import make_folder, open_file, told, unusable, write_secret
from exchange.runtime.home import need_domain
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.setup.backup.layout import DATABASE, DUMP, MEMBERS, Portion, files_of
from exchange.setup.backup.manifest import (
    MANIFEST,
    BackupDatabase,
    BackupFile,
    BackupManifest,
    kept_file,
)
from exchange.setup.backup.places import place_of
from exchange.setup.backup.sealed_keys import seal_keys
from exchange.setup.init import CONSOLE
from exchange.store.backup.holding import open_snapshots
from exchange.store.backup.snapshots import DatabaseFacts
from exchange.store.engine import is_server

Tell = Callable[[str], None]
"""Told what is being done, again and again."""
KEYS = ".keys"
"""What the file of sealed keys is called after its backup."""
COPIED = "domain"
"""Where files of the domain's folder lie within a backup."""


@dataclass(frozen=True)
class MadeBackup:
    """A backup that is complete."""

    folder: Path
    keys: Path | None
    manifest: BackupManifest


def make_backup(
    settings: Settings, output: Path, key: ContentKey | None, members: Collection[str], tell: Tell
) -> MadeBackup:
    """Back up a domain, or some of its ``members``, into a new folder; without a ``key`` no keys.

    Where ``output`` is a folder that is there, the new one is made in it, named after domain and moment. It has its
    name, and the sealed keys beside it theirs, once all is on the disk; whatever goes wrong before leaves neither.
    Raises NotFound, BadConfiguration, BadBackup, DatabaseUnavailable, DatabaseLost or FileUnusable.
    """
    home, now = Home(settings.home), settings.clock.now()
    need_domain(home)
    addresses = list(load_profiles(home.departments))
    domain = addresses[0].rpartition(".")[0]
    here, away = _chosen(settings, addresses, members)
    folder = output / f"{domain}-{now:%Y%m%dT%H%M%S}" if output.is_dir() else output
    keys = folder.with_name(folder.name + KEYS) if key is not None else None
    _expect_free(home, folder, keys)
    with _made_whole(folder, keys) as (unfinished, sealed):
        _expect_room(settings, here, unfinished)
        databases = _copy_databases(settings, here, unfinished, tell)
        tell(tr("files"))
        opened, secret = _sorted(home.root, here if members else None)
        files = [_copy(home.root / one, unfinished, PurePosixPath(COPIED) / one) for one in opened]
        manifest = BackupManifest(
            format="yizhan-backup", version=1, domain=domain, release=version("yizhan"),
            database="postgresql" if is_server(settings.database_url) else "sqlite", begun_at=now,
            databases=tuple(databases), files=tuple(files), keys=key is not None, not_here=tuple(away),
        )  # fmt: skip
        data = manifest.as_json()
        write_secret(unfinished / MANIFEST, data)
        if key is not None and sealed is not None:
            tell(tr("keys"))
            write_secret(sealed, seal_keys(home.root, secret, hashlib.sha256(data).hexdigest(), key))
    return MadeBackup(folder, keys, manifest)


def _chosen(settings: Settings, addresses: list[str], members: Collection[str]) -> tuple[list[str], list[str]]:
    """Whose databases are copied, and who is not on this machine. A console that was never served has none."""
    home = Home(settings.home)
    console = place_of(settings, CONSOLE).facts() is not None
    known = [*addresses, *([CONSOLE] if console else [])]
    for one in members:
        if one not in known:
            raise NotFound("there is no member {address}", remedy="its address as in its profile", address=one)
    wanted = [one for one in known if not members or one in members]
    here = [one for one in wanted if members or home.member(one).is_dir()]
    return here, [one for one in wanted if one not in here]


def _expect_free(home: Home, folder: Path, keys: Path | None) -> None:
    if folder.absolute().is_relative_to(home.root.absolute()):
        raise BadConfiguration(
            "{folder} lies in the domain's own folder", remedy="name a place outside, on another disk", folder=folder
        )
    if (folder.parent / MANIFEST).exists():
        raise BadConfiguration("{folder} is a backup itself", remedy="name another place", folder=folder.parent)
    for place in (folder, keys):
        if place is not None and os.path.lexists(place):
            raise BadConfiguration(
                "{place} is there already, and nothing is overwritten", remedy="name another one", place=place
            )


@contextmanager
def _made_whole(folder: Path, keys: Path | None) -> Iterator[tuple[Path, Path | None]]:
    """A folder, and a file for the keys, that get their names at the end of the block, or are taken away again."""
    word = secrets.token_hex(4)
    unfinished = folder.with_name(f".{folder.name}.{word}.unfinished")
    sealed = keys.with_name(f".{keys.name}.{word}.unfinished") if keys is not None else None
    make_folder(folder.absolute().parent)
    try:
        make_folder(unfinished, 0o700)
        yield unfinished, sealed
        with told(folder):
            _sync_folders(unfinished)
            if keys is not None and sealed is not None:
                sealed.rename(keys)
            unfinished.rename(folder)
            _sync(folder.absolute().parent)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        with suppress(OSError):
            if keys is not None and sealed is not None:
                (sealed if sealed.exists() else keys).unlink(missing_ok=True)
        raise


def _expect_room(settings: Settings, here: list[str], place: Path) -> None:
    """Files of SQLite are as large as their copies: what cannot fit is known before."""
    if is_server(settings.database_url):
        return
    home = Home(settings.home)
    sizes = [home.database_file(one).stat().st_size for one in here if home.database_file(one).exists()]
    with told(place):
        free = shutil.disk_usage(place).free
    if sum(sizes) > free:
        raise unusable(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), place)


def _copy_databases(settings: Settings, here: list[str], folder: Path, tell: Tell) -> list[BackupDatabase]:
    home, found = Home(settings.home), []
    urls = {one: home.kept_database_url(one, settings.database_url) for one in here}
    with open_snapshots(urls) as snapshots:
        for address, snapshot in snapshots.items():
            name = DUMP if is_server(urls[address]) else DATABASE
            path = folder / MEMBERS / address / name
            make_folder(path.parent, 0o700)
            facts = snapshot.facts()
            snapshot.copy(path, lambda done, whole, one=address: tell(_progress(one, done, whole)))  # type: ignore[misc]
            with told(path):
                _sync(path)
                kept = kept_file(folder, path)
            found.append(_described(address, kept, facts))
    return found


def _described(address: str, file: BackupFile, facts: DatabaseFacts) -> BackupDatabase:
    return BackupDatabase(
        address=address, file=file, revision=facts.revision, last_entry=facts.last_entry,
        head_size=facts.head_size, head=facts.head,
    )  # fmt: skip


def _progress(address: str, done: int, whole: int) -> str:
    return f"{address}: {100 * done // max(whole, 1)} %"


def _sorted(root: Path, only: list[str] | None) -> tuple[list[PurePosixPath], list[PurePosixPath]]:
    """The files that are copied as they are, and those that are sealed; of ``only`` these members no others' keys."""
    opened: list[PurePosixPath] = []
    secret: list[PurePosixPath] = []
    for path, portion in files_of(root):
        if only is not None and portion is Portion.SEALED and not (path.parts[0] == MEMBERS and path.parts[1] in only):
            continue
        (opened if portion is Portion.OPEN else secret).append(path)
    return opened, secret


def _copy(source: Path, folder: Path, place: PurePosixPath) -> BackupFile:
    to = folder / place
    make_folder(to.parent, 0o700)
    with told(to):
        with source.open("rb") as here, open_file(to, "xb") as there:
            shutil.copyfileobj(here, there)
            there.flush()
            os.fsync(there.fileno())
        found = kept_file(folder, to)
        return found.model_copy(update={"mode": source.stat().st_mode & 0o777})


def _sync_folders(folder: Path) -> None:
    for one in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        _sync(one)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
