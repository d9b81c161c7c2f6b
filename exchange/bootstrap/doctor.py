"""Doctor: looks at everything a domain stands on and says what to do about what is wrong. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from exchange.bootstrap import checkup, claim_checkup, clock_checkup
from exchange.bootstrap.findings import Finding, Level, guarded
from exchange.bootstrap.home import need_domain, open_directory, open_tree, open_work
from exchange.bootstrap.settings import Home, Settings
from exchange.catalogue import load_catalogue
from exchange.directory import DirectoryView, State, TreeView
from exchange.errors import ExchangeError, NoDomain
from exchange.profiles import Profile, load_profiles
from exchange.rules.calendar import ChinaCalendar
from schemas import Role

_EXPIRES_SOON = timedelta(days=30)


def examine(settings: Settings) -> list[Finding]:
    """All findings, in the order in which one would mend them."""
    home = Home(settings.home)
    if missing := _no_domain(home):
        return missing
    profiles, view = _profiles(home), _view(home, settings)
    windows = [address for address, profile in profiles.items() if Role.WINDOW in profile.roles]
    relays = [address for address, profile in profiles.items() if Role.RELAY in profile.roles]
    return [
        *guarded("departments", lambda: _departments(home)),
        *guarded("catalogue", lambda: _catalogue(home, profiles)),
        *_where(profiles, "rules", lambda: _rules(profiles)),
        *guarded("clock", lambda: clock_checkup.clock(settings, profiles)),
        *guarded("calendar", lambda: _calendar(settings.clock.now().date())),
        *guarded("directory", lambda: _directory(home, settings)),
        *_where(view, "levels", lambda: _levels(home, settings)),
        *_where(profiles and view, "keys", lambda: checkup.keys(settings, profiles)),
        *_where(profiles, "databases", lambda: checkup.databases(settings, profiles)),
        *_where(profiles, "broker", lambda: checkup.broker(settings, windows, profiles, relays)),
        *_where(view, claim_checkup.CHECK, lambda: claim_checkup.claims(settings)),
    ]


def examine_member(settings: Settings, address: str) -> list[Finding]:
    """What one member needs to do its work, whatever is wrong with the others; not being served is bad.

    Raises NotFound when the directory does not list it.
    """
    home = Home(settings.home)
    if missing := _no_domain(home):
        return missing
    view = _view(home, settings)
    if view is not None:
        view.member(address)
    windows = [member.address for member in view.with_role(Role.WINDOW)] if view else []
    relays = [member.address for member in view.with_role(Role.RELAY)] if view else []
    return [
        *guarded("clock", lambda: clock_checkup.clock(settings, [address])),
        *guarded("directory", lambda: _directory(home, settings)),
        *_where(view, "keys", lambda: checkup.keys(settings, [address])),
        *_where(view, "databases", lambda: checkup.databases(settings, [address], idle_is="bad")),
        *_where(view, "broker", lambda: checkup.broker(settings, windows, [address], relays)),
    ]


def _no_domain(home: Home) -> list[Finding]:
    try:
        need_domain(home)
    except NoDomain as error:
        return [Finding("bad", "departments", str(error), error.mend)]
    return []


def _where(there: object, check: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """What ``look`` finds; without what it goes by, says that it was not done: silence is not health."""
    if there:
        return guarded(check, look)
    return iter([Finding("note", check, "not looked at", "mend what is found above first")])


def _profiles(home: Home) -> dict[str, Profile]:
    try:
        return load_profiles(home.departments)
    except ExchangeError:
        return {}


def _view(home: Home, settings: Settings) -> DirectoryView | None:
    try:
        return open_directory(home, settings)
    except ExchangeError:
        return None


def _departments(home: Home) -> Iterator[Finding]:
    profiles = load_profiles(home.departments)
    roles = [role for profile in profiles.values() for role in profile.roles]
    yield Finding("good", "departments", f"{len(profiles)} members")
    for role, what in ((Role.WINDOW, "nobody accepts applications"), (Role.MONITOR, "no silence has a consequence")):
        if role not in roles:
            yield Finding("note", "departments", f"no {role.value}: {what}", f"a profile.toml with role {role.value}")


def _catalogue(home: Home, profiles: dict[str, Profile]) -> Iterator[Finding]:
    yield Finding("good", "catalogue", f"{len(load_catalogue(home.catalogue, profiles or None))} matters hold")


def _rules(profiles: dict[str, Profile]) -> Iterator[Finding]:
    good = 0
    for address, profile in profiles.items():
        try:
            open_work(profile)
        except ExchangeError as error:
            yield Finding("bad", f"rule of {address}", str(error), error.mend)
            continue
        good += profile.rule is not None
    if good:
        yield Finding("good", "rules", f"{good} can be loaded")


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


def _levels(home: Home, settings: Settings) -> Iterator[Finding]:
    """Other domains; nothing at all for one that stands alone."""
    view = open_tree(home, settings)
    if not isinstance(view, TreeView):
        return
    current = [one for one in view.domains if one.state is State.CURRENT]
    yield Finding("good", "levels", f"{len(current)} domains count, the own one included")
    for one in view.domains:
        if one.reason:
            yield Finding("note", f"domain {one.domain}", one.reason, "exchange domain list, at its superior too")
    for lower in view.directory.delegations:
        left = lower.expires_at - settings.clock.now()
        if lower.revoked_at is None and left < _EXPIRES_SOON:
            what, mend = f"its delegation ends in {left.days} days", f"exchange domain add {lower.domain} renews it"
            yield Finding("note", f"domain {lower.domain}", what, mend)
