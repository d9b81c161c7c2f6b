"""Who acts for whom (代行): what may be entered in a directory, and what stands in it at a moment. Pure.

Nobody acts by saying so: a substitution counts because the domain's authority has signed it, for its time and matters.
One body has one voice: nobody is represented by two at a time, represents two, or is represented while representing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from exchange.directory.authority import Ties
from exchange.errors import CallerError, Conflict, NotFound
from exchange.language import Text
from exchange.schemas import MAX_SUBSTITUTIONS, Directory, Member, Role, Substitution

LONGEST = timedelta(days=366)
"""How long a substitution may be ordered for; a longer one is ordered anew."""


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


def add(directory: Directory, wanted: Substitution, now: datetime) -> Ties:
    """Return what the directory says with one substitution more, under the next serial.

    Raises NotFound, CallerError or Conflict, each with what stands in the way.
    """
    _check_members(directory, wanted)
    _check_period(wanted, now)
    for one in directory.substitutions:
        _check_beside(one, wanted)
    if len(directory.substitutions) >= MAX_SUBSTITUTIONS:
        raise Conflict("the directory has had {most} substitutions", remedy="give the member its own officer again",
                       most=MAX_SUBSTITUTIONS)  # fmt: skip
    serial = max((one.serial for one in directory.substitutions), default=0) + 1
    ties = Ties.of(directory)
    return replace(ties, substitutions=(*ties.substitutions, wanted.model_copy(update={"serial": serial})))


def revoke(directory: Directory, serial: int, reason: str, now: datetime) -> Ties:
    """Return what the directory says once a substitution has ended, or never begins. Raises NotFound or Conflict.

    It ends now, and never earlier: what the substitute has said until now was said in the department's name.
    """
    one = next((each for each in directory.substitutions if each.serial == serial), None)
    if one is None:
        raise NotFound(
            "no substitution {serial} in the directory", remedy="`exchange substitute list` shows all", serial=serial
        )
    if one.revoked_at is not None or now >= ends(one):
        raise Conflict("substitution {serial} has ended already", remedy="nothing is to be done", serial=serial)
    ended = one.model_copy(update={"revoked_at": now, "revoked_for": reason})
    ties = Ties.of(directory)
    return replace(ties, substitutions=tuple(ended if each is one else each for each in ties.substitutions))


def _check_members(directory: Directory, wanted: Substitution) -> None:
    members = {member.address: member for member in directory.members}
    for address in (wanted.department, wanted.substitute):
        _check_department(members.get(address), address)
    if members[wanted.substitute].revoked_at is not None:
        raise Conflict(
            "{address} is revoked: it cannot act for anybody", remedy="name another department",
            address=wanted.substitute,
        )  # fmt: skip
    may = [wanted.department, members[wanted.department].superior, directory.domain]
    if wanted.ordered_by not in may:
        raise CallerError(
            "{by} cannot order who acts for {department}",
            remedy="it is ordered by one of: {may}",
            by=wanted.ordered_by,
            department=wanted.department,
            may=", ".join(one for one in may if one),
        )


def _check_department(member: Member | None, address: str) -> None:
    if member is None:
        raise NotFound("no member {address!r}", remedy="`exchange keys` lists them all", address=address)
    if Role.DEPARTMENT not in member.roles:
        raise CallerError(
            "{address} is not asked for opinions", remedy="name two departments of this domain", address=address
        )


def _check_period(wanted: Substitution, now: datetime) -> None:
    if wanted.begins_at < now:
        raise CallerError(
            "a substitution never begins in the past: nobody has acted for another who could not know it",
            remedy="let it begin now: so it does where no beginning is given",
        )
    if wanted.ends_at - wanted.begins_at > LONGEST:
        raise CallerError(
            "a substitution is ordered for {days} days at most", remedy="order it anew then", days=LONGEST.days
        )


def _check_beside(one: Substitution, wanted: Substitution) -> None:
    """Raise Conflict where two substitutions would stand at one time, in one matter, and not go together."""
    if not _meet(one, wanted):
        return
    facts = {"department": one.department, "substitute": one.substitute, "serial": one.serial}
    if one.department == wanted.department:
        why = Text("{department} is represented by {substitute} then, by substitution {serial}", facts)
    elif one.substitute == wanted.substitute:
        why = Text("{substitute} acts for {department} then, by substitution {serial}: one body has one voice", facts)
    elif one.department == wanted.substitute:
        why = Text("{department} is itself represented by {substitute} then, by substitution {serial}", facts)
    elif one.substitute == wanted.department:
        why = Text("{substitute} acts for {department} then, by substitution {serial}: that is not passed on", facts)
    else:
        return
    remedy = Text(
        "revoke that one first (exchange substitute revoke {serial}), or choose another time or matter",
        {"serial": one.serial},
    )
    raise Conflict(why, remedy=remedy)


def _meet(one: Substitution, other: Substitution) -> bool:
    apart = ends(one) <= other.begins_at or ends(other) <= one.begins_at
    return not apart and (one.matters is None or other.matters is None or bool({*one.matters} & {*other.matters}))


def standing(those: Iterable[Substitution], now: datetime) -> list[Substitution]:
    """Return those that are in force or still to come, the earliest first."""
    return sorted((one for one in those if now < ends(one)), key=lambda one: (one.begins_at, one.serial))
