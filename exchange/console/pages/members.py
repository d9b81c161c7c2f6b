"""Members: who is served, since when silent, by which release, with keys until when, and what lies before each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from exchange.console.pages.overview import shared
from exchange.console.section import Group, Page, Section, Visit
from exchange.language.names import ROLES
from exchange.operations.health.sampler import sampler_of
from exchange.operations.health.snapshot import MemberSnapshot, Snapshot
from exchange.operations.troubles import lights
from exchange.operations.troubles.lights import Light, Sign, SystemPart


@dataclass(frozen=True)
class MemberRow:
    """One member as pages show it."""

    snapshot: MemberSnapshot
    signs: tuple[Sign, ...]
    """Of all parts that are about it."""
    certificate_days: int | None
    key_days: int | None

    @property
    def light(self) -> Light:
        """The worst of its lights."""
        return lights.whole(self.signs)

    def of(self, part: SystemPart) -> Sign | None:
        """Return the member's light about one part."""
        return next((sign for sign in self.signs if sign.part is part), None)


def rows(snapshot: Snapshot) -> list[MemberRow]:
    """Return all members of a snapshot, in the order of their profiles."""
    signs = snapshot.signs
    return [
        MemberRow(
            member,
            tuple(sign for sign in signs if sign.subject == member.address),
            _days(member.certificate_until, snapshot.at),
            _days(member.key_until, snapshot.at),
        )
        for member in snapshot.members
    ]


def _days(until: datetime | None, now: datetime) -> int | None:
    return None if until is None else (until - now).days


def _members(visit: Visit) -> Mapping[str, object]:
    snapshot = sampler_of(visit.view).latest()
    return {
        **shared(visit, snapshot),
        "rows": rows(snapshot),
        "role": lambda name: visit.say(*ROLES[name]),
        "part": SystemPart,
    }


SECTION = Section(
    pages=(Page("/members", ("成员", "Members"), "members.html", _members, in_menu=True, group=Group.SYSTEM),)
)
