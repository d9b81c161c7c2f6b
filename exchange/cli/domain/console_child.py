"""The console as a child of `exchange up`: started and watched like a role, its address and set-up link said."""

from __future__ import annotations

from exchange.cli.domain.console import say_first_link
from exchange.cli.domain.face_child import FaceChild
from exchange.cli.view import say
from exchange.errors import ExchangeError
from exchange.language import language, tr
from exchange.operations.domain_view import CONSOLE, DomainView
from exchange.runtime.settings import Home, Settings
from exchange.runtime.supervision.children import child_command
from exchange.runtime.supervision.supervise import Supervisor
from exchange.web.door.gate import gate_of


class ConsoleChild(FaceChild):
    """Adds the console to what a supervisor runs."""

    def __init__(self, settings: Settings, supervisor: Supervisor) -> None:
        home = Home(settings.home)
        log = home.logs / f"{CONSOLE}.log"
        supervisor.add(CONSOLE, child_command("console"), log, essential=False, beats=True, administers=True)
        super().__init__(supervisor, CONSOLE, home.console, tr("console"), lambda url: _say_first_link(settings, url))


def _say_first_link(settings: Settings, url: str) -> None:
    try:
        with DomainView(settings) as view:
            token = gate_of(view).first_link()
        say_first_link(url, token)
    except ExchangeError as error:
        say(tr("no set-up link for the console: {diagnostics}", diagnostics=error.diagnostics(language())))
