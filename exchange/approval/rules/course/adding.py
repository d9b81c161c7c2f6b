"""The body that is competent, asked while the case runs: in place of one that said it is not (License Law, 26)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from exchange.approval.rules.completion import PartProgress, ends_early
from exchange.approval.rules.states import CaseState, PartState
from exchange.errors import Conflict
from exchange.schemas import Approver, Matter, Member, Role, Verdict

MOST_PARTS = 64
"""Departments that one decision can name."""


class PlacedPart(PartProgress, Protocol):
    """What decides whether somebody is to be added, of a part."""

    @property
    def instead_of(self) -> str | None: ...


@dataclass(frozen=True)
class Placement:
    """A department that is not competent, and whom it names."""

    department: str
    named: str
    """In its own words."""
    body: str | None
    """The address that this is in the directory; None where it is nobody's name there."""


def unplaced(parts: Sequence[PlacedPart]) -> tuple[str, ...]:
    """Return the departments that are not competent and in whose place nobody was asked."""
    placed = replaced(parts)
    return tuple(
        part.department
        for part in parts
        if part.state is PartState.ANSWERED and part.verdict is Verdict.NOT_COMPETENT and part.department not in placed
    )


def replaced(parts: Iterable[PlacedPart]) -> frozenset[str]:
    """Return the departments in whose place another was asked, while they say that they are not competent."""
    parts = tuple(parts)
    declined = {part.department for part in parts if part.verdict is Verdict.NOT_COMPETENT}
    return frozenset(declined) & frozenset(part.instead_of for part in parts if part.instead_of is not None)


def to_place(state: CaseState, matter: Matter, parts: Sequence[PlacedPart]) -> tuple[str, ...]:
    """Return in whose place another may be asked now: in none once decided, or once nobody more is waited for."""
    if state not in (CaseState.OPEN, CaseState.READY) or is_met(matter, parts):
        return ()
    return unplaced(parts)


def is_met(matter: Matter, parts: Sequence[PartProgress]) -> bool:
    """Return whether a veto or a quorum has settled it: a further opinion would not be waited for."""
    rules = {approver.department: approver for approver in matter.approvers}
    return ends_early(matter.completion, matter.quorum, parts, rules)


def member_named(named: str, members: Iterable[Member]) -> str | None:
    """Return the department that is meant by an address or a name; None for none, or for more than one."""
    wanted = named.strip().casefold()
    found = [
        member.address
        for member in members
        if Role.DEPARTMENT in member.roles
        and wanted in (member.address.casefold(), member.name.casefold(), member.name_en.casefold())
    ]
    return found[0] if len(found) == 1 else None


def approver_added(
    matter: Matter, department: str, place_of: Approver, stage: int, days: int | None, asked: Collection[str]
) -> Approver:
    """Return a body's entry as an approver of a running case, in the stage that is open.

    Where the matter knows it, its term, prerequisites and default are the matter's; where not, it has the term of the
    department in whose place it stands, no prerequisites, and no default whatever. The right of veto goes with the
    matter's competence. ``days``: a longer term, never a shorter one. Raises Conflict.
    """
    known = next((approver for approver in matter.further if approver.department == department), None)
    found = known or Approver(department=department, term_days=place_of.term_days, veto=place_of.veto)
    if days is not None and days < found.term_days:
        raise Conflict(
            "{department} has a full term of {full} working days here, not {days}",
            remedy="leave out --days, or give more",
            department=department,
            full=found.term_days,
            days=days,
        )
    after = tuple(earlier for earlier in found.after if earlier in asked)
    return found.model_copy(update={"stage": stage, "term_days": days or found.term_days, "after": after})
