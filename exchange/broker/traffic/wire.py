"""A connection that can put many frames on the wire at once.

pika writes every frame by a call of its own, three for a message; for a fan-out's copies that costs more than making
them. pika lets its adapters say how octets leave (`pika.connection.Connection`), which is all that is changed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pika

_AT_MOST = 2**18
"""Octets gathered before they are written in any case."""


class GatheringConnection(pika.SelectConnection):  # type: ignore[misc]
    """pika's connection, with `gathering`."""

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
