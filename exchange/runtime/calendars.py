"""The calendar of working days that a member goes by, taken anew while it is served.

Calendars lie in the domain's folder `calendars`, a file for each domain; they also come beside messages, and from the
level above. What a member has once taken it keeps in its own database, so that neither a lost file nor an older one
takes it back.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from exchange.directory import Lookup
from exchange.directory.calendars import SignedCalendar, ancestry, in_force, newest, read_calendar
from exchange.errors import BadDirectory, DatabaseUnavailable, FileUnusable
from exchange.machine.files import make_folder, write_secret
from exchange.machine.logger import get_logger
from exchange.messaging.attested.contradiction import DocumentRef, RowAt, RowContradiction
from exchange.messaging.documents import Documents
from exchange.messaging.records import StoredDocument
from exchange.runtime.settings import Home
from exchange.schemas import PAPER_LIMIT, Calendar
from exchange.store import Store
from exchange.store.tables import meta
from exchange.workdays import WorkingCalendar

log = get_logger()

AUTHORITYS_COPY = "calendar"
"""The authority keeps what it signed last beside its key: a file that is lost must not begin the versions anew."""
GONE_BY = "calendar-version"
"""Meta key: the name and version of the calendar that a member goes by."""

_TAKEN_WITHIN = timedelta(hours=1)
"""A served member takes what is published within a minute."""

Mark = tuple[tuple[str, int, int], ...]
"""By which the folder is known to have changed."""


class CalendarKeeper:
    """Takes calendars for one member and says which one it goes by. Safe from any thread."""

    def __init__(self, home: Home, store: Store, address: str) -> None:
        self._folder = home.calendars
        self._store = store
        self._address = address
        self._turn = threading.Lock()
        self._offered: dict[bytes, SignedCalendar] = {}
        self._passed_over: set[bytes] = set()
        self._looked: tuple[Mark, Lookup] | None = None
        self._version: str | None = None

    def take(self, data: bytes, directory: Lookup) -> None:
        """Take a calendar that came from elsewhere, at the next look. Raises BadDirectory where it does not count."""
        digest = hashlib.sha256(data).digest()
        with self._turn:
            if digest in self._offered or digest in self._passed_over:
                return
        found = _of_the_levels(data, directory)
        with self._turn:
            self._offered[digest] = found
            self._looked = None

    def look(self, directory: Lookup) -> WorkingCalendar | None:
        """Return the calendar that counts now; None where it is that of the last look. Cheap when nothing is new."""
        with self._turn:
            now = (mark_of(self._folder), directory)
            if self._looked is not None and self._looked[0] == now[0] and self._looked[1] is now[1]:
                return None
            with suppress(DatabaseUnavailable):
                found = self._taken(directory)
                self._looked = now
                if found.version != self._version:
                    self._version = found.version
                    return found
            return None

    def _taken(self, directory: Lookup) -> WorkingCalendar:
        """Join what is held, what lies in the folder and what came; keep what is new where the next look finds it."""
        with self._store.reading() as tx:
            held = [text for name in ancestry(directory.domain) if (text := tx.get_meta(_key(name)))]
        kept = newest(_verified((bytes.fromhex(text) for text in held), directory))
        filed = newest(_verified(_files(self._folder), directory))
        present = newest([*kept.values(), *filed.values(), *self._offered.values()])
        calendar = in_force(present.values())
        for name, one in filed.items():
            if one.place < present[name].place:
                versions = {"file": one.calendar.version, "kept": present[name].calendar.version}
                log.warning("calendar.older", node=self._address, domain=name, **versions)
        with self._store.transaction() as tx:
            for name, one in present.items():
                if name not in kept or kept[name].data != one.data:
                    tx.set_meta(_key(name), one.data.hex())
            if tx.get_meta(GONE_BY) != calendar.version:
                tx.set_meta(GONE_BY, calendar.version)
        for name, one in present.items():
            if name not in filed or filed[name].data != one.data:
                self._file(name, one.data)
        self._passed_over |= set(self._offered)
        self._offered.clear()
        return calendar

    def _file(self, domain: str, data: bytes) -> None:
        try:
            keep_file(self._folder, domain, data)
        except FileUnusable as error:
            log.warning("calendar.not-filed", node=self._address, domain=domain, reason=str(error))


def level_calendars(home: Home, directory: Lookup) -> tuple[SignedCalendar, ...]:
    """Return the calendars that lie in a domain's folder and count there, highest level first."""
    found = newest(_verified(_files(home.calendars), directory)).values()
    return tuple(sorted(found, key=lambda one: one.calendar.domain.count(".")))


def refused_files(home: Home, directory: Lookup) -> Iterator[tuple[str, BadDirectory]]:
    """Yield the files of a domain's folder that do not count there, each with the reason."""
    for path in sorted(home.calendars.glob(f"*{_ENDING}")):
        try:
            with path.open("rb") as file:
                _of_the_levels(file.read(PAPER_LIMIT + 1), directory)
        except BadDirectory as error:
            yield path.name, error
        except OSError as error:
            yield path.name, BadDirectory("{folder}: {reason}", folder=path, reason=error.strerror)


def read_calendars(home: Home, directory: Lookup) -> WorkingCalendar:
    """Return the calendar by the files of a domain's folder, for what is no member."""
    return in_force(level_calendars(home, directory))


def filed_calendar(folder: Path, directory: Lookup, name: str) -> SignedCalendar | None:
    """Return a calendar that lies in a folder under a name, a domain's; None for none. Raises BadDirectory."""
    try:
        return read_calendar((folder / f"{name}{_ENDING}").read_bytes(), directory)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadDirectory("{folder}: {reason}", folder=folder, reason=error.strerror) from error


def keep_file(folder: Path, name: str, data: bytes) -> None:
    """Write a calendar where `filed_calendar` finds it, and members do under its domain. Raises FileUnusable."""
    make_folder(folder)
    write_secret(folder / f"{name}{_ENDING}", data)


_ENDING = ".cose"


def mark_of(folder: Path) -> Mark:
    """Return what tells whether a folder of calendars has changed."""
    found = []
    for path in sorted(folder.glob(f"*{_ENDING}")):
        with suppress(OSError):
            status = path.stat()
            found.append((path.name, status.st_mtime_ns, status.st_ino))
    return tuple(found)


def _files(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.glob(f"*{_ENDING}")):
        with suppress(OSError), path.open("rb") as file:
            yield file.read(PAPER_LIMIT + 1)


def _verified(papers: Iterable[bytes], directory: Lookup) -> Iterator[SignedCalendar]:
    for data in papers:
        try:
            yield _of_the_levels(data, directory)
        except BadDirectory as error:
            log.warning("calendar.refused", reason=str(error), remedy=error.remedy)


def _of_the_levels(data: bytes, directory: Lookup) -> SignedCalendar:
    """Raises BadDirectory for one of a domain that is neither the own one nor above it."""
    found = read_calendar(data, directory)
    if found.calendar.domain not in ancestry(directory.domain):
        raise BadDirectory(
            "the calendar of {name} does not count in {domain}, which is not below it",
            name=found.calendar.domain,
            domain=directory.domain,
        )
    return found


def calendar_contradictions(store: Store, member: str, directory: Lookup, folder: Path) -> Iterator[RowContradiction]:
    """Yield what a member keeps as a calendar and no authority has signed, and what it goes by that is older than what
    lies in the folder, though it has worked since that was published. Raises DatabaseUnavailable.
    """
    filed = newest(_verified(_files(folder), directory))
    with store.reading() as tx:
        last = next(iter(tx[Documents].recent(limit=1)), None)
        for domain in ancestry(directory.domain):
            text, at = tx.get_meta(_key(domain)), RowAt(member, meta.name, _key(domain))
            if text is None:
                continue
            ref = DocumentRef(domain, AUTHORITYS_COPY, Calendar.KIND, hashlib.sha256(text.encode()).hexdigest())
            try:
                kept = _of_the_levels(bytes.fromhex(text), directory)
                named = kept.calendar.domain
            except (BadDirectory, ValueError) as error:
                yield at.not_signed("value", ref.digest, error, ref)
                continue
            other = filed.get(domain)
            if named != domain:
                yield at.unproved("value", named, ref)
            elif other is not None and _was_published(other, kept, last):
                paper = DocumentRef(domain, AUTHORITYS_COPY, Calendar.KIND, hashlib.sha256(other.data).hexdigest())
                yield from at.differs("value", kept.calendar.version, other.calendar.version, paper)


def _was_published(filed: SignedCalendar, kept: SignedCalendar, last: StoredDocument | None) -> bool:
    """Whether a newer one was there for a while when the member last worked."""
    return kept.place < filed.place and last is not None and last.recorded_at > filed.calendar.issued_at + _TAKEN_WITHIN


def _key(domain: str) -> str:
    return f"calendar:{domain}"
