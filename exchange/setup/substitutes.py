"""Substitutions: the authority signs who acts for whom, under the next version of its directory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from exchange.directory import Ties
from exchange.directory.substitution_orders import add as added
from exchange.directory.substitution_orders import revoke as revoked
from exchange.errors import CallerError, NoDomain
from exchange.language import joined
from exchange.runtime.catalogue import load_catalogue
from exchange.runtime.settings import Home, Settings
from exchange.schemas import Directory, Substitution
from exchange.setup.certify import Say, open_registry
from exchange.tomlfile import faults_of


@dataclass(frozen=True)
class Ordered:
    """Who is to act for whom, as it was ordered."""

    department: str
    substitute: str
    begins_at: datetime | None
    """None: at once."""
    ends_at: datetime
    matters: Sequence[str] | None
    """None: all matters."""
    ordered_by: str
    order: str


def add_substitution(settings: Settings, ordered: Ordered, say: Say) -> Substitution:
    """Publish a substitution; returns it with its serial.

    Raises NotFound, CallerError or Conflict with what stands in the way, BadKeys without the authority's key.
    """
    known = load_catalogue(Home(settings.home).catalogue)
    for matter in ordered.matters or ():
        if matter not in known:
            raise CallerError(
                "the catalogue has no matter {code_named!r}",
                remedy="choose one of: {catalogue}",
                code_named=matter,
                catalogue=", ".join(sorted(known)),
            )

    def change(directory: Directory, now: datetime) -> Ties:
        try:
            wanted = Substitution(
                serial=1,
                department=ordered.department,
                substitute=ordered.substitute,
                begins_at=ordered.begins_at or now,
                ends_at=ordered.ends_at,
                matters=None if ordered.matters is None else tuple(ordered.matters),
                ordered_by=ordered.ordered_by,
                order=ordered.order,
            )
        except ValidationError as error:
            faults = joined([fault for _, fault in faults_of(error)])
            raise CallerError(
                "the substitution is invalid: {fault}", remedy="`exchange substitute add --help` has an example",
                fault=faults,
            ) from None  # fmt: skip
        return added(directory, wanted, now)

    return _publish(settings, say, change)[-1]


def revoke_substitution(settings: Settings, serial: int, reason: str, say: Say) -> Substitution:
    """End a substitution now. Raises NotFound or Conflict; BadKeys without the authority's key."""
    after = _publish(settings, say, lambda directory, now: revoked(directory, serial, reason, now))
    return next(one for one in after if one.serial == serial)


def _publish(settings: Settings, say: Say, change: Callable[[Directory, datetime], Ties]) -> tuple[Substitution, ...]:
    with open_registry(settings, say) as registry:
        if registry.present is None:
            raise NoDomain("no domain here: {home}", home=registry.home.root)
        ties = change(registry.present, registry.now)
        registry.publish(registry.authority(), registry.present.members, ties)
        return ties.substitutions
