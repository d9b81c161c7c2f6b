"""Desks as children of `exchange up`: each started and watched like its member, with that member's settings alone."""

from __future__ import annotations

import os
from collections.abc import Iterable

from exchange.cli.domain.console import say_elsewhere, say_first_link
from exchange.cli.domain.console_child import DETACHED
from exchange.cli.view import say, say_link
from exchange.errors import ExchangeError
from exchange.language import language, tr
from exchange.runtime.home import open_database
from exchange.runtime.profiles import Profile
from exchange.runtime.settings import Home, Settings, own_database
from exchange.runtime.supervision.children import child_command
from exchange.runtime.supervision.supervise import Supervisor
from exchange.web.door.gate import Gate
from exchange.web.door.roles import DESK_DOOR
from exchange.web.listening import read_state


def desks_among(profiles: Iterable[Profile]) -> list[str]:
    """Return the members whose desks are served beside them: those whose profile says so."""
    return [profile.address for profile in profiles if profile.desk]


def first_link_of(settings: Settings, address: str) -> str | None:
    """Return the token of a set-up link for the first account of a desk; None where there is one already."""
    store = open_database(settings, address)
    try:
        return Gate(store, roles=DESK_DOOR).first_link()
    finally:
        store.close()


class DeskChild:
    """Adds a member's desk to what a supervisor runs."""

    def __init__(self, settings: Settings, supervisor: Supervisor, address: str) -> None:
        self._settings, self._supervisor, self._address = settings, supervisor, address
        self._name = f"desk-{address}"
        self._said = ""
        log = Home(settings.home).logs / f"{self._name}.log"
        supervisor.add(
            self._name,
            child_command("desk", address),
            log,
            essential=False,
            beats=True,
            secret=own_database(settings, address),
        )

    @property
    def is_said(self) -> bool:
        """Whether its address has been said."""
        return bool(self._said)

    def look(self) -> None:
        """Say the address once it is being served, and again when it has changed."""
        process = self._supervisor.children[self._name].process
        served = read_state(Home(self._settings.home).desk(self._address))
        if process is None or served is None or served.pid != process.pid or served.url == self._said:
            return
        self._said = served.url
        say_desk(self._address, served.url)
        say_elsewhere(served)
        if DETACHED not in os.environ:
            say_first_link_of(self._settings, self._address, served.url)


def say_desk(address: str, url: str) -> None:
    """Say where a desk is served."""
    say_link(tr("desk of {address}", address=address), url)


def say_first_link_of(settings: Settings, address: str, url: str) -> None:
    """Say the link that makes a desk's first account, where there is none; or why it cannot be had."""
    try:
        say_first_link(url, first_link_of(settings, address))
    except ExchangeError as error:
        diagnostics = error.diagnostics(language())
        say(tr("no set-up link for the desk of {address}: {why}", address=address, why=diagnostics))
