"""Structured logs: one JSON object a line, with message and case ids; never content, keys or passwords."""

from __future__ import annotations

import logging
import sys

import structlog


def configure(*, verbose: bool = False, quiet: bool = False) -> None:
    """Sends the exchange's own events to standard error as JSON lines; libraries only from warnings up.

    ``quiet`` keeps to errors, for commands that draw on the terminal themselves.
    """
    level = logging.ERROR if quiet else logging.DEBUG if verbose else logging.INFO
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=False),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
