"""Reads what the list of troubles needs beyond lights: of each member in its database, of the console in its own."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from exchange.clock import Clock, RealClock
from exchange.errors import ExchangeError
from exchange.language import Text
from exchange.messaging.log.scrubbing import scrub_state
from exchange.messaging.log.witnesses import Witnesses
from exchange.messaging.quotas.breakers import Breakers
from exchange.messaging.quotas.intake import facts_of
from exchange.messaging.quotas.settings import Quotas
from exchange.messaging.rules.breaker import BreakerState
from exchange.messaging.rules.intake import stopped_by
from exchange.messaging.stamping.trouble import stamp_trouble
from exchange.operations.audit.heads import LogWatch
from exchange.operations.health.store import OpenWork
from exchange.operations.holds.domain import at_risk, survey
from exchange.operations.systems.store import Tokens, WebhookRecords
from exchange.operations.troubles.facts import DrainFact, HoldFact, HomeFacts, Limits, MemberFacts
from exchange.operations.troubles.store import Alerts
from exchange.runtime.draining import Drain, drain_in
from exchange.runtime.failing import failing_in
from exchange.runtime.gathered import Ends, Gathered
from exchange.runtime.profiles import Profile
from exchange.schemas import Role
from exchange.setup.freshness import not_current
from exchange.store.transaction import Transaction
from exchange.telemetry.store import Gauges
from exchange.telemetry.troubles import Troubles

if TYPE_CHECKING:
    from exchange.operations.domain_view import DomainView

MOST_DEADLINES = 100
"""Deadlines looked at by name; with more than that ending at once their number is the news."""

_TOKEN_SOON = timedelta(days=14)


def unreadable(profile: Profile, revoked: bool) -> MemberFacts:
    """Return the facts of a member whose database cannot be read."""
    monitor = Role.MONITOR in profile.roles
    name = (profile.name, profile.name_en)
    return MemberFacts(profile.address, False, name, monitor, away=True, revoked=revoked)


def member_facts(
    tx: Transaction, profile: Profile, clock: Clock, limits: Limits, work: OpenWork, *,
    away: bool, revoked: bool, free: int | None,
) -> MemberFacts:  # fmt: skip
    """Return a member's facts as its database tells them; ``free`` are the octets that its disk has left."""
    now, roles = clock.now(), profile.roles
    window, monitor = Role.WINDOW in roles, Role.MONITOR in roles
    near = now + limits.default_near
    deadlines = tx[Troubles].ending(near, MOST_DEADLINES) if window else []
    if monitor:
        deadlines += tx[Gauges].ending(near, MOST_DEADLINES)
    oldest, newest = tx[Gauges].oldest_copy(), tx[Gauges].newest_dead() if work.dead else None
    return MemberFacts(
        profile.address,
        readable=True,
        name=(profile.name, profile.name_en),
        monitor=monitor,
        away=away or drain_in(tx) is not None,
        drained=_drain(tx, clock),
        revoked=revoked,
        oldest_copy=_since(clock, oldest),
        dead_letters=work.dead,
        newest_dead=_since(clock, newest),
        withheld=tx[Troubles].withheld() if work.dead else Gathered(),
        withheld_beyond=tx[Troubles].withheld_beyond() if work.dead else Gathered(),
        implausible=tx[Troubles].implausible(),
        rule_failing=tx[Troubles].rule_failing(),
        undecided=tx[Troubles].undecided() if window else Gathered(),
        escalated=tx[Troubles].escalated() if window else Gathered(),
        safety=tx[Troubles].safety() if window else Gathered(),
        review=tx[Troubles].to_review() if window else Gathered(),
        overrun=tx[Troubles].overrun() if window else Gathered(),
        undelivered=tx[Troubles].undelivered() if window else Gathered(),
        unexplained=tx[Troubles].unexplained() if window else Gathered(),
        round_failing=failing_in(tx),
        intake=stopped_by(facts_of(tx, clock, free), Quotas.read().intake),
        breakers=_breakers(tx),
        log_broken=_log_broken(tx),
        log_disputed=_log_disputed(tx),
        unwitnessed=_real(clock, tx[Witnesses].lag(now)),
        unstamped=_unstamped(tx),
        ends=tx[Troubles].ends(now - limits.overdue, now + limits.ahead) if window else {},
        deadlines=tuple(deadlines),
        more_deadlines=len(deadlines) >= MOST_DEADLINES,
        unsigned=tx[Troubles].unsigned(now - limits.unsigned) if window else Gathered(),
        undated=tx[Troubles].undated(now - limits.undated) if window else Gathered(),
        joints=tx[Troubles].joints(now - limits.joint),
    )


def hold_facts(view: DomainView, profiles: Mapping[str, Profile], limits: Limits) -> tuple[HoldFact, ...]:
    """Return the holds in force, with what each endangers. A member whose database is away hides no other member's."""
    found, now = [], view.clock.now()
    seen = survey(profiles, view.store)
    there = {address: profile for address, profile in profiles.items() if address not in seen.away}
    for hold in (one.hold for one in seen.standing):
        touched = [one.part for one in at_risk(there, view.store, hold)]
        dues = [part.due_at for part in touched if part.due_at is not None]
        over = sum(due <= now - limits.overdue for due in dues)
        ends = Ends(over, sum(due <= now + limits.ahead for due in dues) - over)
        ago = _real(view.clock, now - hold.held_at)
        what = " · ".join(name for name in (hold.addressee, hold.kind) if name)
        found.append(HoldFact(what, hold.reason, hold.held_by, ago, seen.kept(hold), ends, len(touched)))
    return tuple(found)


def home_facts(view: DomainView, console: str) -> HomeFacts:
    """Return what the console's own records and the disk tell; what cannot be read is left out."""
    try:
        usage = shutil.disk_usage(view.home.root)
        free: tuple[float | None, int | None] = (usage.free / usage.total if usage.total else None, usage.free)
    except OSError:
        free = None, None
    late = _not_current(view)
    try:
        with view.store(console).reading() as tx:
            tokens, hooks, untold = tx[Tokens].every(), tx[WebhookRecords].every(), tx[Alerts].troubles()
    except ExchangeError:
        return HomeFacts(disk_free=free[0], disk_octets=free[1], not_current=late)
    now = RealClock().now()
    soon = {
        f"{one.member} ({one.name})": one.expires_at - now
        for one in tokens
        if one.revoked_at is None and timedelta() < one.expires_at - now <= _TOKEN_SOON
    }
    off = tuple(sorted({one.member for one in hooks if one.disabled_at is not None}))
    told = {channel: reason for channel, _, reason in untold}
    return HomeFacts(off, soon, free[0], free[1], told, not_current=late, audit_contradicted=_contradicted(view))


def _contradicted(view: DomainView) -> bool:
    watch = view.kept_once("audit-watch", LogWatch)
    return isinstance(watch, LogWatch) and watch.contradicted(view)


def _not_current(view: DomainView) -> timedelta | None:
    """What is wrong with the directory itself has findings of its own."""
    try:
        return not_current(view.settings)
    except (ExchangeError, OSError):
        return None


def _log_broken(tx: Transaction) -> Text | None:
    state = scrub_state(tx)
    return state.broken.text if state is not None and state.broken is not None else None


def _log_disputed(tx: Transaction) -> Text | None:
    """The first of all that stand: the others are told once that is settled, and by `exchange log` at any time."""
    stand = tx[Witnesses].disputes()
    return stand[0].text if stand else None


def _unstamped(tx: Transaction) -> Gathered:
    trouble = stamp_trouble(tx)
    if trouble is None:
        return Gathered()
    reasons = tuple(trouble.reasons.items())
    return Gathered(len(reasons), trouble.since, tuple(name for name, _ in reasons), reasons[0][1] if reasons else "")


def _breakers(tx: Transaction) -> Gathered:
    stand = [one for one in tx[Breakers].standing() if one.state is BreakerState.OPEN]
    if not stand:
        return Gathered()
    since = min(one.opened_at for one in stand)
    return Gathered(len(stand), since, tuple(one.source for one in stand[:3]), stand[0].breach.value)


def _drain(tx: Transaction, clock: Clock) -> DrainFact | None:
    found = drain_in(tx)
    wish: Drain | None = found[0] if found is not None else None
    if wish is None:
        return None
    return DrainFact(wish.by, wish.reason, _real(clock, clock.now() - datetime.fromisoformat(wish.at)))


def _since(clock: Clock, moment: datetime | None) -> timedelta | None:
    return None if moment is None else _real(clock, clock.now() - moment)


def _real(clock: Clock, span: timedelta) -> timedelta:
    """A span of the domain's clock as people wait for it."""
    return timedelta(seconds=max(0.0, clock.real_seconds(span)))
