"""A connection that can put many frames on the wire at once, and that no sender's properties end.

pika writes every frame by a call of its own, three for a message; for a fan-out's copies that costs more than making
them. pika lets its adapters say how octets leave (`pika.connection.Connection`).

Properties are a sender's to write, and the broker carries what pika cannot read: a date of the year 33658, types that
it does not know, tables in tables without end. A consumer that such a message ends gets it again, and again, and takes
nothing else any more. So what cannot be read of it is left out: it comes as a message that says nothing of itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from struct import unpack_from

import pika
from pika import frame, spec

from exchange.machine.logger import get_logger

log = get_logger()

_AT_MOST = 2**18
"""Octets gathered before they are written in any case."""

_BEFORE_PROPERTIES = 12
"""Octets of a content header before its properties (AMQP 0-9-1, section 4.2.6.1): class, weight, body size."""


class GatheringConnection(pika.SelectConnection):  # type: ignore[misc]
    """pika's connection, with `gathering`, and without properties that cannot be read."""

    _gathered: bytearray | None = None

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Gather what is sent inside the block and send it together at its end, in order; connection's thread only."""
        self._gathered = bytearray()
        try:
            yield
        finally:
            left, self._gathered = self._gathered, None
            self._write(left)

    def _read_frame(self) -> tuple[int, frame.Frame | frame.ProtocolHeader | None]:
        try:
            found: tuple[int, frame.Frame | frame.ProtocolHeader | None] = super()._read_frame()
        except Exception as error:  # the decoder meets hostile input: whatever it raises, the message still counts
            bare = _without_properties(self._frame_buffer)
            if bare is None:
                raise
            log.warning("broker.properties", reason=type(error).__name__)
            return bare
        return found

    def _adapter_emit_data(self, data: bytes) -> None:
        if self._gathered is None:
            super()._adapter_emit_data(data)
            return
        self._gathered += data
        if len(self._gathered) >= _AT_MOST:
            full, self._gathered = self._gathered, bytearray()
            self._write(full)

    def _write(self, data: bytearray) -> None:
        if data and not self.is_closed:
            super()._adapter_emit_data(bytes(data))


def _without_properties(data: bytes) -> tuple[int, frame.Header] | None:
    """The content header at the head of ``data`` without its properties, and its length; None for another frame."""
    kind, channel, size = unpack_from(">BHL", data)
    if kind != spec.FRAME_HEADER or size < _BEFORE_PROPERTIES:
        return None
    class_id, body_size = unpack_from(">H2xQ", data, spec.FRAME_HEADER_SIZE)
    bare = frame.Header(channel, body_size, spec.props[class_id]())
    return spec.FRAME_HEADER_SIZE + size + spec.FRAME_END_SIZE, bare
