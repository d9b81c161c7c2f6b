"""Connections to a server: how many may be open, of a source and in all, and how long each may keep it waiting.

They are counted at the listening socket, before TLS and HTTP, so that one that never says anything counts too. Where
a source has all that it may have, its longest waiting one is closed for the next: who asks at once is served, whatever
waits beside. Only where none waits is the next one refused.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from exchange.clock import monotonic
from exchange.machine.sources import source_of

MOST, OF_ONE_SOURCE = 512, 128
"""Open connections, in all and of one source."""
HEAD = 10.0
"""Seconds from connecting, or from the last answer, to the whole head of the next request; TLS is in it."""
BODY, OCTETS_A_SECOND = 20.0, 8192
"""Seconds for a request's body, and what each further second must bring."""
_UNREAD = 60_000
"""Milliseconds that what was answered may wait to be read."""

Peer = tuple[str, int]


@dataclass
class _Open:
    source: str
    until: float | None
    """When it is closed unless it has moved on; None while the server works for it."""
    waits: bool
    """Whether it is between requests, so that nothing is lost by closing it."""
    end: Callable[[], None]


class Connections:
    """What is open at one listening place. Safe to use from several threads."""

    def __init__(
        self, most: int = MOST, of_one_source: int = OF_ONE_SOURCE, time: Callable[[], float] = monotonic
    ) -> None:
        self._most, self._of_one_source, self._time = most, of_one_source, time
        self._lock = threading.Lock()
        self._open: dict[Peer, _Open] = {}
        self._of_source: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._open)

    def came(self, peer: Peer, end: Callable[[], None]) -> bool:
        """Take a connection in; ``end`` breaks it off. False where there is no place for it."""
        source = source_of(peer[0])
        with self._lock:
            made = self._made_room(source)
            if made:
                self._remove(peer)
                self._open[peer] = _Open(source, self._time() + HEAD, True, end)
                self._of_source[source] += 1
        return made

    def waiting(self, peer: Peer) -> None:
        """Say that a request was answered: the next one's head is waited for."""
        self._set(peer, self._time() + HEAD, waits=True)

    def reading(self, peer: Peer, octets: int = 0) -> None:
        """Say that a head is whole, or that ``octets`` of the body have come."""
        with self._lock:
            found = self._open.get(peer)
            if found is not None:
                full = self._time() + BODY
                if found.waits or found.until is None:
                    self._open[peer] = self._open.pop(peer)
                    found.until, found.waits = full, False
                else:
                    found.until = min(found.until + octets / OCTETS_A_SECOND, full)

    def working(self, peer: Peer) -> None:
        """Say that a request is whole: the server keeps itself waiting."""
        self._set(peer, None, waits=False)

    def gone(self, peer: Peer) -> None:
        """Say that a connection is closed."""
        with self._lock:
            self._remove(peer)

    def sweep(self) -> None:
        """Break off what has kept the server waiting too long; to be called now and then."""
        now = self._time()
        with self._lock:
            late = [peer for peer, one in self._open.items() if one.until is not None and one.until <= now]
            for peer in late:
                self._end(peer)

    def _set(self, peer: Peer, until: float | None, *, waits: bool) -> None:
        with self._lock:
            found = self._open.pop(peer, None)
            if found is not None:
                found.until, found.waits = until, waits
                self._open[peer] = found  # to the end: the longest waiting is the first

    def _made_room(self, source: str) -> bool:
        if self._of_source[source] >= self._of_one_source and not self._end_longest(source):
            return False
        return len(self._open) < self._most or self._end_longest(None)

    def _end_longest(self, source: str | None) -> bool:
        """Close what has said nothing whole for the longest time, rather between requests than within one."""
        late = [peer for peer, one in self._open.items() if one.until is not None and source in (None, one.source)]
        longest = next((peer for peer in late if self._open[peer].waits), next(iter(late), None))
        if longest is not None:
            self._end(longest)
        return longest is not None

    def _end(self, peer: Peer) -> None:
        end = self._open[peer].end
        self._remove(peer)
        end()

    def _remove(self, peer: Peer) -> None:
        found = self._open.pop(peer, None)
        if found is not None:
            self._of_source[found.source] -= 1
            if not self._of_source[found.source]:
                del self._of_source[found.source]


def allow_many(files: int = 4096) -> None:
    """Let this process have as many files open as connections and databases may take, as far as it is permitted."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = files if hard == resource.RLIM_INFINITY else min(files, hard)
        if soft != resource.RLIM_INFINITY and soft < most:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


class CountingSocket(socket.socket):
    """A listening socket whose connections are counted: take one over by its ``fileno``."""

    connections: Connections

    def accept(self) -> tuple[socket.socket, tuple[str, int]]:
        """Accept a connection. Raises ConnectionAbortedError for one that is refused."""
        plain, address = super().accept()
        peer: Peer = address[:2]
        conn = _Counted(fileno=plain.detach())
        conn.peer, conn.connections = peer, self.connections
        with contextlib.suppress(OSError, AttributeError):  # Linux has it
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNREAD)
        if not self.connections.came(peer, conn.end):
            conn.close()
            raise ConnectionAbortedError("too many connections")
        return conn, address


class _Counted(socket.socket):
    peer: Peer
    connections: Connections

    def end(self) -> None:
        """Break the connection off; whoever waits for it sees its end."""
        with contextlib.suppress(OSError):
            self.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection, which is counted no more."""
        self.connections.gone(self.peer)
        super().close()


def counting(listening: socket.socket, connections: Connections | None = None) -> CountingSocket:
    """Return a listening socket in place of one, which is used up by it."""
    found = CountingSocket(fileno=listening.detach())
    found.connections = Connections() if connections is None else connections
    return found
