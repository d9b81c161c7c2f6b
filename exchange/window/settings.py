"""What the environment says of the public window: its names, the proxies before it, the scanner of files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network

from exchange.errors import BadConfiguration
from exchange.paper.fonts import PaperFonts
from exchange.paper.links import site_named
from exchange.portal.told.settings import ToldSettings
from exchange.portal.uploads.scanning import ScannerPlace, scanner_of
from exchange.runtime.settings import hosts_named


@dataclass(frozen=True)
class WindowSettings:
    """What holds for the public window beside the domain's own settings."""

    hosts: tuple[str, ...] = ()
    """Names, beside the machine's own, under which people reach it."""
    proxies: tuple[str, ...] = ()
    """Addresses and networks of proxies that are believed when they say for whom they ask."""
    scanner: ScannerPlace | None = None
    site: str = ""
    """Where people reach it, for what leads there from papers; empty: as each guest has called it."""
    fonts: PaperFonts = field(default_factory=PaperFonts)
    told: ToldSettings = field(default_factory=ToldSettings)
    """By which ways applicants are told of what happens."""

    @classmethod
    def read(cls, env: Mapping[str, str]) -> WindowSettings:
        """Read EXCHANGE_WINDOW_HOSTS, _PROXIES and _URL, EXCHANGE_CLAMD, fonts of papers, and what tells applicants.

        Raises BadConfiguration.
        """
        return cls(
            hosts=hosts_named("EXCHANGE_WINDOW_HOSTS", env),
            proxies=_proxies(env.get("EXCHANGE_WINDOW_PROXIES", "")),
            scanner=scanner_of(env),
            site=site_named(env),
            fonts=PaperFonts.read(env),
            told=ToldSettings.read(env),
        )


def _proxies(text: str) -> tuple[str, ...]:
    named = tuple(text.replace(",", " ").split())
    for one in named:
        try:
            ip_network(one)
        except ValueError as error:
            remedy = "write addresses or networks with commas between them, for example 127.0.0.1,10.0.0.0/8"
            raise BadConfiguration("EXCHANGE_WINDOW_PROXIES: {error}", remedy=remedy, error=error) from error
    return named
