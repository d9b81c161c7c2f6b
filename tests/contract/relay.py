"""A TCP relay in front of a broker, so that tests can cut connections or hold back what the broker says."""

from __future__ import annotations

import contextlib
import socket
import threading
from urllib.parse import urlsplit, urlunsplit


class Relay:
    """Forwards to the broker of ``url``; `url` is the way through it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 5672)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._place = self._listener.getsockname()
        self.url = urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{self._place[1]}"))
        self._sockets: list[socket.socket] = []
        self._answers = threading.Event()
        self._answers.set()
        self.come_back()

    def cut(self) -> None:
        """Breaks all connections; new ones are let through."""
        sockets, self._sockets = self._sockets, []
        for each in sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def go_away(self) -> None:
        """Breaks all connections and takes no new ones."""
        self._listener.shutdown(socket.SHUT_RDWR)  # closing alone would not wake the thread that accepts
        self._listener.close()
        self.cut()

    def come_back(self) -> None:
        """Takes connections, at the same place."""
        if self._listener.fileno() < 0:
            self._listener = socket.create_server(self._place)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def hold_answers(self) -> None:
        """Lets nothing through from the broker any more."""
        self._answers.clear()

    def let_answers_through(self) -> None:
        """Lets through what the broker says and has said meanwhile."""
        self._answers.set()

    def close(self) -> None:
        """Ends the relay and all its connections."""
        self.let_answers_through()
        with contextlib.suppress(OSError):
            self.go_away()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                self._join(client)

    def _join(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._target)
        except OSError:
            client.close()
            return
        self._sockets += [client, server]
        threading.Thread(target=self._forward, args=(client, server, None), daemon=True).start()
        threading.Thread(target=self._forward, args=(server, client, self._answers), daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket, gate: threading.Event | None) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                if gate is not None:
                    gate.wait()
                sink.sendall(data)
        for each in (source, sink):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
