"""Doctor: looks at everything a domain stands on and says what to do about what is wrong. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Literal

import httpx

from exchange.bootstrap.home import open_directory, open_link
from exchange.bootstrap.settings import Home, Settings
from exchange.broker.probe import server_version
from exchange.broker.provision import missing_queues
from exchange.catalogue import load_catalogue
from exchange.clock import RealClock
from exchange.directory import DirectoryView, load_identity
from exchange.errors import ExchangeError
from exchange.profiles import Profile, load_profiles
from exchange.rules.calendar import ChinaCalendar
from exchange.store import open_store
from schemas import Role

Level = Literal["good", "note", "bad"]

_EXPIRES_SOON = timedelta(days=30)
_SKEW = timedelta(seconds=5)
_OLDEST = (3, 10)
"""The first RabbitMQ with at-least-once dead-lettering."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at: a traffic light, what was found, and how to mend it."""

    level: Level
    check: str
    finding: str
    mend: str = ""


def examine(settings: Settings) -> list[Finding]:
    """All findings, in the order in which one would mend them."""
    home = Home(settings.home)
    findings = list(_guarded("departments", lambda: _departments(home)))
    profiles = _profiles(home)
    findings += _guarded("catalogue", lambda: _catalogue(home, profiles))
    findings += _guarded("clock", lambda: _clock(settings))
    findings += _guarded("calendar", lambda: _calendar(settings.clock.now().date()))
    findings += _guarded("directory", lambda: _directory(home, settings))
    findings += _guarded("keys", lambda: _keys(home, settings, profiles))
    findings += _guarded("databases", lambda: _databases(home, settings, profiles))
    findings += _guarded("broker", lambda: _broker(settings, profiles))
    return findings


def _guarded(check: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except ExchangeError as error:
        yield Finding("bad", check, str(error), error.mend)


def _profiles(home: Home) -> dict[str, Profile]:
    try:
        return load_profiles(home.departments)
    except ExchangeError:
        return {}


def _departments(home: Home) -> Iterator[Finding]:
    if not home.departments.exists():
        yield Finding("bad", "departments", f"no domain at {home.root}", "exchange init")
        return
    profiles = load_profiles(home.departments)
    roles = [role for profile in profiles.values() for role in profile.roles]
    yield Finding("good", "departments", f"{len(profiles)} members")
    for role, what in ((Role.WINDOW, "nobody accepts applications"), (Role.MONITOR, "no silence has a consequence")):
        if role not in roles:
            yield Finding("note", "departments", f"no {role.value}: {what}", f"a profile.toml with role {role.value}")


def _catalogue(home: Home, profiles: dict[str, Profile]) -> Iterator[Finding]:
    yield Finding("good", "catalogue", f"{len(load_catalogue(home.catalogue, profiles or None))} matters hold")


def _clock(settings: Settings) -> Iterator[Finding]:
    if not isinstance(settings.clock, RealClock):
        yield Finding("note", "clock", "runs accelerated", "unset EXCHANGE_CLOCK outside a demonstration")
        return
    if settings.management_url is None:
        yield Finding("good", "clock", f"{settings.clock.now():%Y-%m-%d %H:%M:%S %z}")
        return
    try:
        theirs = parsedate_to_datetime(httpx.get(settings.management_url, timeout=5).headers["date"])
    except (httpx.HTTPError, KeyError, ValueError):
        yield Finding("note", "clock", "not compared: the broker's machine does not say its time")
        return
    skew = abs(settings.clock.now() - theirs)
    level: Level = "good" if skew <= _SKEW else "bad"
    mend = "" if level == "good" else "run an NTP client on both machines"
    yield Finding(level, "clock", f"{skew.total_seconds():.0f} s apart from the broker's machine", mend)


def _calendar(today: date) -> Iterator[Finding]:
    calendar = ChinaCalendar()
    last = today
    while calendar.published(last + timedelta(days=1)):
        last += timedelta(days=1)
    if last - today >= timedelta(days=90):
        yield Finding("good", "calendar", f"{calendar.version}, published until {last}")
    else:
        yield Finding(
            "note", "calendar", f"{calendar.version}, published until {last}: later terms are provisional",
            "upgrade chinesecalendar once the State Council has announced next year's holidays",
        )  # fmt: skip


def _directory(home: Home, settings: Settings) -> Iterator[Finding]:
    view = open_directory(home, settings)
    left = view.expires_at - settings.clock.now()
    level: Level = "good" if left > _EXPIRES_SOON else "note"
    mend = "" if level == "good" else "exchange init signs a new one (with the authority's key)"
    yield Finding(
        level, "directory", f"version {view.version}, {len(view.members)} members, {left.days} days left", mend
    )


def _keys(home: Home, settings: Settings, profiles: dict[str, Profile]) -> Iterator[Finding]:
    view: DirectoryView = open_directory(home, settings)
    for address in profiles:
        try:
            identity = load_identity(home.keys(address))
            signer = view.signer(identity.x5t)
        except ExchangeError as error:
            yield Finding("bad", f"keys of {address}", str(error), error.mend or "exchange init")
            continue
        left = signer.not_after - settings.clock.now()
        exposed = _readable_by_others(home.keys(address))
        if exposed:
            yield Finding("bad", f"keys of {address}", f"{exposed} can be read by others", f"chmod 600 {exposed}")
        elif left < _EXPIRES_SOON:
            ends = f"certificate ends in {left.days} days"
            yield Finding("note", f"keys of {address}", ends, f"exchange certify {address}")
    yield Finding("good", "keys", f"{len(profiles)} members looked at")


def _readable_by_others(folder: Path) -> Path | None:
    return next((file for file in folder.iterdir() if file.is_file() and file.stat().st_mode & 0o077), None)


def _databases(home: Home, settings: Settings, profiles: dict[str, Profile]) -> Iterator[Finding]:
    dead = 0
    for address in profiles:
        store = open_store(home.database_url(address, settings.database_url), member=address)
        try:
            store.migrate()
            with store.transaction() as tx:
                dead += len(tx.inbox.dead_letters())
        finally:
            store.close()
    yield Finding("good", "databases", f"{len(profiles)} can be read and written")
    if dead:
        yield Finding(
            "note", "dead letters", f"{dead} messages were refused", "look at them, then write to the senders"
        )


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def _broker(settings: Settings, profiles: dict[str, Profile]) -> Iterator[Finding]:
    if not profiles:
        return
    links = {address: open_link(settings, address) for address in profiles}
    for address, link in links.items():
        is_window = Role.WINDOW in profiles[address].roles
        missing = missing_queues(link.url, [address], [address] if is_window else [])
        if missing:
            yield Finding("bad", "topology", f"missing: {', '.join(missing)}", "exchange init")
    first = next(iter(links.values()))
    version = server_version(first.url)
    yield Finding("good", "broker", f"RabbitMQ {version}, queues of {len(links)} members looked at")
    if _release(version) < _OLDEST:
        yield Finding("note", "broker", f"RabbitMQ {version} may lose dead letters on their way", "take 3.10 or newer")
    if first.stamps:
        yield Finding("good", "arrival time", "the broker stamps every message on arrival")
    else:
        yield Finding(
            "note", "arrival time", "this broker does not stamp arrivals: the window takes its own time",
            "RabbitMQ 3.12 or later with the incoming timestamp interceptor; until then doubt favours the department",
        )  # fmt: skip
