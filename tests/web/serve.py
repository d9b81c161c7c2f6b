"""Serves the console of EXCHANGE_HOME on a port; with `die` it is killed when it has done what is asked, unanswered."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import uvicorn

from exchange.console.app import create_app
from exchange.console.sections import SECTIONS
from exchange.operations.domain_view import DomainView
from exchange.runtime.settings import Settings
from tests.web.open_door import OpenDoor


def unanswered(app: Any) -> Any:
    """The application, killed as hard as can be where it would begin to answer a POST."""

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        async def die(message: Any) -> None:
            if scope["type"] == "http" and scope["method"] == "POST" and message["type"] == "http.response.start":
                os.kill(os.getpid(), signal.SIGKILL)
            await send(message)

        await app(scope, receive, die)

    return wrapped


if __name__ == "__main__":
    console = create_app(DomainView(Settings.read()), OpenDoor(), SECTIONS)
    served = unanswered(console) if sys.argv[2:] == ["die"] else console
    uvicorn.run(served, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
