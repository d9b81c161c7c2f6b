"""How much a request may bring: counted while it comes, so that nothing larger is kept anywhere."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exchange.errors import TooLarge

PATIENCE = 4
"""A body of up to so many times what is taken is read to its end and thrown away: a browser that is answered before
it has sent everything shows a broken connection, and not the answer."""

MultiPartParser.spool_max_size = 64 * 1024
"""Octets of a file under way that are kept in memory, and the rest on disk: hundreds may send one at the same time."""


class LimitedBodies:
    """Has bodies that are too large end in TooLarge, where the application reads them."""

    def __init__(self, app: ASGIApp, most: Callable[[str], int]) -> None:
        """``most`` says how many octets a request to a path may bring."""
        self._app, self._most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most, came = self._most(scope["path"]), 0
        named = Headers(scope=scope).get("content-length", "")
        too_many = TooLarge("more than {largest:,} octets", largest=most)
        announced = int(named) if named.isdecimal() else 0

        async def counted() -> Message:
            nonlocal came
            if announced > most * PATIENCE:
                raise too_many
            message = await receive()
            came += len(message.get("body", b""))
            while came > most or announced > most:
                if not message.get("more_body") or message["type"] != "http.request" or came > most * PATIENCE:
                    raise too_many
                message = await receive()
                came += len(message.get("body", b""))
            return message

        await self._app(scope, counted, send)
