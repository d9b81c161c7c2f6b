"""Holding and releasing in a whole domain: in the databases of all its members, and said where one is away."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from exchange.approval.held import Endangered, begin_hold, end_hold, endangered
from exchange.approval.rules.behind_holds import Danger
from exchange.errors import Conflict, DatabaseUnavailable, NotFound
from exchange.messaging.holds import Holds
from exchange.messaging.rules.holding import Hold, check_hold
from exchange.runtime.draining import Drain, Left, drain_in, drained, lift_drain
from exchange.runtime.profiles import Profile
from exchange.schemas import MESSAGES, Role
from exchange.store import Store

Open = Callable[[str], Store]
"""Opens a member's database. Raises DatabaseUnavailable."""

IN_WORDS = {
    Danger.NOT_ASKED: ("请求未送达：期限不起算，不会缺席默认", "not asked: no term begins, and nothing can default"),
    Danger.NOT_REMINDED: (
        "催办受阻：到期转主办部门，沉默不算同意",
        "not reminded: when its term ends the case goes to the lead, and silence counts for nothing",
    ),
    Danger.NO_EFFECT: ("到期的效力推迟到解除之后", "the end of its term takes effect only after the release"),
    Danger.NONE: ("不受影响", "not touched"),
}
"""What a hold does to an open consultation, in Chinese and English."""


@dataclass(frozen=True)
class StandingHold:
    """A hold as it stands in a domain."""

    hold: Hold
    members: int
    """In how many members' databases."""
    missing: tuple[str, ...]
    """Members in whose database it does not stand."""


@dataclass(frozen=True)
class Survey:
    """What rests in a domain."""

    standing: list[StandingHold]
    resting: dict[tuple[str, str], int]
    """Copies at rest, by addressee and kind."""
    drained: dict[str, tuple[Drain, Left | None]]
    """Members that are not to be served, and what was left when they stopped."""
    away: list[str]
    """Members whose database could not be looked into."""

    def kept(self, hold: Hold) -> int:
        """Return how many copies at rest a hold covers."""
        return sum(copies for key, copies in self.resting.items() if hold.covers(*key))


@dataclass(frozen=True)
class Spread:
    """What a hold or release came to."""

    hold: Hold
    done: tuple[str, ...]
    away: tuple[str, ...]
    """Members whose database could not be reached: repeat it once it is there."""


def hold_target(profiles: Mapping[str, Profile], what: str) -> tuple[str | None, str | None]:
    """Resolve what people name to an addressee or a kind. Raises NotFound for what is neither a member nor a kind."""
    if what in profiles:
        return what, None
    if what in MESSAGES:
        return None, what
    raise NotFound(
        "{what!r} is neither a member nor a kind of message", remedy="`exchange holds` and `exchange schema`", what=what
    )


def hold_everywhere(
    profiles: Mapping[str, Profile], open_one: Open, addressee: str | None, kind: str | None, reason: str, by: str,
    now: datetime,
) -> Spread:  # fmt: skip
    """Begin a hold in all members' databases; one that stands already is completed where it is missing.

    Raises CallerError, or DatabaseUnavailable where no member's database can be reached.
    """
    check_hold(addressee, kind, reason, MESSAGES)
    before = [
        one.hold for one in standing(profiles, open_one) if (one.hold.addressee, one.hold.kind) == (addressee, kind)
    ]
    hold = before[0] if before else Hold(str(uuid.uuid4()), addressee, kind, reason.strip(), by, now)
    return _spread(profiles, open_one, hold, lambda store: begin_hold(store, hold))


def release_everywhere(profiles: Mapping[str, Profile], open_one: Open, id: str, by: str, now: datetime) -> Spread:
    """End a hold in all members' databases. Raises NotFound where it stands nowhere."""
    found = next((one.hold for one in standing(profiles, open_one) if one.hold.id == id), None)
    if found is None:
        raise NotFound("no hold {id!r} stands", remedy="`exchange holds` lists them", id=id)
    return _spread(profiles, open_one, found, lambda store: end_hold(store, id, by, now))


def release_named(profiles: Mapping[str, Profile], open_one: Open, what: str, by: str, now: datetime) -> list[str]:
    """Release every hold that ``what`` names, by id, member or kind, and a drained member; return what was released.

    Raises NotFound where nothing is held by that name, Conflict where a database is away.
    """
    released: list[str] = []
    for one in standing(profiles, open_one):
        if what in (one.hold.id, one.hold.addressee, one.hold.kind):
            spread = release_everywhere(profiles, open_one, one.hold.id, by, now)
            if spread.away:
                raise Conflict(
                    "not yet released at {away}", remedy="repeat it once they are there", away=", ".join(spread.away)
                )
            released.append(one.hold.id)
    if what in profiles and drained(open_one(what)) is not None:
        lift_drain(open_one(what), by, now)
        released.append(what)
    if not released:
        raise NotFound("nothing is held or drained under {what!r}", remedy="`exchange holds` lists what is", what=what)
    return released


def standing(profiles: Mapping[str, Profile], open_one: Open) -> list[StandingHold]:
    """Return all holds in force, with the members in whose database they are. Members away count as missing."""
    return survey(profiles, open_one).standing


def survey(profiles: Mapping[str, Profile], open_one: Open) -> Survey:
    """Find what rests in a domain, by one short read of each member's database."""
    found: dict[str, Hold] = {}
    where: dict[str, set[str]] = {}
    seen = Survey([], {}, {}, [])
    for address in profiles:
        try:
            with open_one(address).reading() as tx:
                holds, resting, drain = tx[Holds].standing(), tx[Holds].resting(), drain_in(tx)
        except DatabaseUnavailable:
            seen.away.append(address)
            continue
        for hold in holds:
            found.setdefault(hold.id, hold)
            where.setdefault(hold.id, set()).add(address)
        for key, copies in resting.items():
            seen.resting[key] = seen.resting.get(key, 0) + copies
        if drain is not None:
            seen.drained[address] = drain
    for hold in sorted(found.values(), key=lambda hold: (hold.held_at, hold.id)):
        missing = tuple(one for one in profiles if one not in where[hold.id])
        seen.standing.append(StandingHold(hold, len(where[hold.id]), missing))
    return seen


def at_risk(profiles: Mapping[str, Profile], open_one: Open, hold: Hold) -> list[Endangered]:
    """Return all open consultations of all windows that a hold touches, or would touch."""
    monitors = [address for address, profile in profiles.items() if Role.MONITOR in profile.roles]
    windows = [address for address, profile in profiles.items() if Role.WINDOW in profile.roles]
    return [one for lead in windows for one in endangered(open_one(lead), lead, monitors, hold)]


def _spread(profiles: Mapping[str, Profile], open_one: Open, hold: Hold, do: Callable[[Store], object]) -> Spread:
    done: list[str] = []
    away: list[str] = []
    for address in profiles:
        try:
            do(open_one(address))
        except DatabaseUnavailable:
            away.append(address)
        else:
            done.append(address)
    if not done:
        raise DatabaseUnavailable("no member's database can be reached", remedy="`exchange doctor` says which and why")
    return Spread(hold, tuple(done), tuple(away))


def check_member(profiles: Mapping[str, Profile], address: str) -> None:
    """Raise NotFound unless the address is a member's."""
    if address not in profiles:
        raise NotFound(
            "no member {address!r}", remedy="one of: {profiles}", address=address, profiles=", ".join(sorted(profiles))
        )
