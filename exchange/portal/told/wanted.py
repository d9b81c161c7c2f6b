"""Where somebody wants to be told, as it was typed or sent: read alike for pages and systems."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from exchange.errors import CallerError
from exchange.language import Language, Text
from exchange.machine.posting.addresses import read_mail_address
from exchange.machine.posting.webhooks import check_url
from exchange.machine.webhook_signature import secret_text
from exchange.portal.told.states import ToldWay
from exchange.schemas.written import FaultAndRemedy

DRAWN = 64
"""Octets of randomness that a contact takes: half of it for its token, half for the secret of a webhook."""
_LONGEST_URL = 1000


@dataclass(frozen=True)
class Wanted:
    """Where somebody wants to be told, with what was drawn for it."""

    way: ToldWay
    address: str = field(repr=False)
    language: Language
    token: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)


def wanted_by(way: ToldWay, address: str, language: Language, drawn: bytes) -> Wanted:
    """Return an address that was read, with the token and the secret made of what was drawn for it."""
    token, secret = drawn[: DRAWN // 2], drawn[DRAWN // 2 : DRAWN]
    signs = secret_text(secret) if way is ToldWay.WEBHOOK else None
    return Wanted(way, address, language, base64.urlsafe_b64encode(token).rstrip(b"=").decode(), signs)


def read_address(way: ToldWay, typed: str) -> str | FaultAndRemedy:
    """Return an address as it is written to, or what is wrong with it."""
    if way is ToldWay.MAIL:
        return read_mail_address(typed)
    url, wrong = typed.strip(), (Text("is no https URL that events can be posted to"), Text("give that of your system"))
    if len(url) > _LONGEST_URL or not url.lower().startswith("https://"):
        return wrong
    try:
        check_url(url)
    except CallerError:
        return wrong
    return url
