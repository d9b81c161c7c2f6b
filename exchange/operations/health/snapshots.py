"""Looks at everything a domain stands on, within seconds whatever is down, and changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from exchange.broker.admin import figures
from exchange.broker.admin.figures import BrokerFigures
from exchange.clock import RealClock, monotonic
from exchange.directory import DirectoryView
from exchange.errors import BadDirectory, ExchangeError
from exchange.language import Text
from exchange.messaging.clock_watch import record_witnesses
from exchange.messaging.holds import Holds
from exchange.messaging.quotas.intake import free_octets
from exchange.messaging.rules.clocks import HAPPENED, Witness, database_clock, doubts
from exchange.operations.domain_view import CONSOLE
from exchange.operations.health.checkups.tls import certificate_end, certificate_file
from exchange.operations.health.read_standing import hold_facts, home_facts, member_facts, unreadable
from exchange.operations.health.snapshot import MemberSnapshot, Snapshot, TlsCertificate, Trouble
from exchange.operations.health.store import HealthFigures
from exchange.operations.serving import real_now
from exchange.operations.troubles.facts import Limits
from exchange.operations.troubles.settings import load_alert_settings
from exchange.runtime.draining import drain_in
from exchange.runtime.home import open_directory
from exchange.runtime.links import load_links
from exchange.runtime.member_record import CONSUMING, RELEASE, SERVED_WITH
from exchange.runtime.profiles import Profile
from exchange.schemas import Role
from exchange.setup.linking import LinkSide, LinkStatus
from exchange.store import Store
from exchange.store.who_serves import SERVED_BY, STANDING_BY, lone_for, read_serving, read_standing_by
from exchange.telemetry.troubles import Troubles
from exchange.workdays import announced_until

if TYPE_CHECKING:
    from exchange.operations.domain_view import DomainView

_PATIENCE = 4.0
"""Seconds for answers of the management API, beside those to find a host that answers."""

_AT_ONCE = 8
"""Databases looked at side by side: one that does not answer keeps the others waiting little."""

GRACE = 60.0
"""Seconds after the start of a domain within which what has not come up yet is unknown, not down."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one database tells."""

    member: MemberSnapshot
    sent: Mapping[str, datetime]
    """By queue, when the oldest copy was sent that nobody has signed for."""
    holds: bool
    """Whether a hold stands there."""


class SnapshotTaker:
    """Makes looks at one domain; close it at the end."""

    def __init__(self, view: DomainView) -> None:
        self._view = view
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="look")
        self._opened: tuple[tuple[int, int], DirectoryView] | None = None

    def take(self) -> Snapshot:
        """Take one snapshot. Raises BadConfiguration where the departments cannot be read."""
        profiles = self._view.profiles()
        broker, broker_trouble = self._broker()
        directory, directory_trouble = self._directory()
        links, links_trouble = self._links(directory, reachable=broker is not None)
        limits, starting = self._limits(), self._starting()
        seen = list(self._pool.map(lambda profile: self._member(profile, directory, limits), profiles.values()))
        holding = any(one.holds for one in seen)
        seen = self._with_open_parts(profiles, seen)
        now = self._view.clock.now()
        return Snapshot(
            at=now,
            mono=monotonic(),
            domain=next(iter(profiles)).rpartition(".")[0],
            broker=broker,
            broker_trouble=broker_trouble,
            members=tuple(one.member for one in seen),
            links=links,
            links_trouble=links_trouble,
            directory_version=directory.version if directory else None,
            directory_until=directory.expires_at if directory else None,
            directory_trouble=directory_trouble,
            tls=self._tls(),
            announced_until=announced_until(self._view.calendar(), now.date()),
            ages=self._ages([one.sent for one in seen], now),
            holds=hold_facts(self._view, profiles, limits) if holding else (),
            own=home_facts(self._view, CONSOLE),
            limits=limits,
            starting=starting,
        )

    def close(self) -> None:
        """Close without waiting for a database that does not answer."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _with_open_parts(self, profiles: Mapping[str, Profile], seen: list[_Seen]) -> list[_Seen]:
        """Of revoked members, what still waits for them at the windows."""
        if not any(one.member.revoked for one in seen):
            return seen
        windows = [one.address for one in profiles.values() if Role.WINDOW in one.roles]
        return [self._counted(one, windows) if one.member.revoked else one for one in seen]

    def _counted(self, seen: _Seen, windows: Sequence[str]) -> _Seen:
        number = 0
        for window in windows:
            try:
                with self._view.store(window).reading() as tx:
                    number += tx[Troubles].open_parts(seen.member.address)
            except ExchangeError:
                continue  # that it cannot be read is said of the window
        facts = seen.member.facts
        return (
            seen
            if facts is None
            else replace(seen, member=replace(seen.member, facts=replace(facts, open_parts=number)))
        )

    def _limits(self) -> Limits:
        try:
            return load_alert_settings(self._view.home).limits.limits()
        except ExchangeError:
            return Limits()  # the page of alerts says that they are invalid

    def _starting(self) -> bool:
        return self._view.started is not None and monotonic() - self._view.started < GRACE

    def _broker(self) -> tuple[BrokerFigures | None, Trouble | None]:
        try:
            return figures.look(self._view.reach(), _PATIENCE), None
        except ExchangeError as error:
            return None, Trouble.of(error)

    def _directory(self) -> tuple[DirectoryView | None, Trouble | None]:
        """The directory, verified anew when its file was replaced or it has run out."""
        try:
            status = self._view.home.directory.stat()
            mark = (status.st_mtime_ns, status.st_ino)
            if self._opened is None or self._opened[0] != mark or self._view.clock.now() >= self._opened[1].expires_at:
                self._opened = mark, open_directory(self._view.home, self._view.settings)
            return self._opened[1], None
        except OSError as error:
            path = self._view.home.directory
            reason, remedy = error.strerror, "`exchange init` puts it back"
            return None, Trouble.of(BadDirectory("{path}: {reason}", remedy=remedy, path=path, reason=reason))
        except ExchangeError as error:
            return None, Trouble.of(error)

    def _tls(self) -> TlsCertificate | None:
        file = certificate_file(self._view.home)
        return None if file is None else TlsCertificate(str(file), certificate_end(file))

    def _links(self, directory: DirectoryView | None, reachable: bool) -> tuple[tuple[LinkStatus, ...], Trouble | None]:
        try:
            if not load_links(self._view.home.links):
                return (), None
            where = self._view.where()
            if directory is None or where is None or not reachable:
                return (), Trouble("not looked at", "repair broker and directory first", "links")
            return tuple(LinkSide(directory.domain, where, self._view.home.links).status()), None
        except ExchangeError as error:
            return (), Trouble.of(error)

    def _member(self, profile: Profile, directory: DirectoryView | None, limits: Limits) -> _Seen:
        certificate, key, revoked = _terms(directory, profile.address)
        about = (profile.address, profile.name, profile.name_en, tuple(role.value for role in profile.roles))
        try:
            store = self._view.store(profile.address)
            with store.reading() as tx:
                alive, release, served = (tx.get_meta(name) for name in (CONSUMING, RELEASE, SERVED_WITH))
                work, sent, drain = tx[HealthFigures].open_work(), tx[HealthFigures].oldest_sent(), drain_in(tx)
                alive_at = datetime.fromisoformat(alive) if alive else None
                silent = None if alive_at is None else self._real_seconds_since(alive_at, self._view.clock.now())
                away = silent is None or silent > limits.silent.total_seconds()
                free = free_octets(self._view.home.root)
                facts = member_facts(tx, profile, self._view.clock, limits, work, away=away, revoked=revoked, free=free)
                holds = bool(tx[Holds].standing())
                witnesses = list(record_witnesses(tx, profile.address, alive))
                active, waiting = read_serving(tx.get_meta(SERVED_BY)), tx.get_meta(STANDING_BY)
            by_wall = real_now(store) if active is not None and active.standby else self._view.clock.now()
            facts = replace(facts, clock=self._doubt(store, witnesses), lone=lone_for(active, waiting, by_wall))
        except ExchangeError as error:
            trouble, facts = Trouble.of(error), unreadable(profile, revoked)
            looked = MemberSnapshot(*about, trouble, certificate_until=certificate, key_until=key, revoked=revoked,
                                facts=facts)  # fmt: skip
            return _Seen(looked, {}, False)
        version = int(served) if served else None
        looked = MemberSnapshot(*about, None, alive_at, silent, release, version, certificate, key, revoked, work,
                            drain[0] if drain else None, facts, active,
                            read_standing_by(waiting, by_wall))  # fmt: skip
        return _Seen(looked, sent, holds)

    def _doubt(self, store: Store, witnesses: list[Witness]) -> Text | None:
        """What speaks against this machine's clock most; nothing where it runs at a pace of its own."""
        if not isinstance(self._view.clock, RealClock):
            return None
        server = store.server_time()
        if server is not None:
            witnesses.append(database_clock(server))
        return next(iter(doubts(self._view.clock.now(), witnesses, HAPPENED)), None)

    def _ages(self, all_sent: list[Mapping[str, datetime]], now: datetime) -> dict[str, float]:
        oldest: dict[str, datetime] = {}
        for sent in all_sent:
            for queue, at in sent.items():
                oldest[queue] = min(at, oldest.get(queue, at))
        return {queue: self._real_seconds_since(at, now) for queue, at in oldest.items()}

    def _real_seconds_since(self, at: datetime, now: datetime) -> float:
        """The domain's clock may run fast; who waits does so in real time."""
        return max(0.0, self._view.clock.real_seconds(now - at))


def _terms(directory: DirectoryView | None, address: str) -> tuple[datetime | None, datetime | None, bool]:
    """Until when a member's newest certificate and the newest of its keys hold, and whether it is revoked."""
    try:
        if directory is None:
            return None, None, False
        member = directory.member(address)
        until = directory.signer(hashlib.sha256(member.certificates[-1]).digest()).not_after
        return until, max(key.not_after for key in member.encryption_keys), member.revoked_at is not None
    except ExchangeError:
        return None, None, False
