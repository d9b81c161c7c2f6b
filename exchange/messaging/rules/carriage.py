"""Carriage: how a message came into the queue it was taken from, and what of it the broker vouches for.

A topic permission lets an account publish under its own name alone, so the sender in a routing key is an account's
name by the broker's word. That, and nothing that a sender writes beside its envelope, tells who brought a message.
Headers for copies, expirations and priorities are a sender's to set and a broker's to obey: they must move no opinion.
"""

from __future__ import annotations

from dataclasses import dataclass

from exchange.directory.addressing import home_of, hop_towards, is_for_arbiter
from exchange.directory.hierarchy import relay_of
from exchange.errors import Returned
from exchange.errors.sender import BroughtByAnother
from exchange.schemas import Header, Opinion

EXPIRED = "expired"
"""Why a queue gave a message up: by the time limit that its sender had set on it."""


@dataclass(frozen=True, slots=True)
class Carriage:
    """How the broker brought one delivery."""

    account: str | None = None
    """The account that published it; None where members have none, or where the broker does not tell."""
    straight: bool = True
    """Whether it was published to this queue by name, and to no other beside."""
    died_of: str | None = None
    """Why its queue gave it up, in the broker's word; None for what comes from the queue itself."""
    overtook: bool = False
    """Whether its sender gave it a priority by which this broker may have put it before earlier ones."""


def check_bringer(carriage: Carriage | None, user_id: str | None, header: Header, own: str, accounts: bool) -> None:
    """Raise BroughtByAnother unless its signer, or for another domain's the relay office of ``own``, has brought it.

    ``accounts``: members have accounts, so that whoever brings a message is known.
    """
    known = _bringers(carriage, user_id)
    if accounts and not known:
        raise BroughtByAnother(
            "it claims to be {sender}, and the broker does not tell by whose account it came", sender=header.sender
        )
    for name in known:
        if not _may_bring(name, header.sender, own):
            raise BroughtByAnother(
                "it came by the account of {account}, and claims to be {sender}", account=name, sender=header.sender
            )


def sole_bringer(carriage: Carriage | None, user_id: str | None) -> str | None:
    """Return the account by which it came, in the broker's word; None where none is known, or two are."""
    known = _bringers(carriage, user_id)
    return known[0] if len(known) == 1 else None


def may_be_of(sender: str, carriage: Carriage | None, user_id: str | None, own: str) -> bool:
    """Return whether what came so may be ``sender``'s: who brought it is not known, or may bring it."""
    return all(_may_bring(name, sender, own) for name in _bringers(carriage, user_id))


def _bringers(carriage: Carriage | None, user_id: str | None) -> list[str]:
    account = carriage.account if carriage is not None else None
    return list(dict.fromkeys(name for name in (account, user_id) if name is not None))


def _may_bring(account: str, signer: str, own: str) -> bool:
    return account == signer or (home_of(signer) != own and account == relay_of(own))


def check_passing(
    carriage: Carriage | None, user_id: str | None, header: Header, own: str, came_over: str | None, accounts: bool
) -> None:
    """Raise BroughtByAnother for what nobody may have passed on through ``own`` who has brought it.

    A link brings what was signed in the domains behind it, published there by its signer, or by the relay office of the
    neighbour ``came_over`` for those further behind; a member brings its own. Who signed it is the header's claim only.
    """
    if carriage is not None and not carriage.straight:
        raise BroughtByAnother(
            "it came as a copy of a message to another queue, and claims to be {sender}", sender=header.sender
        )
    if came_over is None:
        check_bringer(carriage, user_id, header, own, accounts)
        return
    if hop_towards(own, home_of(header.sender)) != came_over:
        raise BroughtByAnother(
            "it came by the link of {domain}, and claims to be {sender}, who is not behind that link",
            domain=came_over,
            sender=header.sender,
        )
    behind = home_of(header.sender) != came_over
    if accounts and user_id != (relay_of(came_over) if behind else header.sender):
        raise BroughtByAnother(
            "it came by the link of {domain}, there by the account of {account}, and claims to be {sender}",
            domain=came_over,
            account=user_id or "–",
            sender=header.sender,
        )


def fault_of(
    carriage: Carriage | None, user_id: str | None, header: Header, queue: str, accounts: bool
) -> Returned | None:
    """Return why its proved signer has to send a message again, in another way; None where its way was right."""
    if accounts and user_id is None:
        return Returned(
            "it does not bear the name of the broker's account that published it",
            code="no-user-id",
            remedy="set the AMQP property user_id to the name of your account, and send it under a new id",
        )
    if carriage is not None and not carriage.straight:
        return Returned(
            "it came as a copy of a message to another queue",
            code="copied",
            remedy="publish to each queue by its own routing key, without the headers CC and BCC, under a new id",
        )
    if not _is_right(queue, header.kind):
        return _wrong_queue(header.kind)
    if is_for_arbiter(header.kind) and header.kind != Opinion.KIND and not in_its_place(carriage, header, queue):
        return Returned(
            "its sender set a time limit or a priority on it, which took it from its place in the queue",
            code="out-of-turn",
            remedy="send it under a new id, without the AMQP properties expiration and priority",
        )
    return None


def in_its_place(carriage: Carriage | None, header: Header, queue: str) -> bool:
    """Tell whether a message's place among others says when it arrived: not where its sender had it moved.

    What expired at the head of its queue had nothing before it; `exchange.broker.traffic.consumer` hands it over first.
    """
    return _is_right(queue, header.kind) and (carriage is None or not carriage.overtook)


def only_expired(carriage: Carriage | None, queue: str, address: str) -> bool:
    """Tell whether nothing but its sender's time limit took a message from a queue to ``address`` itself."""
    to_us = queue in (f"{address}.inbox", f"{address}.inbox.urgent", f"{address}.opinions")
    return to_us and carriage is not None and carriage.died_of == EXPIRED


def _is_right(queue: str, kind: str) -> bool:
    """Of what lies among the dead it is not known where it came from, unless the broker tells."""
    return queue.endswith(".dead") or queue.endswith(".opinions") is is_for_arbiter(kind)


def _wrong_queue(kind: str) -> Returned:
    if is_for_arbiter(kind):
        return Returned(
            "it came into another queue than that of opinions",
            code="wrong-queue",
            remedy="send opinions and deemed consents to the window's queue of opinions, under a new id: their order "
            "there decides between them",
        )
    return Returned(
        "it came into the queue of opinions",
        code="wrong-queue",
        remedy="send it to the inbox, under a new id: in the queue of opinions are opinions and deemed consents alone",
    )
