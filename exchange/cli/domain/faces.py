"""The web faces that are served beside a domain's members: operators' console, public window, and members' desks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from exchange.cli.domain.console_child import ConsoleChild
from exchange.cli.domain.desk_child import DeskChild, desks_among
from exchange.cli.domain.window_child import WindowChild, portal_among
from exchange.runtime.profiles import Profile
from exchange.runtime.settings import Settings
from exchange.runtime.supervision.supervise import Supervisor


class WebFace(Protocol):
    """A face as a supervisor has it."""

    @property
    def is_said(self) -> bool:
        """Whether its address has been said."""

    def look(self) -> None:
        """Say the address once it is being served, and again when it has changed."""


def add_faces(
    settings: Settings,
    supervisor: Supervisor,
    profiles: Iterable[Profile],
    *,
    with_console: bool = True,
    with_window: bool = True,
    with_desks: bool = True,
) -> list[WebFace]:
    """Add to what a supervisor runs those faces that are wanted; a domain without a portal has no public window, and
    desks have those members whose profile says so.
    """
    members = list(profiles)
    faces: list[WebFace] = [ConsoleChild(settings, supervisor)] if with_console else []
    portal = portal_among(members)
    if portal is not None and with_window:
        faces.append(WindowChild(settings, supervisor, portal))
    desks = desks_among(members) if with_desks else []
    return [*faces, *(DeskChild(settings, supervisor, address) for address in desks)]


def look_after(faces: Sequence[WebFace]) -> None:
    """Have each say what is new of it."""
    for face in faces:
        face.look()
