"""Where the QR codes on papers lead: pages of the public window."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from exchange.machine.urls import check_url

SITE = "EXCHANGE_WINDOW_URL"
"""Environment variable: where people reach the public window."""


def site_named(env: Mapping[str, str]) -> str:
    """Return where people reach the public window, without a slash at its end; empty where nothing says it.

    Raises BadConfiguration.
    """
    url = env.get(SITE, "").strip()
    if url:
        check_url(SITE, url, ("http", "https"), "https://apply.example.org")
    return url.rstrip("/")


def status_link(site: str, filing: str) -> str:
    """Return the address at which a case is followed; its access code stands in no address. Empty without a site."""
    return f"{site}/case?number={quote(filing, safe='')}" if site else ""


def verification_link(site: str, number: str, code: str) -> str:
    """Return the address at which a licence is verified; empty without a site."""
    return f"{site}/verify/{quote(number, safe='')}/{quote(code, safe='')}" if site else ""
