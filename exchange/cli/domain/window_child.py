"""The public window as a child of `exchange up`: started and watched like a member, with a member's settings alone."""

from __future__ import annotations

from collections.abc import Iterable

from exchange.cli.domain.face_child import FaceChild
from exchange.language import tr
from exchange.runtime.profiles import Profile
from exchange.runtime.settings import Home, Settings, own_database
from exchange.runtime.supervision.children import child_command
from exchange.runtime.supervision.supervise import Supervisor
from exchange.schemas import Role

NAME = "public-window"
"""What the process is called, and its log."""


def portal_among(profiles: Iterable[Profile]) -> str | None:
    """Return the member whose public window is served; None in a domain that has none."""
    return next((profile.address for profile in profiles if Role.PORTAL in profile.roles), None)


class WindowChild(FaceChild):
    """Adds a portal's public window to what a supervisor runs."""

    def __init__(self, settings: Settings, supervisor: Supervisor, portal: str) -> None:
        home = Home(settings.home)
        supervisor.add(
            NAME,
            child_command("window"),
            home.logs / f"{NAME}.log",
            essential=False,
            beats=True,
            secret=own_database(settings, portal),
        )
        super().__init__(supervisor, NAME, home.public_window(portal), tr("public window"))
