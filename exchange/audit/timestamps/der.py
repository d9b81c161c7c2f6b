"""As much of DER (X.690) as finds the parts of a time-stamp that the library which reads it does not show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exchange.errors import Malformed

SEQUENCE, SET, OCTETS, OBJECT, FIRST = 0x30, 0x31, 0x04, 0x06, 0xA0
"""Tags; the last one is [0], constructed."""


@dataclass(frozen=True)
class Element:
    """One element within the octets that it was read from."""

    data: bytes
    tag: int
    begin: int
    start: int
    """Where its content begins."""
    end: int

    @property
    def content(self) -> bytes:
        """Its content, without tag and length."""
        return self.data[self.start : self.end]

    @property
    def encoded(self) -> bytes:
        """Return all of it."""
        return self.data[self.begin : self.end]

    def inside(self) -> Iterator[Element]:
        """Yield the elements that stand in it. Raises Malformed."""
        at = self.start
        while at < self.end:
            found = _element(self.data, at, self.end)
            yield found
            at = found.end

    def at(self, place: int, tag: int) -> Element:
        """Return the element at a place in it, counted from 0. Raises Malformed where it has not this tag."""
        found = next((one for n, one in enumerate(self.inside()) if n == place), None)
        if found is None or found.tag != tag:
            raise Malformed("time-stamp: it is no answer of an authority, or one that refuses")
        return found

    def first(self, tag: int) -> Element | None:
        """Return the first element with this tag in it; None where there is none. Raises Malformed."""
        return next((one for one in self.inside() if one.tag == tag), None)


def signed_data(response: bytes) -> Element:
    """Return the SignedData (RFC 5652, section 5.1) of a TimeStampResp. Raises Malformed where there is none."""
    token = _element(response, 0, len(response)).at(1, SEQUENCE)
    return token.at(1, FIRST).at(0, SEQUENCE)


def _element(data: bytes, begin: int, end: int) -> Element:
    start = begin + 2
    length = data[begin + 1] if start <= end else -1
    if length >= 0x80:
        count = length - 0x80
        length = int.from_bytes(data[start : start + count], "big")
        start += count
    if length < 0 or start + length > end:
        raise Malformed("time-stamp: its encoding breaks off")
    return Element(data, data[begin], begin, start, start + length)
