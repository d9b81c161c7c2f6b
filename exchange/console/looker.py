"""Looks at everything a domain stands on, within seconds whatever is down, and changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING

from exchange.bootstrap.draining import drain_in
from exchange.bootstrap.home import open_directory
from exchange.bootstrap.linking import LinkSide, LinkStatus
from exchange.bootstrap.links import load_links
from exchange.bootstrap.member import CONSUMING, RELEASE, SERVED_WITH
from exchange.broker import figures
from exchange.broker.figures import BrokerFigures
from exchange.clock import monotonic
from exchange.console.look import Look, MemberLook, Trouble
from exchange.directory import DirectoryView
from exchange.errors import ExchangeError
from exchange.profiles import Profile
from exchange.rules.calendar import ChinaCalendar, announced_until

if TYPE_CHECKING:
    from exchange.console.desk import Desk

_PATIENCE = 4.0
"""Seconds for one answer of the management API."""

_AT_ONCE = 8
"""Databases looked at side by side: one that does not answer keeps the others waiting little."""

_Seen = tuple[MemberLook, Mapping[str, datetime]]


class Looker:
    """Makes looks at one domain; close it at the end."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="look")
        self._calendar = ChinaCalendar()
        self._view: tuple[tuple[int, int], DirectoryView] | None = None

    def look(self) -> Look:
        """One look. Raises BadConfiguration where the departments cannot be read."""
        profiles = self._desk.profiles()
        broker, broker_trouble = self._broker()
        view, directory_trouble = self._directory()
        links, links_trouble = self._links(view, reachable=broker is not None)
        seen = list(self._pool.map(lambda profile: self._member(profile, view), profiles.values()))
        now = self._desk.clock.now()
        return Look(
            at=now,
            mono=monotonic(),
            domain=next(iter(profiles)).rpartition(".")[0],
            broker=broker,
            broker_trouble=broker_trouble,
            members=tuple(member for member, _ in seen),
            links=links,
            links_trouble=links_trouble,
            directory_version=view.version if view else None,
            directory_until=view.expires_at if view else None,
            directory_trouble=directory_trouble,
            announced_until=announced_until(self._calendar, now.date()),
            ages=self._ages([sent for _, sent in seen], now),
        )

    def close(self) -> None:
        """Waits for no database that does not answer."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _broker(self) -> tuple[BrokerFigures | None, Trouble | None]:
        try:
            with self._desk.management(_PATIENCE) as management:
                return figures.look(management), None
        except ExchangeError as error:
            return None, Trouble.of(error)

    def _directory(self) -> tuple[DirectoryView | None, Trouble | None]:
        """The directory, verified anew when its file was replaced or it has run out."""
        try:
            status = self._desk.home.directory.stat()
            mark = (status.st_mtime_ns, status.st_ino)
            if self._view is None or self._view[0] != mark or self._desk.clock.now() >= self._view[1].expires_at:
                self._view = mark, open_directory(self._desk.home, self._desk.settings)
            return self._view[1], None
        except OSError as error:
            path = self._desk.home.directory
            return None, Trouble(f"{path}: {error.strerror}", "`exchange init` puts it back", "directory")
        except ExchangeError as error:
            return None, Trouble.of(error)

    def _links(self, view: DirectoryView | None, reachable: bool) -> tuple[tuple[LinkStatus, ...], Trouble | None]:
        try:
            if not load_links(self._desk.home.links):
                return (), None
            where = self._desk.where()
            if view is None or where is None or not reachable:
                return (), Trouble("not looked at", "mend broker and directory first", "links")
            return tuple(LinkSide(view.domain, where, self._desk.home.links).status()), None
        except ExchangeError as error:
            return (), Trouble.of(error)

    def _member(self, profile: Profile, view: DirectoryView | None) -> _Seen:
        certificate, key, revoked = _terms(view, profile.address)
        about = (profile.address, profile.name, profile.name_en, tuple(role.value for role in profile.roles))
        try:
            store = self._desk.store(profile.address)
            with store.reading() as tx:
                alive, release, served = (tx.get_meta(name) for name in (CONSUMING, RELEASE, SERVED_WITH))
                work, sent, drain = tx.figures.open_work(), tx.figures.oldest_sent(), drain_in(tx)
        except ExchangeError as error:
            trouble = Trouble.of(error)
            return MemberLook(*about, trouble, certificate_until=certificate, key_until=key, revoked=revoked), {}
        alive_at = datetime.fromisoformat(alive) if alive else None
        silent = None if alive_at is None else self._real_seconds_since(alive_at, self._desk.clock.now())
        version = int(served) if served else None
        return MemberLook(*about, None, alive_at, silent, release, version, certificate, key, revoked, work,
                          drain[0] if drain else None), sent  # fmt: skip

    def _ages(self, all_sent: list[Mapping[str, datetime]], now: datetime) -> dict[str, float]:
        oldest: dict[str, datetime] = {}
        for sent in all_sent:
            for queue, at in sent.items():
                oldest[queue] = min(at, oldest.get(queue, at))
        return {queue: self._real_seconds_since(at, now) for queue, at in oldest.items()}

    def _real_seconds_since(self, at: datetime, now: datetime) -> float:
        """The domain's clock may run fast; who waits does so in real time."""
        return max(0.0, self._desk.clock.real_seconds(now - at))


def _terms(view: DirectoryView | None, address: str) -> tuple[datetime | None, datetime | None, bool]:
    """Until when a member's newest certificate and the newest of its keys hold, and whether it is revoked."""
    try:
        if view is None:
            return None, None, False
        member = view.member(address)
        until = view.signer(hashlib.sha256(member.certificates[-1]).digest()).not_after
        return until, max(key.not_after for key in member.encryption_keys), member.revoked_at is not None
    except ExchangeError:
        return None, None, False
