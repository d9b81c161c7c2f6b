"""What the alert rules need to know of a domain, read from stores, broker and directory.

What cannot be read is left out as unknown; one member's trouble hides nothing of the others.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from exchange.bootstrap.draining import drain_in
from exchange.bootstrap.home import open_directory
from exchange.bootstrap.identity import open_identity
from exchange.bootstrap.member import CONSUMING
from exchange.console.desk import Desk
from exchange.directory import DirectoryView
from exchange.errors import BrokerError, ExchangeError
from exchange.profiles import Profile
from exchange.rules.alert_facts import DeadlineFact, Facts, Limits, MemberFacts
from exchange.rules.calendar import ChinaCalendar, announced_until
from exchange.store.store import SqlTransaction
from schemas import Role

_RUNNING = "running"
_MOST_DEADLINES = 100
"""Deadlines looked at by name; with more than that ending at once their number is the news."""


def read_facts(desk: Desk, limits: Limits) -> Facts:
    """A domain as it is now. Raises BadConfiguration where its members cannot even be listed."""
    now = desk.clock.now()
    view = _view(desk)
    members = tuple(_member(desk, profile, view, now, limits) for profile in desk.profiles().values())
    broker, links = _broker(desk)
    announced = announced_until(ChinaCalendar(), now.date())
    calendar_left = announced - now.date() if announced is not None else timedelta()
    return Facts(
        now, members, broker, links, view.expires_at - now if view is not None else None, calendar_left
    )  # fmt: skip


def _member(desk: Desk, profile: Profile, view: DirectoryView | None, now: datetime, limits: Limits) -> MemberFacts:
    address = profile.address
    left = _certificate_left(desk, address, view, now)
    try:
        with desk.store(address).reading() as tx:
            return _read(desk, tx, profile, now, limits, left)
    except ExchangeError:
        return MemberFacts(address, readable=False, certificate_left=left)


def _read(
    desk: Desk, tx: SqlTransaction, profile: Profile, now: datetime, limits: Limits, left: timedelta | None
) -> MemberFacts:
    figures, consumed = tx.gauges.read(now, deadlines=False), tx.get_meta(CONSUMING)
    ending = []
    if Role.MONITOR in profile.roles:
        ending = tx.gauges.ending(now + limits.default_near, _MOST_DEADLINES)
    return MemberFacts(
        profile.address,
        readable=True,
        consumed_ago=_real(desk, now - datetime.fromisoformat(consumed)) if consumed else None,
        drained=drain_in(tx) is not None,
        oldest_copy=_since(desk, figures.outbox_oldest, now),
        given_up=figures.outbox_given_up,
        dead_letters=figures.dead_letters,
        newest_dead=_since(desk, figures.dead_newest, now),
        certificate_left=left,
        more_deadlines=len(ending) == _MOST_DEADLINES,
        deadlines=tuple(DeadlineFact(one.case_number, one.department, one.due_at) for one in ending),
    )


def _broker(desk: Desk) -> tuple[bool | None, dict[str, bool] | None]:
    where = desk.where()
    if where is None or where.management_url is None:
        return None, None
    try:
        with desk.management() as management:
            shovels = management.shovels()
    except BrokerError:
        return False, None
    return True, None if shovels is None else {name: state == _RUNNING for name, state in shovels.items()}


def _view(desk: Desk) -> DirectoryView | None:
    try:
        return open_directory(desk.home, desk.settings)
    except ExchangeError:
        return None


def _certificate_left(desk: Desk, address: str, view: DirectoryView | None, now: datetime) -> timedelta | None:
    if view is None:
        return None
    try:
        return view.signer(open_identity(desk.home.keys(address), address, view).x5t).not_after - now
    except ExchangeError:
        return None


def _since(desk: Desk, moment: datetime | None, now: datetime) -> timedelta | None:
    return None if moment is None else _real(desk, now - moment)


def _real(desk: Desk, span: timedelta) -> timedelta:
    """A span of the domain's clock as people wait for it."""
    return timedelta(seconds=desk.clock.real_seconds(span))
