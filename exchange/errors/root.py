"""The root of all errors: a message, a code for machines, an exit code, and what to do."""

from __future__ import annotations

from exchange.language import Joined, Language, Text
from exchange.language.members import calling


class ExchangeError(Exception):
    """Root of the tree; catch this to catch everything the exchange raises on purpose."""

    code = "error"
    exit_code = 1
    remedy = ""

    def __init__(
        self, message: str | Text | Joined, /, *, remedy: str | Text | Joined = "", code: str = "", **parameters: object
    ) -> None:
        """``message`` and ``remedy`` are English templates: ``{name}`` is where the parameter of that name stands."""
        self.text = Text(message, parameters) if isinstance(message, str) else message
        super().__init__(str(self.text))
        self.remedy_text: Text | Joined = (
            remedy if not isinstance(remedy, str) else Text(remedy or type(self).remedy, parameters if remedy else {})
        )
        self.remedy = str(self.remedy_text)
        self.code = code or self.code

    def written(self, wanted: Language) -> str:
        """Say what is wrong, in a language."""
        return self.text.written(wanted)

    def diagnostics(self, wanted: Language = Language.ENGLISH) -> str:
        """Say what is wrong and the remedy, in one paragraph; English, as records have it, or for a reader."""
        with calling({}):  # what is to be typed takes addresses
            remedy = self.remedy_text.written(wanted)
        return f"{self.written(wanted)} [{self.code}]" + (f"\n  → {remedy}" if remedy else "")
