"""What the window does beside answering: it notes what it tells of matters, and removes what nobody needs any more."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from exchange.clock import RealClock
from exchange.errors import ExchangeError, NotFound
from exchange.machine.crew import Loop
from exchange.machine.logger import get_logger
from exchange.portal.drafting import draft_of
from exchange.portal.removing import remove_due
from exchange.portal.states import DraftState
from exchange.portal.versions import note_versions
from exchange.window.face import PublicFace

log = get_logger()
_EVERY = 60.0
"""Seconds."""


def tidy(face: PublicFace) -> None:
    """Do all of it once. Raises DatabaseUnavailable, ClaimStoreUnavailable or FileUnusable."""
    note_versions(face.node, face.matters)
    face.partials.sweep(RealClock().now())
    for number in face.partials.numbers():
        if not _is_open(face, number):
            face.partials.end(number)
    remove_due(face.node, face.claims)


def _is_open(face: PublicFace, number: str) -> bool:
    try:
        return draft_of(face.node, number).state is DraftState.OPEN
    except NotFound:
        return False


@contextmanager
def kept_tidy(face: PublicFace) -> Iterator[None]:
    """Do it every minute, beside what is done meanwhile."""
    ended = threading.Event()

    def go_on() -> None:
        while True:
            try:
                tidy(face)
            except ExchangeError as error:
                log.warning("housekeeping.failed", reason=type(error).__name__)
            if ended.wait(_EVERY):
                return

    Loop("housekeeping", go_on, ended.is_set).start()
    try:
        yield
    finally:
        ended.set()
