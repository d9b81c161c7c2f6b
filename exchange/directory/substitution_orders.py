"""Who may be let act for whom (代行): what an authority enters in its directory, and ends. Pure.

One body has one voice: nobody is represented by two at a time, represents two, or is represented while representing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from exchange.directory.authority import Ties
from exchange.directory.substitutes import ends
from exchange.errors import CallerError, Conflict, NotFound
from exchange.language import Text
from exchange.schemas import MAX_SUBSTITUTIONS, Directory, Member, Role, Substitution

LONGEST = timedelta(days=366)
"""How long a substitution may be ordered for; a longer one is ordered anew."""


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
