"""What is done on the command line to others' work, in the audit log beside what is done at the console."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from exchange.audit.acting import acting_account
from exchange.cli.view import say
from exchange.errors import ExchangeError
from exchange.language import tr
from exchange.runtime.settings import Settings
from exchange.web.door.gate import gate_of


@contextmanager
def recorded(settings: Settings, action: str, what: str) -> Iterator[None]:
    """Record what is done within once it is over, failed or not; ``what`` holds ids, never content or secrets.

    It is done by then: where the log cannot be reached, that is said, and undoes nothing.
    """
    try:
        yield
    except ExchangeError as error:
        _record(settings, action, what, error.code)
        raise
    _record(settings, action, what, "done")


def _record(settings: Settings, action: str, what: str, outcome: str) -> None:
    from exchange.operations.domain_view import DomainView

    try:
        with DomainView(settings) as view:
            gate_of(view).record(acting_account(), action, what, outcome)
    except ExchangeError as error:
        say(tr("this is not in the audit log, which cannot be reached: {error}", error=error))
