"""The outermost layers of a web face: only what calls us by a name of ours comes in, and every answer is strict."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exchange.errors import MisdirectedRequest
from exchange.machine.hosts import KnownHosts
from exchange.machine.strict_headers import FILES, PAGES, PLAIN

_UNAVAILABLE, _AGAIN_IN = 503, "30"
"""Whatever cannot be answered now says when it is worth trying again, in seconds, where nothing better is known."""
_REVALIDATED = "no-cache"
"""Of what is not made anew for each visitor: browsers keep it, and ask whether it has changed."""


Told = Callable[[Request, MisdirectedRequest], Response]


class StrictAnswers:
    """Gives every answer the headers that keep browsers strict: errors too, whoever makes them."""

    def __init__(self, app: ASGIApp, kept: str = "/static/") -> None:
        """What lies below ``kept`` may be kept by browsers."""
        self._app, self._kept = app, kept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def strictly(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                headers.update(PAGES)
                if message["status"] == _UNAVAILABLE:
                    headers.setdefault("retry-after", _AGAIN_IN)
                if headers.get("content-disposition", "").startswith("attachment"):
                    headers["content-security-policy"] = FILES
                if scope["path"].startswith(self._kept) and message["status"] in (200, 304):
                    headers["cache-control"] = _REVALIDATED
            await send(message)

        await self._app(scope, receive, strictly)


class OwnNames:
    """Refuses what is asked of another host than this one (421), as a page of a stranger's site does it."""

    def __init__(self, app: ASGIApp, names: Iterable[str], told: Told) -> None:
        self._app, self._hosts, self._told = app, KnownHosts(names), told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._hosts.knows(Headers(scope=scope).get("host", "")):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        answer = self._told(request, MisdirectedRequest("nothing is served here under this host name"))
        answer.headers.update(PLAIN)
        await answer(scope, receive, send)
