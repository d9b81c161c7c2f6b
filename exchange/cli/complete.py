"""What a shell offers when the tabulator is pressed: addresses of members and numbers of cases, read off the folder."""

from __future__ import annotations

from pathlib import Path

import typer

from exchange.approval.window.store import Cases
from exchange.errors import ExchangeError
from exchange.runtime.catalogue import matter_names
from exchange.runtime.home import window_of
from exchange.runtime.peek import database_as_it_is
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home, Settings

_CASES = 50
"""Of so many cases, the newest, the numbers are offered."""


def member_addresses(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """List the members whose address begins so, with their names. Nothing where there is no domain: a shell wants no
    error.
    """
    try:
        profiles = load_profiles(Home(_settings(context).home).departments)
    except (ExchangeError, OSError):
        return []
    return [(address, one.name) for address, one in profiles.items() if address.startswith(incomplete)]


def case_numbers(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """List the numbers of the newest cases that begin so, with what each is about."""
    try:
        settings = _settings(context)
        window = window_of(settings)
        with database_as_it_is(settings, window) as store, store.reading() as tx:
            cases = tx[Cases].recent(limit=_CASES)
    except (ExchangeError, OSError):
        return []
    return [(case.number, case.project) for case in cases if case.number.startswith(incomplete)]


def matter_codes(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """List the codes of the catalogue's matters that begin so, with their names."""
    found = matter_names(Home(_settings(context).home).catalogue)
    return [(code, name) for code, (name, _) in found.items() if code.startswith(incomplete)]


def _settings(context: typer.Context) -> Settings:
    home = context.params.get("home")
    return Settings.read(home=home if isinstance(home, Path) else None)
