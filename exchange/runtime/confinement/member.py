"""The process that serves a member gives up what it does not need, before anything else happens in it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from exchange.errors import FileUnusable
from exchange.language import Text
from exchange.machine.confinement import keep_to
from exchange.machine.files import make_folder
from exchange.machine.logger import get_logger
from exchange.runtime.confinement.public import is_set_apart, set_apart
from exchange.runtime.confinement.reach import reach_of
from exchange.runtime.settings import Home, Settings
from exchange.store import Store
from exchange.store.engine import spill_into
from exchange.store.transaction import Transaction

log = get_logger()

CONFINED = "EXCHANGE_CONFINED"
"""Environment variable: ``off`` lets a serving process reach all that its user can."""


NOTED = "confined"
"""Meta key: how the process that served the member last was confined."""


class Confined(StrEnum):
    """Whether a member's process is kept to what it needs, and why not."""

    YES = "yes"
    TURNED_OFF = "off"
    NOT_SET_APART = "not-set-apart"
    NOT_OFFERED = "not-offered"

    def reason(self) -> Text:
        """Return why it is not."""
        return _REASONS[self]

    def remedy(self) -> Text:
        """Return what to do about that."""
        return _REMEDIES[self]


_REASONS = {
    Confined.TURNED_OFF: Text("EXCHANGE_CONFINED=off lets it read all members' keys"),
    Confined.NOT_SET_APART: Text("it can read all members' keys: the domain's folder has public files among secrets"),
    Confined.NOT_OFFERED: Text("it can read all members' keys: this machine cannot keep it from its user's files"),
}
_REMEDIES = {
    Confined.TURNED_OFF: Text("unset it, and name in EXCHANGE_FOLDERS what a member needs besides"),
    Confined.NOT_SET_APART: Text("run `exchange init` as the owner of the folder, then serve the member anew"),
    Confined.NOT_OFFERED: Text("Linux 5.13 or later with Landlock; or one user, container or machine for each member"),
}


def confine_member(
    settings: Settings, address: str, *, read: Iterable[Path] = (), write: Iterable[Path] = ()
) -> Confined:
    """Keep this process, for as long as it runs, to what its member needs; call it before any other thread runs.

    What it is to ``read`` and ``write`` besides is named by whoever has started it. Where that cannot be done the
    process goes on as it was. Returns, and logs, how it is.
    """
    found = _confine(settings, address, read, write)
    if found is Confined.YES:
        log.info("member.confined", node=address)
    else:
        log.warning("member.not-confined", node=address, reason=str(found.reason()), remedy=str(found.remedy()))
    return found


def note_confined(store: Store, confined: Confined) -> None:
    """Note in a member's database how the process that serves it is confined."""
    with store.transaction() as tx:
        if tx.get_meta(NOTED) != confined:
            tx.set_meta(NOTED, confined.value)


def confined_as(tx: Transaction) -> Confined | None:
    """Return how the process that served a member last was confined; None where none has noted it."""
    text = tx.get_meta(NOTED)
    return next((one for one in Confined if one == text), None)


def _confine(settings: Settings, address: str, read: Iterable[Path], write: Iterable[Path]) -> Confined:
    home = Home(settings.home)
    if os.environ.get(CONFINED) == "off":
        return Confined.TURNED_OFF
    if not home.member(address).is_dir() or home.member(address).resolve() == home.members.resolve():
        return Confined.NOT_SET_APART
    with suppress(FileUnusable):
        if not is_set_apart(home):
            set_apart(home)
    if not is_set_apart(home):
        return Confined.NOT_SET_APART
    reach = reach_of(settings, address, _scratch(home.member(address)), read=read, write=write)
    return Confined.YES if keep_to(reach.readable, reach.writable) else Confined.NOT_OFFERED


def _scratch(member: Path) -> Path:
    """A folder for temporary files that no other member's process reaches, for all that asks where they belong."""
    folder = member / "tmp"
    try:
        make_folder(folder, 0o700)
        tempfile.TemporaryFile(dir=folder).close()
    except (FileUnusable, OSError):
        folder = Path(tempfile.mkdtemp(prefix="exchange-"))
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    spill_into(folder)
    return folder
