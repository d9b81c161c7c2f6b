"""Who has asked the window about a licence, for its holder: kept as the departments themselves have signed it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from exchange.clock import CST
from exchange.envelope import verify_signed
from exchange.errors import Returned, SenderError
from exchange.licences.kept import KeptLicence
from exchange.licences.rules.holders import written_code
from exchange.licences.still_verified import still_verified
from exchange.messaging.checks import expect, returned_for
from exchange.messaging.documents import Documents
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Node, Step
from exchange.messaging.records import StoredDocument
from exchange.portal.superior import expect_window
from exchange.portal.view import CaseView
from exchange.schemas import Body, LicenceDisclosed, LicenceQuery

MOST = 100
"""Of those who have asked, the latest."""


@dataclass(frozen=True)
class AskedAbout:
    """That a department was told of a licence."""

    asker: str
    at: datetime
    purpose: str
    """What the department has signed that it needs it for; empty where that does not verify any more."""
    basis: tuple[str, ...]


def handlers() -> dict[str, Handler]:
    """Return the message handler of a portal for what departments were told of licences."""
    return {LicenceDisclosed.KIND: take_disclosed}


def take_disclosed(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in that a department was told of a licence: the enclosed query is the department's own, word for word."""
    expect_window(step, incoming)
    told = expect(body, LicenceDisclosed)
    first, *others = incoming.opened.enclosures or (b"",)
    if others or hashlib.sha256(first).hexdigest() != told.digest:
        raise Returned(
            "the enclosed query is not the one that is named", code="altered", remedy="enclose it as it was signed"
        )
    with returned_for(SenderError, code="origin"):
        query = verify_signed(first, step.node.directory)
    header = query.header
    is_its_own = (header.message_id, header.sender) == (told.query_id, told.asker)
    if not is_its_own or not isinstance(query.body, LicenceQuery) or incoming.sender not in header.addressees:
        raise Returned(
            "the enclosed query is not {asker}'s own to {window}",
            code="origin",
            remedy="enclose what the department has signed",
            asker=told.asker,
            window=incoming.sender,
        )
    step.note(body.KIND, None, incoming.message_id, number=told.number, asker=told.asker)


def asked_about(node: Node, licence: KeptLicence) -> list[AskedAbout]:
    """Return who was told of a licence, the latest first."""
    with node.store.reading() as tx:
        kept = tx[Documents].of_conversation(licence.row.message_id, LicenceDisclosed.KIND)
    found = (_read(node, one) for one in reversed(kept[-MOST:]))
    return [one for one in found if one is not None]


def is_holders(node: Node, found: CaseView, licence: KeptLicence) -> bool:
    """Tell whether whoever has filed a case holds its licence still: another holder's is nobody else's to read."""
    then = licence.on(node.clock.now().astimezone(CST).date())
    return written_code(then.holder.identifier) == written_code(found.filing.application.applicant.identifier)


def holders_askers(node: Node, found: CaseView, licence: KeptLicence) -> list[AskedAbout]:
    """Return who was told of the licence of a case, where whoever has filed it holds the licence still."""
    return asked_about(node, licence) if is_holders(node, found, licence) else []


def _read(node: Node, stored: StoredDocument) -> AskedAbout | None:
    said = still_verified(node, stored)
    if said is None or not isinstance(said.body, LicenceDisclosed):
        return None
    try:
        query = verify_signed(stored.enclosures[0], node.directory).body
    except SenderError:
        query = None
    purpose, basis = (query.purpose, query.basis) if isinstance(query, LicenceQuery) else ("", ())
    return AskedAbout(said.body.asker, said.body.at, purpose, basis)
