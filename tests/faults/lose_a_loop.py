"""Serves a member whose dispatch loop ends by itself. Argument: its address."""

import sys

from exchange.cli import main
from exchange.messaging.dispatch import Dispatcher


def end(self: Dispatcher, publisher: object) -> None:
    raise SystemExit


Dispatcher.run = end  # type: ignore[method-assign]
sys.argv = ["exchange", "serve", sys.argv[1]]
main()
