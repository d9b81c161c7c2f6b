"""What tests know of whoever calls them: next to nothing, so that they come out alike everywhere."""

from __future__ import annotations

import time
from collections.abc import MutableMapping

KEPT = frozenset(
    {
        "PATH",
        "TMPDIR",
        "EXCHANGE_BROKER_URL",
        "EXCHANGE_MANAGEMENT_URL",
        "EXCHANGE_SECOND_BROKER_URL",
        "EXCHANGE_SECOND_MANAGEMENT_URL",
        "EXCHANGE_RABBITMQ_SERVER",
        "EXCHANGE_TEST_DATABASE_URL",
        "EXCHANGE_SCREENSHOTS",
    }
)
"""Where programs and scratch folders are, and on what the tests are to run; names of pytest's own stay too."""


def forget_the_caller(environ: MutableMapping[str, str], *, worker: bool = False) -> None:
    """Takes everything else out: language, time zone, home, proxies, Python's and our own settings.

    A ``worker`` has been given a home; and what C libraries have put into the environment behind Python's back.
    """
    kept = KEPT | {"HOME"} if worker else KEPT
    for name in [name for name in environ if name not in kept and not name.startswith("PYTEST_")]:
        del environ[name]
    time.tzset()
