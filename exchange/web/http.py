"""HTTP as uvicorn speaks it, with what it leaves to a proxy in front: time limits, and errors that are strict."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from exchange.machine.connections import Connections
from exchange.machine.strict_headers import PLAIN

_NOT_HTTP = b"what came is not HTTP as a server takes it (RFC 9112)\n"


class PatientHttp(H11Protocol):
    """Says how far each request has come; `exchange.machine.connections` says how long that may take."""

    counted: Connections

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin."""
        super().connection_made(transport)
        self._served: object = None

    def data_received(self, data: bytes) -> None:
        """Take what has come."""
        super().data_received(data)
        self._tell(len(data))

    def on_response_complete(self) -> None:
        """Go on to the next request."""
        self._served = self.cycle
        if self.client is not None:
            self.counted.waiting(self.client)
        super().on_response_complete()
        self._tell(0)

    def send_400_response(self, msg: str) -> None:
        """Say that this is no HTTP, or a head longer than is taken."""
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.close()  # in the midst of an answer nothing can be said
            return
        headers = [(name.encode(), value.encode()) for name, value in PLAIN.items()]
        headers += [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=_NOT_HTTP),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _tell(self, octets: int) -> None:
        if self.client is None or self.cycle is None or self.cycle is self._served:
            return  # of the next request there is no whole head yet
        if self.cycle.more_body:
            self.counted.reading(self.client, octets)
        else:
            self.counted.working(self.client)


def http_of(counted: Connections) -> type[PatientHttp]:
    """Return the protocol of one server."""
    return type("Http", (PatientHttp,), {"counted": counted})
