"""The stores of a domain by the roles of their members, and what verifies receipts; for pages and commands alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from exchange.approval.rules.deadline import is_provisional
from exchange.envelope import Trust
from exchange.errors import BrokerError, ExchangeError
from exchange.operations.domain_view import DomainView
from exchange.runtime.home import open_tree
from exchange.runtime.profiles import Profile, load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.schemas import Role
from exchange.store import Store
from exchange.workdays import WorkingCalendar


class TermEnd(Protocol):
    """What the end of a term is known by: what it is, and what a statute fixed it to."""

    @property
    def due_at(self) -> datetime | None: ...
    @property
    def fixed_due(self) -> datetime | None: ...


def provisional_by(calendar: WorkingCalendar) -> Callable[[TermEnd], bool]:
    """Return what tells whether that calendar may still move the end of a term."""
    return lambda one: is_provisional(one.due_at, calendar, one.fixed_due)


def members_of(view: DomainView) -> Mapping[str, Profile]:
    """Return the members by address; read again when a profile has changed. Raises BadConfiguration."""
    folder = view.home.departments
    stamp = tuple(sorted((str(path), path.stat().st_mtime_ns) for path in folder.glob("*/profile.toml")))
    return _members(view.home, stamp)


def stores_of(view: DomainView, role: Role | None = None) -> dict[str, Store]:
    """Return the stores of all members, or of those with a role. Raises DatabaseUnavailable."""
    members = members_of(view).values()
    return {one.address: view.store(one.address) for one in members if role is None or role in one.roles}


def departments_of(view: DomainView) -> list[str]:
    """Return the members that may be consulted."""
    members = members_of(view).values()
    return sorted(one.address for one in members if {Role.DEPARTMENT, Role.WINDOW} & set(one.roles))


def trust_of(view: DomainView) -> Trust | None:
    """Return the directory with the tree around it; None where it cannot be read, since traces are wanted then too."""
    stamps = [path.stat().st_mtime_ns for path in (view.home.directory, view.home.tree) if path.exists()]
    try:
        return _trust(view.settings, tuple(stamps))
    except ExchangeError:
        return None


def queued_by(view: DomainView) -> Mapping[str, int | None] | None:
    """Return how many messages the broker reports in each queue; None where it cannot be asked."""
    try:
        with view.management() as management:
            return {queue.name: queue.messages for queue in management.queues()}
    except BrokerError:
        return None


@lru_cache(maxsize=8)
def _members(home: Home, stamp: tuple[tuple[str, int], ...]) -> Mapping[str, Profile]:
    return load_profiles(home.departments)


@lru_cache(maxsize=8)
def _trust(settings: Settings, stamps: tuple[int, ...]) -> Trust:
    return open_tree(Home(settings.home), settings)
