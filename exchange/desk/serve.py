"""Serving a member's desk beside the member: its store, its keys, and nobody else's."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from exchange.desk.app import create_app
from exchange.desk.context import baskets_at
from exchange.desk.face import DeskFace
from exchange.desk.pages.mailing import SETTINGS
from exchange.desk.sections import SECTIONS
from exchange.desk.telling.rounds import OfficerRounds, officers_told
from exchange.errors import BadConfiguration
from exchange.machine.posting.outgoing import OutgoingMail
from exchange.portal.uploads.scanning import scanner_of
from exchange.runtime.home import OpenedMember, open_member
from exchange.runtime.profiles import Profile, has_desk
from exchange.runtime.settings import Home, Settings, hosts_named
from exchange.web.door.gate import Gate
from exchange.web.door.passwords import Passwords
from exchange.web.door.provider.configured import provider_of
from exchange.web.door.roles import DESK_DOOR
from exchange.web.door.sessions import SessionDoor
from exchange.web.door.sums import sums_written
from exchange.web.listening import ListeningPlace
from exchange.web.serving import serve_face

PORTS = range(8520, 8580)
"""Where desks listen unless told otherwise, beside the console and the public window of the same domain."""


def serve(
    settings: Settings,
    address: str,
    place: ListeningPlace,
    ready: Callable[[str, Gate], None],
    stopped: threading.Event,
) -> None:
    """Serve until SIGTERM, Ctrl-C, ``stopped``, or the end of the supervisor that started it.

    ``ready`` is told the address, which also stands in `Home.desk`, and the gate. Raises NotFound, BadConfiguration,
    DatabaseUnavailable or OperatorError.
    """
    place.check()
    opened = open_member(settings, address, patient=True)
    try:
        check_has_desk(opened.profile)
        face = desk_of(opened, settings)
        app = create_app(
            face,
            SessionDoor(face.gate, tag_of(settings.home, address), face.office(), provider_of(os.environ)),
            SECTIONS,
        )
        hosts = desk_hosts(os.environ)
        state = Home(settings.home).desk(address)
        rounds = rounds_of(face, OutgoingMail.read(os.environ))
        with sums_written(face.gate), officers_told(rounds):
            serve_face(app, place, state, lambda url: ready(url, face.gate), stopped, hosts)
    finally:
        opened.store.close()


def rounds_of(face: DeskFace, mail: OutgoingMail | None) -> OfficerRounds | None:
    """Return what tells the officers of a desk by mail; None where no letters go out."""
    face.mail = mail
    return OfficerRounds(face, baskets_at(SECTIONS, face.roles), mail, SETTINGS) if mail is not None else None


def check_has_desk(profile: Profile) -> None:
    """Raise BadConfiguration for a member that nobody acts for."""
    if not has_desk(profile):
        raise BadConfiguration(
            "nobody acts for {address}: it is a monitor",
            remedy="open the desk of a window, a portal, a department or a relay office",
            address=profile.address,
        )


def desk_of(opened: OpenedMember, settings: Settings, passwords: Passwords | None = None) -> DeskFace:
    """Return the desk of a member that is open."""
    gate = Gate(opened.store, passwords=passwords, roles=DESK_DOOR)
    return DeskFace(opened.node, opened.profile, settings, gate, scanner=scanner_of(os.environ))


def desk_hosts(env: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names, beside the machine's own, under which people reach desks. Raises BadConfiguration."""
    return hosts_named("EXCHANGE_DESK_HOSTS", env)


def tag_of(home: Path, address: str) -> str:
    """Return what sets the cookies of one desk apart from those of others on this machine."""
    return "-desk-" + hashlib.sha256(f"{home}\n{address}".encode()).hexdigest()[:8]
