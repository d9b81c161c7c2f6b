"""The console as a child of `exchange up`: started and watched like a role, its address and set-up link said."""

from __future__ import annotations

import os

from exchange.cli.domain.console import say_elsewhere, say_first_link
from exchange.cli.view import say, say_link
from exchange.errors import ExchangeError
from exchange.language import language, tr
from exchange.operations.domain_view import CONSOLE, DomainView
from exchange.runtime.settings import Home, Settings
from exchange.runtime.supervision.children import child_command
from exchange.runtime.supervision.supervise import Supervisor
from exchange.web.door.gate import gate_of
from exchange.web.listening import read_state

DETACHED = "EXCHANGE_DETACHED"
"""Set for an `up` whose words go to a file, where one-time links have no place: whoever started it says them."""


class ConsoleChild:
    """Adds the console to what a supervisor runs."""

    def __init__(self, settings: Settings, supervisor: Supervisor) -> None:
        self._settings, self._supervisor = settings, supervisor
        self._said = ""
        log = Home(settings.home).logs / f"{CONSOLE}.log"
        supervisor.add(CONSOLE, child_command("console"), log, essential=False, beats=True, administers=True)

    @property
    def is_said(self) -> bool:
        """Whether its address has been said."""
        return bool(self._said)

    @property
    def url(self) -> str:
        """The address as said last; empty before."""
        return self._said

    def look(self) -> None:
        """Say the address once it is being served, and again when it has changed."""
        process = self._supervisor.children[CONSOLE].process
        served = read_state(Home(self._settings.home).console)
        if process is None or served is None or served.pid != process.pid or served.url == self._said:
            return
        self._said = served.url
        say_link(tr("console"), served.url)
        say_elsewhere(served)
        if DETACHED in os.environ:
            return
        try:
            say_first_link(served.url, self._first_link())
        except ExchangeError as error:
            say(tr("no set-up link for the console: {diagnostics}", diagnostics=error.diagnostics(language())))

    def _first_link(self) -> str | None:
        with DomainView(self._settings) as view:
            return gate_of(view).first_link()
