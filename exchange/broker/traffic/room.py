"""How much a publisher holds at most: what waits to be sent and what is in flight, by number and by octets."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable

from exchange.messaging.ports import Publication


class PublicationRoom:
    """Bounded room for publications; safe for any number of threads."""

    def __init__(self, max_messages: int, max_bytes: int) -> None:
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._changed = threading.Condition()
        self._messages = 0
        self._bytes = 0
        self._closed = False

    def move(self, todo: deque[Publication], into: deque[Publication]) -> bool:
        """Wait until the first of ``todo`` has room, then move what has; False, and nothing moved, once closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._fits(todo[0]))
            while todo and not self._closed and self._fits(todo[0]):
                self._messages += 1
                self._bytes += len(todo[0].body)
                into.append(todo.popleft())
            return not self._closed

    def release(self, publications: Iterable[Publication]) -> None:
        """Release the room of publications whose fate is known."""
        with self._changed:
            for publication in publications:
                self._messages -= 1
                self._bytes -= len(publication.body)
            self._changed.notify_all()

    def wait_empty(self, seconds: float) -> None:
        """Wait until nothing is held, for so long at most."""
        with self._changed:
            self._changed.wait_for(lambda: self._messages == 0, seconds)

    def close(self) -> None:
        """Take nothing any more; those who wait are let go."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _fits(self, publication: Publication) -> bool:
        if self._messages == 0:
            return True  # one that is larger than all room must pass too
        return self._messages < self._max_messages and self._bytes + len(publication.body) <= self._max_bytes
