"""What tests know of whoever calls them: next to nothing, so that they come out alike everywhere."""

from __future__ import annotations

import time
from collections.abc import MutableMapping

KEPT = frozenset(
    {
        "PATH",
        "TMPDIR",
        "EXCHANGE_RABBITMQ_SERVER",
        "EXCHANGE_TEST_DATABASE_URL",
        "EXCHANGE_SCREENSHOTS",
    }
)
"""Where programs and scratch folders are, and on what the tests are to run; names of pytest's own stay too."""

BROKERS = {
    f"EXCHANGE_{name}": f"TESTS_{name}"
    for name in ("BROKER_URL", "MANAGEMENT_URL", "SECOND_BROKER_URL", "SECOND_MANAGEMENT_URL")
}
"""Brokers to run on, as the caller names them and as they are kept: the program must not come upon them by itself."""


def forget_the_caller(environ: MutableMapping[str, str], *, worker: bool = False) -> None:
    """Takes everything else out: language, time zone, home, proxies, Python's and our own settings.

    The brokers' addresses are put aside. A ``worker`` has been given a home; and what C libraries have put into the
    environment behind Python's back.
    """
    for name, aside in BROKERS.items():
        if name in environ:
            environ[aside] = environ[name]
    kept = KEPT | set(BROKERS.values()) | ({"HOME"} if worker else set())
    for name in [name for name in environ if name not in kept and not name.startswith("PYTEST_")]:
        del environ[name]
    time.tzset()
