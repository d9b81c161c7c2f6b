"""Doctor: looks at everything a domain stands on and says what to do about what is wrong. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from functools import partial

from exchange.clock import monotonic
from exchange.directory import BranchState, DirectoryView, TreeView
from exchange.errors import ExchangeError, NoDomain
from exchange.language import Text
from exchange.machine.confinement.parts import Part
from exchange.operations.health.checkups import (
    audit,
    authority,
    calendars,
    claims,
    clock,
    database,
    database_roles,
    logs,
    members,
    nodes,
    quotas,
    replication,
    revoked,
    rows,
    serving,
    stamps,
    tls,
    witnesses,
)
from exchange.operations.health.checkups.findings import Finding, Level, RunningCheck
from exchange.runtime.catalogue import load_catalogue
from exchange.runtime.home import need_domain, open_directory, open_tree
from exchange.runtime.links import load_links
from exchange.runtime.profile_work import open_work
from exchange.runtime.profiles import Profile, load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.schemas import Role
from exchange.setup.freshness import not_current

_EXPIRES_SOON = timedelta(days=30)
_FRESHEN = (
    "`exchange up`, or `exchange freshness --every` beside what serves the members; on a host of its own copy "
    "public/directory.cose and public/freshness.cose there; if both are there, set this machine's clock"
)
_RULES_AT_ONCE = 4
_PATIENCE, _EACH = 12.0, 0.2
"""Seconds that all checks together have, and further ones for each member."""


def examine(settings: Settings) -> list[Finding]:
    """Return all findings, in the order in which one would repair them."""
    home = Home(settings.home)
    if missing := _no_domain(home):
        return missing
    profiles, view = _profiles(home), _view(home, settings)
    windows = [address for address, profile in profiles.items() if Role.WINDOW in profile.roles]
    relays = [address for address, profile in profiles.items() if Role.RELAY in profile.roles]
    portals = [address for address, profile in profiles.items() if Role.PORTAL in profile.roles]
    return _all(
        len(profiles),
        [
            ("departments", True, lambda: _departments(home)),
            ("catalogue", True, lambda: _catalogue(home, profiles)),
            ("rules", profiles, lambda: _rules(profiles)),
            ("clock", True, lambda: clock.clock(settings, profiles)),
            (calendars.CHECK, True, lambda: calendars.calendar(settings)),
            ("directory", True, lambda: _directory(home, settings)),
            ("freshness", view, lambda: _freshness(home, settings)),
            ("levels", view, lambda: _levels(home, settings)),
            ("authority", view, lambda: authority.authority(settings)),
            ("keys", profiles and view, lambda: members.keys(settings, profiles)),
            ("databases", profiles, lambda: database.databases(settings, profiles)),
            (serving.CHECK, profiles, lambda: serving.serving(settings)),
            (replication.CHECK, profiles, lambda: replication.replication(settings, profiles)),
            (database_roles.CHECK, profiles, lambda: database_roles.database_roles(settings, profiles)),
            ("broker", profiles, lambda: members.broker(settings, windows, _present(profiles, view), relays, portals)),
            (nodes.CHECK, profiles, lambda: nodes.nodes(settings)),
            ("revoked", view, lambda: revoked.revoked(settings)),
            (audit.CHECK, profiles and view, lambda: audit.audit(settings)),
            (logs.CHECK, profiles and view, lambda: logs.logs(settings)),
            (witnesses.CHECK, profiles and view, lambda: witnesses.witnesses(settings)),
            (quotas.CHECK, profiles and view, lambda: quotas.quotas(settings)),
            (stamps.CHECK, profiles and view, lambda: stamps.stamps(settings)),
            (rows.CHECK, profiles and view, lambda: rows.rows(settings)),
            (tls.CHECK, True, lambda: tls.certificate(settings)),
            (tls.CHECK_TRIAL, True, lambda: tls.trial(settings)),
            (tls.CHECK_PLAIN, True, lambda: tls.plain(settings)),
            (claims.CHECK, view, lambda: claims.claims(settings)),
        ],
    )


def examine_member(settings: Settings, address: str) -> list[Finding]:
    """Check what one member needs to do its work, whatever is wrong with the others; not being served is bad.

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
    portals = [member.address for member in view.with_role(Role.PORTAL)] if view else []
    return _all(
        1,
        [
            ("clock", True, lambda: clock.clock(settings, [address])),
            ("directory", True, lambda: _directory(home, settings)),
            ("freshness", view, lambda: _freshness(home, settings)),
            ("keys", view, lambda: members.keys(settings, [address])),
            ("databases", view, lambda: database.databases(settings, [address], idle_is="bad")),
            ("broker", view, lambda: members.broker(settings, windows, [address], relays, portals)),
        ],
    )


def _all(number: int, checks: Sequence[tuple[str, object, Callable[[], Iterator[Finding]]]]) -> list[Finding]:
    """All checks at once, and what they found, in order; one that fails or hangs keeps no other from its findings.

    Of each: its name, what it goes by, and the look. ``number`` of members, by which they have time.
    """
    seconds = _PATIENCE + _EACH * number
    until = monotonic() + seconds
    running = [RunningCheck.start(check, partial(_where, there, check, look)) for check, there, look in checks]
    return [finding for one in running for finding in one.end(until, seconds)]


def _no_domain(home: Home) -> list[Finding]:
    try:
        need_domain(home)
    except NoDomain as error:
        return [Finding("bad", "departments", error.text, error.remedy_text)]
    return []


def _where(there: object, check: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """What ``look`` finds; without what it goes by, says that it was not done: silence is not health."""
    if there:
        return look()
    return iter([Finding("note", check, "not looked at", "repair what is found above first")])


def _profiles(home: Home) -> dict[str, Profile]:
    try:
        return load_profiles(home.departments)
    except Exception:  # told by the check that looks at them
        return {}


def _present(profiles: dict[str, Profile], view: DirectoryView | None) -> list[str]:
    """Those that come in at the broker: a revoked member has no account there."""
    shut = {member.address for member in view.members if member.revoked_at is not None} if view else set()
    return [address for address in profiles if address not in shut]


def _view(home: Home, settings: Settings) -> DirectoryView | None:
    try:
        return open_directory(home, settings)
    except Exception:  # likewise
        return None


def _departments(home: Home) -> Iterator[Finding]:
    profiles = load_profiles(home.departments)
    roles = [role for profile in profiles.values() for role in profile.roles]
    yield Finding("good", "departments", Text("{count} members", {"count": len(profiles)}))
    for role, what in ((Role.WINDOW, "nobody accepts applications"), (Role.MONITOR, "no silence has a consequence")):
        if role not in roles:
            yield Finding(
                "note",
                "departments",
                Text("no {role}: {what}", {"role": role.value, "what": what}),
                Text("a profile.toml with role {role}", {"role": role.value}),
            )


def _catalogue(home: Home, profiles: dict[str, Profile]) -> Iterator[Finding]:
    yield Finding(
        "good",
        "catalogue",
        Text("{count} matters hold", {"count": len(load_catalogue(home.catalogue, profiles or None))}),
    )


def _rules(profiles: dict[str, Profile]) -> Iterator[Finding]:
    """Load every rule as it is when its member is served: in a process of its own, which sees no key."""
    good, lacking = 0, set[str]()
    ruled = [profile for profile in profiles.values() if profile.rule is not None]
    with ThreadPoolExecutor(_RULES_AT_ONCE) as pool:
        for profile, found in zip(ruled, pool.map(_loaded, ruled), strict=True):
            if isinstance(found, ExchangeError):
                rule = Text("rule of {address}", {"address": profile.address})
                yield Finding("bad", rule, found.text, found.remedy_text)
                continue
            good += 1
            lacking |= set(found)
    if good:
        yield Finding("good", "rules", Text("{good} can be loaded", {"good": good}))
    for part in sorted(lacking):
        yield Finding("note", "rules", _NOT_KEPT_FROM[Part(part)], _KEEP_FROM)


def _loaded(profile: Profile) -> Collection[str] | ExchangeError:
    """What this machine cannot enforce of a rule, or why the rule cannot be loaded."""
    found: set[str] = set()
    try:
        with closing(open_work(profile)) as work:
            for rule in (work.opinion_rule, work.decide_rule):
                found |= set(getattr(rule, "lacking", ()))
    except ExchangeError as error:
        return error
    return found


_NOT_KEPT_FROM = {
    Part.FILES: Text("this machine cannot keep rules from this user's files, keys among them"),
    Part.PROCESSES: Text("this machine cannot keep rules from network and processes"),
    Part.MEMORY: Text("this machine cannot limit the memory of rules"),
}
_KEEP_FROM = Text("Linux 5.13 or later with Landlock and seccomp; until then run only rules that you have read")


def _directory(home: Home, settings: Settings) -> Iterator[Finding]:
    view = open_directory(home, settings)
    left = view.expires_at - settings.clock.now()
    level: Level = "good" if left > _EXPIRES_SOON else "note"
    remedy = "" if level == "good" else "exchange init signs a new one (with the authority's key)"
    yield Finding(
        level,
        "directory",
        Text(
            "version {version}, {count} members, {days} days left",
            {"version": view.version, "count": len(view.members), "days": left.days},
        ),
        remedy,
    )


def _freshness(home: Home, settings: Settings) -> Iterator[Finding]:
    """Whether the directory is known to be the present one; nothing where nobody states that."""
    if not home.freshness.exists():
        return
    late = not_current(settings)
    if late is None:
        yield Finding("good", "freshness", "the directory is known to be the present one")
        return
    said = Text(
        "the directory has not been known to be the present one for {minutes} minutes: no silence has a consequence",
        {"minutes": int(late.total_seconds() // 60) + 1},
    )
    yield Finding("bad", "freshness", said, _FRESHEN)


def _levels(home: Home, settings: Settings) -> Iterator[Finding]:
    """Other domains; nothing at all for one that stands alone."""
    view = open_tree(home, settings)
    if not isinstance(view, TreeView):
        return
    current = [one for one in view.domains if one.state is BranchState.CURRENT]
    yield Finding("good", "levels", Text("{count} domains count, the own one included", {"count": len(current)}))
    for one in view.domains:
        if one.reason:
            yield Finding(
                "note",
                Text("domain {domain}", {"domain": one.domain}),
                one.reason,
                "exchange domain list, at its superior too",
            )
    linked = load_links(home.links)
    for lower in view.directory.delegations:
        if lower.revoked_at is not None and lower.domain in linked:
            still = "its delegation is revoked, and its link is still there"
            remedy = Text("exchange link {domain} --remove", {"domain": lower.domain})
            yield Finding("bad", Text("domain {domain}", {"domain": lower.domain}), still, remedy)
        left = lower.expires_at - settings.clock.now()
        if lower.revoked_at is None and left < _EXPIRES_SOON:
            name = {"domain": lower.domain}
            ends = Text("its delegation ends in {days} days", {"days": left.days})
            remedy = Text("exchange domain add {domain} renews it", name)
            yield Finding("note", Text("domain {domain}", name), ends, remedy)
