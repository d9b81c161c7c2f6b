"""The register of licences as the public reads it: persons masked, and whatever was revoked shown as what it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from exchange.clock import CST
from exchange.errors import NotFound
from exchange.language import Words
from exchange.licences.finding.store import LicenceSearch
from exchange.licences.kept import KeptLicence, kept_licence, kept_licences
from exchange.licences.records import LicencePlace
from exchange.licences.rules.holders import is_organisation, shown_holder
from exchange.licences.rules.standing import LicenceStanding
from exchange.licences.store import Licences
from exchange.messaging.node import Node
from exchange.paging import PAGE
from exchange.schemas import LicenceChange

_LONGEST = 100
"""Signs of a search that are looked at."""


@dataclass(frozen=True)
class PublicEntry:
    """An entry on a licence, as the public reads it: its reasons may name persons, and stay with who has it."""

    change: LicenceChange
    effective_on: date
    basis: tuple[str, ...]
    valid_until: date | None = None
    """Of a renewal."""
    by_law: bool = False
    """Of a renewal that nobody has decided."""


@dataclass(frozen=True)
class PublicLicence:
    """A licence with what is published of it (双公示): no person's name, number or doings in full."""

    number: str
    matter: str
    matter_names: Words
    holder: str
    holder_code: str
    organisation: bool
    permits: str
    """Of organisations alone: what a person is allowed may tell who it is."""
    decision: str
    """The number of the case that was decided."""
    decided_on: date
    valid_from: date
    valid_until: date | None
    authority: Words
    standing: LicenceStanding
    issued_at: datetime
    changed_at: datetime
    """When it was issued, or something was entered on it, last."""
    entries: tuple[PublicEntry, ...]
    place: LicencePlace


@dataclass(frozen=True)
class LicencePage:
    """A page of the register, and behind what the next one begins."""

    licences: tuple[PublicLicence, ...]
    after: LicencePlace | None


def on_record(node: Node, words: str = "", limit: int = 50) -> list[KeptLicence]:
    """Return the latest licences on record here, in full: all, or those of which number or holder has these words."""
    with node.store.reading() as tx:
        found = tx[LicenceSearch].page(words.strip(), None, limit)
        rows = list(found.rows)
        while len(rows) < limit and found.after is not None:
            found = tx[LicenceSearch].page(words.strip(), found.after, limit - len(rows))
            rows += found.rows
        return kept_licences(tx, rows)


def licence_of(node: Node, number: str) -> KeptLicence:
    """Return one licence that is on record here, in full. Raises NotFound: none, or of several windows."""
    with node.store.reading() as tx:
        rows = tx[Licences].named(number)
        own = [row for row in rows if row.issuer == node.address] or rows
        if len(own) != 1:
            raise NotFound(
                "no licence {number} on record at {address}" if not own else "several windows have issued {number}",
                remedy="`exchange licence list` shows what is on record",
                number=number,
                address=node.address,
            )
        return kept_licence(tx, own[0])


def licence_of_case(node: Node, issuer: str, case_number: str) -> KeptLicence | None:
    """Return the licence that a window has issued on a case; None where none is on record."""
    with node.store.reading() as tx:
        row = tx[Licences].of_case(issuer, case_number)
        return kept_licence(tx, row) if row is not None else None


def licence_issued(node: Node, issuer: str, number: str) -> KeptLicence | None:
    """Return a window's licence by its number; None where none is on record."""
    with node.store.reading() as tx:
        row = tx[Licences].get(issuer, number)
        return kept_licence(tx, row) if row is not None else None


def register(node: Node, query: str = "", after: LicencePlace | None = None, limit: int = 50) -> LicencePage:
    """Return a page of the public register, newest first: all, or what has the words of a query in its number, or in
    what is shown of its holder. Persons are not found by names or numbers of theirs.

    A page may have fewer licences than there are, or none, and say behind what the next one begins all the same: so
    much is looked through for one, and no more.
    """
    words, today = query.strip()[:_LONGEST], node.clock.now().astimezone(CST).date()
    with node.store.reading() as tx:
        found = tx[LicenceSearch].page(words, after, limit)
        kept = kept_licences(tx, found.rows)
    return LicencePage(tuple(public_licence(one, today) for one in kept), found.after)


def whole_register(node: Node, query: str = "") -> Iterator[PublicLicence]:
    """Yield all of the public register, newest first."""
    page = register(node, query, None, PAGE)
    yield from page.licences
    while page.after is not None:
        page = register(node, query, page.after, PAGE)
        yield from page.licences


def public_licence(kept: KeptLicence, day: date) -> PublicLicence:
    """Return what the public may read of a licence, as it is on a day."""
    body, then = kept.body, kept.on(day)
    shown, organisation = shown_holder(then.holder), is_organisation(then.holder)
    return PublicLicence(
        number=body.number,
        matter=body.matter,
        matter_names=(body.matter_name, body.matter_name_en),
        holder=shown.name,
        holder_code=shown.identifier,
        organisation=organisation,
        permits=then.permits if organisation else "",
        decision=body.case_number,
        decided_on=body.decided_at.astimezone(CST).date(),
        valid_from=then.valid_from,
        valid_until=then.valid_until,
        authority=(body.authority, body.authority_en),
        standing=then.standing,
        issued_at=body.at,
        changed_at=max([body.at, *(one.at for one in kept.entries)]),
        entries=tuple(
            PublicEntry(one.change, one.effective_on, one.basis, one.valid_until, one.authorisation_id is not None)
            for one in kept.entries
        ),
        place=kept.row.place,
    )
