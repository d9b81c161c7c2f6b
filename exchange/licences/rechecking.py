"""A renewal by law examined again, by anyone who has the licence: from signed bytes and the directory alone.

It shows that the licence was over, that its renewal had been asked for in time by the window's own receipt, and until
when the licence is valid then. That nobody had decided is the window's word, under its signature.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from exchange.clock import CST
from exchange.directory import Lookup
from exchange.envelope import verify_signed
from exchange.errors import ExchangeError, Forged, Malformed, NotFound
from exchange.licences.kept import KeptLicence, kept_licence
from exchange.licences.rules.renewing import renewed_until
from exchange.licences.rules.standing import licence_on
from exchange.licences.store import Licences
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.messaging.records import StoredDocument
from exchange.schemas import FilingReceipt, LicenceEntry, Role, TacitAuthorisation
from exchange.workdays import end_of_day


@dataclass(frozen=True)
class RecheckedRenewal:
    """What came of examining one renewal by law."""

    entry: LicenceEntry
    said: TacitAuthorisation | None = None
    """None where it does not verify; ``error`` says why."""
    signed_at: datetime | None = None
    error: ExchangeError | None = None


def recheck_renewals(node: Node, number: str) -> list[RecheckedRenewal]:
    """Examine again the renewals of a licence that have arisen by law. Raises NotFound where there is none."""
    with node.store.reading() as tx:
        kept = [kept_licence(tx, row) for row in tx[Licences].named(number)]
        found = [
            _rechecked(node, one, entry, tx[Documents].get(one.row.issuer, entry.authorisation_id))
            for one in kept
            for entry in one.entries
            if entry.authorisation_id is not None
        ]
    if not found:
        raise NotFound(
            "no renewal by law of licence {number} is on record at {address}",
            remedy="`exchange licence show {number}` shows what was entered on it",
            number=number,
            address=node.address,
        )
    return found


def _rechecked(node: Node, kept: KeptLicence, entry: LicenceEntry, stored: StoredDocument | None) -> RecheckedRenewal:
    try:
        if stored is None:
            raise Malformed("the document by which it has arisen is not on record here")
        said = _recheck(node.directory, kept, entry, stored)
    except ExchangeError as error:
        return RecheckedRenewal(entry, error=error)
    return RecheckedRenewal(entry, said, said.at)


def _recheck(directory: Lookup, kept: KeptLicence, entry: LicenceEntry, stored: StoredDocument) -> TacitAuthorisation:
    issuer = kept.body.issuer
    verified = verify_signed(stored.signed, directory)
    said = verified.body
    if not isinstance(said, TacitAuthorisation):
        raise Malformed("not a renewal by law")
    if verified.header.sender != issuer or Role.WINDOW not in directory.member(issuer).roles:
        raise Forged("it is not signed by the window that has issued the licence")
    if (said.licence_id, said.licence_digest) != (kept.row.message_id, kept.row.digest):
        raise Forged("it is about a licence that was signed otherwise")
    before = kept.entries[: entry.position - 1]
    then = licence_on(kept.body, before, said.expired_on)
    if then.ended_by is not None or then.valid_until != said.expired_on or said.at < end_of_day(said.expired_on):
        raise Forged("the licence was not over then")
    if (said.valid_until, entry.valid_until) != (renewed_until(kept.body, before), said.valid_until):
        raise Forged("the licence is valid until another day then")
    _check_receipt(directory, issuer, said, stored)
    return said


def _check_receipt(directory: Lookup, issuer: str, said: TacitAuthorisation, stored: StoredDocument) -> None:
    enclosed = stored.enclosures[0] if stored.enclosures else b""
    if hashlib.sha256(enclosed).hexdigest() != said.receipt_digest:
        raise Forged("the receipt is not the one that is cited")
    receipt = verify_signed(enclosed, directory)
    body = receipt.body
    if not isinstance(body, FilingReceipt) or (receipt.header.sender, receipt.header.message_id) != (
        issuer,
        said.receipt_id,
    ):
        raise Forged("the receipt is not the window's")
    if (body.filing, body.filing_id, body.received_at) != (said.filing, said.filing_id, said.received_at):
        raise Forged("the receipt is for another filing")
    term = body.renewal
    if term is None or term.licence != said.licence or not term.in_time:
        raise Forged("the receipt does not say that the renewal was asked for in time")
    if said.received_at.astimezone(CST).date() > said.ask_by:
        raise Forged("the renewal was asked for too late")
