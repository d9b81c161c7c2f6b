"""Convey: a document's way is held against the rules of its kind, before it is sent and again where it arrives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from exchange.directory import Lookup
from exchange.documents.rules.broken import DocumentElement, DocumentFault
from exchange.documents.rules.conveyance import conveyance_of, direction, faults, refuse
from exchange.documents.rules.conveyance_table import Direction
from exchange.errors import CallerError, ExchangeError, NotFound, Returned
from exchange.language import joined
from exchange.messaging.node import Node
from exchange.schemas import Document, DocumentKind, Header, Purpose, Role


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


def refuse_all(kind: DocumentKind, found: Iterable[DocumentFault]) -> None:
    """Raise the first error there is; else, for broken rules, CallerError with all of them."""
    rules = []
    for one in found:
        if isinstance(one.what, ExchangeError):
            raise one.what
        rules.append(one.what)
    refuse(kind, rules)


def sending_faults(
    node: Node,
    document: Document,
    addressees: Sequence[str],
    copies: Sequence[str],
    *,
    answers: Sequence[str] = (),
    forwards: str | None = None,
) -> Iterator[DocumentFault]:
    """Yield who cannot be written to, then every broken rule of a document's way, with its article and remedy.

    ``answers``: who wrote the 请示 that it answers; ``forwards``: whose 请示 it passes on, as the own opinion on it.
    """
    unreachable = set()
    for element, addresses in ((DocumentElement.TO, addressees), (DocumentElement.COPIES, copies)):
        for one in addresses:
            try:
                node.expect((one,))
            except CallerError as error:
                unreachable.add(one)
                yield DocumentFault(element, error)
    meant = [one for one in addressees if one not in unreachable]
    if document.purpose is Purpose.RECORD or (addressees and not meant):
        return
    copied = [one for one in copies if one not in unreachable]
    offices = offices_among(node.directory, (node.address, *meant, *copied))
    way = conveyance_of(document, node.address, meant, copied, offices)
    own_opinion = document.body if forwards else ""
    found = faults(replace(way, answers=tuple(answers), forwards=forwards, own_opinion=own_opinion))
    yield from (DocumentFault(one.element, one) for one in found)


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
