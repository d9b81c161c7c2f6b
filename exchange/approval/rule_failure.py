"""What a rule has failed with, as records and logs name it."""

from __future__ import annotations


class RuleFailed(Exception):
    """A rule that runs in a process of its own has failed there, or that process has."""

    def __init__(self, kind: str, reason: str, trace: str) -> None:
        """``kind`` is the name of the exception that the rule has raised; ``trace`` is where, for the log."""
        super().__init__(reason)
        self.kind = kind
        if trace:
            self.add_note(trace)


def kind_of_failure(error: Exception) -> str:
    """Return the name of the exception that a rule has raised, wherever it ran."""
    return error.kind if isinstance(error, RuleFailed) else type(error).__name__
