"""Portals: the public face of a window writes to that window, only what an applicant files, and to nobody else.

The broker holds a portal's account to its window's inbox. Here the same is asked of what it has signed, by whichever
way it came, and of what is written in its name before it leaves: a portal faces the Internet, and whoever takes it
over gains no more than an applicant has.
"""

from __future__ import annotations

from collections.abc import Iterable

from exchange.directory import Lookup
from exchange.directory.addressing import home_of
from exchange.errors import Denied, NotFound, Returned
from exchange.language.names import coded
from exchange.schemas import Filing, FilingStatement, FilingSupplement, FilingWithdrawal, Member, ReceiptBatch, Role
from exchange.schemas.titles import TITLES

FILINGS = frozenset(one.KIND for one in (Filing, FilingSupplement, FilingStatement, FilingWithdrawal))
"""The kinds that a portal writes to its window, beside its receipts."""


def is_portal(directory: Lookup, address: str) -> bool:
    """Tell whether a member, of whatever domain, is a portal."""
    member = _member(directory, address)
    return member is not None and Role.PORTAL in member.roles


def window_of_portal(directory: Lookup, address: str) -> str | None:
    """Return the window that a portal takes applications in for; None for who is no portal, or has no window."""
    portal = _member(directory, address)
    if portal is None or portal.roles != (Role.PORTAL,) or portal.superior is None:
        return None
    window = _member(directory, portal.superior)
    if window is None or Role.WINDOW not in window.roles or home_of(window.address) != home_of(address):
        return None
    return window.address


def may_write(directory: Lookup, sender: str, addressee: str) -> bool:
    """Tell whether a portal at either end lets one member write to the other: a portal and its window do, both ways."""
    if is_portal(directory, addressee):
        return window_of_portal(directory, addressee) == sender
    return not is_portal(directory, sender) or window_of_portal(directory, sender) == addressee


def check_addressees(directory: Lookup, sender: str, addressees: Iterable[str]) -> None:
    """Raise Denied for the first that ``sender`` does not write to, because one of the two is a portal."""
    for address in addressees:
        if not may_write(directory, sender, address):
            raise Denied(
                "{sender} does not write to {addressee}: an online window and its window write to each other alone",
                remedy="write to the window whose online window it is",
                sender=sender,
                addressee=address,
            )


def check_written(directory: Lookup, sender: str, kind: str, addressees: Iterable[str]) -> None:
    """Raise Denied where a portal is about to write something else than filings to its window, and receipts."""
    if not is_portal(directory, sender):
        return
    check_addressees(directory, sender, addressees)
    if kind not in FILINGS and kind != ReceiptBatch.KIND:
        raise Denied(
            "{sender} is an online window and sends filings alone, no {kind}",
            remedy="this is for the window, or a department, to send",
            sender=sender,
            kind=coded(TITLES, kind),
        )


def check_reader(directory: Lookup, own: str, sender: str) -> None:
    """Raise Returned at a portal for whoever is not its window: it could not even sign for what it got."""
    if is_portal(directory, own) and not may_write(directory, sender, own):
        raise Returned(
            "{sender} does not write to the online window {address}",
            code="not-entitled",
            remedy="only the window whose online window it is writes to it",
            sender=sender,
            address=own,
        )


def fault_of_portal(directory: Lookup, sender: str, kind: str) -> Returned | None:
    """Return why something goes back that a portal has signed; None for filings, and for what others have signed.

    Whose filings a window takes, its handlers of them say.
    """
    if kind in FILINGS or not is_portal(directory, sender):
        return None
    return Returned(
        "{sender} is an online window, and nothing but filings is taken from it",
        code="not-entitled",
        remedy="this is for the window, or a department, to send",
        sender=sender,
    )


def _member(directory: Lookup, address: str) -> Member | None:
    try:
        return directory.member(address)
    except NotFound:
        return None
