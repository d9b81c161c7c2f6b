"""Where the QR codes on papers lead: pages of the public window. Pure."""

from __future__ import annotations

from urllib.parse import quote


def status_link(site: str, filing: str) -> str:
    """Return the address at which a case is followed; its access code stands in no address. Empty without a site."""
    return f"{site}/case?number={quote(filing, safe='')}" if site else ""


def verification_link(site: str, number: str, code: str) -> str:
    """Return the address at which a licence is verified; empty without a site."""
    return f"{site}/verify/{quote(number, safe='')}/{quote(code, safe='')}" if site else ""
