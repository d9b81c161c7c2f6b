"""Audiences: for whom a notice is meant, in a short expression that reads as it is said.

=====================================  ===============================  ==========================================
Meaning                                English                          Chinese
=====================================  ===============================  ==========================================
one authority                          ``anhui.hefei.planning``         the same
the offices of all domains directly    ``direct``                       ``直属``, ``下级``
below the sender's
all authorities of one sort            ``departments``, ``offices``,    ``部门``, ``政府`` or ``办公室``,
                                       ``all``                          ``全部`` or ``所有``
all authorities of one name            ``emergency at any``             ``emergency@各级``
of one level                           ``departments at county``        ``部门@县`` or ``部门 在 县``
level by number (0 = root of tree)     ``departments at 2``             ``部门@2``
a subtree, its top domain included     ``all below anhui.hefei``        ``全部 属于 anhui.hefei``
several                                ``,`` or ``and``                 ``，`` ``、`` ``和``
but not                                ``except`` (once, at the end)    ``除``
=====================================  ===============================  ==========================================

Levels: ``province`` 省, ``city`` 市, ``county`` 县 or 区 (0, 1, 2), ``any`` 各级. An audience never reaches above or
beside the sender's own domain, except for authorities that it names. Offices are members with Role.WINDOW; monitors and
relays, which are neither offices nor departments, read only what names them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from exchange.directory.hierarchy import domain_of, is_within, level_of
from exchange.errors import CallerError, NotFound
from exchange.language import Text
from exchange.notices.rules.audience_words import AudienceWord, parse_terms, refuse, words_of
from exchange.schemas import Role

Listed = tuple[str, Sequence[Role]]
"""An authority's address with its roles, as the directory lists it."""

_OFFICES = frozenset({Role.WINDOW})
_DEPARTMENTS = frozenset({Role.DEPARTMENT})
_READERS = _OFFICES | _DEPARTMENTS
_ROLES = {"departments": _DEPARTMENTS, "offices": _OFFICES, "all": _READERS, "address": _READERS}


@dataclass(frozen=True)
class AudienceTerm:
    """One term of an expression: a named authority, or all of some sort, name and level within a subtree."""

    text: str
    """The term as it was written."""
    authority: str | None = None
    within: str = ""
    roles: frozenset[Role] = _READERS
    label: str | None = None
    level: int | None = None

    def matches(self, address: str, roles: Iterable[Role]) -> bool:
        """Return whether an authority belongs to this term."""
        if self.authority is not None:
            return address == self.authority
        domain = domain_of(address)
        return (
            is_within(domain, self.within)
            and self.level in (None, level_of(domain))
            and self.label in (None, address.rpartition(".")[2])
            and not self.roles.isdisjoint(roles)
        )

    def reaches(self, domain: str) -> bool:
        """Return whether a domain, or one below it, might hold an authority of this term."""
        if self.authority is not None:
            return is_within(domain_of(self.authority), domain)
        if not (is_within(domain, self.within) or is_within(self.within, domain)):
            return False
        return self.level is None or self.level >= max(level_of(domain), level_of(self.within))

    def covers(self, domain: str) -> bool:
        """Return whether every reader of a domain and of those below it belongs to this term."""
        everyone = self.authority is None and self.label is None and self.level is None and self.roles >= _READERS
        return everyone and is_within(domain, self.within)


@dataclass(frozen=True)
class Audience:
    """A parsed expression: whoever belongs to an included part and to no excluded one."""

    text: str
    origin: str
    """The sender's domain, from which ``direct`` and whole sorts are counted."""
    included: tuple[AudienceTerm, ...]
    excluded: tuple[AudienceTerm, ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        """The authorities named by address; the caller looks up whether they exist (see ``unknown``)."""
        return tuple(part.authority for part in self.included if part.authority is not None)

    def matches(self, address: str, roles: Iterable[Role]) -> bool:
        """Return whether an authority is meant."""
        roles = tuple(roles)
        wanted = any(part.matches(address, roles) for part in self.included)
        return wanted and not any(part.matches(address, roles) for part in self.excluded)

    def authorities(self, members: Iterable[Listed], own_domain: str) -> tuple[str, ...]:
        """Return the authorities of one domain that are meant, in the order of their addresses.

        Others' members are passed over.
        """
        own = (member for member in members if domain_of(member[0]) == own_domain)
        return tuple(sorted(address for address, roles in own if self.matches(address, roles)))

    def reaches(self, domain: str) -> bool:
        """Return whether a domain, or one below it, might hold an authority that is meant.

        A relay forwards there, else not.

        May be true where nobody turns out to match; is never false where somebody does.
        """
        return any(self._may_reach(part, domain) for part in self.included)

    def idle(self, members: Iterable[Listed]) -> tuple[str, ...]:
        """Return the included terms that nobody among ``members`` belongs to, as they were written: likely mistakes."""
        listed = tuple(members)
        return tuple(part.text for part in self.included if not any(part.matches(*member) for member in listed))

    def _may_reach(self, part: AudienceTerm, domain: str) -> bool:
        if part.authority is not None:  # who is named may have another role than those that a whole domain stands for
            return part.reaches(domain) and not any(other.authority == part.authority for other in self.excluded)
        return part.reaches(domain) and not any(other.covers(domain) for other in self.excluded)


def parse_audience(text: str, origin: str) -> Audience:
    """Parse the audience that a sender of domain ``origin`` means. Raises CallerError that says at which character."""
    included, excluded = parse_terms(words_of(text))
    return Audience(
        text,
        origin,
        tuple(_parts(text, included, origin)),
        tuple(_parts(text, excluded, origin)),
    )


def nobody(audience: Audience) -> CallerError:
    """Return the error for an expression that matches nobody in the whole tree; the caller raises it."""
    return CallerError(
        "the audience {text!r} matches nobody at or below {origin}",
        remedy="compare names and levels with the directory, or name the authorities by address",
        code="audience",
        text=audience.text,
        origin=audience.origin,
    )


def unknown(address: str) -> NotFound:
    """Return the error for a named authority that no directory of the tree lists; the caller raises it."""
    return NotFound(
        "the audience names {address}, which is in no directory of this tree",
        remedy="correct the address, or say `{label} at any` if the place is not known",
        address=address,
        label=address.rpartition(".")[2],
    )


def _parts(text: str, terms: Iterable[Sequence[AudienceWord]], origin: str) -> Iterator[AudienceTerm]:
    for term in terms:
        said = text[term[0].at - 1 : term[-1].at - 1 + len(term[-1].text)]
        yield _part(said, term, origin)


def _part(said: str, term: Sequence[AudienceWord], origin: str) -> AudienceTerm:
    if term[0].sort == "below":
        return AudienceTerm(said, within=_place(term[1], origin))
    who, rest = term[0], {term[place].sort: term[place + 1] for place in range(1, len(term), 2)}
    if who.sort == "direct":
        return AudienceTerm(said, within=origin, roles=_OFFICES, level=level_of(origin) + 1)
    if who.sort == "address" and "." in who.text:
        if rest:
            raise refuse(
                term[1].at,
                Text("an authority named by its whole address has no level and no place"),
                Text("leave that out"),
            )
        return AudienceTerm(said, authority=who.text)
    level = rest.get("at")
    if who.sort == "address" and level is None:
        remedy = Text(
            "write `{text} at any`, or its whole address: {origin}.{text}", {"text": who.text, "origin": origin}
        )
        raise refuse(who.at, Text("{text!r} alone names no authority", {"text": who.text}), remedy)
    return AudienceTerm(
        said,
        within=_place(rest["below"], origin) if "below" in rest else origin,
        roles=_ROLES[who.sort],
        label=who.text if who.sort == "address" else None,
        level=level.level if level else None,
    )


def _place(domain: AudienceWord, origin: str) -> str:
    if not is_within(domain.text, origin):
        raise refuse(
            domain.at,
            Text("{text} is neither {origin} nor below it", {"text": domain.text, "origin": origin}),
            Text("name a domain of your own subtree"),
        )
    return domain.text
