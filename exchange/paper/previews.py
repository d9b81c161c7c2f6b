"""Pages of a stranger's PDF as pictures, which is all that a reader's browser gets of it."""

from __future__ import annotations

import threading
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


@dataclass(frozen=True)
class PagePicture:
    """One page."""

    png: bytes
    pages: int
    """How many there are."""


def page_picture(pdf: bytes, page: int) -> PagePicture:
    """Draw one page of a PDF, counted from 1. Raises PaperNotDrawn, or TooManyRequests where too many want one."""
    if len(pdf) > LONGEST_PDF:
        raise PaperNotDrawn("the file is too large to be shown here", remedy="save it, and open it")
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
