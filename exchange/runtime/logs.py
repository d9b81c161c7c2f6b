"""Structured logs: one JSON object a line, with message and case ids; never content, keys or passwords.

Always on standard error, since standard output is for results. A line that cannot be written stops nobody: it is
counted, and the count is said once writing works again. Where `exchange up` gives a process a log file of its own
(``EXCHANGE_LOG``), the process keeps it within a size. structlog, which brings much of rich, is imported when a
service configures it or something is logged: most of what the command line shows needs no log.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from exchange.errors import BadConfiguration
from exchange.language import Text
from exchange.machine.logger import configuration_waits, configure_at_first_use, forget_waiting
from exchange.runtime.unfailing import Rotation, UnfailingStream, text_stream

LOG = "EXCHANGE_LOG"
"""Environment variable by which a supervisor names the file that a process' standard output and error go to."""

MEGABYTES, KEEP = "EXCHANGE_LOG_MEGABYTES", "EXCHANGE_LOG_KEEP"
"""Environment variables: the size at which a log file is rotated, and how many older ones are kept."""


@dataclass(frozen=True)
class LogSize:
    """How large logs may become."""

    most_bytes: int = 20_000_000
    keep: int = 5

    @classmethod
    def read(cls, env: Mapping[str, str] | None = None) -> LogSize:
        """Read the size from the environment. Raises BadConfiguration."""
        env = os.environ if env is None else env
        size = _number(env, MEGABYTES, cls.most_bytes / 1e6, least=0.01)
        return cls(int(size * 1e6), int(_number(env, KEEP, cls.keep, least=0)))


def _number(env: Mapping[str, str], name: str, default: float, least: float) -> float:
    text = env.get(name) or str(default)
    with contextlib.suppress(ValueError):
        if least <= float(text) <= 1e6:
            return float(text)
    remedy = Text(
        "write a number, {least:g} or more; without it {default:g} holds", {"least": least, "default": default}
    )
    raise BadConfiguration("{name} is not valid: {text!r}", remedy=remedy, name=name, text=text)


def keep_talking() -> None:
    """Make standard error a stream that never fails whoever writes to it; one that is closed leads nowhere."""
    _open_closed_ones()
    with contextlib.suppress(OSError, ValueError, AttributeError):  # a test's or an embedder's stream without a file
        if not isinstance(getattr(sys.stderr, "buffer", None), UnfailingStream):
            sys.stderr = text_stream(UnfailingStream(sys.stderr.fileno()), sys.stderr.encoding)


def _open_closed_ones() -> None:
    """A descriptor that was closed at the start would be given to a database, and words written into that."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            null = os.open(os.devnull, os.O_RDWR)
            if null != number:
                os.dup2(null, number)
                os.close(null)
    if sys.stderr is None:
        sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115 -- for the life of the process


def configure(*, verbose: bool = False, quiet: bool = False) -> None:
    """Send the exchange's own events to standard error as JSON lines; libraries only from warnings up.

    ``quiet`` keeps to errors, for commands that draw on the terminal themselves.
    """
    _as_json(logging.ERROR if quiet else logging.DEBUG if verbose else logging.INFO, sys.stderr)


def configure_for_service(*, verbose: bool = False) -> None:
    """Set up logs as `configure` does, for a process that serves.

    Its log file, where a supervisor gave it one, is kept within a size.

    Raises BadConfiguration.
    """
    size, raw = LogSize.read(), getattr(sys.stderr, "buffer", None)
    if isinstance(raw, UnfailingStream):
        raw.lost_lines = _lost_lines
        path = os.environ.get(LOG)
        if path and _stands_on(raw.fileno(), Path(path)):
            raw.rotate_by(Rotation(Path(path), size.most_bytes, size.keep))
    configure(verbose=verbose)


def configure_for_people() -> None:
    """Set up logs of warnings and errors only, each a line that reads like the progress of a command.

    structlog is configured when there is something to say: most commands have nothing.
    """
    stream = sys.stderr
    _configure_libraries(stream)

    def configure_it() -> None:
        import structlog

        _configure(logging.WARNING, stream, structlog.processors.format_exc_info, _line)

    configure_at_first_use(configure_it)


def configure_for_library() -> None:
    """Set up logs as `configure` does, unless the program around the library has configured structlog itself."""
    import structlog

    if configuration_waits() or structlog.is_configured():
        return
    try:
        stream: TextIO = text_stream(UnfailingStream(sys.stderr.fileno(), _lost_lines))
    except (OSError, ValueError, AttributeError):
        stream = sys.stderr
    _as_json(logging.INFO, stream)


def _stands_on(descriptor: int, path: Path) -> bool:
    with contextlib.suppress(OSError):
        return os.path.samestat(os.fstat(descriptor), path.stat())
    return False


def _lost_lines(lost: int, reason: str) -> str:
    event = {"event": "log.lost", "level": "warning", "lines": lost, "reason": reason}
    return json.dumps({**event, "timestamp": datetime.now().astimezone().isoformat()}, ensure_ascii=False) + "\n"


def _line(logger: object, method: str, event: MutableMapping[str, Any]) -> str:
    what, trace = event.pop("event"), event.pop("exception", None)
    said = ", ".join(f"{key}: {value}" for key, value in event.items())
    return "\n".join(filter(None, (f"==> {what}" + (f" ({said})" if said else ""), trace)))


def _as_json(level: int, stream: TextIO) -> None:
    import structlog

    _configure(
        level,
        stream,
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=False),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    )


def _configure(level: int, stream: TextIO, *processors: Any) -> None:
    import structlog

    _configure_libraries(stream)
    structlog.configure(
        processors=processors,
        wrapper_class=_unfailing(level),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=True,
    )
    forget_waiting()


def _configure_libraries(stream: TextIO) -> None:
    logging.basicConfig(level=logging.WARNING, stream=stream, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("pika").setLevel(logging.CRITICAL)


def _unfailing(level: int) -> type[Any]:
    """A logger for events from ``level`` up that never raises, whatever it is given and wherever it writes."""
    import structlog

    class Unfailing(structlog.make_filtering_bound_logger(level)):  # type: ignore[misc]
        def _proxy_to_logger(self, method_name: str, event: str | None = None, **values: Any) -> Any:
            try:
                return super()._proxy_to_logger(method_name, event, **values)
            except Exception as error:
                with contextlib.suppress(Exception):
                    bare = {"event": str(event), "level": method_name, "unprintable": type(error).__name__}
                    self._logger.msg(json.dumps(bare))
            return None

    return Unfailing
