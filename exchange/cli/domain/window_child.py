"""The public window as a child of `exchange up`: started and watched like a member, with a member's settings alone."""

from __future__ import annotations

from collections.abc import Iterable

from exchange.cli.domain.console import say_elsewhere
from exchange.cli.view import say_link
from exchange.language import tr
from exchange.runtime.profiles import Profile
from exchange.runtime.settings import Home, Settings, own_database
from exchange.runtime.supervision.children import child_command
from exchange.runtime.supervision.supervise import Supervisor
from exchange.schemas import Role
from exchange.web.listening import read_state

NAME = "public-window"
"""What the process is called, and its log."""


def portal_among(profiles: Iterable[Profile]) -> str | None:
    """Return the member whose public window is served; None in a domain that has none."""
    return next((profile.address for profile in profiles if Role.PORTAL in profile.roles), None)


class WindowChild:
    """Adds a portal's public window to what a supervisor runs."""

    def __init__(self, settings: Settings, supervisor: Supervisor, portal: str) -> None:
        self._supervisor = supervisor
        self._state = Home(settings.home).public_window(portal)
        self._said = ""
        log = Home(settings.home).logs / f"{NAME}.log"
        supervisor.add(
            NAME, child_command("window"), log, essential=False, beats=True, secret=own_database(settings, portal)
        )

    @property
    def is_said(self) -> bool:
        """Whether its address has been said."""
        return bool(self._said)

    def look(self) -> None:
        """Say the address once it is being served, and again when it has changed."""
        process = self._supervisor.children[NAME].process
        served = read_state(self._state)
        if process is None or served is None or served.pid != process.pid or served.url == self._said:
            return
        self._said = served.url
        say_link(tr("public window"), served.url)
        say_elsewhere(served)
