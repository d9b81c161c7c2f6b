"""Calendars of working days as authorities publish them: signed, versioned, and believed by the authority alone.

The law of it:
1. a calendar counts if an authority signed it that is vouched for as its domain's: the own one, or that of a level
   above, by the directories that lead there;
2. of one domain's calendars the newest counts: first by its authority, then by its version; an older one is not taken
   again, whatever lies on disk;
3. of a year that several levels have published, the highest level's counts, as a whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from exchange.directory.authority import Authority
from exchange.directory.certificates import der, load_certificate
from exchange.directory.lookup import Lookup
from exchange.envelope.document import content_type
from exchange.envelope.papers import sign_body
from exchange.envelope.sign1 import CONTENT_TYPE, Sign1, read_sign1, thumbprint, verify_sign1
from exchange.envelope.strict import read_model
from exchange.errors import BadDirectory, SenderError
from exchange.schemas import PAPER_LIMIT, Calendar
from exchange.workdays import CalendarLayer, WorkingCalendar, calendar_of


@dataclass(frozen=True)
class SignedCalendar:
    """A calendar whose signature verifies."""

    calendar: Calendar
    data: bytes = field(repr=False)
    rank: int
    """Which of its domain's authorities signed it; the newest has the highest."""

    @property
    def place(self) -> tuple[int, int]:
        """By which of two the newer is told."""
        return self.rank, self.calendar.version

    @property
    def layer(self) -> CalendarLayer:
        """What it adds to a calendar of several levels."""
        return CalendarLayer(self.calendar.domain, self.calendar.version, self.calendar.years, self.data)


def sign_calendar(calendar: Calendar, authority: Authority) -> bytes:
    """Sign a calendar as the authority of its domain. Raises BadDirectory where it is too large to be carried."""
    signed = sign_body(calendar, der(authority.certificate), authority.key)
    if len(signed) > PAPER_LIMIT:
        raise BadDirectory("the calendar would have more than {limit:,} bytes", limit=PAPER_LIMIT)
    return signed


def read_calendar(data: bytes, directory: Lookup) -> SignedCalendar:
    """Read a calendar by an authority of the own domain, or of one above it. Raises BadDirectory."""
    try:
        message = read_sign1(data, PAPER_LIMIT)
        if message.header.get(CONTENT_TYPE) != content_type(Calendar.KIND, Calendar.VERSION):
            raise BadDirectory("this is no calendar of working days, or of a version not known here")
        calendar = read_model(Calendar, message.payload, Calendar.KIND)
        rank = _rank(message, directory.authorities(calendar.domain), calendar.domain)
    except SenderError as error:
        raise BadDirectory("the calendar does not verify: {error}", error=error) from error
    return SignedCalendar(calendar, data, rank)


def _rank(message: Sign1, authorities: tuple[bytes, ...], domain: str) -> int:
    """Which authority signed it. Raises BadDirectory, or SenderError for a signature that does not hold."""
    named = thumbprint(message.header)
    for rank, certificate in enumerate(authorities):
        if hashlib.sha256(certificate).digest() == named:
            key = load_certificate(certificate).public_key()
            if not isinstance(key, Ed25519PublicKey):
                break
            verify_sign1(message, key)
            return rank
    raise BadDirectory("the calendar of {domain} is not by an authority that is vouched for here", domain=domain)


def newest(found: Iterable[SignedCalendar]) -> Mapping[str, SignedCalendar]:
    """Return the calendar that counts, of each domain; of two of one version the one that is smaller byte by byte."""
    in_order = sorted(sorted(found, key=lambda one: one.data, reverse=True), key=lambda one: one.place)
    return {one.calendar.domain: one for one in in_order}


def in_force(found: Iterable[SignedCalendar]) -> WorkingCalendar:
    """Return the calendar that those of all levels make, with the package of holidays below."""
    return calendar_of([one.layer for one in newest(found).values()])


def ancestry(domain: str) -> tuple[str, ...]:
    """Return a domain and all above it, highest first: those whose calendars count in it."""
    labels = domain.split(".")
    return tuple(".".join(labels[: n + 1]) for n in range(len(labels)))
