"""Where a request comes from: which machine, and whether from a page of ours."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request


def place_of(request: Request) -> str:
    """Return where a request comes from. Behind a proxy that is the proxy, for everybody alike."""
    return request.client.host if request.client else ""


def from_our_page(request: Request) -> bool:
    """Return whether a form comes from a page of ours, as far as a browser says; what is no browser has no session to
    lend.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    here = request.headers.get("host", "")
    return site in (None, "same-origin", "none") and (origin is None or urlsplit(origin).netloc == here)
