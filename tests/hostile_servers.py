"""Servers that do to a client what real ones have done: drip, stay silent, redirect for ever, answer without end."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Conduct = Callable[[socket.socket, threading.Event], None]


@dataclass
class Hostile:
    """A running one."""

    port: int
    asked: list[bytes] = field(default_factory=list)
    """What each caller sent first."""

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/in"


@contextmanager
def hostile(conduct: Conduct, *, reads: bool = True) -> Iterator[Hostile]:
    """Serves everybody by ``conduct`` until the block ends; ``reads`` what they send, first."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listening:
        found = Hostile(listening.getsockname()[1])

        def one(caller: socket.socket) -> None:
            with caller:
                try:
                    if reads:
                        found.asked.append(caller.recv(65_536))
                    conduct(caller, ended)
                except OSError:
                    pass

        def serve() -> None:
            while not ended.is_set():
                try:
                    caller, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=one, args=(caller,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield found
        finally:
            ended.set()
            listening.shutdown(socket.SHUT_RDWR)


def silent(caller: socket.socket, ended: threading.Event) -> None:
    """Accepts and never answers."""
    ended.wait(30)


def drips_headers(caller: socket.socket, ended: threading.Event) -> None:
    """Sends its headers an octet at a time."""
    _drip(caller, ended, b"HTTP/1.1 200 OK\r\nx: " + b"y" * 1000)


def drips_body(caller: socket.socket, ended: threading.Event) -> None:
    """Answers 200 at once, and its body an octet at a time."""
    caller.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    _drip(caller, ended, b"z" * 1000)


def drips_a_greeting(caller: socket.socket, ended: threading.Event) -> None:
    """Greets as a mail server does, an octet at a time."""
    _drip(caller, ended, b"220-welcome\r\n" * 100)


def redirects(caller: socket.socket, ended: threading.Event) -> None:
    """Redirects to itself."""
    port = caller.getsockname()[1]
    place = f"http://127.0.0.1:{port}/in"
    caller.sendall(f"HTTP/1.1 307 Temporary Redirect\r\nlocation: {place}\r\ncontent-length: 0\r\n\r\n".encode())


def continues(caller: socket.socket, ended: threading.Event) -> None:
    """Says `go on` without end."""
    while not ended.is_set():
        caller.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        ended.wait(0.01)


def gigabytes(caller: socket.socket, ended: threading.Event) -> None:
    """Answers 200 and a body without end."""
    caller.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while not ended.is_set():
        caller.sendall(b"10000\r\n" + b"x" * 65_536 + b"\r\n")


def many_headers(caller: socket.socket, ended: threading.Event) -> None:
    """Sends headers without end."""
    caller.sendall(b"HTTP/1.1 200 OK\r\n")
    while not ended.is_set():
        caller.sendall(b"x-more: " + b"x" * 8_000 + b"\r\n")


def gzip_bomb(caller: socket.socket, ended: threading.Event) -> None:
    """A small answer that would be large once unpacked."""
    body = gzip.compress(b"0" * 50_000_000)
    caller.sendall(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(body) + body)


def no_http(caller: socket.socket, ended: threading.Event) -> None:
    """Speaks something else."""
    caller.sendall(b"AMQP\x00\x00\x09\x01 and so on\r\n\r\n")


def hangs_up(caller: socket.socket, ended: threading.Event) -> None:
    """Closes without a word; what is still on its way is read, or the system would call it a reset."""
    caller.shutdown(socket.SHUT_WR)
    while caller.recv(65_536):
        pass


def answers(status: int, body: bytes = b"", kind: str = "text/html") -> Conduct:
    """Answers with a status and a body."""

    def conduct(caller: socket.socket, ended: threading.Event) -> None:
        head = (
            f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        caller.sendall(head.encode() + body)

    return conduct


def _drip(caller: socket.socket, ended: threading.Event, what: bytes) -> None:
    for octet in what:
        caller.sendall(bytes([octet]))
        if ended.wait(0.05):
            return
