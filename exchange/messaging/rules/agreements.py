"""Agreements: what concerns several authorities goes down once the others have agreed, each in a document of its own
(部门之间未协商一致的，不得向下行文: Regulation of 2012, article 16(4)).

Whether a document concerns others is for its author to say. That they agreed is not believed: who sends it has their
document on record, or cannot cite it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Protocol

from exchange.errors import CallerError, ExchangeError, NotFound
from exchange.schemas import Document


class OnRecord(Protocol):
    """A signed message that is kept here."""

    @property
    def kind(self) -> str:
        """What kind of message it is."""
        ...


Find = Callable[[str, str], OnRecord | None]
"""A message on record, by its sender and its id."""


def not_agreed(document: Document, signers: Collection[str] = ()) -> tuple[str, ...]:
    """Return the authorities that a document says it concerns, and names no agreement of; who signs it agrees."""
    return tuple(one.authority for one in document.concerns if one.agreed_in is None and one.authority not in signers)


def check_agreed(document: Document) -> None:
    """Raise CallerError for what is to go down, and concerns others that have not agreed."""
    others = not_agreed(document)
    if others:
        raise CallerError(
            "it concerns {others}, which have not agreed, and is not sent down before (article 16(4))",
            remedy="write them a 函, and name the message in which each agreed; or issue it together",
            code="conveyance",
            others=", ".join(others),
        )


def check_agreements(document: Document, find: Find) -> tuple[str, ...]:
    """Return who is said to have agreed to a document that is to be sent.

    Raises NotFound where nothing is on record here by which one of them did, CallerError where that is no document.
    """
    for fault in false_agreements(document, find):
        raise fault
    return tuple(one.authority for one in document.concerns if one.agreed_in is not None)


def false_agreements(document: Document, find: Find) -> Iterator[ExchangeError]:
    """Yield what is wrong with each agreement that a document names."""
    agreed = [(one.authority, one.agreed_in) for one in document.concerns if one.agreed_in is not None]
    for authority, message_id in agreed:
        found = find(authority, message_id)
        if found is None:
            yield NotFound(
                "no message {message_id} of {authority} is on record here",
                remedy="`exchange inbox` lists what came; name the 函 in which it agreed",
                message_id=message_id,
                authority=authority,
            )
        elif found.kind != Document.KIND:
            yield CallerError(
                "message {message_id} of {authority} is no document, and says nothing of an agreement",
                remedy="name the 函 in which it agreed",
                message_id=message_id,
                authority=authority,
            )
