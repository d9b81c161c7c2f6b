"""One supervisor a domain's folder: the lock that it holds, and what its processes know of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from exchange.errors import IdentityInUse
from exchange.machine.files import make_folder
from exchange.machine.lockfile import HeldElsewhere, HeldFile
from exchange.runtime.supervision.children import child_command

LOCK = "up.lock"
"""File in a domain's folder that whoever supervises it holds."""


@contextmanager
def sole_supervisor(home: Path) -> Iterator[Callable[[], None]]:
    """Hold a domain's folder for whoever runs the whole of it; to be asked now and then whether it still does.

    Raises IdentityInUse when another process does, also when asked later: somebody may have deleted the lock.
    """
    make_folder(home)
    held = HeldFile(home / LOCK)

    def hold() -> None:
        try:
            held.hold()
        except HeldElsewhere:
            remedy = "stop that one first, or give this one another EXCHANGE_HOME"
            raise IdentityInUse(
                "the domain in {home} is being run by another process", remedy=remedy, home=home
            ) from None

    hold()
    try:
        yield hold
    finally:
        held.release()


def role_command(address: str, *, standby: bool = False) -> list[str]:
    """Return the command that serves one member, or stands by while another process does."""
    return child_command("serve", address, *(["--standby"] if standby else []))


def orphaned() -> bool:
    """Return whether the supervisor that started this process is gone; then a role stops by itself."""
    parent = os.environ.get("EXCHANGE_SUPERVISED")
    return parent is not None and os.getppid() != int(parent)
