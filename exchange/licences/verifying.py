"""Whether a licence is what it says: by its number and code, or by its signed bytes, without asking anybody."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from exchange.clock import CST
from exchange.envelope import verify_signed
from exchange.errors import SenderError
from exchange.hand_codes import read_signs
from exchange.language import Words
from exchange.licences.kept import KeptLicence, kept_licence
from exchange.licences.register import PublicLicence, public_licence
from exchange.licences.rules.standing import LicenceStanding
from exchange.licences.store import Licences
from exchange.messaging.node import Node
from exchange.schemas import Licence, Role


class Verification(StrEnum):
    """What came of verifying a licence; a closed set."""

    VALID = LicenceStanding.VALID.value
    NOT_YET = LicenceStanding.NOT_YET.value
    EXPIRED = LicenceStanding.EXPIRED.value
    REVOKED = LicenceStanding.REVOKED.value
    CANCELLED = LicenceStanding.CANCELLED.value
    ELSEWHERE = "elsewhere"
    """Authentic, by the directory; how it stands says the register of who has issued it, which is not here."""
    NOT_OURS = "not-ours"
    """Nothing that was issued, or not in this form."""


@dataclass(frozen=True)
class VerifiedLicence:
    """What came of it, and what may be shown to whoever has the licence in hand."""

    result: Verification
    licence: PublicLicence | None = None
    permits: str = ""
    conditions: str = ""
    """In full, also of persons: whoever has the code or the file has read them."""
    issued_by: Words | None = None
    """Who has signed what is authentic, and not on record here."""


_NOT_OURS = VerifiedLicence(Verification.NOT_OURS)


def verify(node: Node, number: str, code: str) -> VerifiedLicence:
    """Verify a licence by its number and the code that stands on it. A wrong code is told as a wrong number is."""
    typed = read_signs(code)
    with node.store.reading() as tx:
        rows = tx[Licences].named(number.strip().upper())
        found = [row for row in rows if hmac.compare_digest(row.code.encode(), typed.encode())]
        return _verified(kept_licence(tx, found[0]), _today(node)) if found else _NOT_OURS


def verify_bytes(node: Node, data: bytes) -> VerifiedLicence:
    """Verify the file of a licence: the very bytes that were signed, and what was entered on it since."""
    with node.store.reading() as tx:
        row = tx[Licences].by_digest(hashlib.sha256(data).hexdigest())
        if row is not None:
            return _verified(kept_licence(tx, row), _today(node))
    return verify_by_directory(node, data)


def verify_by_directory(node: Node, data: bytes) -> VerifiedLicence:
    """Verify the file of a licence that is not on record here: whether a window of the directory has issued it."""
    try:
        found = verify_signed(data, node.directory, node.clock.now())
    except SenderError:
        return _NOT_OURS
    body = found.body
    if not isinstance(body, Licence) or body.issuer != found.header.sender:
        return _NOT_OURS
    if not node.has_role(body.issuer, Role.WINDOW):
        return _NOT_OURS
    return VerifiedLicence(Verification.ELSEWHERE, issued_by=(body.authority, body.authority_en))


def _verified(kept: KeptLicence, day: date) -> VerifiedLicence:
    then = kept.on(day)
    return VerifiedLicence(Verification(then.standing.value), public_licence(kept, day), then.permits, then.conditions)


def _today(node: Node) -> date:
    return node.clock.now().astimezone(CST).date()
