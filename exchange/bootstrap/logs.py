"""Structured logs: one JSON object a line, with message and case ids; never content, keys or passwords.

Always on standard error, since standard output is for results.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog


def configure(*, verbose: bool = False, quiet: bool = False) -> None:
    """Sends the exchange's own events to standard error as JSON lines; libraries only from warnings up.

    ``quiet`` keeps to errors, for commands that draw on the terminal themselves.
    """
    _configure(
        logging.ERROR if quiet else logging.DEBUG if verbose else logging.INFO,
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=False),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    )


def configure_for_people() -> None:
    """Warnings and errors only, each a line that reads like the progress of a command."""
    _configure(logging.WARNING, structlog.processors.format_exc_info, _line)


def configure_for_library() -> None:
    """As `configure`, unless the program that uses the exchange as a library has configured structlog itself."""
    if not structlog.is_configured():
        configure()


def _line(logger: object, method: str, event: MutableMapping[str, Any]) -> str:
    what, trace = event.pop("event"), event.pop("exception", None)
    said = ", ".join(f"{key}: {value}" for key, value in event.items())
    return "\n".join(filter(None, (f"==> {what}" + (f" ({said})" if said else ""), trace)))


def _configure(level: int, *processors: Any) -> None:
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
