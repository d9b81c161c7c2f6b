"""Desks as children of `exchange up`: each started and watched like its member, with that member's settings alone."""

from __future__ import annotations

from collections.abc import Iterable

from exchange.cli.domain.console import say_first_link
from exchange.cli.domain.face_child import FaceChild
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


class DeskChild(FaceChild):
    """Adds a member's desk to what a supervisor runs."""

    def __init__(self, settings: Settings, supervisor: Supervisor, address: str) -> None:
        home, name = Home(settings.home), f"desk-{address}"
        supervisor.add(
            name,
            child_command("desk", address),
            home.logs / f"{name}.log",
            essential=False,
            beats=True,
            secret=own_database(settings, address),
        )
        super().__init__(
            supervisor, name, home.desk(address), _title(address), lambda url: say_first_link_of(settings, address, url)
        )


def _title(address: str) -> str:
    return tr("desk of {address}", address=address)


def say_desk(address: str, url: str) -> None:
    """Say where a desk is served."""
    say_link(_title(address), url)


def say_first_link_of(settings: Settings, address: str, url: str) -> None:
    """Say the link that makes a desk's first account, where there is none; or why it cannot be had."""
    try:
        say_first_link(url, first_link_of(settings, address))
    except ExchangeError as error:
        diagnostics = error.diagnostics(language())
        say(tr("no set-up link for the desk of {address}: {why}", address=address, why=diagnostics))
