"""Pages of a stranger's PDF as pictures, which is all that a reader's browser gets of it."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass

from exchange.errors import PaperNotDrawn, TooManyRequests
from exchange.paper.confined import TaskFailed, run_confined
from exchange.paper.originals import LONGEST_PDF

_SECONDS = 20.0
"""Of a processor."""
_MEMORY = 1 << 30
_AT_ONCE = threading.BoundedSemaphore(1)
_PATIENCE = 20.0
"""Seconds that a page waits for its turn."""
_KEPT = 8 * 1024 * 1024
"""Octets of pictures that are kept as they were drawn: a page of the desk asks how many there are, and then for one."""


@dataclass(frozen=True)
class PagePicture:
    """One page."""

    png: bytes
    pages: int
    """How many there are."""


class DrawnLately:
    """The pictures that were drawn last, by the very octets of the PDF and the page. Safe to use from several threads.

    A picture says nothing of whose page it is: whoever asks has the octets that it was drawn from.
    """

    def __init__(self, most: int = _KEPT) -> None:
        self._most, self._size = most, 0
        self._pictures: OrderedDict[tuple[bytes, int], PagePicture] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[bytes, int]) -> PagePicture | None:
        """Return one, if it is still here."""
        with self._lock:
            found = self._pictures.get(key)
            if found is not None:
                self._pictures.move_to_end(key)
            return found

    def keep(self, key: tuple[bytes, int], picture: PagePicture) -> None:
        """Keep one, and forget those that were not asked for the longest."""
        with self._lock:
            if key in self._pictures or len(picture.png) > self._most:
                return
            self._pictures[key] = picture
            self._size += len(picture.png)
            while self._size > self._most:
                _, gone = self._pictures.popitem(last=False)
                self._size -= len(gone.png)


_LATELY = DrawnLately()


def page_picture(pdf: bytes, page: int) -> PagePicture:
    """Draw one page of a PDF, counted from 1. Raises PaperNotDrawn, or TooManyRequests where too many want one."""
    if len(pdf) > LONGEST_PDF:
        raise PaperNotDrawn("the file is too large to be shown here", remedy="save it, and open it")
    key = hashlib.sha256(pdf).digest(), page
    found = _LATELY.get(key)
    if found is None:
        found = _drawn(pdf, page)
        _LATELY.keep(key, found)
    return found


def _drawn(pdf: bytes, page: int) -> PagePicture:
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise TooManyRequests("too many pages are asked for at once", remedy="try again in a moment")
    try:
        answer = run_confined("picture", b"%d\n" % page + pdf, (), _SECONDS, _MEMORY)
    except TaskFailed:
        raise PaperNotDrawn("this page cannot be shown here", remedy="save the file, and open it") from None
    finally:
        _AT_ONCE.release()
    pages, _, png = answer.partition(b"\n")
    return PagePicture(png, int(pages))
