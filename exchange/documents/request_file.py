"""A forwarded request's file, unpacked: every signature is verified, every enclosure accounted for, every hop a lawful
one. The same ideas as for what comes down (`exchange.notices.origin`), the other way round.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.directory import Lookup
from exchange.documents.convey import check_arrival, main_addressees, stands_above
from exchange.envelope import Verified, verify_signed
from exchange.errors import Returned, SenderError
from exchange.language import Text
from exchange.schemas import Document, DocumentKind, ForwardedRequest, Header


@dataclass(frozen=True)
class RequestFile:
    """What came up, verified."""

    header: Header
    """The origin's own."""
    request: Document
    opinions: tuple[Document, ...]
    """The forwarders' own, in the order of the path."""


def unpack_request(
    directory: Lookup, now: datetime, header: Header, forwarded: ForwardedRequest, enclosures: Sequence[bytes]
) -> RequestFile:
    """Verify a forwarded request. Raises Returned: altered, not signed by who should have, or on a wrong way."""
    if forwarded.path[-1] != header.sender:
        raise _astray(Text("{sender} is not the last of its path", {"sender": header.sender}))
    rest = _Rest(list(enclosures))
    origin = _origin(rest, directory, now, forwarded)
    hops = [(origin.header, _document(origin))]
    for place in range(1, len(forwarded.path)):
        earlier = rest.signed(directory, now)
        body = earlier.body
        if not isinstance(body, ForwardedRequest) or earlier.header.sender != forwarded.path[place - 1]:
            raise _altered(Text("the signed message of {office} is missing", {"office": forwarded.path[place - 1]}))
        if _identity(body) != _identity(forwarded) or body.path != forwarded.path[:place]:
            raise _altered(Text("{office} has passed on something else", {"office": earlier.header.sender}))
        own = tuple(bytes.fromhex(one.digest) for one in body.opinion.attachments)
        if earlier.enclosures != rest.digests(rest.taken - 1) + own:
            raise _altered(Text("not the file that {office} passed on", {"office": earlier.header.sender}))
        rest.attachments(body.opinion)
        hops.append((earlier.header, body.opinion))
    rest.attachments(forwarded.opinion)
    rest.nothing_left()
    hops.append((header, forwarded.opinion))
    _check_hops(directory, forwarded, hops)
    return RequestFile(origin.header, _document(origin), tuple(opinion for _, opinion in hops[1:]))


def _origin(rest: _Rest, directory: Lookup, now: datetime, forwarded: ForwardedRequest) -> Verified:
    if rest.digests(1) != (bytes.fromhex(forwarded.digest),):
        raise _altered(Text("the enclosed request is not the one that is named"))
    origin = rest.signed(directory, now)
    if not isinstance(origin.body, Document) or origin.body.kind is not DocumentKind.REQUEST:
        raise _altered(Text("what is passed on is no 请示"))
    if (origin.header.sender, origin.header.message_id) != (forwarded.origin, forwarded.request_id):
        raise _altered(Text("what is passed on is another's request, or another request"))
    if tuple(bytes.fromhex(one.digest) for one in origin.body.attachments) != origin.enclosures:
        raise _altered(Text("the request's enclosures are not its attachments"))
    rest.attachments(origin.body)
    return origin


def _check_hops(directory: Lookup, forwarded: ForwardedRequest, hops: Sequence[tuple[Header, Document]]) -> None:
    """From the origin to whom it asked, and from each to its superior: as the rules of each document let it go."""
    for place, (header, document) in enumerate(hops):
        main = main_addressees(header, document)
        if len(main) != 1 or (place < len(forwarded.path) and main[0] != forwarded.path[place]):
            raise _astray(Text("{sender} did not send it to whom the path names next", {"sender": header.sender}))
        check_arrival(directory, header, document, forwards=forwarded.origin if place else None)
        if not stands_above(directory, main[0], header.sender):
            raise _astray(
                Text("{addressee} is no superior of {sender}", {"addressee": main[0], "sender": header.sender})
            )


class _Rest:
    """The enclosures, taken one after another."""

    def __init__(self, enclosures: list[bytes]) -> None:
        self._all = enclosures
        self.taken = 0

    def digests(self, count: int) -> tuple[bytes, ...]:
        """Return the SHA-256 digests of the first ``count`` parts."""
        return tuple(hashlib.sha256(one).digest() for one in self._all[:count])

    def signed(self, directory: Lookup, now: datetime) -> Verified:
        """Take the next part, which must be a signed message that verifies."""
        signed = self._next()
        try:
            return verify_signed(signed, directory, now)
        except SenderError as error:
            raise Returned(
                "a signature in the file does not verify: {error}",
                code="origin",
                remedy="pass the file on as it came",
                error=error,
            ) from error

    def attachments(self, document: Document) -> None:
        """Take the next parts, which must be a document's attachments."""
        for attachment in document.attachments:
            if hashlib.sha256(self._next()).hexdigest() != attachment.digest:
                raise _altered(Text("the attachment {attachment} is another", {"attachment": attachment.name}))

    def nothing_left(self) -> None:
        """Check that every part is accounted for."""
        if self.taken < len(self._all):
            raise _altered(Text("there is more in the file than its documents name"))

    def _next(self) -> bytes:
        if self.taken >= len(self._all):
            raise _altered(Text("the file is not whole"))
        self.taken += 1
        return self._all[self.taken - 1]


def _identity(forwarded: ForwardedRequest) -> tuple[str, str, str]:
    return forwarded.request_id, forwarded.origin, forwarded.digest


def _document(verified: Verified) -> Document:
    assert isinstance(verified.body, Document)  # noqa: S101
    return verified.body


def _altered(why: Text) -> Returned:
    return Returned(
        "not the file as it was signed: {why}", code="altered", remedy="pass the whole file on as it came", why=why
    )


def _astray(why: Text) -> Returned:
    return Returned(
        "not on its way up: {why}", code="path", remedy="a request goes up from superior to superior", why=why
    )
