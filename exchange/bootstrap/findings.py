"""What the doctor says of one thing it looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from exchange.errors import ExchangeError
from exchange.language import Joined, Text, language

Level = Literal["good", "note", "bad"]
Said = str | Text | Joined


@dataclass(frozen=True, init=False)
class Finding:
    """One thing looked at: how it stands, what was found, and how to mend it; English, and in the reader's language."""

    level: Level
    check: str
    finding: str
    mend: str

    def __init__(self, level: Level, check: Said, finding: Said, mend: Said = "") -> None:
        texts = tuple(Text(said) if isinstance(said, str) else said for said in (check, finding, mend))
        object.__setattr__(self, "level", level)
        object.__setattr__(self, "_texts", texts)
        for name, text in zip(("check", "finding", "mend"), texts, strict=True):
            object.__setattr__(self, name, str(text))

    def written(self) -> tuple[str, str, str]:
        """What was looked at, what was found and the remedy, in the language spoken now."""
        texts: tuple[Text, Text, Text] = self.__dict__["_texts"]
        check, finding, mend = (text.written(language()) for text in texts)
        return check, finding, mend

    def facts(self) -> dict[str, str]:
        """The same for machines, in English."""
        return {"level": self.level, "check": self.check, "finding": self.finding, "mend": self.mend}


def guarded(check: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """What ``look`` finds; an error of the exchange ends it and is a finding itself."""
    try:
        yield from look()
    except ExchangeError as error:
        yield Finding("bad", check, error.text, error.remedy)
