"""A page of the public window, or what a form of it does: a path, and a function from a guest to an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.responses import Response

from exchange.window.guest import Guest


@dataclass(frozen=True)
class GuestRoute:
    """GET shows, POST does; what is done ends in a redirect to what shows it."""

    path: str
    """As Starlette writes paths, e.g. ``/matters/{code}``."""
    answer: Callable[[Guest], Response]
    """Called in a thread of its own."""
    method: str = "GET"
    files: int = 0
    """How many files its form may bring."""


@dataclass(frozen=True)
class RawRoute:
    """What takes a request as it comes: its body is no form, and read by whoever answers."""

    path: str
    answer: Callable[[Guest], Awaitable[Response]]
    method: str


@dataclass(frozen=True)
class WaitingRoute:
    """What waits its turn before it is done, and keeps no thread meanwhile."""

    path: str
    answer: Callable[[Guest], Awaitable[Response]]
    method: str = "POST"
    files: int = 0
