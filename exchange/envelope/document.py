"""The signed document: the JSON of a message's body, signed together with its header and its enclosures' digests.

Its bytes are kept as they came and never written anew, so that what is archived verifies for ever, outside the
exchange too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from exchange.clock import CST
from exchange.envelope.keys import Identity, Signer
from exchange.envelope.sign1 import (
    ALG,
    CONTENT_TYPE,
    CRIT,
    EDDSA,
    SHA_256,
    X5T,
    Sign1,
    check_header,
    parse_sign1,
    read_sign1,
    sign1,
    thumbprint,
    verify_sign1,
)
from exchange.envelope.strict import read_json, read_model
from exchange.envelope.written import check_own_words
from exchange.errors import Forged, Malformed, SenderError, Unsupported, Untrusted, WrongClock
from exchange.language.names import coded
from exchange.schemas import MESSAGES, Body, Header
from exchange.schemas.instants import CLOCK_SKEW
from exchange.schemas.titles import TITLES

HEADER, ENCLOSURES = "yizhan-header", "yizhan-enclosures"
"""Private labels of the signature header: the clear header's bytes, and the SHA-256 of each enclosure, in order."""
SIGNED_LIMIT = 2_097_152
HEADER_LIMIT = 65_536
MAX_ENCLOSURES = 50

M = TypeVar("M", bound=BaseModel)
B = TypeVar("B", bound=Body)

_LABELS = (HEADER, ENCLOSURES)
_CONTENT_TYPE = re.compile(r"application/vnd\.yizhan\.([a-z][a-z-]{0,39})\+json; version=(0|[1-9][0-9]{0,3})")
_NO_HEADER = "signature header: the header or the enclosures are missing"
_ANOTHER_SENDER = "sender: signed by {address}, sent as {sender}"


class Trust(Protocol):
    """Who vouches for certificates."""

    def signer(self, x5t: bytes) -> Signer:
        """Return the member whose certificate has this thumbprint. Raises Untrusted."""


@dataclass(frozen=True)
class Verified:
    """A signed document that holds."""

    header: Header
    header_bytes: bytes
    body: Body
    payload: bytes
    """The body's JSON bytes, as they came."""
    enclosures: tuple[bytes, ...]
    """SHA-256 of each enclosure."""


def sign_document(header_bytes: bytes, body: Body, identity: Identity, enclosures: Sequence[bytes]) -> bytes:
    """Sign a body with its header and enclosures; return the COSE_Sign1. Raises BadText."""
    check_own_words(body)
    protected = {
        ALG: EDDSA,
        CRIT: [HEADER, ENCLOSURES],
        CONTENT_TYPE: content_type(body.KIND, body.written_version),
        X5T: [SHA_256, identity.x5t],
        HEADER: header_bytes,
        ENCLOSURES: [hashlib.sha256(enclosure).digest() for enclosure in enclosures],
    }
    return sign1(body.as_json(), protected, identity.signing_key)


@dataclass(frozen=True)
class Proved:
    """A signed document of which is proved who signed it; what else it says was not looked at, or is wrong."""

    message: Sign1
    signer: Signer
    header_bytes: bytes | None
    """The clear header that was signed; None where none was."""
    header: Header | None
    """None where it is not as it must be."""
    fault: SenderError | None = None
    """What was found wrong on the way to its signer; that it says, too, where nothing else in it can be trusted."""

    @property
    def sound(self) -> Header:
        """The header of a document in which nothing was found wrong so far. Raises Malformed, Unsupported or Forged."""
        if self.fault is not None or self.header is None:
            raise self.fault or Malformed(_NO_HEADER)
        return self.header

    @property
    def declared(self) -> str | None:
        """The kind that its content type names, if it names one."""
        return _declared(self.message)


def verify_signed(signed: bytes, trust: Trust, now: datetime | None = None) -> Verified:
    """Verify a signed document; ``now`` refuses one from the future.

    Raises Malformed, Unsupported, Untrusted or Forged, naming the step that failed.
    """
    proved = prove_signed(signed, trust)
    check_time(proved.signer, proved.sound.created_at, now)
    return read_proved(proved)


def prove_signed(signed: bytes, trust: Trust) -> Proved:
    """Prove who signed a document: its signature holds. When it counts says `check_time`.

    Raises Malformed, Unsupported, Untrusted or Forged for what proves nobody.
    """
    message = parse_sign1(signed, SIGNED_LIMIT)
    header_bytes = message.header.get(HEADER)
    missing = None if isinstance(header_bytes, bytes) else Malformed(_NO_HEADER)
    fault: SenderError | None = message.fault or missing
    try:
        signer = trust.signer(thumbprint(message.header))
        verify_sign1(message, signer.public_key)
    except SenderError:
        if fault is not None:
            raise fault from None
        raise
    if not isinstance(header_bytes, bytes):
        return Proved(message, signer, None, None, fault)
    try:
        header = parse_header(header_bytes)
    except SenderError as error:
        return Proved(message, signer, header_bytes, None, fault or error)
    if signer.address != header.sender:
        fault = fault or Forged(_ANOTHER_SENDER, address=signer.address, sender=header.sender)
    return Proved(message, signer, header_bytes, header, fault)


def read_proved(proved: Proved) -> Verified:
    """Read what a document says whose signer is proved. Raises Malformed, Unsupported or Forged: its signer's fault."""
    message, header = proved.message, proved.sound
    check_header(message.header, _LABELS)
    header_bytes, digests = _labels(message.header)
    model, version = _model(message.header.get(CONTENT_TYPE), header.kind)
    body = parse_body(model, message.payload)
    if body.written_version > version:
        raise Malformed(
            "{kind}: says what its schema version {version} does not know",
            kind=coded(TITLES, header.kind),
            version=version,
        )
    return Verified(header, header_bytes, body, message.payload, digests)


def signer_of(signed: bytes, trust: Trust) -> Signer:
    """Return whose key signed a document that was verified when it came. Raises Untrusted for one not known (now)."""
    return trust.signer(thumbprint(parse_sign1(signed, SIGNED_LIMIT).header))


def kind_declared(signed: bytes) -> str | None:
    """Return the kind that a signed document's content type names, if it names one."""
    return _declared(parse_sign1(signed, SIGNED_LIMIT))


def _declared(message: Sign1) -> str | None:
    declared = message.header.get(CONTENT_TYPE)
    found = _CONTENT_TYPE.fullmatch(declared) if isinstance(declared, str) else None
    return found.group(1) if found else None


def payload_of(signed: bytes) -> bytes:
    """Return the body's bytes of a signed document that was verified when it came. Raises Malformed or Unsupported."""
    return read_sign1(signed, SIGNED_LIMIT, _LABELS).payload


def enclosures_of(signed: bytes) -> tuple[bytes, ...]:
    """Return the SHA-256 of all that a signed document encloses, which was verified when it came.

    Raises Malformed or Unsupported.
    """
    return _labels(read_sign1(signed, SIGNED_LIMIT, _LABELS).header)[1]


@lru_cache(maxsize=64)
def parse_header(data: bytes) -> Header:
    """Read a clear header; the outer and the inner one, the same bytes, once. Raises Malformed or Unsupported."""
    if len(data) > HEADER_LIMIT:
        raise Malformed(
            "header: {count:,} bytes, at most {header_limit:,} are taken", count=len(data), header_limit=HEADER_LIMIT
        )
    try:
        return read_model(Header, data, "header")
    except Malformed:
        fields = read_json(data, "header")
        if not isinstance(fields, dict):
            raise Malformed("header: not a JSON object") from None
        if fields.get("version", 1) != 1:
            raise Unsupported("header: its version is not known here") from None
        raise


def clear_header(signed: bytes) -> Header:
    """Return the clear header of a signed document that was verified when it came. Raises as `verify_signed`."""
    return parse_header(_labels(read_sign1(signed, SIGNED_LIMIT, _LABELS).header)[0])


def content_type(kind: str, version: int) -> str:
    """Return the media type of a body."""
    return f"application/vnd.yizhan.{kind}+json; version={version}"


def _labels(header: Any) -> tuple[bytes, tuple[bytes, ...]]:
    header_bytes, digests = header.get(HEADER), header.get(ENCLOSURES)
    if not isinstance(header_bytes, bytes) or not isinstance(digests, list | tuple):
        raise Malformed(_NO_HEADER)
    if len(digests) > MAX_ENCLOSURES or any(not isinstance(one, bytes) or len(one) != 32 for one in digests):
        raise Malformed("signature header: the enclosures are not SHA-256 digests")
    return header_bytes, tuple(digests)


def check_not_ahead(signer: str, at: datetime, now: datetime) -> None:
    """Raise WrongClock where somebody has signed later than now, by more than clocks may be apart."""
    if at > now + CLOCK_SKEW:
        raise WrongClock(
            "time: this machine's clock says {now}, but {signer} signed at {at}",
            now=_moment(now), signer=signer, at=_moment(at),
        )  # fmt: skip


def check_time(signer: Signer, at: datetime, now: datetime | None) -> None:
    """Raise Untrusted unless a signature of that moment counts; ``now`` refuses one from the future.

    WrongClock where a clock must be wrong: the signer's or, for one from the future, perhaps this machine's.
    """
    if now is not None:
        check_not_ahead(signer.address, at, now)
    if at < signer.not_before:
        raise WrongClock(
            "time: {signer} signed at {at}, but its certificate begins at {began}",
            signer=signer.address, at=_moment(at), began=_moment(signer.not_before),
        )  # fmt: skip
    if at > signer.not_after:
        raise Untrusted(
            "certificate: {signer} signed at {at}, but its certificate ended at {ended}",
            signer=signer.address, at=_moment(at), ended=_moment(signer.not_after),
        )  # fmt: skip
    if signer.revoked_at is not None and at >= signer.revoked_at:
        raise Untrusted("certificate: {address} was revoked before it signed", address=signer.address)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(CST):%Y-%m-%d %H:%M:%S}"


def _model(declared: Any, kind: str) -> tuple[type[Body], int]:
    found = _CONTENT_TYPE.fullmatch(declared) if isinstance(declared, str) else None
    if found is None:
        raise Unsupported("signature header: the content type is not known here")
    if found.group(1) != kind:
        raise Forged("kind: header and content type differ")
    model = MESSAGES.get(kind)
    version = int(found.group(2))
    if model is None or version not in model.READ:
        raise Unsupported("kind: {kind} version {version} is not known here", kind=coded(TITLES, kind), version=version)
    return model, version


def parse_body(model: type[B], payload: bytes) -> B:
    """Read a body from its JSON bytes. Raises Malformed."""
    return read_model(model, payload, model.KIND)
