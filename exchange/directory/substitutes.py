"""Who acts for whom (代行), as the directory says it at a moment. Pure.

Nobody acts by saying so: a substitution counts because the domain's authority has signed it, for its time and matters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from exchange.language import Text
from exchange.schemas import Directory, Substitution


def ends(one: Substitution) -> datetime:
    """Return from when on a substitution does not count any more."""
    return one.ends_at if one.revoked_at is None else max(min(one.ends_at, one.revoked_at), one.begins_at)


def in_force(one: Substitution, at: datetime) -> bool:
    """Return whether a substitution counts at a moment; at its very end it does not."""
    return one.begins_at <= at < ends(one)


def covers(one: Substitution, matter: str) -> bool:
    """Return whether a substitution was ordered for a matter."""
    return one.matters is None or matter in one.matters


def substitutes_of(directory: Directory, department: str, matter: str, at: datetime) -> tuple[Substitution, ...]:
    """Return who acts for a department in a matter at a moment; one at most, where the authority kept to its rules."""
    return tuple(
        one
        for one in directory.substitutions
        if one.department == department and covers(one, matter) and in_force(one, at)
    )


def acts_for(directory: Directory, substitute: str, department: str, at: datetime) -> bool:
    """Return whether a member acts for a department at a moment, in whatever matter."""
    return any(
        (one.substitute, one.department) == (substitute, department) and in_force(one, at)
        for one in directory.substitutions
    )


def acted_for(directory: Directory, substitute: str, department: str, matter: str, by: datetime) -> bool:
    """Return whether a member has ever been let act for a department in a matter by a moment."""
    return any(
        (one.substitute, one.department) == (substitute, department)
        and covers(one, matter)
        and one.begins_at <= by
        and one.begins_at < ends(one)
        for one in directory.substitutions
    )


def why_not(
    directory: Directory, serial: int, substitute: str, department: str, matter: str, moments: Sequence[datetime]
) -> Text | None:
    """Return why a substitution does not let a member act for a department in a matter; None where it does.

    It must be in force at each of the moments. Anybody who has the directory comes to the same.
    """
    one = next((each for each in directory.substitutions if each.serial == serial), None)
    if one is None:
        return Text("the directory has no substitution {serial}", {"serial": serial})
    if (one.substitute, one.department) != (substitute, department):
        return Text(
            "substitution {serial} lets {substitute} act for {department}, and nobody else",
            {"serial": serial, "substitute": one.substitute, "department": one.department},
        )
    if not covers(one, matter):
        return Text("substitution {serial} is not for matter {matter}", {"serial": serial, "matter": matter})
    if not moments or not all(in_force(one, at) for at in moments):
        return Text("substitution {serial} was not in force then", {"serial": serial})
    return None


def standing(those: Iterable[Substitution], now: datetime) -> list[Substitution]:
    """Return those that are in force or still to come, the earliest first."""
    return sorted((one for one in those if now < ends(one)), key=lambda one: (one.begins_at, one.serial))
