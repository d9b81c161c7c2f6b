"""The first page: what this is, find a matter, follow a case, how silence works."""

from __future__ import annotations

from starlette.responses import Response

from exchange.window.finding import themes
from exchange.window.guest import Guest
from exchange.window.route import GuestRoute


def show(guest: Guest) -> Response:
    """Show the first page."""
    matters = list(guest.face.matters.values())
    return guest.page("home.html", ("办事", "What do you want to do?"), matters=matters, themes=themes(matters))


def explain(guest: Guest) -> Response:
    """Show how silence counts, what number and code are for, and what to do in trouble."""
    return guest.page("help.html", ("办事说明", "How it works"))


ROUTES = (GuestRoute("/", show), GuestRoute("/help", explain))
