"""What is shown where a page cannot be: what is wrong, and what to do."""

from __future__ import annotations

from starlette.responses import Response

from exchange.errors import (
    DatabaseUnavailable,
    Denied,
    ExchangeError,
    IntakeStopped,
    NotFound,
    TooLarge,
    TooManyRequests,
)
from exchange.web.door.turnstile import Crowded
from exchange.window.guest import Guest

_TITLE = ("此页暂不可用", "This page cannot be shown")
_STATUSES: tuple[tuple[type[ExchangeError], int], ...] = (
    (NotFound, 404),
    (TooLarge, 413),
    (TooManyRequests, 429),
    (IntakeStopped, 503),
    (Denied, 403),
    (DatabaseUnavailable, 503),
)


def status_of(error: ExchangeError) -> int:
    """Return the HTTP status of a page that shows this error."""
    if isinstance(error, Crowded):
        return 429 if error.here else 503
    found = next((status for kind, status in _STATUSES if isinstance(error, kind)), None)
    return found or (409 if error.exit_code in (2, 4) else 500)


def troubled(guest: Guest, error: ExchangeError) -> Response:
    """Show what is wrong and what to do about it."""
    status = status_of(error)
    title = ("没有这一页", "There is no such page") if status == 404 else _TITLE
    answer = guest.page("trouble.html", title, status, error=error, operators=status >= 500)
    if isinstance(error, TooManyRequests | Crowded | IntakeStopped):
        answer.headers["retry-after"] = str(error.seconds)
    return answer


def missing(guest: Guest, status: int) -> Response:
    """Show that there is no such page, or that a form is not as our pages send it."""
    if status >= 500:
        error = ExchangeError("something has gone wrong here", remedy="try again in a moment, or come to the counter")
        return guest.page("trouble.html", _TITLE, status, error=error, operators=True)
    titles = {404: ("没有这一页", "There is no such page"), 405: ("没有这一页", "There is no such page")}
    return guest.page("missing.html", titles.get(status, _TITLE), status)
