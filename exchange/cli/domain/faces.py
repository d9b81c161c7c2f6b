"""The web faces that are served beside a domain's members: the operators' console, and the public window."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from exchange.cli.domain.console_child import ConsoleChild
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
) -> list[WebFace]:
    """Add to what a supervisor runs those faces that are wanted; a domain without a portal has no public window."""
    faces: list[WebFace] = [ConsoleChild(settings, supervisor)] if with_console else []
    portal = portal_among(profiles)
    return faces if portal is None or not with_window else [*faces, WindowChild(settings, supervisor, portal)]


def look_after(faces: Sequence[WebFace]) -> None:
    """Have each say what is new of it."""
    for face in faces:
        face.look()
