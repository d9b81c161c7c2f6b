"""Patience with a broker that is not there yet, said aloud."""

from __future__ import annotations

from collections.abc import Callable

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_delay, wait_random_exponential

from exchange.broker.faults import DENIED
from exchange.errors import BrokerUnavailable
from exchange.language import tr

PATIENCE = 60.0
"""Seconds; long enough for a broker that is just booting."""


def with_patience(action: Callable[[], None], say: Callable[[str], None], patience: float = PATIENCE) -> None:
    """Do ``action``, again and again while the broker is away, saying why it waits.

    Raises BrokerUnavailable when it gives up, and at once where the broker denies the account.
    """

    def say_why(state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        say(tr("waiting: {error}", error=error))

    Retrying(
        retry=retry_if_exception(lambda error: isinstance(error, BrokerUnavailable) and error.code != DENIED),
        wait=wait_random_exponential(multiplier=0.5, max=5),
        stop=stop_after_delay(patience),
        before_sleep=say_why,
        reraise=True,
    )(action)
