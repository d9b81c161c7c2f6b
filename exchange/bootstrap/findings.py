"""What the doctor says of one thing it looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from exchange.errors import ExchangeError

Level = Literal["good", "note", "bad"]


@dataclass(frozen=True)
class Finding:
    """One thing looked at: a traffic light, what was found, and how to mend it."""

    level: Level
    check: str
    finding: str
    mend: str = ""


def guarded(check: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """What ``look`` finds; an error of the exchange ends it and is a finding itself."""
    try:
        yield from look()
    except ExchangeError as error:
        yield Finding("bad", check, str(error), error.mend)
