"""What a command refuses before it begins."""

from __future__ import annotations

import shlex

from exchange.machine.files import refuse_foreign
from exchange.runtime.settings import Settings


def refuse_root(settings: Settings, *words: str) -> None:
    """Keep root from running a command for long in a domain of somebody else's. Raises OperatorError."""
    refuse_foreign(settings.home, shlex.join(["exchange", *words, "--home", str(settings.home)]))
