"""HEAD wherever GET is: the same answer without its body, by one layer before all pages and operations."""

from __future__ import annotations

from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadAsGet:
    """Has what asks by HEAD handled as GET; the body is dropped, and one without end is ended at once."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        began = False

        async def send_head(message: Message) -> None:
            nonlocal began
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                began = True

        async def receive_until_begun() -> Any:
            return {"type": "http.disconnect"} if began else await receive()

        await self._app({**scope, "method": "GET"}, receive_until_begun, send_head)
