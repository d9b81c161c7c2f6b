"""Convey: a document's way is held against the rules of its kind, before it is sent and again where it arrives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from exchange.directory import Lookup
from exchange.documents.rules.conveyance import check_conveyance, conveyance_of, direction, faults
from exchange.documents.rules.conveyance_table import Direction
from exchange.errors import NotFound, Returned
from exchange.language import joined
from exchange.messaging.node import Node
from exchange.schemas import Document, Header, Purpose, Role


def main_addressees(header: Header, document: Document) -> tuple[str, ...]:
    """Return those of a message's addressees who must act on it (主送); the others have a copy."""
    return tuple(one for one in header.addressees if one not in document.copies)


def offices_among(directory: Lookup, addresses: Iterable[str]) -> frozenset[str]:
    """Return those authorities that stand for the government of their level, as far as they are known here."""
    return frozenset(one for one in addresses if Role.WINDOW in _roles(directory, one))


def known_among(directory: Lookup, addresses: Iterable[str]) -> tuple[str, ...]:
    """Return those authorities that are known here; where others stand cannot be told."""
    return tuple(one for one in addresses if _roles(directory, one))


def stands_above(directory: Lookup, body: str, other: str) -> bool:
    """Return whether an authority is a superior of another one, in the line of subordination."""
    return direction(other, body, offices_among(directory, (body, other))) is Direction.UP


def check_sending(
    node: Node,
    document: Document,
    addressees: Sequence[str],
    copies: Sequence[str],
    *,
    answers: Sequence[str] = (),
    forwards: str | None = None,
) -> None:
    """Raise NotFound for who cannot be written to, and CallerError with the article and remedy of every broken rule.

    ``answers``: who wrote the 请示 that it answers; ``forwards``: whose 请示 it passes on, as the own opinion on it.
    """
    node.expect((*addressees, *copies))
    if document.purpose is Purpose.RECORD:
        return
    offices = offices_among(node.directory, (node.address, *addressees, *copies))
    way = conveyance_of(document, node.address, addressees, copies, offices)
    own_opinion = document.body if forwards else ""
    check_conveyance(replace(way, answers=tuple(answers), forwards=forwards, own_opinion=own_opinion))


def check_arrival(
    directory: Lookup,
    header: Header,
    document: Document,
    *,
    answers: Sequence[str] = (),
    forwards: str | None = None,
) -> None:
    """Raise Returned with every broken rule of an arrived document's way.

    Addressees that are not known here are left out: where they stand cannot be told, and the sender has been at fault
    only if something is seen to be wrong.
    """
    if document.purpose is Purpose.RECORD:
        return
    meant = main_addressees(header, document)
    known = known_among(directory, meant)
    if meant and not known:
        return
    offices = offices_among(directory, (header.sender, *known, *document.copies))
    way = conveyance_of(document, header.sender, known, document.copies, offices)
    own_opinion = document.body if forwards else ""
    found = tuple(faults(replace(way, answers=tuple(answers), forwards=forwards, own_opinion=own_opinion)))
    if found:
        raise Returned(
            "this {kind} may not come so: {found}",
            code="conveyance",
            remedy=joined(dict.fromkeys(fault.remedy for fault in found)),
            kind=document.kind.value,
            found=joined(found),
        )


def _roles(directory: Lookup, address: str) -> Sequence[Role]:
    try:
        return directory.member(address).roles
    except NotFound:
        return ()
