"""What the doctor says of one thing it looked at."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from exchange.clock import monotonic
from exchange.errors import ExchangeError
from exchange.language import Joined, Text, language
from exchange.machine.logger import get_logger

Level = Literal["good", "note", "bad"]
Said = str | Text | Joined

log = get_logger()

UNEXPECTED = Text("run the command again with EXCHANGE_DEBUG=1 and report what it prints")
HANGS = Text("see whether what it asks lives: it takes connections and does not answer, or a disk hangs")


@dataclass(frozen=True, init=False)
class Finding:
    """One thing looked at: how it stands, what was found, and its remedy; English, and in the reader's language."""

    level: Level
    check: str
    finding: str
    remedy: str

    def __init__(self, level: Level, check: Said, finding: Said, remedy: Said = "") -> None:
        texts = tuple(Text(said) if isinstance(said, str) else said for said in (check, finding, remedy))
        object.__setattr__(self, "level", level)
        object.__setattr__(self, "_texts", texts)
        for name, text in zip(("check", "finding", "remedy"), texts, strict=True):
            object.__setattr__(self, name, str(text))

    def written(self) -> tuple[str, str, str]:
        """Return what was checked, what was found and the remedy, in the language spoken now."""
        texts: tuple[Text, Text, Text] = self.__dict__["_texts"]
        check, finding, remedy = (text.written(language()) for text in texts)
        return check, finding, remedy

    def facts(self) -> dict[str, str]:
        """Return the finding for machines, in English."""
        return {"level": self.level, "check": self.check, "finding": self.finding, "remedy": self.remedy}


def guarded(check: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """Yield what ``look`` finds; an error that ends it becomes a finding itself."""
    try:
        yield from look()
    except ExchangeError as error:
        yield Finding("bad", check, error.text, error.remedy_text)
    except Exception as error:
        # An error that nobody has foreseen must not hide what else there is to find.
        log.debug("doctor.unexpected", check=check, exc_info=error)
        what = Text("could not be looked at: {kind}", {"kind": type(error).__name__})
        yield Finding("bad", check, what, UNEXPECTED)


@dataclass
class RunningCheck:
    """One check, at work in a thread of its own that nobody waits for at the end."""

    check: str
    found: list[Finding]
    _thread: threading.Thread

    @classmethod
    def start(cls, check: str, look: Callable[[], Iterator[Finding]]) -> RunningCheck:
        """Start the check."""
        found: list[Finding] = []

        def work() -> None:
            for finding in guarded(check, look):
                found.append(finding)

        thread = threading.Thread(target=work, name=f"doctor:{check}", daemon=True)
        thread.start()
        return cls(check, found, thread)

    def end(self, until: float, seconds: float) -> list[Finding]:
        """Return what was found until then (`monotonic`), with a finding for a check that still hangs."""
        self._thread.join(max(0.0, until - monotonic()))
        found = list(self.found)
        if self._thread.is_alive():
            what = Text("could not be looked at: no answer within {seconds} s", {"seconds": f"{seconds:.0f}"})
            found.append(Finding("bad", self.check, what, HANGS))
        return found
