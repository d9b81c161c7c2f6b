"""Loggers of modules: structlog, which brings much of rich, is imported when something is first logged."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property
from typing import Any

_waiting: list[Callable[[], None]] = []
_settling = threading.RLock()


class LazyLogger:
    """What structlog.get_logger() answers, got at the first use."""

    @cached_property
    def _logger(self) -> Any:
        import structlog

        return structlog.get_logger()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # copying and the like ask for these; they are no levels
            raise AttributeError(name)
        if _waiting:
            with _settling:
                for configure in tuple(_waiting):
                    configure()
                _waiting.clear()
        return getattr(self._logger, name)


def get_logger() -> Any:
    """Return a logger for a module to keep; structlog may be configured before or after."""
    return LazyLogger()


def configure_at_first_use(configure: Callable[[], None]) -> None:
    """Have structlog configured when something is first logged, in place of what waited before."""
    _waiting[:] = [configure]


def configuration_waits() -> bool:
    """Return whether a configuration waits for the first thing that is logged."""
    return bool(_waiting)


def forget_waiting() -> None:
    """Say that structlog has been configured: nothing that waits may replace that."""
    _waiting.clear()
