"""A web face as a child of `exchange up`: its address is said once it is served, and again when it has changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from exchange.cli.domain.console import say_elsewhere
from exchange.cli.view import say_link
from exchange.runtime.supervision.supervise import Supervisor
from exchange.web.listening import read_state

DETACHED = "EXCHANGE_DETACHED"
"""Set for an `up` whose words go to a file, where one-time links have no place: whoever started it says them."""


class FaceChild:
    """Looks at a face that a supervisor runs under a name."""

    def __init__(
        self, supervisor: Supervisor, name: str, state: Path, title: str, say_first: Callable[[str], None] | None = None
    ) -> None:
        """``state``: where it notes its address; ``say_first`` says the link to its first account, at an address."""
        self._supervisor, self._name, self._state, self._title = supervisor, name, state, title
        self._say_first = say_first
        self._said = ""

    @property
    def is_said(self) -> bool:
        """Whether its address has been said."""
        return bool(self._said)

    @property
    def url(self) -> str:
        """The address as said last; empty before."""
        return self._said

    def look(self) -> None:
        """Say the address, where it is another than was said."""
        process = self._supervisor.children[self._name].process
        served = read_state(self._state)
        if process is None or served is None or served.pid != process.pid or served.url == self._said:
            return
        self._said = served.url
        say_link(self._title, served.url)
        say_elsewhere(served)
        if self._say_first is not None and DETACHED not in os.environ:
            self._say_first(served.url)
