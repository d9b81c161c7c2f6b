"""Serving the public window beside the portal member: its store, its keys, and nobody else's."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from exchange.portal.uploads.scanning import ScannerPlace
from exchange.runtime.home import OpenedMember, open_claims, open_member, portal_of
from exchange.runtime.live_catalogue import LiveCatalogue
from exchange.runtime.settings import Home, Settings
from exchange.web.access.door import NumberDoor
from exchange.web.door.passwords import Passwords
from exchange.web.listening import ListeningPlace
from exchange.web.serving import serve_face
from exchange.window.app import create_app
from exchange.window.face import PublicFace, PublicMatters
from exchange.window.housekeeping import kept_tidy
from exchange.window.settings import WindowSettings

PORTS = range(8500, 8520)
"""Where it listens unless told otherwise, beside the console of the same domain."""


def serve(settings: Settings, place: ListeningPlace, ready: Callable[[str], None], stopped: threading.Event) -> None:
    """Serve until SIGTERM, Ctrl-C, ``stopped``, or the end of the supervisor that started it.

    ``ready`` is told the address, which also stands in `Home.public_window`, as the console's does in `Home.console`.
    Raises NotFound where no member of the domain is a portal, BadConfiguration, DatabaseUnavailable or OperatorError.
    """
    place.check()
    home, window = Home(settings.home), WindowSettings.read(os.environ)
    portal = portal_of(settings)
    opened = open_member(settings, portal, patient=True)
    try:
        face = face_of(opened, settings, scanner=window.scanner)
        face.site, face.fonts, face.told = window.site, window.fonts, window.told
        with kept_tidy(face):
            app, state = create_app(face, window.proxies), home.public_window(portal)
            serve_face(app, place, state, ready, stopped, window.hosts)
    finally:
        opened.store.close()


def face_of(
    opened: OpenedMember, settings: Settings, passwords: Passwords | None = None, scanner: ScannerPlace | None = None
) -> PublicFace:
    """Return the public face of a portal that is open."""
    home = Home(settings.home)
    matters = PublicMatters(opened.node.catalogue or LiveCatalogue(home))
    door = NumberDoor(opened.store, passwords=passwords)
    claims = cache(partial(open_claims, settings))
    return PublicFace(opened.node, home, matters, door, claims, tag_of(home.root), scanner)


def tag_of(home: Path) -> str:
    """Return what sets the cookies of a domain's window apart from those of another one on this machine."""
    return "-" + hashlib.sha256(str(home).encode()).hexdigest()[:8]
