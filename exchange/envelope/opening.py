"""Open: undo the seal, verify the signature, check every binding. Each step that fails says which it was.

1. bounds, shape and version;               5. the signer is the sender, its certificate was valid then;
2. the clear header; we are an addressee;   6. the inner header is the clear one, byte for byte;
3. our key, and the content key;            7. the enclosures are those that were signed;
4. the content, bound to the clear header;  8. the body follows the schema of its kind.

Once the signature verifies, the signer is proved, and whatever else is wrong, in the clear header too, is its own
fault: `Faulty`, for it to be told. But what anybody could have done to a document that others have as well, who seal it
again with what they like around it, is told only where nobody but the signer can have sealed it; and what does not say
that it is for us, or says another sender, only where the signer's own account has brought it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from exchange.envelope.claims import Claims, claims_of
from exchange.envelope.document import (
    ENCLOSURES,
    MAX_ENCLOSURES,
    Proved,
    Trust,
    check_time,
    parse_header,
    prove_signed,
    read_proved,
)
from exchange.envelope.keys import Identity, Signer
from exchange.envelope.unsealing import Content, Envelope, read_envelope, unsealed
from exchange.errors import Forged, Malformed, NotForUs, SenderError, Untrusted, WrongClock
from exchange.schemas import Body, Header

_ANOTHER_HEADER = "header: the one that was signed is not the one outside"


@dataclass(frozen=True)
class Authentic:
    """A message whose signer is proved, and that is for us."""

    header: Header
    header_bytes: bytes
    signed: bytes
    """The COSE_Sign1 as it came."""
    enclosures: tuple[bytes, ...]
    digest: str
    """SHA-256 of ``signed``, hexadecimal."""
    signer: Signer | None = field(default=None, kw_only=True, repr=False, compare=False)
    """Who signed it, by the directory that it was opened with."""


@dataclass(frozen=True)
class Opened(Authentic):
    """An authentic message in which everything is as it must be."""

    body: Body


@dataclass(frozen=True)
class Faulty(Authentic):
    """An authentic message that its signer has got wrong, and how."""

    payload: bytes
    """The body's bytes, unread."""
    fault: SenderError
    named: bool = True
    """Whether it bears an id by which a receipt can name it; else its header's is a stand-in."""


def peek(data: bytes) -> Header:
    """Return the clear header of an envelope, unverified. Raises Malformed or Unsupported."""
    return parse_header(read_envelope(data).header_bytes)


def open_envelope(data: bytes, identity: Identity, trust: Trust, now: datetime) -> Opened:
    """Open and verify an envelope for ``identity``.

    Raises Malformed, Unsupported, NotForUs, Forged or Untrusted, naming the step that failed.
    """
    found = prove_envelope(data, identity, trust, now)
    if isinstance(found, Faulty):
        raise found.fault
    return found


def prove_envelope(
    data: bytes, identity: Identity, trust: Trust, now: datetime | None, brought_by: str | None = None
) -> Opened | Faulty:
    """Open an envelope for ``identity``, and tell what its signer has got wrong from what proves nobody.

    ``now`` refuses what is from the future; ``brought_by`` is who handed it in, as the broker has proved. Raises what
    `open_envelope` does, for all that cannot be laid at a signer's door.
    """
    envelope = read_envelope(data)
    clear, fault = _clear(envelope, identity.address)
    if isinstance(fault, NotForUs) and brought_by is None:
        raise fault
    try:
        content = unsealed(envelope, clear.suite if clear is not None else None, identity)
        proved = prove_signed(content.signed, trust)
    except SenderError as error:
        # Another directory, or another clock, may prove it yet.
        raise error if fault is None or isinstance(error, Untrusted) else fault from None
    return _Reading(envelope, content, proved, identity.address).found(fault or content.fault, now, brought_by)


def _clear(envelope: Envelope, address: str) -> tuple[Header | None, SenderError | None]:
    """The clear header, if it is one, and what is wrong with it."""
    try:
        header = parse_header(envelope.header_bytes)
    except SenderError as error:
        return None, error
    if address in header.addressees:
        return header, None
    return header, NotForUs("addressees: {address} is not among them", address=address)


@dataclass(frozen=True)
class _Reading:
    """A message whose signer is proved, as one addressee reads it."""

    envelope: Envelope
    content: Content
    proved: Proved
    address: str

    def found(self, fault: SenderError | None, now: datetime | None, brought_by: str | None) -> Opened | Faulty:
        """Return what the message is, or whose fault it is that it is none; ``fault`` was found on the way here.

        Raises that fault where it cannot be laid at the signer's door, Untrusted or WrongClock where no signature
        counts.
        """
        header = self._usable_header() or self._header(self._claims())
        wrong_clock = _time_fault(self.proved.signer, header.created_at, now)
        if fault is None:
            try:
                return self._opened(wrong_clock)
            except SenderError as error:
                fault = error
        claims = self._claims()
        if not self._is_its_own(claims, brought_by):
            raise fault
        kept = tuple(one for one in self.content.enclosures if isinstance(one, bytes))[:MAX_ENCLOSURES]
        message = self.proved.message
        return Faulty(
            header, self.proved.header_bytes or b"", self.content.signed, kept, _digest(self.content.signed),
            message.payload, fault, named=claims.message_id is not None, signer=self.proved.signer,
        )  # fmt: skip

    def _opened(self, wrong_clock: WrongClock | None) -> Opened:
        header, proved, content = self.proved.sound, self.proved, self.content
        if self.address not in header.addressees:
            raise Forged(_ANOTHER_HEADER)
        verified = read_proved(proved)
        _check_bindings(self.envelope, proved, verified.enclosures, content.enclosures)
        if wrong_clock is not None:
            raise wrong_clock
        return Opened(
            header, verified.header_bytes, content.signed, tuple(content.enclosures), _digest(content.signed),
            verified.body, signer=proved.signer,
        )  # fmt: skip

    def _claims(self) -> Claims:
        """What the header says that was signed; where none was, the one outside."""
        signed = self.proved.header_bytes
        return claims_of(signed if signed is not None else self.envelope.header_bytes)

    def _usable_header(self) -> Header | None:
        """The header that was signed, where it is one, its signer's and for us."""
        header, signer = self.proved.header, self.proved.signer
        usable = header is not None and header.sender == signer.address and self.address in header.addressees
        return header if usable else None

    def _header(self, claims: Claims) -> Header:
        signer, digest = self.proved.signer, _digest(self.content.signed)
        return claims.header(signer.address, self.address, digest, self.proved.declared, signer.not_before)

    def _is_its_own(self, claims: Claims, brought_by: str | None) -> bool:
        """Tell whether nobody but the signer can have caused what is wrong, or can have sent it to us."""
        signer, outside = self.proved.signer.address, claims_of(self.envelope.header_bytes)
        if brought_by == signer:
            return True
        for_us = self.address in claims.addressees and self.address in outside.addressees
        if self.proved.header_bytes is None or not for_us or claims.sender not in (None, signer):
            return False
        return claims.addressees == (self.address,) or self._is_as_signed()

    def _is_as_signed(self) -> bool:
        proved, enclosures = self.proved, self.content.enclosures
        same = self.envelope.header_bytes == proved.header_bytes and _digests(enclosures) == _signed_digests(proved)
        return same and self.content.fault is None and not proved.message.added


def _time_fault(signer: Signer, at: datetime, now: datetime | None) -> WrongClock | None:
    """Return a time of signing that its signer has got wrong.

    Raises Untrusted where no signature counts, WrongClock where it may be our clock, or is right some day.
    """
    try:
        check_time(signer, at, now)
    except WrongClock as error:
        if at >= signer.not_before or (now is not None and now < signer.not_before):
            raise
        return error
    return None


def _check_bindings(
    envelope: Envelope, proved: Proved, signed_digests: Sequence[bytes], enclosures: Sequence[Any]
) -> None:
    if proved.header_bytes != envelope.header_bytes:
        raise Forged(_ANOTHER_HEADER)
    if len(enclosures) > MAX_ENCLOSURES:
        raise Malformed("content: not a signed document and its enclosures")
    if any(not isinstance(enclosure, bytes) for enclosure in enclosures):
        raise Malformed("content: an enclosure is not a byte string")
    if tuple(signed_digests) != _digests(enclosures):
        raise Forged("enclosures: not those that were signed")


def _digests(enclosures: Sequence[Any]) -> tuple[bytes, ...]:
    return tuple(hashlib.sha256(one).digest() if isinstance(one, bytes) else b"" for one in enclosures)


def _signed_digests(proved: Proved) -> tuple[Any, ...]:
    signed = proved.message.header.get(ENCLOSURES)
    return tuple(signed) if isinstance(signed, list | tuple) else ()


def _digest(signed: bytes) -> str:
    return hashlib.sha256(signed).hexdigest()
