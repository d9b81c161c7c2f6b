"""Something that speaks as clamd does, on a port of this machine."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from exchange.portal.uploads.scanning import ScannerPlace


@contextmanager
def scanner(finds: bytes, meanwhile: Callable[[], None] = lambda: None) -> Iterator[ScannerPlace]:
    """Something that speaks as clamd does, and finds one content; ``meanwhile`` happens before it answers."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as sent:
                assert sent.read(10) == b"zINSTREAM\0"
                data = b""
                while length := struct.unpack(">I", sent.read(4))[0]:
                    data += sent.read(length)
                meanwhile()
                connection.sendall(b"stream: Test FOUND\0" if finds in data else b"stream: OK\0")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield ScannerPlace(host="127.0.0.1", port=listening.getsockname()[1])
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(10)
