"""Which time-stamping authorities are asked, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from exchange.errors import BadConfiguration
from exchange.machine.urls import check_url

AUTHORITIES, EVERY = "EXCHANGE_TIME_STAMPS", "EXCHANGE_TIME_STAMP_EVERY"
MOST = 3
_EXAMPLE = "https://tsa.example.cn/tsr"
_EXAMPLES = "https://tsa.example.cn/tsr http://tsa.example.org/"
_MINUTES = timedelta(minutes=60)
_LONGEST = 7 * 24 * 60


@dataclass(frozen=True)
class StampSettings:
    """What the environment says of time-stamps. Without authorities none are asked for."""

    authorities: tuple[str, ...] = ()
    """Where each answers, in the order in which they are asked: the next one where one does not do."""
    every: timedelta = _MINUTES
    """From one time-stamp to the next, at least, while there are new heads."""

    @classmethod
    def read(cls, env: Mapping[str, str]) -> StampSettings:
        """Read EXCHANGE_TIME_STAMPS, up to three URLs with spaces between them, and EXCHANGE_TIME_STAMP_EVERY, minutes.

        Raises BadConfiguration. A token proves itself, so that plain http is taken as well.
        """
        named = tuple(env.get(AUTHORITIES, "").split())
        for url in named:
            check_url(AUTHORITIES, url, ("http", "https"), _EXAMPLE)
            parts = urlsplit(url)
            if not parts.hostname or parts.username is not None or parts.fragment:
                raise _bad(AUTHORITIES, _EXAMPLE)
        if len(named) > MOST or len(set(named)) < len(named):
            raise _bad(AUTHORITIES, _EXAMPLES)
        return cls(named, _every(env.get(EVERY, "")))


def _every(text: str) -> timedelta:
    if not text:
        return _MINUTES
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= _LONGEST):
        raise _bad(EVERY, "60")
    return timedelta(minutes=int(text))


def _bad(name: str, example: str) -> BadConfiguration:
    return BadConfiguration(
        "{name} is not what it can be: one to three URLs without user and fragment, each once, with spaces between"
        " them; minutes from 1 to 10080",
        remedy="write for example {name}={example}",
        name=name,
        example=example,
    )
